"""An LP's statements: each month as these books have it, and whether a copy still says the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from ..core import statement as core
from ..core.days import beginning_of, bounds_of, day_of, parse_time_zone, zone_in_use
from ..core.errors import InvalidInput, NoInvitationAccepted, Refusal, StatementUnreadable
from ..core.months import Month
from ..core.statement import Change, Line, Verdict
from ..core.states import LegType
from ..core.units import format_fiat
from ..store import rows, statements
from ..store.books import Books, Store
from ..store.sql import Row


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A month of an LP."""

    month: Month
    time_zone: str
    is_over: bool
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return core.written(self.lines)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a copy of a statement is worth."""

    verdict: Verdict
    month: Month
    sha256: str
    #: of the statement as the books have it; None where it is another LP's
    sha256_now: str | None
    changes: tuple[Change, ...]


async def list_statements(store: Store, user_id: str) -> list[tuple[Month, bool]]:
    """The months since the LP began, and whether each is over; the newest first."""
    async with store.reading() as books:
        owner = await books.lps.preferences(user_id)
        if owner is None:
            return []
        places = await statements.enrolments(books.sql, user_id)
        zone, today = _clock(books, owner)
    begun = min((row["accepted_at"] for row in places), default=None)
    if begun is None:
        return []
    month, found = Month(name=day_of(rows.instant(begun), zone)[:7]), []
    while month.first_day <= today:
        found.append((month, month.last_day < today))
        month = month.next
    return found[::-1]


async def month_statement(store: Store, user_id: str, month: Month) -> Statement:
    """The statement of a month on the LP's clock. Raises NoInvitationAccepted, InvalidInput."""
    async with store.reading(at_one_instant=True) as books:
        owner = await books.lps.preferences(user_id)
        if owner is None:
            raise NoInvitationAccepted()
        zone, today = _clock(books, owner)
        if month.first_day > today:
            raise InvalidInput(field="month", problem="it has not begun")
        lines = await _lines(books, owner, month, zone)
    return Statement(month=month, time_zone=zone, is_over=month.last_day < today, lines=tuple(lines))


async def check_statement(store: Store, user_id: str, text: str) -> Checked:
    """Whether the books still say what a statement says. Raises StatementUnreadable."""
    pasted = core.read(text)
    try:
        zone = parse_time_zone(pasted.time_zone)
    except Refusal:
        raise StatementUnreadable(problem="its time zone is not known here") from None
    said = pasted.text
    given = core.sha256(said)
    async with store.reading(at_one_instant=True) as books:
        owner = await books.lps.preferences(user_id)
        if owner is None or owner["lp_ref"] != pasted.lp_ref:
            return Checked(
                verdict=Verdict.NOT_YOURS, month=pasted.month, sha256=given, sha256_now=None, changes=()
            )
        now = await _lines(books, owner, pasted.month, zone)
    text = core.written(now)
    same = text == said
    return Checked(
        verdict=Verdict.UNCHANGED if same else Verdict.CHANGED,
        month=pasted.month,
        sha256=given,
        sha256_now=core.sha256(text),
        changes=() if same else tuple(core.differences(pasted.lines, now)),
    )


def _clock(books: Books, owner: Row) -> tuple[str, str]:
    """The zone that the LP reads, and the day there."""
    zone = zone_in_use(owner["time_zone"])
    return zone, day_of(rows.instant(books.now), zone)


async def _lines(books: Books, owner: Row, month: Month, zone: str) -> list[Line]:
    since = beginning_of(date.fromisoformat(month.first_day), zone)
    until = bounds_of(date.fromisoformat(month.last_day), zone)[1]
    places = {row["id"]: row for row in await statements.enrolments(books.sql, owner["user_id"])}
    ids = list(places)
    cash = await statements.cash(books.sql, ids, since, until)
    legs = await statements.legs(books.sql, ids, since, until)
    later = await statements.sums_since(books.sql, ids, until)
    machines = [_machine(row, cash, legs, later[key]) for key, row in places.items()]
    shown = [one for one in machines if one is not None]
    events = [*map(_cash, cash), *map(_leg, legs)]
    first = core.head(
        lp_ref=owner["lp_ref"], month=month, time_zone=zone, since=_iso(since), until=_iso(until)
    )
    return core.closed([first, *shown, *sorted(events, key=lambda one: (one["at"], one["id"]))])


def _machine(place: Row, cash: list[Row], legs: list[Row], later: statements.Since) -> Line | None:
    """What became of the cash at one machine; None where nothing did and none was there."""
    key, currency = place["id"], place["currency"]
    own = [leg for leg in legs if leg["client_id"] == key]
    sums: dict[str, int] = defaultdict(int)
    sums["entered"] = sum(row["amount_minor"] for row in cash if row["client_id"] == key)
    for leg in own:
        if leg["leg_type"] == LegType.AUTOFORWARD:
            sums["forwarded_msat"] += leg["sent_msat"]
            sums["fee_msat"] += leg["fee_msat"]
        else:
            sums["turned"] += leg["fiat_minor"] or 0
            sums["received"] += leg["sent_msat"] // 1000
    left_now = place["confirmed_minor"] - place["paid_minor"]
    closing = left_now - later.entered_minor + later.turned_minor
    opening = closing - sums["entered"] + sums["turned"]
    if not (opening or closing or own or sums["entered"]):
        return None
    return {
        "line": "machine",
        "key": key,
        "name": place["machine_name"],
        "currency": currency,
        "opening": format_fiat(opening, currency),
        "entered": format_fiat(sums["entered"], currency),
        "turned": format_fiat(sums["turned"], currency),
        "closing": format_fiat(closing, currency),
        "received_sats": sums["received"],
        "forwarded_msat": sums["forwarded_msat"],
        "forward_fee_msat": sums["fee_msat"],
    }


def _cash(row: Row) -> Line:
    return {
        "line": "cash",
        "id": row["id"],
        "at": _iso(row["confirmed_at"]),
        "machine": row["client_id"],
        "kind": row["kind"],
        "amount": format_fiat(row["amount_minor"], row["currency"]),
        "currency": row["currency"],
        "cash_date": row["cash_date"],
    }


def _leg(row: Row) -> Line:
    common = {
        "id": row["id"],
        "at": _iso(row["completed_at"]),
        "machine": row["client_id"],
        "payment_hash": row["payment_hash"],
    }
    if row["leg_type"] == LegType.AUTOFORWARD:
        return {
            "line": "forward",
            **common,
            "sent_msat": row["sent_msat"],
            "fee_msat": row["fee_msat"],
            "kept_msat": row["fee_unused_msat"],
        }
    return {
        "line": "fill",
        **common,
        "kind": row["leg_type"],
        "sats": row["sent_msat"] // 1000,
        "fiat_amount": None if row["fiat_minor"] is None else format_fiat(row["fiat_minor"], row["currency"]),
        "currency": row["currency"],
        "rate": row["exchange_rate"],
    }


def _iso(seconds: int) -> str:
    return rows.instant(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
