"""FORWARD: pass on what an LP has received, to the LP's own address.

What can go wrong: sats passed on twice, or never, because the process died between their arrival and
this; sats of the LP that never came from us. So it is driven from the table: every completed leg of an
LP who forwards gets one leg that passes it on, written together with the mark that it was (a primary
key). That leg moves at most what arrived, from the wallet where it did, and at most what the wallet
still holds. What becomes of it touches neither the settlement nor the LP's cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.choices import HowChanged
from ..core.errors import InvariantViolated
from ..core.host_facts import HostLimits
from ..core.lease import Lease
from ..core.model import Arrival, Leg
from ..core.outside import OutsideCode
from ..core.states import LegState
from ..ports import LP_EXTENSION, Books, Host, Store
from ..ports.lightning import TargetRefused
from ..uncancelled import to_the_end
from .errands import Agreed, Errand, PayLink, Share, share_of, stem_of

#: Arrivals of one round; the rest comes with the next.
BATCH = 50
#: So many gathered legs go with one payment at most; the rest goes with the next.
MOST_TOGETHER = 200
_SWITCHED_OFF = "Forwarding was switched off; these sats stay in the wallet."


async def forward_arrivals(store: Store, lease: Lease, *, is_start: bool) -> bool:
    """Write a leg for everything that arrived at LPs who forward; True when there is more."""
    async with store.reading() as books:
        waiting = await books.forwards.arrived(BATCH, is_start=is_start)
        if not waiting and not await books.forwards.is_behind():
            return False
    async with store.transaction("forward") as books:
        await books.require_lease(lease)
        arrivals = await books.forwards.arrived(BATCH, is_start=is_start)
        for arrival in arrivals:
            await _forward(books, arrival)
        if len(arrivals) < BATCH:
            await books.forwards.advance()
    return len(arrivals) == BATCH


async def _forward(books: Books, arrival: Arrival) -> None:
    """Pass one arrival on, or let it gather until the LP's least amount is there."""
    wallet_id = arrival.leg.destination_wallet_id
    if wallet_id is None:
        raise InvariantViolated("what is passed on has arrived in a wallet")
    total = arrival.sats + await books.forwards.gathered_sats(arrival.lp_user_id, wallet_id)
    gathers = None
    if total < arrival.min_sats:
        gathers = f"It goes when at least {arrival.min_sats} sats have gathered."
    elif await books.forwards.is_put_off(wallet_id):
        # A target that does not answer is asked once for all of them.
        gathers = "It goes with the payment that is tried again."
    await books.forwards.write(await stem_of(books, arrival.leg), arrival, gathers=gathers)


async def call_off(books: Books, lp_user_id: str) -> None:
    """Pass on nothing that nobody was asked to pay yet: its sats stay in the LP's wallet."""
    for leg in await books.forwards.unpaid(lp_user_id):
        share = await share_of(books, leg)
        await books.legs.move(share.stem, leg, LegState.VOIDED, error_message=_SWITCHED_OFF, next_try_at=None)


async def take_up_addresses(store: Store, lease: Lease) -> None:
    """Use the new addresses that have waited long enough."""
    async with store.reading() as books:
        if not await books.forwards.addresses_due():
            return
    async with store.transaction("new_address") as books:
        await books.require_lease(lease)
        for owner in await books.forwards.addresses_due():
            await take_up_address(books, owner, how=HowChanged.WAITED)


async def take_up_address(books: Books, owner: Mapping[str, Any], *, how: HowChanged) -> None:
    """Use the new address of an LP from now on; what has gathered goes there, what arrived before the LP
    had any address stays."""
    user_id = str(owner["user_id"])
    fields: dict[str, object] = {
        "autoforward_ln_address": owner["autoforward_next_address"],
        "autoforward_next_address": None,
        "autoforward_next_at": None,
    }
    if owner["autoforward_enabled"] and owner["autoforward_ln_address"] is None:
        fields |= {"autoforward_since": books.now, "forwarded_until": books.now}
    await books.lps.choose_preferences(user_id, fields, how=how)
    if owner["autoforward_enabled"]:
        await try_gathered(books, user_id, int(owner["autoforward_min_sats"]))


async def try_gathered(books: Books, lp_user_id: str, min_sats: int) -> None:
    """The LP chose another address or amount: what has gathered goes now where that suffices.

    The newest of a wallet is to be paid; the others go with it (see `forward_errand`).
    """
    newest: dict[str, Leg] = {}
    sats: dict[str, int] = {}
    for leg in await books.forwards.unpaid(lp_user_id):
        if leg.state is LegState.SKIPPED:
            newest[leg.payer_wallet_id] = leg
            sats[leg.payer_wallet_id] = sats.get(leg.payer_wallet_id, 0) + leg.sats
    for wallet_id, leg in newest.items():
        if sats[wallet_id] >= min_sats:
            share = await share_of(books, leg)
            await books.legs.move(share.stem, leg, LegState.VOIDED)
            await books.legs.write_fresh_attempt(share.stem, leg, None, reason=None)


@dataclass(frozen=True, kw_only=True)
class ForwardLink:
    """The LP's own address, asked for no more than its wallet still holds."""

    target: str

    async def agree(self, host: Host, errand: Errand, limits: HostLimits) -> Agreed:
        """An invoice over what arrived, or over what is left of it."""
        facts = await to_the_end(host.facts(errand.first.leg.payer_wallet_id, (), errand.extension))
        payer = facts.payer
        if payer is None or payer.deleted or payer.user_id != errand.payer_user_id:
            raise TargetRefused(
                OutsideCode.WALLET_GONE, "The wallet where these sats arrived is not the LP's any more."
            )
        link = PayLink(target=self.target, most_sats=max(0, facts.payer_balance_msat // 1000))
        return await link.agree(host, errand, limits)


async def forward_errand(books: Books, leg: Leg) -> Errand:
    """A leg that passes on what an LP received, with what has gathered in the same wallet."""
    machine = await books.machines.get(leg.machine_id)
    owner = await books.forwards.owner(leg)
    if machine is None or owner is None:
        raise InvariantViolated("a leg that passes sats on has its machine and its LP")
    address = owner["autoforward_ln_address"]
    if address is None and leg.state is LegState.PENDING:
        raise InvariantViolated("what an LP without an address had gathered was called off")
    carried = [await share_of(books, other) for other in await books.outside.carried_by(leg.id)]
    waiting = await books.forwards.gathered(owner["user_id"], leg.payer_wallet_id, MOST_TOGETHER)
    return Errand(
        shares=(await share_of(books, leg), *carried),
        gathered=tuple([await share_of(books, other) for other in waiting]),
        machine=machine,
        payer_user_id=owner["user_id"],
        extension=LP_EXTENSION,
        source=ForwardLink(target=address or ""),
        on_moved=_after_move,
        address=address,
    )


async def _after_move(books: Books, share: Share) -> None:
    """The settlement and the LP's cash stand as they did. What failed after the LP had switched forwarding
    off, or taken its address away, is not tried again."""
    owner = await books.forwards.owner(share.leg)
    if owner is None:
        return
    if not owner["autoforward_enabled"] or owner["autoforward_ln_address"] is None:
        await call_off(books, owner["user_id"])
