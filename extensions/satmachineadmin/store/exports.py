"""What leaves as a file: the rows of a list in the order they came, in slices that go on where the last
one ended. Each slice is a statement of its own over an index, so a long file holds nobody up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import earlier_lists, lists, transaction_lists
from .lists import Listing
from .sql import Row, Sql


@dataclass(frozen=True, kw_only=True)
class Extract:
    """A list that can be read from its oldest row on."""

    listing: Listing
    #: the table's name in the list's statement
    name: str
    #: the column that a range of days is about; it never changes
    moment: str
    #: the columns that its rows come in the order of, by an index of their owner; they tell rows apart
    order: tuple[str, ...]
    #: the column that names whose rows they are, where it is not the operator
    owner: str | None = None
    #: the column that names the machine
    machine: str | None = "machine_id"

    def place(self, row: Row) -> tuple[object, ...]:
        """Where a row stands in that order."""
        return tuple(row[column] for column in self.order)


def _by_moment(listing: Listing, name: str, moment: str) -> Extract:
    return Extract(listing=listing, name=name, moment=moment, order=(moment, "id"))


SALES = _by_moment(lists.SETTLEMENTS, "settlement", "paid_at")
LEGS = _by_moment(lists.LEGS, "leg", "created_at")
CASH = _by_moment(lists.DEPOSITS, "entry", "created_at")
CASH_OF_LP = replace(CASH, owner="client.user_id", machine="client_id")
CLIENTS = _by_moment(lists.CLIENTS, "client", "created_at")
MACHINES = replace(_by_moment(lists.MACHINES, "machine", "created_at"), machine="id")
MATTERS = _by_moment(lists.MATTERS, "matter", "opened_at")
TRANSACTIONS = _by_moment(transaction_lists.TRANSACTIONS, "one", "created_at")
EARLIER_SALES = _by_moment(earlier_lists.EARLIER_SALES, "sale", "paid_at")
EARLIER_LEGS = _by_moment(earlier_lists.EARLIER_LEGS, "leg", "paid_at")
EARLIER_OF_LP = Extract(
    listing=earlier_lists.EARLIER_PAYOUTS,
    name="leg",
    moment="paid_at",
    order=("paid_at", "id"),
    owner="client.user_id",
    machine="client_id",
)
#: Events are of all machines.
EVENTS = Extract(listing=lists.EVENTS, name="event", moment="at", order=("at", "seq"), machine=None)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows of an extract, and after which of them to go on."""

    owner_id: str
    machine_id: str | None = None
    since: int | None = None
    until: int | None = None
    #: further filters, as of the list on the page
    only: lists.Page = field(default_factory=lists.Page)
    #: the place of the last row that was read
    after: tuple[object, ...] | None = None


def behind(wanted: Wanted, extract: Extract, row: Row) -> Wanted:
    """The rows after one that was read."""
    return replace(wanted, after=extract.place(row))


async def read(sql: Sql, extract: Extract, wanted: Wanted, limit: int) -> list[Row]:
    """The next rows, the oldest first."""
    name = extract.name
    order = ", ".join(f"{name}.{column}" for column in extract.order)
    bounds = {
        f"{extract.owner or name + '.operator_user_id'} = :owner": wanted.owner_id,
        f"{name}.{extract.machine} = :machine": wanted.machine_id if extract.machine else None,
        f"{name}.{extract.moment} >= :since": wanted.since,
        f"{name}.{extract.moment} < :until": wanted.until,
    }
    given = {condition: value for condition, value in bounds.items() if value is not None}
    met, values = lists.conditions(extract.listing, wanted.only)
    values |= {condition.rpartition(":")[2]: value for condition, value in given.items()}
    conditions = [*given, *met]
    if wanted.after is not None:
        places = {f"after_{index}": value for index, value in enumerate(wanted.after)}
        conditions.append(f"({order}) > ({', '.join(':' + place for place in places)})")
        values |= places
    return await sql.all(
        f"""
        SELECT {extract.listing.select} FROM {lists.source(sql, extract.listing.source, wanted.only)}
        WHERE {" AND ".join(conditions)} ORDER BY {order} LIMIT :limit
        """,
        **values,
        limit=limit,
    )
