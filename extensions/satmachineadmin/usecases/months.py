"""Months: looked at, and closed for good one after the other."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from ..core.days import day_of
from ..core.errors import InvalidInput
from ..core.months import (
    NO_MONTH,
    EarlierMonthOpen,
    Line,
    Month,
    MonthClosed,
    MonthNotOver,
    MonthWalk,
    canonical,
    read_canonical,
)
from ..ports import Host
from ..store import rows
from ..store.books import Store
from ..store.sql import Row
from .journal import Kept, entries, read_kept

#: The figures of an open month are added up from all the books: one at a time.
_one_at_a_time = asyncio.Lock()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A month with its figures."""

    month: Month
    time_zone: str
    lines: tuple[Line, ...]
    #: None while it is open
    closed_at: int | None
    hash: str | None
    #: the hash of the month before; None where that is open
    previous: str | None


@dataclass(frozen=True, kw_only=True)
class Months:
    """All months of an operator's books, the newest first."""

    today: str
    months: tuple[Month, ...]
    closed: dict[str, Row]

    @property
    def to_close(self) -> Month | None:
        """The one that can be closed: the earliest that is open, once it is over."""
        earliest = next((month for month in reversed(self.months) if month.name not in self.closed), None)
        return earliest if earliest is not None and earliest.last_day < self.today else None


async def list_months(store: Store, user_id: str) -> Months:
    """From the first month that the books know of to the present one; none before the first machine."""
    async with store.reading(at_one_instant=True) as books:
        settings = await books.operators.settings(user_id)
        today = await books.operators.day(user_id)
        first = await books.months.first(user_id)
        closed = {row["month"]: row for row in await books.months.closed(user_id)}
    if first is None:
        return Months(today=today, months=(), closed=closed)
    names = [day_of(rows.instant(first), settings["time_zone"])[:7], *closed]
    month, found = Month(name=min(names)), []
    while month.first_day <= today:
        found.append(month)
        month = month.next
    return Months(today=today, months=tuple(reversed(found)), closed=closed)


async def month_statement(store: Store, host: Host, user_id: str, month: Month) -> Statement:
    """The figures of a month: as they were frozen, or as the books have them now."""
    known = await list_months(store, user_id)
    row = known.closed.get(month.name)
    if row is None:
        return await _open_statement(store, host, user_id, month, known)
    content = json.loads(row["statement"])
    return Statement(
        month=month,
        time_zone=content["time_zone"],
        lines=tuple(read_canonical(row["statement"])),
        closed_at=row["closed_at"],
        hash=row["hash"],
        previous=content["previous"],
    )


async def close_month(store: Store, host: Host, user_id: str, month: Month) -> None:
    """Freeze a month's figures. Raises MonthNotOver, MonthClosed, EarlierMonthOpen, InvalidInput."""
    known = await list_months(store, user_id)
    _check(known, month)
    statement = await _open_statement(store, host, user_id, month, known)
    previous = statement.previous or NO_MONTH
    text = canonical(month, time_zone=statement.time_zone, previous=previous, lines=list(statement.lines))
    async with store.transaction("close_month", actor=user_id) as books:
        closed = {row["month"]: row for row in await books.months.closed(user_id)}
        if closed.keys() != known.closed.keys():
            raise MonthClosed(month=month.name)
        await books.months.close(user_id, month, text, previous)


def _check(known: Months, month: Month) -> None:
    if month.name in known.closed:
        raise MonthClosed(month=month.name)
    if month.last_day >= known.today:
        raise MonthNotOver(month=month.name)
    if month not in known.months:
        raise InvalidInput(field="month", problem="your books begin later")
    earliest = known.to_close
    if earliest is not None and earliest != month:
        raise EarlierMonthOpen(month=month.name, earlier=earliest.name)


async def _open_statement(store: Store, host: Host, user_id: str, month: Month, known: Months) -> Statement:
    """What a month comes to. Where the one before is closed it begins with that one's closings."""
    before = next((row for name, row in known.closed.items() if Month(name=name).next == month), None)
    frozen = None
    if before is not None:
        frozen = {line.key: line for line in read_canonical(before["statement"])}
    walk = MonthWalk(month, frozen)
    async with _one_at_a_time:
        kept = await read_kept(store, user_id)
        async for entry in entries(store, host, user_id, kept):
            walk.take(entry)
    return Statement(
        month=month,
        time_zone=kept.time_zone,
        lines=tuple(walk.lines(_names(kept))),
        closed_at=None,
        hash=None,
        previous=None if before is None else before["hash"],
    )


def _names(kept: Kept) -> dict[str, str]:
    """What people call machines and LPs, by the segments of their accounts."""
    return {party.segment: party.name for party in (*kept.machines.values(), *kept.lps.values())}
