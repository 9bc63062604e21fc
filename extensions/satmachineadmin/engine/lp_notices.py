"""Tell LPs what they got and what failed, as far as they want to hear of it.

As for operators: it is written down that somebody is told before it is tried, so nobody is told twice,
and the page has it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ..core.lp_notices import FailedPart, Got, of_payouts, of_problems
from ..ports import Host, Store
from ..uncancelled import to_the_end

_Told = TypeVar("_Told", Got, FailedPart)


async def tell_lps(store: Store, host: Host) -> None:
    """Tell each LP what is new, in one message of a kind."""
    if not await _has_news(store):
        return
    for user_id, text in await to_the_end(_take(store)):
        await host.notify(user_id, text)


async def _has_news(store: Store) -> bool:
    """Read first: nearly always there is nothing to tell, and nothing to write."""
    async with store.reading() as books:
        if await books.lp_notices.newly_got() or await books.lp_notices.newly_failed():
            return True
        readers = await books.lp_notices.daily_readers()
        return any(reader.day_is_over(books.now) is not None for reader in readers)


async def _take(store: Store) -> list[tuple[str, str]]:
    """The messages, whose news count as told from now on."""
    messages: list[tuple[str, str]] = []
    async with store.transaction("lp_notices") as books:
        got = _by_lp(await books.lp_notices.newly_got())
        await books.lp_notices.note_told(list(got), books.now)
        messages += [(user_id, of_payouts(parts, is_daily=False)) for user_id, parts in got.items()]
        for reader in await books.lp_notices.daily_readers():
            today = reader.day_is_over(books.now)
            if today is None:
                continue
            brought = await books.lp_notices.got_until(reader.user_id, today)
            await books.lp_notices.note_told([reader.user_id], today)
            if brought:
                messages.append((reader.user_id, of_payouts(brought, is_daily=True)))
        failed = _by_lp(await books.lp_notices.newly_failed())
        await books.lp_notices.note_problem_told(list(failed))
        messages += [(user_id, of_problems(parts)) for user_id, parts in failed.items()]
    return messages


def _by_lp(found: Iterable[_Told]) -> dict[str, list[_Told]]:
    sorted_out: dict[str, list[_Told]] = {}
    for one in found:
        sorted_out.setdefault(one.user_id, []).append(one)
    return sorted_out
