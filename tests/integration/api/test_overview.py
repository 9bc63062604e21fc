"""The overview over HTTP: the operator's own sales in its own days, to the sat, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.shop import DCA

from .world import OLGA_SALE, World

PERIODS = ("today", "week", "month")


def overview(world: World, name: str, period: str) -> dict[str, Any]:
    found: dict[str, Any] = world.operator(name).get(f"{DCA}/overview", period=period)
    return found


def counted(world: World, name: str) -> dict[str, Any]:
    """The day's figures once they hold every sale that there is."""
    api = world.operator(name)
    sales = sum(api.get(f"{DCA}/settlements", state=state)["total"] for state in ("processed", "held"))
    world.server.wait_for(
        lambda: overview(world, name, "today")["now"]["sales"] == sales, "figures with every sale in them"
    )
    return overview(world, name, "today")


def test_the_figures_of_a_day_are_the_sums_of_its_sales(world: World) -> None:
    api = world.operator("olga")
    world.olga.settled(world.olga.sell(**OLGA_SALE))
    rows = [
        row
        for state in ("processed", "held")
        for row in api.get(f"{DCA}/settlements", state=state, limit=200)["data"]
    ]
    paid = api.get(f"{DCA}/payments", leg_type="dca", state="completed", limit=200)["data"]
    names = ("wire_sats", "commission_sats", "operator_fee_sats", "retained_sats")
    cents = sum(int(row["fiat_amount"].replace(".", "")) for row in rows)
    expected = {
        "sales": len(rows),
        **{name: sum(row[name] for row in rows) for name in names},
        "lps_sats": sum(leg["sats"] for leg in paid),
        "fiat": [{"currency": "EUR", "amount": f"{cents // 100}.{cents % 100:02}"}],
    }

    world.server.wait_for(
        lambda: overview(world, "olga", "today")["now"] == expected, f"figures that are {expected}"
    )


def test_each_sees_its_own_machines_alone(world: World) -> None:
    for name, other in (("olga", "otto"), ("otto", "olga")):
        counted(world, name)
        for period in PERIODS:
            found = overview(world, name, period)
            text = str(found)
            assert world.ids[other]["machine_id"] not in text
            assert {row["machine_id"] for row in found["days"]} == {world.ids[name]["machine_id"]}


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_without_sales_before_compares_with_nothing(world: World, period: str) -> None:
    found = overview(world, "olga", period)

    assert found["before"]["sales"] == 0
    assert found["before"]["fiat"] == []
    assert found["is_counted"] is True


def test_another_time_zone_counts_every_day_anew(world: World) -> None:
    api = world.operator("otto")
    before = counted(world, "otto")["now"]
    try:
        api.put(f"{DCA}/settings", {"time_zone": "Pacific/Kiritimati"})
        world.server.wait_for(lambda: overview(world, "otto", "week")["is_counted"], "days counted anew")
        found = overview(world, "otto", "week")
        assert found["time_zone"] == "Pacific/Kiritimati"
        assert found["now"] == before
        assert found["until"] == api.get(f"{DCA}/settings")["today"]
    finally:
        api.put(f"{DCA}/settings", {"time_zone": "UTC"})


def test_nobody_and_no_period_that_there_is_not(world: World) -> None:
    assert world.server.api().get(f"{DCA}/overview", expect=401)["code"] == "not_authenticated"
    assert world.operator("olga").get(f"{DCA}/overview", period="year", expect=422)["code"] == "invalid_input"
