"""Cash entries: recorded by the operator, counted once a person has confirmed them.

What can go wrong: cash is taken out that a sale at the same instant draws. So an entry that takes cash
out holds it in the transaction that records it, and is refused there if it is not free. A confirmed
entry is history: it is corrected by a counter-entry, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..core.errors import (
    ActionNotAllowed,
    CashShort,
    EnrolmentNotActive,
    EntryDisputed,
    InvalidInput,
    LpNotOnboarded,
    StateMoved,
)
from ..core.states import CashEntryKind, CashEntryStatus, EnrolmentStatus, MatterKind
from ..core.units import format_fiat, parse_fiat
from ..store import rows
from ..store.books import Books, Store
from ..store.ids import new_id
from ..store.sql import Row
from .permissions import may

#: What a person enters; a correction is made of an entry, and cash is moved by an act of its own.
RECORDED = (CashEntryKind.DEPOSIT, CashEntryKind.OPENING, CashEntryKind.CASH_RETURNED)
#: What is put right by a counter-entry. A correction is put right by correcting the same entry again.
_CORRECTABLE = (*RECORDED, CashEntryKind.MOVED)


@dataclass(frozen=True, kw_only=True)
class _Account:
    """An enrolment that cash may be booked on."""

    enrolment: Row
    currency: str

    def minor(self, text: str) -> int:
        minor = parse_fiat(text, self.currency)
        if minor == 0:
            raise InvalidInput(field="amount", problem="nobody hands over nothing")
        return minor

    def require(self, minor: int) -> None:
        """Raise CashShort unless so much is neither paid nor reserved."""
        free_minor = rows.balance(self.enrolment).remaining_minor
        if minor > free_minor:
            raise CashShort(
                username=self.enrolment["username"],
                free=format_fiat(free_minor, self.currency),
                amount=format_fiat(minor, self.currency),
                currency=self.currency,
            )

    def entry(
        self, kind: CashEntryKind, amount_minor: int, by: str, on: date, notes: str
    ) -> dict[str, object]:
        return {
            "client_id": self.enrolment["id"],
            "machine_id": self.enrolment["machine_id"],
            "operator_user_id": self.enrolment["operator_user_id"],
            "kind": kind,
            "amount_minor": amount_minor,
            "currency": self.currency,
            "cash_date": on.isoformat(),
            "notes": notes,
            "created_by": by,
        }


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
    """Write an entry that waits for confirmation; what is returned is out of reach from now on.

    Raises OperatorNotApproved, LpNotOnboarded, EnrolmentNotActive, InvalidFiat, InvalidInput, CashShort.
    """
    async with store.transaction("cash", actor=user_id) as books:
        account = await _account(books, user_id, enrolment_id)
        if kind not in RECORDED:
            raise InvalidInput(field="kind", problem=f"enter one of {', '.join(RECORDED)}")
        minor = account.minor(amount)
        if kind is CashEntryKind.CASH_RETURNED:
            account.require(minor)
            minor = -minor
        else:
            await books.standings.require(user_id)
        on = await _day(books, user_id, cash_date)
        return books.made(await books.cash.add(account.entry(kind, minor, user_id, on, notes)))


async def move_cash(
    store: Store,
    user_id: str,
    *,
    from_id: str,
    to_id: str,
    amount: str,
    cash_date: date | None,
    notes: str,
) -> str:
    """Two entries, one act: out of one enrolment, into another of the same currency. The first's id.

    Raises what record_cash raises.
    """
    async with store.transaction("cash", actor=user_id) as books:
        source = await _account(books, user_id, from_id)
        target = await _account(books, user_id, to_id)
        if from_id == to_id:
            raise InvalidInput(field="to_client_id", problem="the cash is there already")
        if source.currency != target.currency:
            problem = f"that machine counts in {target.currency}, this one in {source.currency}"
            raise InvalidInput(field="to_client_id", problem=problem)
        minor = source.minor(amount)
        source.require(minor)
        on = await _day(books, user_id, cash_date)
        act_id, out_id, in_id = new_id(), new_id(), new_id()
        moved = CashEntryKind.MOVED
        out = source.entry(moved, -minor, user_id, on, notes)
        into = target.entry(moved, minor, user_id, on, notes)
        await books.cash.add({**out, "act_id": act_id, "related_id": in_id}, out_id)
        await books.cash.add({**into, "act_id": act_id, "related_id": out_id}, in_id)
        return books.made(out_id)


async def correct_cash(store: Store, user_id: str, entry_id: str, *, amount: str, reason: str) -> str:
    """Counter-entries that make a confirmed entry, and what was one act with it, come to this amount.

    Returns the id of the one for this entry. Raises ActionNotAllowed, CashShort, InvalidFiat,
    InvalidInput where it comes to that already.
    """
    async with store.transaction("cash", actor=user_id) as books:
        entry = may(user_id, "correct_cash", await books.cash.get(entry_id), "cash entry")
        act = await books.cash.act_of(entry)
        act_id = new_id() if len(act) > 1 else None
        on = await _day(books, user_id, None)
        written = {one["id"]: await _counter(books, user_id, one, amount, reason, on, act_id) for one in act}
        return books.made(written[entry_id])


async def _counter(
    books: Books, user_id: str, entry: Row, amount: str, reason: str, on: date, act_id: str | None
) -> str:
    """The counter-entry of one entry."""
    if entry["kind"] not in _CORRECTABLE:
        raise ActionNotAllowed(thing="cash entry", state=entry["kind"], action="correct")
    if entry["status"] != CashEntryStatus.CONFIRMED:
        raise ActionNotAllowed(thing="cash entry", state=entry["status"], action="correct")
    added_minor, is_waiting = await books.cash.counter_entries(entry["id"])
    if is_waiting:
        raise ActionNotAllowed(thing="cash entry", state="being corrected", action="correct")
    account = await _account(books, user_id, entry["client_id"])
    right_minor = parse_fiat(amount, account.currency)
    if entry["amount_minor"] < 0:
        right_minor = -right_minor
    change_minor = right_minor - entry["amount_minor"] - added_minor
    if change_minor == 0:
        raise InvalidInput(field="amount", problem="the entry comes to that already")
    if change_minor < 0:
        account.require(-change_minor)
    fields = account.entry(CashEntryKind.CORRECTION, change_minor, user_id, on, reason)
    return await books.cash.add({**fields, "related_id": entry["id"], "act_id": act_id})


async def confirm_cash(store: Store, user_id: str, entry_id: str) -> None:
    """From now on the entry, and what is one act with it, counts.

    Raises StateMoved, EntryDisputed, and LpNotOnboarded for what was taken over for an LP that has not
    accepted yet: nobody's cash counts.
    """
    async with store.transaction("cash", actor=user_id) as books:
        for entry in await _waiting(books, user_id, "confirm_cash", entry_id):
            if entry["status"] == CashEntryStatus.DISPUTED:
                raise EntryDisputed(reason=entry["dispute_reason"])
            enrolment = may(user_id, "confirm_cash", await books.lps.enrolment(entry["client_id"]), "LP")
            if enrolment["status"] == EnrolmentStatus.INVITED:
                raise LpNotOnboarded(username=enrolment["username"])
            await books.cash.confirm(entry, by=user_id)


async def cancel_cash(store: Store, user_id: str, entry_id: str) -> None:
    """Put a waiting entry aside, disputed or not, with what is one act with it. Raises StateMoved."""
    async with store.transaction("cash", actor=user_id) as books:
        for entry in await _waiting(books, user_id, "cancel_cash", entry_id):
            await books.cash.cancel(entry)
            await books.worklist.close(MatterKind.CASH_DISPUTED, entry["id"])


async def _waiting(books: Books, user_id: str, action: str, entry_id: str) -> list[Row]:
    """An entry that is neither confirmed nor cancelled, with what is one act with it."""
    entry = may(user_id, action, await books.cash.get(entry_id), "cash entry")
    if entry["closed_at"] is not None:
        raise StateMoved(thing="cash entry")
    return await books.cash.act_of(entry)


async def _account(books: Books, user_id: str, enrolment_id: str) -> _Account:
    enrolment = may(user_id, "record_cash", await books.lps.enrolment(enrolment_id), "LP")
    machine = may(user_id, "record_cash", await books.machines.row(enrolment["machine_id"]), "machine")
    if await books.lps.preferences(enrolment["user_id"]) is None:
        raise LpNotOnboarded(username=enrolment["username"])
    if enrolment["status"] not in (EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED):
        raise EnrolmentNotActive(status=enrolment["status"])
    return _Account(enrolment=enrolment, currency=machine["currency"])


async def _day(books: Books, user_id: str, cash_date: date | None) -> date:
    """The day of the cash: today on the operator's clock unless it says another one."""
    today = date.fromisoformat(await books.operators.day(user_id))
    # A day ahead may be today where the cash is.
    if cash_date is not None and cash_date > today + timedelta(days=1):
        raise InvalidInput(field="cash_date", problem="it lies in the future")
    return cash_date or today
