"""What an LP got, page by page, over all the machines that it has cash at."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.store import fills, paging
from satmachineadmin.store.books import Store
from satmachineadmin.store.forwards import Forwards
from satmachineadmin.store.lp_notices import LpNotices

from .books import add_lp, add_machine, planned, rows
from .test_list_plans import Explaining

pytestmark = pytest.mark.anyio
SALES = 7


async def sold(store: Store) -> list[str]:
    """The ids of ana's legs at two machines, the newest first; ben has some as well."""
    machines = [await add_machine(store, wallet) for wallet in ("plaza", "market")]
    for machine in machines:
        await add_lp(store, machine, "ana")
    await add_lp(store, machines[0], "ben")
    for number in range(1, SALES + 1):
        settlement, _legs = await planned(store, machines[number % 2], number)
        async with store.transaction("later") as books:
            await books.sql.run(
                "UPDATE satmachineadmin.dca_payments SET created_at = :at WHERE settlement_id = :id",
                at=number // 2,
                id=settlement.id,
            )
    clients = {row["id"] for row in await rows(store, "dca_clients", user_id="ana")}
    legs = [leg for leg in await rows(store, "dca_payments", leg_type="dca") if leg["client_id"] in clients]
    assert len(legs) == SALES
    return [leg["id"] for leg in sorted(legs, key=lambda leg: (leg["created_at"], leg["id"]), reverse=True)]


async def page(store: Store, **wishes: Any) -> tuple[list[str], int]:
    async with store.reading() as books:
        clients = await fills.enrolments_of(books.sql, "ana")
        asked = {"wanted": fills.Wanted(), "limit": 25, "offset": 0, **wishes}
        found, total = await fills.page(books.sql, clients, **asked)
    return [row["id"] for row in found], total


async def test_pages_together_are_the_whole(store: Store) -> None:
    whole = await sold(store)
    assert await page(store) == (whole, SALES)
    for limit in (1, 2, 3):
        pages = [await page(store, limit=limit, offset=offset) for offset in range(0, SALES + 1, limit)]
        assert [one for found, _total in pages for one in found] == whole
        assert {total for _found, total in pages} == {SALES}
    assert await page(store, offset=100) == ([], SALES)


async def test_what_nobody_can_turn_pages_to_is_not_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold(store)
    monkeypatch.setattr(paging, "COUNTED", 2)
    assert (await page(store, limit=1))[1] == 2


async def test_somebody_without_an_enrolment_got_nothing(store: Store) -> None:
    assert await page(store) == ([], 0)


async def test_the_newest_of_each_enrolment_come_from_an_index(store: Store) -> None:
    await sold(store)
    async with store.transaction("test") as books:
        if not store.database.is_sqlite:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                await books.sql.run(f"SET LOCAL enable_{way} = off")
        sql = Explaining(books.sql)
        await sql.all(fills.newest_of(0), client_0="x", deep=100)
    (plan,) = sql.plans
    assert "legs_of_lps" in plan and "TEMP B-TREE" not in plan, plan


async def test_what_waits_is_found_among_what_is_open_or_failed(store: Store) -> None:
    """Not among everything that the LP ever got: every page asks for it all the time."""
    await sold(store)
    async with store.reading() as books:
        sql: Any = Explaining(books.sql)
        await fills.waiting(sql, ["x"], 20)
    if store.database.is_sqlite:
        assert all(name in sql.plans[0] for name in ("legs_open", "failed_of_lps")), sql.plans


async def test_what_arrived_is_looked_for_lp_by_lp_from_where_it_was_looked_at_last(store: Store) -> None:
    """Every round of the engine asks for it: never a walk over all that LPs ever got."""
    await sold(store)
    async with store.reading() as books:
        sql: Any = Explaining(books.sql)
        await Forwards(sql, books.legs, books.now).arrived(0, is_start=False)
        await LpNotices(sql, books.now).newly_got()
    if store.database.is_sqlite:
        for plan in sql.plans:
            assert "paid_of_lps (client_id=? AND completed_at>?" in plan, plan
