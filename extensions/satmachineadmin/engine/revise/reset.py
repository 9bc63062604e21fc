"""Force-reset: take a settlement that is stuck out of the engine's hands, so that a person can act on it.

What can go wrong: a payout that is under way at this very moment. Cutting one is safe: a leg is paid by
compare-and-swap together with its rows, or is written down before and looked up after. Nothing is
forgotten either: legs keep their states, and what is with the host or unresolved stays so.
"""

from __future__ import annotations

from ...core.model import Settlement
from ...core.revising import STOPPED_BY_HAND, why_no_reset
from ...core.states import SettlementState
from ...ports import Books


async def force_reset(
    books: Books, settlement: Settlement, *, age_seconds: int, threshold_minutes: int, reason: str
) -> None:
    """Stop a settlement that was claimed long enough ago. Raises ActionNotAllowed, NotStuckYet."""
    refusal = why_no_reset(settlement, age_seconds, threshold_minutes)
    if refusal is not None:
        raise refusal
    await books.settlements.move(
        settlement,
        SettlementState.ERRORED,
        waits_code=STOPPED_BY_HAND,
        error_message=f"Stopped by hand: {reason}",
        processing_claim=None,
    )
