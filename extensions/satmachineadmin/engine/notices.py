"""Tell operators of what needs them, once, by the ways that they told LNbits.

It is written down that somebody is told before it is tried: a process that dies in between, or a way that
fails, leaves a message unsent, and never sends one twice. The worklist has it all the same.
"""

from __future__ import annotations

from ..core.notices import Untold, by_operator, message, notice_of
from ..ports import Host, Store
from ..uncancelled import to_the_end


async def tell_operators(store: Store, host: Host) -> None:
    """Tell each operator of the matters that are new, in one message."""
    async with store.reading() as books:
        if not await books.worklist.has_untold():
            return
    wanted = await to_the_end(_take(store))
    for user_id, matters in by_operator(wanted).items():
        await host.notify(user_id, message(matters))


async def _take(store: Store) -> list[Untold]:
    """The new matters whose operators want to be told of them; all new ones count as told from now on."""
    async with store.transaction("notices") as books:
        matters = await books.worklist.take_untold()
        wishes = {one.user_id: await books.operators.notices(one.user_id) for one in matters}
    return [one for one in matters if notice_of(one.kind) in wishes[one.user_id]]
