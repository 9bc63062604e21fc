"""Partial dispense: only some of the notes came out. The figures are scaled and the sale is planned anew.

What can go wrong: legs of the old plan that are paid while the new one is made, cash that stays in reserve
for legs that are gone. So figures, legs, reserves and state change in one transaction, which is refused as
soon as one leg is paid or may be; a payer that is under way finds its legs voided and pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from ...core.dispense import Scaled, landed_figures
from ...core.model import Settlement
from ...core.progress import progress_of
from ...core.revising import counting, why_no_dispense
from ...core.states import SettlementState
from ...ports import Books
from . import leave_errored, require_no_refund, void


async def partial_dispense(
    books: Books, settlement: Settlement, scale: Callable[[], Scaled], notes: str
) -> None:
    """Scale a sale to what came out; it waits to be planned again, a held one for its release.

    `scale` is asked for the figures only where the sale may be scaled at all.

    Raises OnlyCashOut, AlreadyPaid, OutcomeUnknown, ActionNotAllowed, RefundUnderWay.
    """
    legs = await books.legs.of(settlement.id)
    refusal = why_no_dispense(settlement, legs)
    if refusal is not None:
        raise refusal
    await require_no_refund(books, settlement)
    scaled = scale()
    for leg in counting(legs):
        await void(books, settlement, leg)
    landed = {f"landed_{name}": value for name, value in asdict(landed_figures(settlement)).items()}
    await books.settlements.amend(settlement, "dispensed", **asdict(scaled), **landed, dispensed_note=notes)
    if settlement.state is SettlementState.PROCESSING:
        await books.settlements.move(
            settlement,
            SettlementState.PENDING,
            processing_claim=None,
            waits_code=None,
            error_message=None,
            next_try_at=None,
            progress=progress_of(()),
        )
    if settlement.state is SettlementState.ERRORED:
        await leave_errored(books, settlement, SettlementState.PENDING, tries=0, progress=progress_of(()))
