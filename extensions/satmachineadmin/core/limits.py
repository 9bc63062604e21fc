"""Whether an LP takes part in a machine's sales, and with how much of its daily limit.

What can go wrong: one limit spent twice, at two machines or by two operators. So it is one sum a day
over everything that an LP's cash was drawn for in that currency, wherever, compared inside the
serial transaction that draws more of it (engine/plan.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from .states import DcaMode, EnrolmentStatus, NoPart


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast an LP wants its cash to become sats."""

    mode: DcaMode = DcaMode.FLOW
    #: in fixed mode: the most fiat of one day, in minor units of `currency`
    daily_limit_minor: int | None = None
    currency: str | None = None

    def limit_in(self, currency: str) -> int | None:
        """The daily limit that holds for cash in this currency; None where there is none."""
        return self.daily_limit_minor if self.currency == currency else None


def why_no_part(status: EnrolmentStatus, pace: Pace | None, currency: str) -> NoPart | None:
    """Why an enrolment takes no part in sales in this currency; None when it does."""
    if pace is None:
        return NoPart.NOT_ONBOARDED
    if status is not EnrolmentStatus.ACTIVE:
        return NoPart.NOT_ACTIVE
    if pace.mode is DcaMode.FIXED and pace.limit_in(currency) is None:
        return NoPart.NO_LIMIT_IN_CURRENCY
    return None


def left_of_limit(limit_minor: int, drawn_minor: int) -> int:
    """What may still be drawn today: nothing where more was, before the limit was lowered."""
    return max(0, limit_minor - drawn_minor)
