"""HOLD: a machine's payout policy and its maintenance; what ends a hold, and what never does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from satmachineadmin.core.errors import ActionNotAllowed, ArrowNotAllowed, NotFound, SaleIsTest
from satmachineadmin.core.states import PayoutPolicy, SettlementState
from satmachineadmin.engine.hold import end_hold
from satmachineadmin.store import lists, rows
from satmachineadmin.usecases.adopting import dismiss_settlement
from satmachineadmin.usecases.machines import change_machine
from satmachineadmin.usecases.settlements import release_settlement
from tests.fakes.books import NOON

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio

AFTER_AN_HOUR = {"payout_policy": PayoutPolicy.AFTER_MINUTES, "payout_delay_minutes": 60}
ON_DISPENSE = {"payout_policy": PayoutPolicy.ON_DISPENSE, "dispense_report_minutes": 15}


async def set_up(rig: Rig, **fields: object) -> None:
    await change_machine(rig.store, OPERATOR, rig.machine_id, fields)


async def events_of(rig: Rig, subject_id: str) -> list[tuple[str, str]]:
    """What happened to a thing and who did it, the oldest first."""
    found = await rig.rows(
        "SELECT event, actor FROM satmachineadmin.audit_events WHERE subject_id = :id ORDER BY seq",
        id=subject_id,
    )
    return [(row["event"], row["actor"]) for row in found]


async def test_a_delayed_sale_is_paid_when_its_time_is_over_and_not_earlier(make_rig: MakeRig) -> None:
    """The minutes count from the payment; until then no leg is written and no cash is reserved."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, **AFTER_AN_HOUR)
    sale = rig.sell()
    await rig.work(2)
    rig.clock.advance(minutes=59, seconds=59)
    await rig.work(2)

    held = await rig.settlement_of(sale)
    assert (held["state"], held["reason"]) == ("held", "awaiting_delay")
    assert (await rig.legs(), await rig.cash_of("ana")) == (
        [],
        {"confirmed": 400_00, "paid": 0, "reserved": 0},
    )

    rig.clock.advance(seconds=1)
    await rig.work(2)

    paid = await rig.settlement_of(sale)
    assert (paid["state"], paid["reason"], paid["next_try_at"]) == ("processed", None, None)
    assert rig.balances()["ana's wallet"] == 1000
    assert await events_of(rig, paid["id"]) == [
        (f"settlement.{event}", "engine") for event in ("landed", "released", "planned", "processed")
    ]


async def test_a_delayed_sale_that_was_found_late_does_not_wait_again(make_rig: MakeRig) -> None:
    """A day without LNbits is no reason to keep LPs waiting for another hour."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, **AFTER_AN_HOUR)
    sale = rig.sell()
    rig.clock.advance(days=1)
    await rig.work(3, is_start=True)

    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_the_operator_releases_a_delayed_sale_now_and_it_is_paid_once(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, **AFTER_AN_HOUR)
    sale = rig.sell()
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]

    await release_settlement(rig.store, OPERATOR, settlement_id)
    await rig.work(2)
    rig.clock.advance(hours=2)
    await rig.work(2)

    assert rig.balances()["ana's wallet"] == 1000
    assert ("settlement.released", OPERATOR) in await events_of(rig, settlement_id)
    with pytest.raises(ArrowNotAllowed):
        await release_settlement(rig.store, OPERATOR, settlement_id)


async def test_the_engine_leaves_a_sale_alone_that_somebody_released_before(make_rig: MakeRig) -> None:
    """The engine looks, the operator releases, the engine comes to its transaction: nothing is done twice."""
    rig = await make_rig()
    await set_up(rig, **AFTER_AN_HOUR)
    sale = rig.sell()
    await rig.work(2)
    rig.clock.advance(hours=1)
    settlement_id = (await rig.settlement_of(sale))["id"]
    await release_settlement(rig.store, OPERATOR, settlement_id)
    before = await events_of(rig, settlement_id)

    await end_hold(rig.store, settlement_id)

    assert await events_of(rig, settlement_id) == before
    assert (await rig.settlement_of(sale))["state"] == "pending"


async def test_a_later_policy_does_not_touch_what_is_held(make_rig: MakeRig) -> None:
    """Held under one hour, set to at once: the held sale keeps its hour, the next one is paid at once."""
    rig = await make_rig(cash={"ana": 1000_00})
    await set_up(rig, **AFTER_AN_HOUR)
    held = rig.sell()
    await rig.work(2)
    await set_up(rig, payout_policy=PayoutPolicy.AT_ONCE)
    at_once = rig.sell()
    await rig.work(2)

    assert (await rig.settlement_of(held))["state"] == "held"
    assert (await rig.settlement_of(at_once))["state"] == "processed"
    rig.clock.advance(hours=1)
    await rig.work(2)
    assert (await rig.settlement_of(held))["state"] == "processed"


async def test_a_missing_dispense_report_is_a_persons_matter_and_pays_nothing(make_rig: MakeRig) -> None:
    """No report in time: still held, one row in the worklist, told once; the release closes it."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, **ON_DISPENSE)
    sale = rig.sell()
    await rig.work(2)
    assert await rig.worklist() == []
    for _ in range(4):
        rig.clock.advance(minutes=15)
        await rig.work(2)

    held = await rig.settlement_of(sale)
    assert (held["state"], held["reason"], held["next_try_at"]) == ("held", "awaiting_dispense", None)
    assert "has not reported in time" in held["error_message"]
    assert await rig.worklist() == ["no_dispense_report"]
    assert (await rig.legs(), await events_of(rig, held["id"])) == (
        [],
        [("settlement.landed", "engine"), ("settlement.waits", "engine")],
    )

    await release_settlement(rig.store, OPERATOR, held["id"])
    await rig.work(2)

    paid = await rig.settlement_of(sale)
    assert (paid["state"], paid["error_message"], paid["waits_code"]) == ("processed", None, None)
    assert await rig.worklist() == []
    assert rig.balances()["ana's wallet"] == 1000


