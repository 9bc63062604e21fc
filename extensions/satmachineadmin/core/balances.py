"""An LP's cash at one machine, in minor units of the machine's currency.

What can go wrong is spending the same cash twice: two sales at the same instant, or a leg that fails
after it was reserved. So fiat is *reserved* in the transaction that writes the legs, becomes *paid*
when the leg completed, and goes back only when the leg is given up for good (DESIGN §6, §7).

Cash that an operator gives back, or moves to another machine, could be sold in the meantime too. So an
entry that takes cash out *holds* it from the moment it is recorded, as a planned leg does; an entry that
brings cash counts only once a person has confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .errors import ensure
from .states import RESERVING_LEG_STATES, WAITING_CASH_STATUSES, CashEntryStatus, LegState


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The sums of an enrolment's journal. None of them, nor what remains, is ever negative."""

    #: cash entries that both sides stand by
    confirmed_minor: int = 0
    #: cash entries that do not count yet
    pending_minor: int = 0
    #: fiat of completed legs
    paid_minor: int = 0
    #: fiat of legs that may still be paid, and cash that is about to be taken out
    reserved_minor: int = 0
    #: of what is reserved: cash entries that take it out and are not confirmed yet
    leaving_minor: int = 0

    def __post_init__(self) -> None:
        ensure(self.pending_minor >= 0, "pending cash is not negative")
        ensure(self.paid_minor >= 0, "paid fiat is not negative")
        ensure(self.leaving_minor >= 0, "cash that is about to leave is not negative")
        ensure(self.reserved_minor >= self.leaving_minor, "cash that is about to leave is reserved")
        ensure(self.remaining_minor >= 0, "no more fiat is paid and reserved than was confirmed")

    @property
    def remaining_minor(self) -> int:
        """What the LP may still give: confirmed − paid − reserved. DESIGN §3."""
        return self.confirmed_minor - self.paid_minor - self.reserved_minor


def reserve(balance: Balance, minor: int) -> Balance:
    """A leg was planned: its fiat is out of reach for every other sale."""
    _ensure_not_negative(minor)
    return replace(balance, reserved_minor=balance.reserved_minor + minor)


def complete(balance: Balance, minor: int) -> Balance:
    """A leg was paid: its fiat is spent. What remains does not change."""
    _ensure_not_negative(minor)
    return replace(
        balance,
        reserved_minor=balance.reserved_minor - minor,
        paid_minor=balance.paid_minor + minor,
    )


def release(balance: Balance, minor: int) -> Balance:
    """A leg was given up before it was paid: its fiat is the LP's to give again."""
    _ensure_not_negative(minor)
    return replace(balance, reserved_minor=balance.reserved_minor - minor)


def after_leg_move(balance: Balance, before: LegState | None, after: LegState, minor: int) -> Balance:
    """The balance after a leg with this fiat moved from `before` (None: just written) to `after`."""
    was_reserved = before in RESERVING_LEG_STATES
    is_reserved = after in RESERVING_LEG_STATES
    if not was_reserved and is_reserved:
        return reserve(balance, minor)
    if was_reserved and after is LegState.COMPLETED:
        return complete(balance, minor)
    if was_reserved and not is_reserved:
        return release(balance, minor)
    return balance


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What one cash entry counts for in the sums of its enrolment."""

    confirmed_minor: int = 0
    pending_minor: int = 0
    leaving_minor: int = 0

    def __sub__(self, other: Weight) -> Weight:
        return Weight(
            confirmed_minor=self.confirmed_minor - other.confirmed_minor,
            pending_minor=self.pending_minor - other.pending_minor,
            leaving_minor=self.leaving_minor - other.leaving_minor,
        )


def weight(amount_minor: int, status: CashEntryStatus | None) -> Weight:
    """What an entry in this status counts for; None: it is not written yet."""
    if status is CashEntryStatus.CONFIRMED:
        return Weight(confirmed_minor=amount_minor)
    if status in WAITING_CASH_STATUSES:
        return Weight(pending_minor=max(amount_minor, 0), leaving_minor=max(-amount_minor, 0))
    return Weight()


def after_entry_move(
    balance: Balance, before: CashEntryStatus | None, after: CashEntryStatus, amount_minor: int
) -> Balance:
    """The balance after an entry moved from `before` (None: just written) to `after`.

    `amount_minor` is negative where the entry takes cash out.
    """
    change = weight(amount_minor, after) - weight(amount_minor, before)
    return replace(
        balance,
        confirmed_minor=balance.confirmed_minor + change.confirmed_minor,
        pending_minor=balance.pending_minor + change.pending_minor,
        reserved_minor=balance.reserved_minor + change.leaving_minor,
        leaving_minor=balance.leaving_minor + change.leaving_minor,
    )


def _ensure_not_negative(minor: int) -> None:
    ensure(minor >= 0, "a leg's fiat is not negative")
