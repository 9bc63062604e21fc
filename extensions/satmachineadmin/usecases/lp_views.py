"""What an LP sees of its own: figures, positions, what it got, and its chart. Reads, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ..core import chart as charts
from ..core.chart import Scale, Span
from ..core.days import UTC, bounds_of, date_of, parse_day, span_of
from ..core.errors import InvalidInput, NotFound
from ..core.rates import mean_rate, premium_pct
from ..core.states import LegState, LegType, Word
from ..ports import Host
from ..store import fills, lists, lp_chart, lp_figures
from ..store.books import Books, Store
from ..store.fills import DayOf, Wanted
from ..store.lp_figures import Drawn
from ..store.sql import Row

#: What is under way or failed is shown as far as this.
MOST_WAITING = 20
_W = TypeVar("_W", bound=Word)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What an LP narrows a list down by; days are those of its own clock, both included."""

    enrolment_id: str | None = None
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, enrolment_id: str | None, since: str | None, until: str | None) -> Filter:
        """From what was written. Raises InvalidInput."""
        return cls(
            enrolment_id=enrolment_id,
            since=None if since is None else parse_day("since", since),
            until=None if until is None else parse_day("until", until),
        )


def one_of(words: type[_W], field: str, text: str | None) -> _W | None:
    """One of a closed list of words, if anything is written. Raises InvalidInput."""
    if text is None:
        return None
    try:
        return words(text)
    except ValueError:
        raise InvalidInput(field=field, problem="write one of " + ", ".join(words)) from None


@dataclass(frozen=True, kw_only=True)
class Places:
    """An LP's enrolments and what is known beside them."""

    rows: Sequence[Row]
    drawn: Mapping[str, Drawn]
    #: currency → sats for one unit of it, where the host has a rate at hand
    rates: Mapping[str, str | None]
    #: enrolment → what was drawn today of the LP's limit
    drawn_today: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Fill:
    """A leg of the LP, with what it is compared with."""

    row: Row
    #: of a leg that passes sats on: what it passes on
    parts: Sequence[Row]
    #: what the machine sold at on that day, and how much more sats this was; None where it stands alone
    day_rate: str | None
    premium_pct: str | None


async def time_zone(books: Books, user_id: str) -> str:
    """The clock that the LP reads."""
    owner = await books.lps.preferences(user_id)
    return UTC if owner is None else str(owner["time_zone"])


async def places(store: Store, host: Host, user_id: str, page: lists.Page) -> tuple[Places, int]:
    """A page of the LP's enrolments, and how many there are."""
    async with store.reading() as books:
        rows, total = await lists.page(books.sql, lists.CLIENTS, page.only({"client.user_id": user_id}))
        operators = {row["operator_user_id"] for row in rows}
        days = await books.operators.days(operators)
        limited_in = rows[0]["fixed_mode_currency"] if rows else None
        drawn = await books.lps.drawn([user_id], limited_in, days.values()) if limited_in else {}
        outlook = await lp_figures.outlook(books.sql, rows, books.now)
    rates = {currency: await host.rate_at_hand(currency) for currency in {row["currency"] for row in rows}}
    today = {row["id"]: drawn.get((user_id, days[row["operator_user_id"]]), 0) for row in rows}
    return Places(rows=rows, drawn=outlook, rates=rates, drawn_today=today), total


async def waiting(store: Store, user_id: str) -> tuple[list[Fill], int]:
    """What is neither paid nor called off, and how many there are."""
    async with store.reading() as books:
        enrolments = await fills.enrolments_of(books.sql, user_id)
        rows, total = await fills.waiting(books.sql, enrolments, MOST_WAITING)
        return await with_parts(books, rows, {}, {}), total


async def transactions(
    store: Store,
    user_id: str,
    wanted: Filter,
    *,
    leg_type: LegType | None,
    state: LegState | None,
    search: str | None,
    limit: int,
    offset: int,
) -> tuple[list[Fill], int]:
    """A page of what the LP got and passed on. Raises NotFound, InvalidInput."""
    hashed = None if search is None else search.strip().lower()
    if hashed is not None and not _HASH.fullmatch(hashed):
        raise InvalidInput(field="search", problem="write a whole payment hash, 64 letters and digits")
    async with store.reading() as books:
        zone = await time_zone(books, user_id)
        which, enrolments = await narrowed(books, user_id, wanted, zone)
        which = Wanted(leg_type=leg_type, state=state, since=which.since, until=which.until)
        if hashed is not None:
            found = await fills.by_hash(books.sql, enrolments, which, hashed)
            rows, total = found[offset : offset + limit], len(found)
        else:
            rows, total = await fills.page(books.sql, enrolments, which, limit=limit, offset=offset)
        days = _days(rows, zone)
        return await with_parts(books, rows, days, await fills.sold(books.sql, sorted_days(days))), total


