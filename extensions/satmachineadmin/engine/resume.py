"""RESUME: look legs without an answer up again, until the host's books decide them.

A settlement in `processing` does this by itself whenever it is due. One that ended in `errored` is not
due any more, and its unresolved legs would stay so for ever: here they are asked about each minute.
Nothing is paid here; a leg that turns out to be paid is completed, one that cannot be is failed.
"""

from __future__ import annotations

from ..core.lease import Lease
from ..core.model import Leg
from ..core.states import LegState, MatterKind, SettlementState
from ..ports import Found, Host, Store
from .pay_slowly import complete
from .revise import conclude

#: Settlements of one round; the rest comes with the next.
BATCH = 20


async def resume_unresolved(store: Store, host: Host, lease: Lease) -> None:
    """Decide what can be decided of settlements that stopped over an unresolved leg. Raises LeaseLost."""
    async with store.reading() as books:
        await books.require_lease(lease)
        settlement_ids = await books.reconcile.unresolved_sales(BATCH)
    for settlement_id in settlement_ids:
        async with store.reading() as books:
            legs = [leg for leg in await books.legs.of(settlement_id) if _is_open(leg)]
        for leg in legs:
            await _decide(store, host, settlement_id, leg)


def _is_open(leg: Leg) -> bool:
    """Those that leave this LNbits are looked up where they are paid."""
    return leg.state is LegState.UNRESOLVED and leg.is_paid_at_once and leg.minted is not None


async def _decide(store: Store, host: Host, settlement_id: str, leg: Leg) -> None:
    payment_hash = leg.minted.payment_hash if leg.minted else ""
    found = await host.look_up(payment_hash)
    if found is Found.HALF:
        await host.complete_half(payment_hash)
        found = await host.look_up(payment_hash)
    if found in (Found.HALF, Found.PAYABLE):
        return
    async with store.transaction("resume") as books:
        settlement = await books.settlements.get(settlement_id)
        if settlement is None or settlement.state is not SettlementState.ERRORED:
            return
        if found is Found.PAID:
            await complete(books, settlement, leg)
        else:
            await books.worklist.close(MatterKind.UNDECIDED, leg.id)
            await books.legs.move(
                settlement,
                leg,
                LegState.FAILED,
                error_code="interrupted",
                error_message="The payment was interrupted before anything moved.",
            )
        await conclude(books, settlement)
