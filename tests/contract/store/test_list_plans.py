"""Every list is read from an index, on both databases: asked of their planners, so nothing is timed.

SQLite has no statistics and always decides like this. PostgreSQL reads small tables as a whole; here it is
told that this, and sorting, are expensive, so that it shows which index it could use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from satmachineadmin.core.states import LegState, LegType, SettlementMark, SettlementState, TxType
from satmachineadmin.migrations import LIST_INDEXES
from satmachineadmin.store import exports, lists
from satmachineadmin.store.books import Store
from satmachineadmin.store.sql import Row, Sql

from .books import OPERATOR

pytestmark = pytest.mark.anyio
OPEN = "(matter.closed_at IS NULL)"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way of asking for a list, and the index that has to answer it."""

    listing: lists.Listing
    index: str
    sort_by: str | None = None
    only: dict[str, object] = field(default_factory=dict)
    mark: SettlementMark | None = None
    #: few rows are found and then sorted
    is_sorted: bool = False


CASES = {
    "the newest sales": Case(listing=lists.SETTLEMENTS, index="sales_listed"),
    "sales by state": Case(listing=lists.SETTLEMENTS, sort_by="state", index="sales_by_state"),
    "sales by wire": Case(listing=lists.SETTLEMENTS, sort_by="wire_sats", index="sales_by_wire"),
    "sales by principal": Case(
        listing=lists.SETTLEMENTS, sort_by="principal_sats", index="sales_by_principal"
    ),
    "sales by commission": Case(
        listing=lists.SETTLEMENTS, sort_by="commission_sats", index="sales_by_commission"
    ),
    "paid sales by wire": Case(
        listing=lists.SETTLEMENTS, sort_by="wire_sats", index="sales_by_wire",
        only={"settlement.state": SettlementState.PROCESSED},
    ),
    "cash-ins by wire": Case(
        listing=lists.SETTLEMENTS, sort_by="wire_sats", index="sales_by_wire",
        only={"settlement.tx_type": TxType.CASH_IN},
    ),
    "errored sales by wire": Case(
        listing=lists.SETTLEMENTS, sort_by="wire_sats", index="sales_by_state", is_sorted=True,
        only={"settlement.state": SettlementState.ERRORED},
    ),
    "the newest legs": Case(listing=lists.LEGS, index="legs_listed"),
    "legs by state": Case(listing=lists.LEGS, sort_by="state", index="legs_by_state"),
    "legs by sats": Case(listing=lists.LEGS, sort_by="sats", index="legs_by_sats"),
    "completed legs by sats": Case(
        listing=lists.LEGS, sort_by="sats", index="legs_by_sats", only={"leg.state": LegState.COMPLETED}
    ),
    "an LP's kind of legs by sats": Case(
        listing=lists.LEGS, sort_by="sats", index="legs_of_lps_by_sats", only={"leg.leg_type": LegType.DCA}
    ),
    "failed legs by sats": Case(
        listing=lists.LEGS, sort_by="sats", index="legs_by_state", is_sorted=True,
        only={"leg.state": LegState.FAILED},
    ),
    "balances paid off by sats": Case(
        listing=lists.LEGS, sort_by="sats", index="legs_of_payoffs", is_sorted=True,
        only={"leg.leg_type": LegType.SETTLEMENT},
    ),
    "the newest cash entries": Case(listing=lists.DEPOSITS, index="deposits_by_operator"),
    "cash entries by date": Case(listing=lists.DEPOSITS, sort_by="cash_date", index="cash_by_date"),
    "cash entries by amount": Case(listing=lists.DEPOSITS, sort_by="amount", index="cash_by_amount"),
    "open matters": Case(listing=lists.MATTERS, index="matters_open", only={OPEN: True}),
    "all matters by kind": Case(listing=lists.MATTERS, sort_by="kind", index="matters_by_kind"),
    "the newest events": Case(listing=lists.EVENTS, index="events_listed"),
    "events of one kind": Case(
        listing=lists.EVENTS, index="events_by_kind", only={"event.subject_kind": "machine"}
    ),
}  # fmt: skip


FEW = {
    "legs of a sale": Case(listing=lists.LEGS, index="leg_once", only={"leg.settlement_id": "a"}),
    "events of a thing": Case(listing=lists.EVENTS, index="audit_by_subject", only={"event.subject_id": "a"}),
    "tests": Case(listing=lists.SETTLEMENTS, index="settlements_that_are_tests", mark=SettlementMark.TEST),
    "sales whose commission differs": Case(
        listing=lists.SETTLEMENTS, index="settlements_that_differ", mark=SettlementMark.COMMISSION_DIFFERS
    ),
}