@pytest.mark.parametrize("policy", ["without report", "for some minutes"])
async def test_a_sale_that_only_waits_for_its_time_is_not_dismissed(make_rig: MakeRig, policy: str) -> None:
    """It is a sale: its notes are some LPs' cash. Where nothing came out, the customer gets it back."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, **(ON_DISPENSE if policy == "without report" else AFTER_AN_HOUR))
    sale = rig.sell()
    await rig.work(2)
    if policy == "without report":
        rig.clock.advance(minutes=15)
        await rig.work(2)
    before = await rig.worklist()

    settlement_id = (await rig.settlement_of(sale))["id"]
    with pytest.raises(ActionNotAllowed):
        await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="mine", remember_payer=False)

    assert ((await rig.settlement_of(sale))["state"], await rig.worklist()) == ("held", before)


async def test_a_held_sale_that_may_be_none_is_dismissed(make_rig: MakeRig) -> None:
    """Anybody with an invoice key can write a stamp: one at an impossible rate is put aside."""
    rig = await make_rig(cash={"ana": 400_00})
    sale = rig.sell(principal_sats=10_000, rate="50")
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]

    await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="forged", remember_payer=False)
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "dismissed"
    assert rig.balances() == {MACHINE_WALLET: 10_100}


async def test_many_sales_at_once_are_released_over_several_rounds(make_rig: MakeRig) -> None:
    """A round ends at most so many holds; the rest comes with the next, and none is forgotten."""
    rig = await make_rig()
    await set_up(rig, **AFTER_AN_HOUR)
    for _ in range(60):
        rig.sell()
    await rig.work(1)
    rig.clock.advance(hours=1)
    await rig.work(1)
    states = [row["state"] for row in await rig.settlements()]
    assert (states.count("pending"), states.count("held")) == (50, 10)

    await rig.work(3)
    assert {row["state"] for row in await rig.settlements()} == {"processed"}


# --- maintenance ------------------------------------------------------------------------------


async def test_a_sale_in_maintenance_is_a_test_and_draws_nobodys_cash(make_rig: MakeRig) -> None:
    """Held whatever time passes, also after the maintenance is over; it counts nowhere."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, maintenance=True)
    sale = rig.sell()
    await rig.work(2)
    await set_up(rig, maintenance=False)
    rig.clock.advance(days=3)
    await rig.work(3, is_start=True)

    held = await rig.settlement_of(sale)
    assert (held["state"], held["reason"], bool(held["is_test"])) == ("held", "maintenance", True)
    assert rig.balances() == {MACHINE_WALLET: 1100}
    assert await rig.cash_of("ana") == {"confirmed": 400_00, "paid": 0, "reserved": 0}
    async with rig.store.reading() as books:
        assert await lists.sales_since(books.sql, OPERATOR, 0) == []
        assert await books.machines.recent_rates(rig.machine_id, 20) == []
        totals = await lists.totals(books.sql, OPERATOR)
        machine = await books.machines.row(rig.machine_id)
    assert (totals["test"], totals["held"], totals["waiting"]) == (1, 0, 0)
    assert machine is not None and machine["settlements_total"] == 0