async def narrowed(books: Books, user_id: str, wanted: Filter, zone: str) -> tuple[Wanted, list[str]]:
    """The span of time and the enrolments of a filter. Raises NotFound, InvalidInput."""
    span = span_of(wanted.since, wanted.until, zone)
    enrolments = await fills.enrolments_of(books.sql, user_id)
    if wanted.enrolment_id is not None:
        if wanted.enrolment_id not in enrolments:
            raise NotFound(what="enrolment")
        enrolments = [wanted.enrolment_id]
    return Wanted(since=span.since, until=span.until), enrolments


def sorted_days(days: Mapping[str, DayOf]) -> list[DayOf]:
    """Each day at each machine once."""
    return sorted(set(days.values()), key=lambda day: (day.machine_id, day.since))


def _days(rows: Sequence[Row], zone: str) -> dict[str, DayOf]:
    """The day at its machine of each fill that is paid, on the LP's clock."""
    found = {}
    for row in rows:
        moment = row["sold_at"] or row["completed_at"]
        if row["leg_type"] != LegType.AUTOFORWARD and moment is not None and row["exchange_rate"]:
            since, until = bounds_of(date_of(moment, zone), zone)
            found[row["id"]] = DayOf(machine_id=row["machine_id"], since=since, until=until)
    return found


async def with_parts(
    books: Books, rows: Sequence[Row], days: Mapping[str, DayOf], sold: Mapping[DayOf, fills.Sold]
) -> list[Fill]:
    """The legs with what they pass on and what they are compared with."""
    forwards = [row["id"] for row in rows if row["leg_type"] == LegType.AUTOFORWARD]
    parts: dict[str, list[Row]] = {leg_id: [] for leg_id in forwards}
    for part in await lp_figures.gathered_with(books.sql, forwards):
        parts[part["leg_id"]].append(part)
    found = []
    for row in rows:
        day = days.get(row["id"])
        rate = None if day is None else _day_rate(row, sold[day])
        found.append(
            Fill(
                row=row,
                parts=parts.get(row["id"], ()),
                day_rate=rate,
                premium_pct=None if rate is None else premium_pct(row["exchange_rate"], rate),
            )
        )
    return found


def _day_rate(row: Row, day: fills.Sold) -> str | None:
    """What the machine sold at on that day, where there was another sale than the fill's own."""
    others = day.sales - (1 if row["sold_at"] is not None else 0)
    return mean_rate(day.principal_sats, day.fiat_minor, row["currency"]) if others > 0 else None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What an LP's chart shows."""

    span: Span
    scale: Scale
    moved: Sequence[charts.Moved]
    #: each fill, where they are few enough to be told one by one
    single: Sequence[Row] | None
    #: currency → its enrolments
    places: Mapping[str, Sequence[Row]]


async def chart(store: Store, user_id: str, span: Span) -> Chart:
    """Everything that an LP's chart is drawn from, of one instant."""
    async with store.reading(at_one_instant=True) as books:
        page = lists.Page(limit=lists.MAX_LIMIT, equals={"client.user_id": user_id})
        rows, _total = await lists.page(books.sql, lists.CLIENTS, page)
        ids = [row["id"] for row in rows]
        begun = [row["accepted_at"] for row in rows if row["accepted_at"] is not None]
        scale = Scale.of(span, now=books.now, first_at=min(begun, default=books.now))
        moved = await lp_chart.moved(books.sql, ids, scale)
        few = sum(one.fills for one in moved) <= charts.MOST_FILLS
        single = await lp_chart.single_fills(books.sql, ids, scale.since) if few else None
    by_currency: dict[str, list[Row]] = {}
    for row in rows:
        by_currency.setdefault(row["currency"], []).append(row)
    return Chart(span=span, scale=scale, moved=moved, single=single, places=by_currency)
