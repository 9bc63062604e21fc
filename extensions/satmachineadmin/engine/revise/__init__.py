"""REVISE: what is changed about a settlement after it landed, by a person or by the retry rule.

What can go wrong: a leg tried again although its first attempt went through, cash given back that is
still in reserve, a correction that races the payer. So nothing here touches a leg whose outcome is not
known; every move is a compare-and-swap in one transaction; and what is paid stays paid.
"""

from __future__ import annotations

from ...core.errors import RefundUnderWay
from ...core.model import Leg, Settlement
from ...core.progress import Progress, progress_of
from ...core.states import RESERVING_LEG_STATES, LegState, MatterKind, SettlementState
from ...ports import Books


async def leave_errored(
    books: Books,
    settlement: Settlement,
    after: SettlementState,
    *,
    progress: Progress | None = None,
    **columns: object,
) -> None:
    """Move an errored settlement on; nobody has to look at its failed legs any more."""
    await books.settlements.move(
        settlement,
        after,
        progress=progress,
        waits_code=None,
        error_message=None,
        next_try_at=None,
        **columns,
    )
    for kind in (MatterKind.LEGS_FAILED, MatterKind.STOPPED):
        await books.worklist.close(kind, settlement.id)


async def conclude(books: Books, settlement: Settlement) -> None:
    """After a leg of an errored settlement was decided: processed once nothing of it is open."""
    progress = progress_of(await books.legs.of(settlement.id))
    if progress.failed or progress.unresolved or progress.under_way:
        await books.settlements.note_progress(settlement, progress)
        return
    await leave_errored(
        books, settlement, SettlementState.PROCESSED, progress=progress, processed_at=books.now
    )


async def void(books: Books, settlement: Settlement, leg: Leg, **columns: object) -> None:
    """Take a leg out of the books; an LP's cash that it held in reserve is the LP's again."""
    await books.legs.move(settlement, leg, LegState.VOIDED, **columns)
    if leg.enrolment_id is not None and leg.state in RESERVING_LEG_STATES:
        await books.lps.release({leg.enrolment_id: leg.fiat_minor or 0})


async def require_no_refund(books: Books, settlement: Settlement) -> None:
    """Raise RefundUnderWay while a customer may fetch, or is fetching, sats of this settlement."""
    if await books.withdrawals.under_way(settlement.id) is not None:
        raise RefundUnderWay()
