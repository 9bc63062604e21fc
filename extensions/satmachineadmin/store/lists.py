"""Lists for people: paged, filtered and sorted by the database, over indexed columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..core.states import LegState, LegType, SettlementMark, SettlementState, Word
from . import paging
from .paging import MAX_LIMIT, MAX_OFFSET, containing
from .sql import SCHEMA, Row, Sql

__all__ = ["MAX_LIMIT", "MAX_OFFSET", "containing"]

#: Conditions, to the letter those of the indexes that few rows are in.
_MARKED = {
    SettlementMark.TEST: ("settlement.is_test", "settlements_that_are_tests"),
    SettlementMark.COMMISSION_DIFFERS: (
        "settlement.commission_difference_sats <> 0",
        "settlements_that_differ",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which rows of a list are wanted."""

    limit: int = 25
    offset: int = 0
    sort_by: str | None = None
    descending: bool = True
    search: str | None = None
    #: column → value; None values do not filter
    equals: Mapping[str, object] = field(default_factory=dict)
    #: column → from and below, epoch seconds; None is no bound
    spans: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)

    #: only settlements with this mark
    mark: SettlementMark | None = None
    #: only settlements with one of these ids
    ids: tuple[str, ...] | None = None

    def only(self, equals: Mapping[str, object]) -> Page:
        """The same page of fewer rows."""
        return replace(self, equals={**self.equals, **equals})

    def marked(self, mark: SettlementMark | None) -> Page:
        """The same page of the settlements with a mark."""
        return replace(self, mark=mark)

    def among(self, ids: tuple[str, ...]) -> Page:
        """The same page of settlements that were found otherwise."""
        return replace(self, ids=ids, search=None)

    def within(self, column: str, since: int | None, until: int | None) -> Page:
        """The same page of the rows from one instant on and before another."""
        return replace(self, spans={**self.spans, column: (since, until)})


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A kind of list: what it selects from, and what it may be sorted and searched by."""

    select: str
    source: str
    #: name on the wire → column, or columns
    sorts: Mapping[str, str | tuple[str, ...]]
    default_sort: str
    searches: tuple[str, ...] = ()
    #: of those, what is also found in old rows if it is given as a whole: by an index
    exact: str | None = None
    #: values that few rows have: those rows are read by them and then sorted, not the other way round
    rare: frozenset[str] = frozenset()
    #: column → index: few rows have the same in it, and they are found by that
    narrow: Mapping[str, str] = field(default_factory=dict)
    #: the table whose rows are listed, where it grows: they are found before anything is joined to them
    table: str | None = None
    #: what tells rows apart that sort alike
    identity: str = "id"
    #: a condition that every row of it fulfils
    always: str = ""

    def columns(self, sort: str) -> tuple[str, ...]:
        """What a sort is by."""
        found = self.sorts[sort]
        return (found,) if isinstance(found, str) else found

    def index_of_few(self, wanted: Page) -> str | None:
        """The index that has no more than the few rows that are wanted, if one has."""
        if wanted.ids is not None:
            return None
        if wanted.mark is not None:
            return _MARKED[wanted.mark][1]
        given = (index for column, index in self.narrow.items() if wanted.equals.get(column) is not None)
        return next(given, None)


MACHINES = Listing(
    select=f"""machine.*, wallet.scan_from, proof.balance_msat, proof.expected_msat, proof.proved_at,
        report.seen_at, report.software, report.screen,
        (SELECT pairing.expires_at FROM {SCHEMA}.machine_pairings AS pairing
         WHERE pairing.machine_id = machine.id AND pairing.state = 'open') AS pairing_expires_at""",
    source=f"""{SCHEMA}.dca_machines AS machine
        JOIN {SCHEMA}.machine_wallets AS wallet
          ON wallet.machine_id = machine.id AND wallet.wallet_id = machine.wallet_id
         AND wallet.closed_at IS NULL
        LEFT JOIN {SCHEMA}.machine_proofs AS proof
          ON proof.wallet_id = machine.wallet_id AND proof.machine_id = machine.id
        LEFT JOIN {SCHEMA}.machine_reports AS report ON report.machine_id = machine.id""",
    sorts={
        "name": "machine.name",
        "created_at": "machine.created_at",
        # The databases disagree where what is not there belongs: never is before everything.
        "last_sale_at": "COALESCE(machine.last_sale_at, 0)",
        "settlements": "machine.settlements_total",
        "balance": "COALESCE(proof.balance_msat, 0)",
    },
    default_sort="created_at",
    searches=("machine.name", "machine.location"),
)
#: The sale that a matter is about: itself, one of its legs, or its payment.
_SALE_OF_MATTER = f"""COALESCE(
        (SELECT sale.id FROM {SCHEMA}.dca_settlements AS sale WHERE sale.id = matter.subject_id),
        (SELECT NULLIF(leg.settlement_id, '') FROM {SCHEMA}.dca_payments AS leg
         WHERE leg.id = matter.subject_id),
        (SELECT sale.id FROM {SCHEMA}.machine_wallets AS wallet
         JOIN {SCHEMA}.dca_settlements AS sale
           ON sale.wallet_id = wallet.wallet_id AND sale.payment_hash = matter.subject_id
         WHERE wallet.machine_id = matter.machine_id ORDER BY sale.id LIMIT 1))"""
MATTERS = Listing(
    select=f"""matter.*, machine.name AS machine_name, {_SALE_OF_MATTER} AS settlement_id,
        (SELECT sale.id FROM {SCHEMA}.earlier_sales AS sale WHERE sale.id = matter.subject_id)
            AS earlier_sale_id""",
    source=f"""{SCHEMA}.worklist AS matter
        LEFT JOIN {SCHEMA}.dca_machines AS machine ON machine.id = matter.machine_id""",
    table="worklist",
    sorts={"opened_at": "matter.opened_at", "kind": ("matter.kind", "matter.opened_at")},
    default_sort="opened_at",
    searches=("matter.detail", "matter.subject_id"),
)
CLIENTS = Listing(
    select="""client.*, machine.name AS machine_name, machine.location AS machine_location,
        machine.currency, lp.user_id IS NOT NULL AS onboarded,
        lp.default_dca_mode, lp.fixed_mode_daily_limit, lp.fixed_mode_currency,
        invitation.expires_at AS invitation_expires_at""",
    source=f"""{SCHEMA}.dca_clients AS client
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = client.machine_id
        LEFT JOIN {SCHEMA}.dca_lp AS lp ON lp.user_id = client.user_id
        LEFT JOIN {SCHEMA}.invitations AS invitation
          ON invitation.client_id = client.id AND invitation.closed_at IS NULL""",
    sorts={
        "username": "client.username",
        "created_at": "client.created_at",
        "status": "client.status",
        "remaining": "client.confirmed_minor - client.paid_minor - client.reserved_minor",
        "deposited": "client.confirmed_minor",
        "received_sats": "client.received_sats",
    },
    default_sort="created_at",
    searches=("client.username", "client.lp_ref"),
)
DEPOSITS = Listing(
    select=f"""entry.*, client.username, client.status AS lp_status, machine.name AS machine_name,
        (SELECT SUM(counter.amount_minor) FROM {SCHEMA}.dca_deposits AS counter
         WHERE counter.related_id = entry.id AND counter.kind = 'correction'
           AND counter.status = 'confirmed') AS corrected_minor,
        (SELECT COUNT(*) FROM {SCHEMA}.dca_deposits AS counter
         WHERE counter.related_id = entry.id AND counter.kind = 'correction'
           AND counter.status IN ('pending', 'disputed')) AS counters_waiting,
        (SELECT other.machine_id FROM {SCHEMA}.dca_deposits AS other
         WHERE other.id = entry.related_id) AS related_machine_id,
        (SELECT there.username FROM {SCHEMA}.dca_deposits AS other
         JOIN {SCHEMA}.dca_clients AS there ON there.id = other.client_id
         WHERE other.id = entry.related_id) AS related_username,
        (SELECT place.name FROM {SCHEMA}.dca_deposits AS other
         JOIN {SCHEMA}.dca_machines AS place ON place.id = other.machine_id
         WHERE other.id = entry.related_id) AS related_machine_name""",
    source=f"""{SCHEMA}.dca_deposits AS entry
        JOIN {SCHEMA}.dca_clients AS client ON client.id = entry.client_id
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = entry.machine_id""",
    table="dca_deposits",
    sorts={"created_at": "entry.created_at", "cash_date": "entry.cash_date", "amount": "entry.amount_minor"},
    default_sort="created_at",
    searches=("client.username", "entry.notes"),
)
SETTLEMENTS = Listing(
    select="""settlement.*, machine.name AS machine_name, splits.version AS split_version,
        splits.machine_id <> '' AS split_is_override""",
    source=f"""{SCHEMA}.dca_settlements AS settlement
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = settlement.machine_id
        LEFT JOIN {SCHEMA}.split_sets AS splits ON splits.id = settlement.split_set_id""",
    table="dca_settlements",
    rare=frozenset(set(SettlementState) - {SettlementState.PROCESSED}),
    sorts={
        "paid_at": "settlement.paid_at",
        "wire_sats": "settlement.wire_sats",
        "principal_sats": "settlement.principal_sats",
        "commission_sats": "settlement.commission_sats",
        "state": ("settlement.state", "settlement.paid_at"),
    },
    default_sort="paid_at",
)
#: What an LP does with its sats afterwards is no business of the operator's.
_NOT_AN_LPS_OWN = "leg.leg_type <> 'autoforward'"
LEGS = Listing(
    select="leg.*, machine.name AS machine_name",
    source=f"""{SCHEMA}.dca_payments AS leg
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = leg.machine_id""",
    table="dca_payments",
    sorts={"created_at": "leg.created_at", "sats": "leg.sats", "state": ("leg.state", "leg.created_at")},
    default_sort="created_at",
    searches=("leg.label", "leg.payment_hash"),
    exact="leg.payment_hash",
    narrow={"leg.settlement_id": "leg_once"},
    rare=frozenset(
        {LegState.PENDING, LegState.PAYING, LegState.FAILED, LegState.UNRESOLVED, LegState.REFUNDED}
        | {LegType.SETTLEMENT}
    ),
    always=_NOT_AN_LPS_OWN,
)
LEGS_IN_PLAN_ORDER = Listing(
    select=LEGS.select,
    source=LEGS.source,
    sorts={"plan": ("leg.plan_version", "leg.position")},
    default_sort="plan",
    always=_NOT_AN_LPS_OWN,
)

SPLIT_SETS = Listing(
    select="splits.*, machine.name AS machine_name",
    source=f"""{SCHEMA}.split_sets AS splits
        LEFT JOIN {SCHEMA}.dca_machines AS machine ON machine.id = splits.machine_id""",
    sorts={"created_at": "splits.created_at", "version": "splits.version"},
    default_sort="created_at",
    searches=("machine.name",),
)

STANDINGS = Listing(
    select="operator.*",
    source=f"{SCHEMA}.standings AS operator",
    sorts={"moved_at": "operator.moved_at", "name": "operator.name", "standing": "operator.standing"},
    default_sort="moved_at",
    searches=("operator.name",),
)

EVENTS = Listing(
    select="event.*",
    source=f"{SCHEMA}.audit_events AS event",
    table="audit_events",
    sorts={"at": "event.at"},
    default_sort="at",
    searches=("event.event", "event.subject_id"),
    exact="event.subject_id",
    narrow={"event.subject_id": "audit_by_subject"},
    identity="seq",
)


async def page(sql: Sql, listing: Listing, wanted: Page) -> tuple[list[Row], int]:
    """The rows of a page and how many there are, of more than `paging.COUNTED` only that many."""
    met, values = conditions(listing, wanted)
    name = listing.select.split(".")[0]
    own = all(column.lstrip("(").startswith(f"{name}.") for column in (*wanted.equals, *wanted.spans))
    table = f"{SCHEMA}.{listing.table} AS {name}"
    few = listing.index_of_few(wanted)
    # SQLite has no statistics, and would rather walk along the list's order.
    by = f"{table} INDEXED BY {few}" if few and sql.is_sqlite else table
    order = listing.columns(wanted.sort_by or listing.default_sort)
    if not listing.rare.isdisjoint(map(str, wanted.equals.values())):
        # The same order, but one that SQLite finds no index for.
        order = tuple(f"CASE WHEN TRUE THEN {column} END" for column in order)
    is_searched = bool(wanted.search and listing.searches)
    if is_searched:
        values |= {"search": containing(wanted.search or "")}
        values |= {"exact": wanted.search} if listing.exact else {}
    walk = paging.Walk(
        select=listing.select,
        source=listing.source,
        found_in=source(sql, by if listing.table and own else listing.source, wanted),
        searched_in=listing.source.replace(table, by),
        identity=f"{name}.{listing.identity}",
        conditions=met,
        order=order,
        newest=listing.columns(listing.default_sort),
        descending=wanted.descending,
        words=" || ' ' || ".join(f"COALESCE({one}, '')" for one in listing.searches) if is_searched else None,
        exact=f"{listing.exact} = :exact" if is_searched and listing.exact else None,
    )
    return await paging.read(sql, walk, values, limit=wanted.limit, offset=wanted.offset)


def source(sql: Sql, rows_of: str, wanted: Page) -> str:
    """What the rows of a page are read from: what was found otherwise comes first, and row by row.

    SQLite keeps the order of a CROSS JOIN. It would walk over all settlements in the list's order instead.
    """
    if wanted.ids is None:
        return rows_of
    return f"({sql.each_of('ids')}) AS found CROSS JOIN {rows_of}"


def conditions(listing: Listing, wanted: Page) -> tuple[list[str], dict[str, object]]:
    """What holds for every row of a page but for what is searched, and the values that it takes."""
    met = [listing.always] if listing.always else []
    values: dict[str, object] = {}
    for index, (column, value) in enumerate(wanted.equals.items()):
        if isinstance(value, bool):
            met.append(column if value else f"NOT {column}")
        elif value is not None:
            # A word of ours is no parameter: SQLite chooses indexes before it looks at those.
            met.append(f"{column} = '{value}'" if isinstance(value, Word) else f"{column} = :equals_{index}")
            values |= {} if isinstance(value, Word) else {f"equals_{index}": value}
    for index, (column, (since, until)) in enumerate(wanted.spans.items()):
        if since is not None:
            met.append(f"{column} >= :since_{index}")
            values[f"since_{index}"] = since
        if until is not None:
            met.append(f"{column} < :until_{index}")
            values[f"until_{index}"] = until
    if wanted.mark is not None:
        met.append(_MARKED[wanted.mark][0])
    if wanted.ids is not None:
        met.append("settlement.id = found.value")
        values["ids"] = json.dumps(wanted.ids)
    return met, values


async def stuck(sql: Sql, operator_user_id: str, since: int) -> list[Row]:
    """Settlements that the engine has had in its hands since before an instant, the oldest first."""
    return await sql.all(
        f"""
        SELECT {SETTLEMENTS.select} FROM {SETTLEMENTS.source}
        WHERE settlement.operator_user_id = :operator AND settlement.state IN ('pending', 'processing')
          AND COALESCE(settlement.claimed_at, settlement.landed_at) <= :since
        ORDER BY COALESCE(settlement.claimed_at, settlement.landed_at), settlement.id LIMIT :limit
        """,
        operator=operator_user_id,
        since=since,
        limit=MAX_LIMIT,
    )


async def totals(sql: Sql, operator_user_id: str) -> dict[str, int]:
    """How many machines an operator has, and settlements by state, of which totals are kept (m135)."""
    (machines,) = await sql.all(
        f"""
        SELECT COUNT(*) AS total, COUNT(payouts_paused_at) AS paused
        FROM {SCHEMA}.dca_machines WHERE operator_user_id = :operator
        """,
        operator=operator_user_id,
    )
    states = await sql.all(
        f"SELECT state, settlements FROM {SCHEMA}.settlement_totals WHERE operator_user_id = :operator",
        operator=operator_user_id,
    )
    counted = {str(row["state"]): int(row["settlements"]) for row in states}
    held = counted.get("held", 0)
    split = await _held_apart(sql, operator_user_id) if held else {"waiting": 0, "test": 0}
    return {
        "machines": int(machines["total"]),
        "paused": int(machines["paused"]),
        "open": counted.get("pending", 0) + counted.get("processing", 0),
        **split,
        "held": held - split["waiting"] - split["test"],
        **{state: counted.get(state, 0) for state in ("errored", "rejected", "processed")},
    }


async def _held_apart(sql: Sql, operator_user_id: str) -> dict[str, int]:
    """Held sales that wait for no release: those with a time of their own, and tests."""
    row = await sql.one(
        f"""
        SELECT SUM(CASE WHEN next_try_at IS NOT NULL THEN 1 ELSE 0 END) AS waiting,
               SUM(CASE WHEN is_test THEN 1 ELSE 0 END) AS test
        FROM {SCHEMA}.dca_settlements WHERE operator_user_id = :operator AND state = 'held'
        """,
        operator=operator_user_id,
    )
    return {"waiting": int(row["waiting"] or 0), "test": int(row["test"] or 0)} if row else {}


async def sales_since(sql: Sql, operator_user_id: str, since: int) -> list[Row]:
    """Sales of an operator since an instant, by currency: count, sats and fiat."""
    return await sql.all(
        f"""
        SELECT currency, COUNT(*) AS sales, SUM(wire_sats) AS wire_sats,
               SUM(commission_sats) AS commission_sats, SUM(COALESCE(fiat_minor, 0)) AS fiat_minor
        FROM {SCHEMA}.dca_settlements
        WHERE operator_user_id = :operator AND paid_at >= :since AND NOT is_test
          AND state NOT IN ('rejected', 'dismissed')
        GROUP BY currency ORDER BY currency
        """,
        operator=operator_user_id,
        since=since,
    )
