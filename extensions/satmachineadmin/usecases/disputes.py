"""An LP that says that a cash entry is wrong. Called through lp.py alone.

Only what is not confirmed yet can be disputed; while it is, nobody can confirm it. The operator has a
row in the worklist, which is gone when the LP withdraws the dispute or the operator cancels the entry.
"""

from __future__ import annotations

from ..core.errors import NotFound, StateMoved
from ..core.states import CashEntryStatus, MatterKind
from ..core.units import format_fiat
from ..store.books import Books, Store
from ..store.sql import Row


async def dispute_cash(store: Store, user_id: str, entry_id: str, reason: str) -> None:
    """Say that an entry is wrong. Raises NotFound, StateMoved."""
    async with store.transaction("cash", actor=user_id) as books:
        entry, enrolment = await _own(books, user_id, entry_id, CashEntryStatus.PENDING)
        await books.cash.dispute(entry, reason)
        amount = f"{format_fiat(abs(entry['amount_minor']), entry['currency'])} {entry['currency']}"
        detail = f"{enrolment['username']} disputes a cash entry of {amount} ({entry['kind']}): {reason}"
        await books.worklist.open(
            MatterKind.CASH_DISPUTED,
            entry_id,
            operator_user_id=entry["operator_user_id"],
            machine_id=entry["machine_id"],
            detail=detail,
        )


async def withdraw_dispute(store: Store, user_id: str, entry_id: str) -> None:
    """The LP stands by the entry after all. Raises NotFound, StateMoved."""
    async with store.transaction("cash", actor=user_id) as books:
        entry, _enrolment = await _own(books, user_id, entry_id, CashEntryStatus.DISPUTED)
        await books.cash.withdraw_dispute(entry)
        await books.worklist.close(MatterKind.CASH_DISPUTED, entry_id)


async def _own(books: Books, user_id: str, entry_id: str, status: CashEntryStatus) -> tuple[Row, Row]:
    """An entry of this LP in this status, and its enrolment."""
    entry = await books.cash.get(entry_id)
    enrolment = None if entry is None else await books.lps.enrolment(entry["client_id"])
    if entry is None or enrolment is None or enrolment["user_id"] != user_id:
        raise NotFound(what="cash entry")
    if entry["status"] != status:
        raise StateMoved(thing="cash entry")
    return entry, enrolment
