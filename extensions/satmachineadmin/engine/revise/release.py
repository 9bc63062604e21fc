"""Release: give a failed leg up for good; keep: sats that are owed to a customer stay with the operator.

What can go wrong: a leg that is given up although it was paid, or cash that is given back twice. So only a
leg that is confirmed not to have been paid is released, by compare-and-swap, in one transaction with the
LP's cash and the skipped leg that holds its sats from then on.
"""

from __future__ import annotations

from ...core.model import Leg, Settlement
from ...core.revising import why_leg_not_kept, why_leg_not_released
from ...core.states import LegState, MatterKind, SkipReason
from ...ports import Books
from . import conclude, require_no_refund, void


async def release_leg(books: Books, settlement: Settlement, leg: Leg, reason: str) -> None:
    """Give one failed leg up; the settlement goes on once nothing else is open. Raises its refusals."""
    refusal = why_leg_not_released(settlement, leg)
    if refusal is not None:
        raise refusal
    await give_up(books, settlement, leg, reason)
    await conclude(books, settlement)


async def give_up(books: Books, settlement: Settlement, leg: Leg, reason: str) -> None:
    """Void a failed leg and write its sats down as kept; an LP's fiat is the LP's to give again.

    The skipped leg keeps amount, name and receiver for who reads it, but draws nobody's cash.
    """
    await void(books, settlement, leg, note=reason)
    await books.legs.write_fresh_attempt(
        settlement,
        leg,
        None,
        state=LegState.SKIPPED,
        reason=SkipReason.RELEASED,
        client_id=None,
        note=reason,
    )
    books.settlements.remark(
        settlement, "leg_released", leg_id=leg.id, label=leg.label, sats=leg.sats, reason=reason
    )


async def keep_leg(books: Books, settlement: Settlement, leg: Leg, reason: str) -> None:
    """The operator keeps sats whose notes did not come out: the leg stays as it is, marked and explained."""
    refusal = why_leg_not_kept(leg)
    if refusal is not None:
        raise refusal
    await require_no_refund(books, settlement)
    await books.legs.mark_kept(leg, note=reason)
    await books.worklist.close(MatterKind.DISPENSE_FAILED, settlement.id)
    books.settlements.remark(settlement, "leg_kept", leg_id=leg.id, sats=leg.sats, reason=reason)