async def test_a_test_is_released_only_as_a_real_sale_and_is_one_then(make_rig: MakeRig) -> None:
    """The plain release is refused and changes nothing; asked for, the sale is paid and counts."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, maintenance=True)
    sale = rig.sell()
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]

    with pytest.raises(SaleIsTest):
        await release_settlement(rig.store, OPERATOR, settlement_id)
    with pytest.raises(NotFound):
        await release_settlement(rig.store, "otto", settlement_id, as_real_sale=True)
    assert (await rig.settlement_of(sale))["state"] == "held"

    await release_settlement(rig.store, OPERATOR, settlement_id, as_real_sale=True)
    await rig.work(2)

    paid = await rig.settlement_of(sale)
    assert (paid["state"], bool(paid["is_test"])) == ("processed", False)
    assert (await rig.cash_of("ana"))["paid"] == 200_00
    async with rig.store.reading() as books:
        assert [row["sales"] for row in await lists.sales_since(books.sql, OPERATOR, 0)] == [1]
        machine = await books.machines.row(rig.machine_id)
    assert machine is not None and machine["settlements_total"] == 1


async def test_a_test_that_got_past_its_release_is_stopped_before_anything_is_planned(
    make_rig: MakeRig,
) -> None:
    """Whatever moves a test sale to pending without making it a real one: no leg, a person is told."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, maintenance=True)
    sale = rig.sell()
    await rig.work(2)
    async with rig.store.transaction("wrong") as books:
        row = await books.settlements.row((await rig.settlement_of(sale))["id"])
        assert row is not None
        await books.settlements.move(rows.settlement(row), SettlementState.PENDING, reason=None)
    await rig.work(2)

    stopped = await rig.settlement_of(sale)
    assert (stopped["state"], await rig.legs()) == ("errored", [])
    assert "test sale" in stopped["error_message"]


async def test_a_test_put_aside_stays_in_the_wallet(make_rig: MakeRig) -> None:
    """held → dismissed is an arrow: the sats stay, no total counts them."""
    rig = await make_rig(cash={"ana": 400_00})
    await set_up(rig, maintenance=True)
    sale = rig.sell()
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]
    await dismiss_settlement(rig.store, OPERATOR, settlement_id, reason="only a test", remember_payer=False)
    await rig.work(2, is_start=True)

    assert (await rig.settlement_of(sale))["state"] == "dismissed"
    assert rig.balances() == {MACHINE_WALLET: 1100}
    async with rig.store.reading() as books:
        assert await lists.sales_since(books.sql, OPERATOR, 0) == []


async def test_only_what_changed_of_a_machine_is_an_event(make_rig: MakeRig) -> None:
    """Saved as it was is no event and no new version of its configuration."""
    rig = await make_rig()
    await set_up(rig, maintenance=False, payout_policy=PayoutPolicy.AT_ONCE, payout_delay_minutes=0)
    await set_up(rig, maintenance=True, payout_policy=PayoutPolicy.AT_ONCE, payout_delay_minutes=5)

    events = await rig.rows(
        "SELECT actor, body FROM satmachineadmin.audit_events WHERE event = 'machine.changed'"
    )
    (change,) = [json.loads(event["body"])["change"] for event in events]
    assert change["after"] == {"maintenance": True, "payout_delay_minutes": 5}
    assert set(change["before"]) == {"maintenance", "payout_delay_minutes"}
    assert [event["actor"] for event in events] == [OPERATOR]
    async with rig.store.reading() as books:
        machine = await books.machines.row(rig.machine_id)
    assert machine is not None and machine["config_version"] == 2


async def test_totals_tell_what_waits_for_a_person_from_what_waits_for_a_time(make_rig: MakeRig) -> None:
    rig = await make_rig()
    rig.sell()
    await rig.work(2)
    rig.sell(rate="10", fiat="100.00")
    await set_up(rig, **AFTER_AN_HOUR)
    rig.sell()
    await rig.work(2)
    await set_up(rig, maintenance=True)
    rig.sell()
    rig.sell()
    await rig.work(2)

    async with rig.store.reading() as books:
        totals = await lists.totals(books.sql, OPERATOR)
    assert {name: totals[name] for name in ("held", "waiting", "test", "processed")} == {
        "held": 1, "waiting": 1, "test": 2, "processed": 1,
    }  # fmt: skip
    assert NOON + timedelta(hours=1) in [
        rows.maybe_instant(row["next_try_at"]) for row in await rig.settlements()
    ]
