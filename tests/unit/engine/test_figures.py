"""What is kept of each day is what its sales come to, soon after any of them changed, in any time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from satmachineadmin.core.figures import DayFigures, Figures, Period
from satmachineadmin.engine.figures import FigureKeeper
from satmachineadmin.store.books import Store
from satmachineadmin.usecases.overview import Overview, overview
from satmachineadmin.usecases.settings import change_settings

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


def never() -> bool:
    return False


async def keep(rig: Rig, keeper: FigureKeeper | None = None) -> None:
    keeper = keeper or FigureKeeper(rig.store)
    while await keeper.keep(never):
        pass


async def kept(rig: Rig) -> list[DayFigures]:
    async with rig.store.reading() as books:
        return await books.figures.kept(OPERATOR, date(2000, 1, 1), date(2100, 1, 1))


async def sell(rig: Rig, **stamp: Any) -> None:
    rig.sell(**stamp)
    await rig.work(2)


async def told(rig: Rig, period: Period = Period.TODAY) -> Overview:
    return await overview(rig.store, OPERATOR, period)


def today(rig: Rig) -> str:
    return rig.clock.now().date().isoformat()


async def test_a_sale_is_in_the_figures_of_its_day_with_what_became_of_it(make_rig: MakeRig) -> None:
    """1,100 sat for 200.00 EUR: 30 to the platform, LPs have 160.00 EUR of cash, the rest stays."""
    rig = await make_rig(cash={"ana": 100_00, "ben": 60_00})
    await sell(rig)
    await keep(rig)

    (row,) = await kept(rig)
    assert (row.machine_id, row.day, row.currency) == (rig.machine_id, today(rig), "EUR")
    assert row.figures == Figures(
        sales=1, fiat_minor=200_00, wire_sats=1100, commission_sats=100, operator_fee_sats=70, lps_sats=800,
        retained_sats=200,
    )  # fmt: skip


async def test_what_changed_is_written_once_and_what_did_not_not_at_all(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    told_of: list[set[str]] = []
    rig.store = Store(rig.store.database, rig.clock, lambda users: told_of.append(set(users)))
    keeper = FigureKeeper(rig.store)
    await sell(rig)
    await keep(rig, keeper)
    assert told_of.count({OPERATOR}) >= 1
    told_of.clear()

    for _ in range(3):
        await keep(rig, keeper)
    assert told_of == []
    await sell(rig)
    told_of.clear()
    await keep(rig, keeper)

    assert told_of == [{OPERATOR}]
    assert (await kept(rig))[0].figures.sales == 2


async def test_another_process_goes_on_where_figures_were_last_written(make_rig: MakeRig) -> None:
    """However long nobody kept them."""
    rig = await make_rig(cash={"ana": 100_00})
    await sell(rig)
    await keep(rig)
    await sell(rig)
    rig.clock.advance(days=10)

    await keep(rig)

    (row,) = await kept(rig)
    assert row.figures.sales == 2


async def test_a_sale_of_long_ago_that_changes_changes_its_own_day(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    keeper = FigureKeeper(rig.store)
    await sell(rig)
    await keep(rig, keeper)
    rig.clock.advance(days=5)
    await keep(rig, keeper)
    async with rig.store.transaction("test") as books:
        await books.sql.run(
            "UPDATE satmachineadmin.dca_settlements SET commission_sats = 90, updated_at = :now",
            now=books.now,
        )

    await keep(rig, keeper)

    (row,) = await kept(rig)
    assert row.figures.commission_sats == 90
    assert row.day == (rig.clock.now() - 5 * DAY).date().isoformat()


async def test_rejected_payments_and_tests_are_no_sales(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    await sell(rig, rate="not a rate")
    async with rig.store.transaction("test") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_machines SET maintenance = true")
    await sell(rig)

    await keep(rig)

    assert await kept(rig) == []


async def test_another_time_zone_moves_every_sale_to_its_day_there(make_rig: MakeRig) -> None:
    """At 23:30 in UTC it is the next day in Berlin, and the same one in New York."""
    rig = await make_rig(cash={"ana": 100_00})
    rig.clock.moment = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
    keeper = FigureKeeper(rig.store)
    await sell(rig)
    await keep(rig, keeper)
    days = [(await kept(rig))[0].day]

    for zone in ("Europe/Berlin", "America/New_York"):
        rig.clock.advance(seconds=60)
        await change_settings(rig.store, OPERATOR, time_zone=zone)
        assert not (await told(rig)).is_counted
        await keep(rig, keeper)
        assert (await told(rig)).is_counted
        (row,) = await kept(rig)
        days.append(row.day)

    assert days == ["2026-11-22", "2026-11-23", "2026-11-22"]


async def test_the_same_zone_again_counts_nothing_anew(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    await change_settings(rig.store, OPERATOR, time_zone="Europe/Berlin")
    await keep(rig)
    await change_settings(rig.store, OPERATOR, time_zone="Europe/Berlin")

    assert (await told(rig)).is_counted


async def test_the_period_before_ends_at_the_same_time_of_its_last_day(make_rig: MakeRig) -> None:
    """Yesterday two sales before noon and one after it: at noon two of them count."""
    rig = await make_rig(cash={"ana": 900_00})
    rig.clock.moment = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)
    keeper = FigureKeeper(rig.store)
    for hours in (1, 2, 6):
        await sell(rig)
        rig.clock.advance(hours=hours)
    rig.clock.moment = datetime(2026, 11, 25, 8, 0, tzinfo=timezone.utc)
    await sell(rig)
    await keep(rig, keeper)
    rig.clock.moment = datetime(2026, 11, 25, 11, 30, tzinfo=timezone.utc)

    found = await told(rig)

    assert found.now["EUR"].sales == 1
    assert found.before["EUR"] == _times(found.now["EUR"], 2)
    week = await told(rig, Period.WEEK)
    assert (week.now["EUR"].sales, week.before) == (4, {})
    assert [row.day for row in week.days] == ["2026-11-24", "2026-11-25"]
    assert week.machines[rig.machine_id, "EUR"].sales == 4
    assert week.names == {rig.machine_id: "Plaza"}


def _times(figures: Figures, count: int) -> Figures:
    return sum((figures for _ in range(count - 1)), figures)


async def test_another_operator_sees_nothing_of_it(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    await sell(rig)
    await keep(rig)

    found = await overview(rig.store, "otto", Period.MONTH)

    empty: Mapping[Any, Any] = {}
    assert (found.now, found.before, found.days, found.machines) == (empty, empty, [], empty)


async def test_what_is_kept_is_what_is_counted_anew(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    keeper = FigureKeeper(rig.store)
    for _ in range(4):
        await sell(rig)
        await keep(rig, keeper)
        rig.clock.advance(seconds=40_000)
    followed = await kept(rig)

    async with rig.store.transaction("test") as books:
        await books.figures.forget(OPERATOR)
    assert await kept(rig) == []
    await keep(rig, keeper)

    assert await kept(rig) == followed
    assert sum(row.figures.sales for row in followed) == 4
