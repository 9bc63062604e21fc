"""An LP's daily limit holds over all machines of its currency, whoever operates them. DESIGN §4.4."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.states import CashEntryKind, EnrolmentStatus, LegState
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.plan import plan_settlement

from .rig import MACHINE_WALLET, OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio
MakeRig = Callable[..., Awaitable[Rig]]
LIMIT = 50_00


async def fix(rig: Rig, name: str, minor: int = LIMIT, currency: str = "EUR") -> None:
    """The LP wants no more than this a day."""
    async with rig.store.transaction("lp", actor=name) as books:
        await books.lps.choose_preferences(
            name,
            {
                "default_dca_mode": "fixed",
                "fixed_mode_daily_limit": minor,
                "fixed_mode_currency": currency,
            },
        )


async def second_machine(
    rig: Rig, name: str, minor: int, *, operator: str = "otto", currency: str = "EUR"
) -> None:
    """A machine of somebody else, where the LP has cash as well; its wallet is `kiosk`."""
    rig.host.add_wallet("kiosk", operator)
    async with rig.store.transaction("setup", actor=operator) as books:
        machine_id = await books.machines.add(
            machine_fields("kiosk", operator_user_id=operator, name="Kiosk", currency=currency),
            scan_from=books.now,
        )
        client = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=operator, user_id=name, username=name
        )
        row = await books.lps.enrolment(client)
        assert row is not None
        await books.lps.set_status(row, EnrolmentStatus.ACTIVE)
        entry = await books.cash.add(
            {
                "client_id": client, "machine_id": machine_id, "operator_user_id": operator,
                "kind": CashEntryKind.DEPOSIT, "amount_minor": minor, "currency": currency,
                "cash_date": "2026-11-22", "notes": "", "created_by": operator,
            }
        )  # fmt: skip
        found = await books.cash.get(entry)
        assert found is not None
        await books.cash.confirm(found, by=operator)
    rig.enrolments[f"{name} at the kiosk"] = client


def sell(rig: Rig, wallet: str = MACHINE_WALLET, euro: int = 40, currency: str = "EUR") -> None:
    """A sale at 5 sats a unit, without commission."""
    extra = rig.stamp(principal_sats=5 * euro, commission_sats=0, fiat=f"{euro}.00", rate="5")
    rig.host.receive(wallet, 5 * euro, extra={**extra, "currency": currency})


async def drawn(rig: Rig) -> list[tuple[str, int]]:
    """Day and fiat of every leg that draws an LP's cash, the first planned first."""
    legs = await rig.legs()
    return [(leg["drawn_on"], leg["fiat_minor"]) for leg in legs if leg["client_id"] is not None]


async def set_zone(rig: Rig, operator: str, time_zone: str) -> None:
    async with rig.store.transaction("settings", actor=operator) as books:
        await books.operators.set_time_zone(operator, time_zone)


async def test_a_limit_holds_over_two_machines_of_two_operators(make_rig: MakeRig) -> None:
    """What it leaves at the second machine has no other LP and is uncovered."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    await second_machine(rig, "ana", 500_00)

    sell(rig, MACHINE_WALLET)
    await rig.work()
    rig.clock.advance(minutes=1)
    sell(rig, "kiosk")
    await rig.work()

    assert await drawn(rig) == [("2026-11-22", 40_00), ("2026-11-22", 10_00)]
    kept = [(leg["reason"], leg["sats"]) for leg in await rig.legs() if leg["state"] == "skipped"]
    assert kept == [("uncovered", 150)]
    assert rig.balances()["ana's wallet"] == 250


async def test_what_a_limit_leaves_is_offered_to_the_others(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 500_00, "ben": 500_00}, shares_ppm=())
    await fix(rig, "ana", 15_00)

    sell(rig, euro=40)
    await rig.work()

    assert sorted(minor for _day, minor in await drawn(rig)) == [15_00, 25_00]
    sell(rig, euro=40)
    await rig.work()
    assert (await rig.cash_of("ana"))["paid"] == 15_00
    assert (await rig.cash_of("ben"))["paid"] == 65_00


async def test_the_next_day_has_a_limit_of_its_own(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    sell(rig, euro=80)
    await rig.work()

    rig.clock.advance(hours=13)
    sell(rig, euro=80)
    await rig.work()

    assert await drawn(rig) == [("2026-11-22", LIMIT), ("2026-11-23", LIMIT)]


async def test_the_day_is_the_one_on_the_operators_clock(make_rig: MakeRig) -> None:
    """At 12:00 UTC it is already tomorrow in Kiritimati: each sale counts on its own operator's day."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    await second_machine(rig, "ana", 500_00)
    await set_zone(rig, "otto", "Pacific/Kiritimati")
    for wallet in (MACHINE_WALLET, "kiosk"):
        sell(rig, wallet, euro=80)
        await rig.work()

    rig.clock.advance(hours=13)  # olga's day is now the day that otto's already was
    sell(rig, MACHINE_WALLET, euro=80)
    await rig.work()

    assert await drawn(rig) == [("2026-11-22", LIMIT), ("2026-11-23", LIMIT)]


