"""What was sold in a few days and what became of it, against the same days before.

Days are those of the operator's clock. The last of them is not over, so the period before ends at the
same time of its own last day: otherwise every morning would look like a loss.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from .states import Word


class Period(Word):
    """A number of days up to today."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> int:
        return {Period.TODAY: 1, Period.WEEK: 7, Period.MONTH: 30}[self]

    @property
    def days_of_chart(self) -> int:
        """One day alone is no chart."""
        return max(self.days, Period.WEEK.days)


#: Days that are kept: the longest period and the one before it.
KEPT_DAYS = 2 * Period.MONTH.days


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums over sales of one currency; tests, rejected and dismissed payments left out."""

    sales: int = 0
    #: the notes that changed hands
    fiat_minor: int = 0
    wire_sats: int = 0
    commission_sats: int = 0
    #: the commission without the platform's part
    operator_fee_sats: int = 0
    #: what LPs have been paid of these sales
    lps_sats: int = 0
    #: what stays in the machine's wallet, each sat with its reason
    retained_sats: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures.of(one + two for one, two in zip(astuple(self), astuple(other), strict=True))

    def __sub__(self, other: Figures) -> Figures:
        return Figures.of(one - two for one, two in zip(astuple(self), astuple(other), strict=True))

    @classmethod
    def of(cls, values: Iterable[int]) -> Figures:
        """Figures in the order of their fields."""
        sales, fiat, wire, commission, operator, lps, retained = values
        return cls(
            sales=sales,
            fiat_minor=fiat,
            wire_sats=wire,
            commission_sats=commission,
            operator_fee_sats=operator,
            lps_sats=lps,
            retained_sats=retained,
        )


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """One machine's sales of one day in one currency. No machine: several that are told in one."""

    machine_id: str | None
    #: `2026-11-22`
    day: str
    currency: str
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class ChangedSale:
    """A sale whose day is to be worked out again; instants in epoch seconds."""

    user_id: str
    machine_id: str
    paid_at: int
    updated_at: int


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The days of a period and those before it; both ends are in."""

    since: date
    until: date
    before_since: date
    before_until: date


def compared(today: date, period: Period) -> Compared:
    """The days up to today, and as many before them."""
    since = today - timedelta(days=period.days - 1)
    before_until = since - timedelta(days=1)
    return Compared(
        since=since,
        until=today,
        before_since=since - timedelta(days=period.days),
        before_until=before_until,
    )


def summed(rows: Iterable[DayFigures], since: date, until: date) -> dict[str, Figures]:
    """What the days from one to another come to, by currency."""
    sums: dict[str, Figures] = {}
    for row in rows:
        if since.isoformat() <= row.day <= until.isoformat():
            sums[row.currency] = sums.get(row.currency, Figures()) + row.figures
    return sums


def of_machines(rows: Iterable[DayFigures], since: date, until: date) -> dict[tuple[str, str], Figures]:
    """What those days come to, by machine and currency."""
    sums: dict[tuple[str, str], Figures] = {}
    for row in rows:
        if row.machine_id is not None and since.isoformat() <= row.day <= until.isoformat():
            key = (row.machine_id, row.currency)
            sums[key] = sums.get(key, Figures()) + row.figures
    return sums


def folded(rows: Sequence[DayFigures], shown: Collection[str]) -> list[DayFigures]:
    """The same days with all machines that are not shown by themselves in one; the earliest day first."""
    sums: dict[tuple[str, str, str], Figures] = {}
    for row in rows:
        machine_id = row.machine_id if row.machine_id in shown else None
        key = (row.day, row.currency, machine_id or "")
        sums[key] = sums.get(key, Figures()) + row.figures
    return [
        DayFigures(machine_id=machine_id or None, day=day, currency=currency, figures=figures)
        for (day, currency, machine_id), figures in sorted(sums.items())
    ]