class Explaining:
    """Stands where a connection's statements go, and asks for their plans instead of their rows."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self.is_sqlite = sql.is_sqlite
        self.plans: list[str] = []

    async def all(self, statement: str, **values: object) -> list[Row]:
        kind = "EXPLAIN QUERY PLAN" if self._sql.is_sqlite else "EXPLAIN"
        rows = await self._sql.all(f"{kind} {statement}", **values)
        self.plans.append("\n".join(str(list(row.values())[-1]) for row in rows))
        return [{}] * int(str(values.get("limit", 0)))

    async def value(self, statement: str, **values: object) -> int:
        await self.all(statement, **values)
        return 0


async def plans(store: Store, case: Case, **wishes: Any) -> list[str]:
    """The plans of a page and of its count."""
    operator = {f"{case.listing.select.split('.')[0]}.operator_user_id": OPERATOR}
    async with store.transaction("test") as books:
        if not store.database.is_sqlite:
            for way in ("seqscan", "bitmapscan", *([] if case.is_sorted else ["sort", "incremental_sort"])):
                await books.sql.run(f"SET LOCAL enable_{way} = off")
        sql = Explaining(books.sql)
        page = lists.Page(sort_by=case.sort_by, equals={**operator, **case.only}, mark=case.mark, **wishes)
        await lists.page(sql, case.listing, page)  # type: ignore[arg-type]
    return sql.plans


@pytest.mark.parametrize("descending", [True, False], ids=["down", "up"])
@pytest.mark.parametrize("name", CASES)
async def test_a_list_is_read_in_the_order_of_its_index(store: Store, name: str, descending: bool) -> None:
    """Both the page and the count of what there is."""
    case = CASES[name]
    found = await plans(store, case, descending=descending)
    assert len(found) == 2
    for plan in found:
        # Whether few rows are sorted is for PostgreSQL's statistics to say, and here it has none.
        wanted = LIST_INDEXES if case.is_sorted and not store.database.is_sqlite else {case.index}
        assert any(index in plan for index in wanted), plan
        if store.database.is_sqlite and not case.is_sorted:
            first, *_joins = plan.partition("CORRELATED")
            assert first.count("USE TEMP B-TREE") <= 1, "a page is put in order again, all rows are not"


@pytest.mark.parametrize("search", [None, "text"])
@pytest.mark.parametrize("name", FEW)
async def test_few_rows_are_not_looked_for_among_all(store: Store, name: str, search: str | None) -> None:
    """SQLite does as it is told; PostgreSQL is left to its statistics."""
    case = FEW[name]
    for sort in case.listing.sorts:
        sorted_by = Case(listing=case.listing, index=case.index, sort_by=sort, only=case.only, mark=case.mark)
        for plan in await plans(store, sorted_by, search=search):
            # Without rows PostgreSQL has nothing to go by.
            assert (case.index if store.database.is_sqlite else "Limit") in plan, plan


async def test_every_connection_to_postgres_is_told_that_an_index_is_cheap(store: Store) -> None:
    """Also one that was used before, and that a rolled back transaction has reset."""
    if store.database.is_sqlite:
        return
    for _ in range(2):
        async with store.reading() as books:
            assert await books.sql.value("SHOW random_page_cost") == "1.1"
        with pytest.raises(ZeroDivisionError):
            async with store.transaction("test") as books:
                raise ZeroDivisionError


async def test_there_is_no_index_that_no_list_needs(store: Store) -> None:
    assert set(LIST_INDEXES) == {case.index for case in CASES.values()} - {"deposits_by_operator"}


@pytest.mark.parametrize("only", [{}, {OPEN: True}], ids=["all", "open"])
async def test_a_text_is_looked_for_in_the_newest_rows_alone(store: Store, only: dict[str, object]) -> None:
    case = Case(listing=lists.MATTERS, index="", only=only)
    page_plan, _count_plan = await plans(store, case, search="nothing-like-this")
    assert "worklist_by_operator" in page_plan or "matters_open" in page_plan, page_plan


@pytest.mark.parametrize("name", ["SALES", "LEGS", "CASH", "EVENTS"])
async def test_a_file_goes_on_where_its_last_slice_ended_by_an_index(store: Store, name: str) -> None:
    extract: exports.Extract = getattr(exports, name)
    index = {
        "SALES": "sales_listed",
        "LEGS": "legs_listed",
        "CASH": "deposits_by_operator",
        "EVENTS": "events_listed",
    }
    wanted = exports.Wanted(owner_id=OPERATOR, after=tuple(0 if one != "id" else "" for one in extract.order))
    async with store.transaction("test") as books:
        if not store.database.is_sqlite:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                await books.sql.run(f"SET LOCAL enable_{way} = off")
        sql = Explaining(books.sql)
        await exports.read(sql, extract, wanted, 100)  # type: ignore[arg-type]
    assert index[name] in sql.plans[0], sql.plans[0]