async def test_a_zone_chosen_later_moves_no_draw_to_another_day(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    sell(rig, euro=80)
    await rig.work()
    for zone in ("America/New_York", "Europe/Zurich"):  # it is the 22nd there too
        await set_zone(rig, OPERATOR, zone)
        sell(rig, euro=80)
        await rig.work()
    assert await drawn(rig) == [("2026-11-22", LIMIT)]


async def test_in_a_currency_without_a_limit_an_lp_takes_no_part(make_rig: MakeRig) -> None:
    """Its cash there stays, and is drawn again as soon as it goes back to flow."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana", currency="CHF")
    sell(rig)
    await rig.work()
    assert [leg["reason"] for leg in await rig.legs()] == ["no_lp"]

    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences("ana", {"default_dca_mode": "flow"})
    sell(rig)
    await rig.work()
    assert await drawn(rig) == [("2026-11-22", 40_00)]


async def test_cash_of_another_currency_uses_up_nothing_of_the_limit(make_rig: MakeRig) -> None:
    """The kiosk sells in CHF: what ana gave there in flow mode is not counted in EUR."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await second_machine(rig, "ana", 500_00, currency="CHF")
    sell(rig, "kiosk", currency="CHF")
    await rig.work()
    await fix(rig, "ana")
    sell(rig, euro=80)
    await rig.work()
    assert await drawn(rig) == [("2026-11-22", 40_00), ("2026-11-22", LIMIT)]


async def test_two_sales_at_the_same_instant_do_not_exceed_the_limit(make_rig: MakeRig) -> None:
    """Both are planned from the same figures; the second look of one finds them changed."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    await second_machine(rig, "ana", 500_00)
    for wallet in (MACHINE_WALLET, "kiosk", MACHINE_WALLET):
        sell(rig, wallet)
    await land_new_payments(rig.store, rig.host, lambda: False, is_start=False)
    pending = [row["id"] for row in await rig.settlements()]

    await asyncio.gather(*(plan_settlement(rig.store, rig.host, one, "claim") for one in pending))

    assert sorted(minor for _day, minor in await drawn(rig)) == [10_00, 40_00]


@pytest.mark.breaks_the_books("voids a leg by hand")
async def test_what_a_voided_leg_had_drawn_can_be_drawn_again_on_that_day(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    sell(rig, euro=80)
    rig.host.limits = HostLimits(only_incoming=True)
    await rig.work()
    (settlement,) = await rig.settlements()
    async with rig.store.transaction("void") as books:
        found = await books.settlements.get(settlement["id"])
        assert found is not None
        for leg in await books.legs.of(found.id):
            if leg.enrolment_id is not None:
                assert leg.state is LegState.PENDING
                await books.legs.move(found, leg, LegState.VOIDED)
    sell(rig, euro=30)
    await rig.work()
    assert await drawn(rig) == [("2026-11-22", LIMIT), ("2026-11-22", 30_00)]


async def test_a_fresh_attempt_counts_on_the_day_of_the_first(make_rig: MakeRig) -> None:
    """A retry after midnight takes nothing from the new day's limit."""
    rig = await make_rig(cash={"ana": 500_00}, shares_ppm=())
    await fix(rig, "ana")
    rig.host.delete_wallet("ana's wallet")
    sell(rig, euro=80)
    await rig.work()
    (failed,) = [leg for leg in await rig.legs() if leg["client_id"]]
    assert failed["state"] == "failed"
    rig.clock.advance(hours=13)
    async with rig.store.transaction("retry") as books:
        found = await books.settlements.get(failed["settlement_id"])
        assert found is not None
        (leg,) = [leg for leg in await books.legs.of(found.id) if leg.enrolment_id]
        await books.legs.move(found, leg, LegState.VOIDED)
        await books.legs.write_fresh_attempt(found, leg, None)
    sell(rig, euro=80)
    await rig.work()
    assert sorted(await drawn(rig)) == [("2026-11-22", LIMIT), ("2026-11-22", LIMIT), ("2026-11-23", LIMIT)]


ZONES = {OPERATOR: "America/New_York", "otto": "Pacific/Auckland"}
sales = st.tuples(st.sampled_from([MACHINE_WALLET, "kiosk"]), st.integers(min_value=1, max_value=80))
hours = st.integers(min_value=1, max_value=9)
steps = st.lists(st.one_of(sales, hours, st.just("work")), max_size=25)


@settings(max_examples=20, deadline=None)
@given(steps=steps)
def test_no_lp_draws_more_than_its_limit_on_any_day(migrated_file: Path, steps: list[Any]) -> None:
    """Whatever the order of sales, hours and rounds of the engine, at operators half a day apart."""

    async def trade() -> list[dict[str, Any]]:
        with TemporaryDirectory() as folder:
            rig = await Rig.open(
                Path(folder), template=migrated_file, cash={"ana": 9_000_00, "ben": 100_00}, shares_ppm=()
            )
            await fix(rig, "ana")
            await second_machine(rig, "ana", 9_000_00)
            for operator, zone in ZONES.items():
                await set_zone(rig, operator, zone)
            for step in itertools.chain(steps, ["work"]):
                if isinstance(step, int):
                    rig.clock.advance(hours=step)
                elif isinstance(step, tuple):
                    sell(rig, *step)
                else:
                    await rig.work()
            ana = {rig.enrolments["ana"], rig.enrolments["ana at the kiosk"]}
            legs = [leg for leg in await rig.legs() if leg["client_id"] in ana]
            await rig.store.database.dispose()
            return legs

    by_day: dict[str, int] = defaultdict(int)
    for leg in anyio.run(trade):
        zone = ZoneInfo(ZONES[leg["operator_user_id"]])
        made = datetime.fromtimestamp(leg["created_at"], timezone.utc).astimezone(zone)
        by_day[made.date().isoformat()] += leg["fiat_minor"]
    assert all(minor <= LIMIT for minor in by_day.values()), by_day
