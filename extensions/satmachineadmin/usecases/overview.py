"""The operator's day in figures, against the days before, of what is kept of each day.

What is still to be counted is said. The one thing that is added up from sales is a part of one day: the
end of the last day of the period before, which the same time of today has not reached yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..core import days
from ..core.figures import (
    Compared,
    DayFigures,
    Figures,
    Period,
    compared,
    folded,
    of_machines,
    summed,
)
from ..store.books import Books, Store

#: Machines with a colour of their own in a chart; the others are told in one.
MOST_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What an operator's sales of a period came to."""

    period: Period
    time_zone: str
    #: whether every day is counted; not for a moment after the time zone was changed
    is_counted: bool
    compared: Compared
    #: by currency
    now: Mapping[str, Figures]
    #: the period before, up to the same time of its last day
    before: Mapping[str, Figures]
    #: the days of the chart, machines beyond the most shown in one
    days: list[DayFigures]
    #: machine and currency → what the period came to, for those that are shown by themselves
    machines: Mapping[tuple[str, str], Figures]
    #: the same of the others together, by currency
    others: Mapping[str, Figures]
    names: Mapping[str, str]


async def overview(store: Store, user_id: str, period: Period) -> Overview:
    """The figures of the period that ends now."""
    async with store.reading() as books:
        zone = days.zone_in_use(await books.operators.time_zone(user_id))
        today = days.date_of(books.now, zone)
        asked = compared(today, period)
        chart_since = today - timedelta(days=period.days_of_chart - 1)
        rows = await books.figures.kept(user_id, min(asked.before_since, chart_since), today)
        before = await _until_same_time(books, user_id, asked, zone, rows)
        by_machine = of_machines(rows, asked.since, today)
        shown = _most_sold(rows, chart_since.isoformat())
        names = await books.machines.names(shown)
        return Overview(
            period=period,
            time_zone=zone,
            is_counted=not await books.figures.is_due(user_id),
            compared=asked,
            now=summed(rows, asked.since, today),
            before=before,
            days=folded([row for row in rows if row.day >= chart_since.isoformat()], shown),
            machines={key: figures for key, figures in by_machine.items() if key[0] in shown},
            others=_others(by_machine, shown),
            names=names,
        )


async def _until_same_time(
    books: Books, user_id: str, asked: Compared, zone: str, rows: list[DayFigures]
) -> dict[str, Figures]:
    """The period before, without what its last day still sold after the time that it is now."""
    begun, _ended = days.bounds_of(asked.until, zone)
    first, end = days.bounds_of(asked.before_until, zone)
    sums = summed(rows, asked.before_since, asked.before_until)
    later = await books.figures.of_operator(user_id, min(first + books.now - begun + 1, end), end)
    left = {currency: sums.get(currency, Figures()) - figures for currency, figures in later.items()}
    return {currency: figures for currency, figures in {**sums, **left}.items() if figures.sales > 0}


def _most_sold(rows: list[DayFigures], since: str) -> list[str]:
    """The machines with the most sales of the chart's days, the busiest first."""
    sales: dict[str, int] = {}
    for row in rows:
        if row.day >= since and row.machine_id is not None:
            sales[row.machine_id] = sales.get(row.machine_id, 0) + row.figures.sales
    return sorted(sales, key=lambda machine_id: (-sales[machine_id], machine_id))[:MOST_SHOWN]


def _others(by_machine: Mapping[tuple[str, str], Figures], shown: list[str]) -> dict[str, Figures]:
    sums: dict[str, Figures] = {}
    for (machine_id, currency), figures in by_machine.items():
        if machine_id not in shown:
            sums[currency] = sums.get(currency, Figures()) + figures
    return sums
