"""Cash entries: recorded by the operator, counted once confirmed."""

from __future__ import annotations

from datetime import date, datetime, timezone

from ..core.errors import EnrolmentNotActive, InvalidInput, LpNotOnboarded
from ..core.states import CashEntryKind, EnrolmentStatus
from ..core.units import parse_fiat
from ..store.books import Store
from ..store.sql import Row
from .permissions import may


async def record_cash(
    store: Store,
    user_id: str,
    *,
    enrolment_id: str,
    amount: str,
    kind: CashEntryKind,
    cash_date: date | None,
    notes: str,
) -> str:
    """Write an entry that waits for confirmation.

    Raises LpNotOnboarded, EnrolmentNotActive, InvalidFiat, InvalidInput.
    """
    async with store.transaction("cash", actor=user_id) as books:
        enrolment = may(user_id, "record_cash", await books.lps.enrolment(enrolment_id), "LP")
        machine = may(user_id, "record_cash", await books.machines.row(enrolment["machine_id"]), "machine")
        if await books.lps.preferences(enrolment["user_id"]) is None:
            raise LpNotOnboarded(username=enrolment["username"])
        if enrolment["status"] not in (EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED):
            raise EnrolmentNotActive(status=enrolment["status"])
        amount_minor = parse_fiat(amount, machine["currency"])
        if amount_minor == 0:
            raise InvalidInput(field="amount", problem="nobody hands over nothing")
        return books.made(
            await books.cash.add(
                {
                    "client_id": enrolment_id,
                    "machine_id": machine["id"],
                    "operator_user_id": user_id,
                    "kind": kind,
                    "amount_minor": amount_minor,
                    "currency": machine["currency"],
                    "cash_date": (cash_date or _day(books.now)).isoformat(),
                    "notes": notes,
                    "created_by": user_id,
                }
            )
        )


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, timezone.utc).date()


async def confirm_cash(store: Store, user_id: str, entry_id: str) -> None:
    """From now on the entry counts. Raises StateMoved when it is not pending any more."""
    async with store.transaction("cash", actor=user_id) as books:
        entry: Row = may(user_id, "confirm_cash", await books.cash.get(entry_id), "cash entry")
        await books.cash.confirm(entry, by=user_id)


async def cancel_cash(store: Store, user_id: str, entry_id: str) -> None:
    """Put a pending entry aside. Raises StateMoved when it is not pending any more."""
    async with store.transaction("cash", actor=user_id) as books:
        entry: Row = may(user_id, "cancel_cash", await books.cash.get(entry_id), "cash entry")
        await books.cash.cancel(entry)
