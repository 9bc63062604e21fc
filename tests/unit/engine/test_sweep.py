"""SWEEP with the real store: what was kept is paid once, and a sale without a rate finds its LPs."""

from __future__ import annotations

import anyio
import pytest

from satmachineadmin.core.errors import (
    AmountsDisagree,
    FactsKnown,
    ImplausibleRate,
    NotFound,
    NotSweepable,
)
from satmachineadmin.core.states import PayWay
from satmachineadmin.usecases.supplying import preview_rate, supply_rate
from satmachineadmin.usecases.sweeping import preview_sweep, sweep, sweepable

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))


async def fallback(rig: Rig, percent: str = "10") -> None:
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"fallback_commission_pct": percent})


async def supply(rig: Rig, settlement_id: str, rate: str = "5", **more: object) -> None:
    wishes = {"fiat_minor": None, "confirm": False, **more}
    await supply_rate(rig.store, rig.host, OPERATOR, settlement_id, exchange_rate=rate, **wishes)  # type: ignore[arg-type]


@WAYS
async def test_a_fallback_sale_is_kept_priced_swept_and_paid(make_rig: MakeRig, way: PayWay) -> None:
    """The scenario of the fallback commission: 1100 sats at 10 % land as 1000 + 100. The commission
    goes at once; the principal waits for its rate, and goes to the LPs when it is swept."""
    rig = await make_rig(cash={"ana": 300_00, "ben": 100_00}, way=way)
    await fallback(rig)
    sale = rig.host.receive(MACHINE_WALLET, 1100)
    await rig.work(2)
    landed = await rig.settlement_of(sale)
    assert (landed["state"], landed["origin"], landed["principal_sats"]) == ("processed", "fallback", 1000)
    assert [leg["sats"] for leg in await rig.legs() if leg["reason"] == "no_exchange_rate"] == [1000]

    with pytest.raises(NotSweepable):
        await sweep(rig.store, rig.host, OPERATOR, landed["id"], None)
    await supply(rig, landed["id"])
    await sweep(rig.store, rig.host, OPERATOR, landed["id"], None)
    await rig.work()

    done = await rig.settlement_of(sale)
    assert (done["state"], done["fiat_minor"], done["exchange_rate"]) == ("processed", 200_00, "5")
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14,
        "ana's wallet": 750, "ben's wallet": 250,
    }  # fmt: skip
    assert await rig.cash_of("ana") == {"confirmed": 300_00, "paid": 150_00, "reserved": 0}
    assert done["retained_sats"] == 0


async def test_two_sweeps_at_once_pay_once(make_rig: MakeRig) -> None:
    rig = await make_rig()
    sale = rig.sell()
    await rig.work(2)
    await rig.enrol("ana", 300_00)
    settlement = await rig.settlement_of(sale)
    refused: list[NotSweepable] = []

    async def try_it() -> None:
        try:
            await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)
        except NotSweepable as refusal:
            refused.append(refusal)

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(try_it)
    await rig.work(2)

    assert len(refused) == 4
    assert rig.balances()["ana's wallet"] == 1000
    assert await rig.cash_of("ana") == {"confirmed": 300_00, "paid": 200_00, "reserved": 0}


async def test_what_no_lp_had_cash_for_goes_to_who_brings_some(make_rig: MakeRig) -> None:
    """Ana covers a quarter, then ben comes with a half: a quarter stays, with its cash known."""
    rig = await make_rig(cash={"ana": 50_00})
    sale = rig.sell()
    await rig.work(2)
    await rig.enrol("ben", 100_00)
    settlement = await rig.settlement_of(sale)
    _row, before = await preview_sweep(rig.store, OPERATOR, settlement["id"])
    assert [(leg.label, leg.sats, leg.fiat_minor) for leg in before.sweep.legs] == [
        ("ben", 500, 100_00), ("", 250, 50_00),
    ]  # fmt: skip

    await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)
    await rig.work(2)

    balances = rig.balances()
    assert (balances["ana's wallet"], balances["ben's wallet"], balances[MACHINE_WALLET]) == (250, 500, 250)
    assert (await rig.settlement_of(sale))["plan_version"] == 2
    with pytest.raises(NotSweepable, match="No LP has cash"):
        await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)


async def test_the_platforms_part_goes_once_there_is_a_wallet(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_wallet_id=None)
    sale = rig.sell()
    await rig.work(2)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_wallet_id="platform")
    settlement = await rig.settlement_of(sale)

    await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)
    await rig.work(2)

    assert rig.balances()["platform"] == 30
    states = {(leg["leg_type"], leg["state"]) for leg in await rig.legs() if leg["leg_type"] == "super_fee"}
    assert states == {("super_fee", "voided"), ("super_fee", "completed")}


async def test_a_sweep_beside_a_failed_leg_pays_and_leaves_it_failed(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    rig.host.delete_wallet("partner1")
    sale = rig.sell()
    await rig.work(2)
    await rig.enrol("ben", 500_00)
    settlement = await rig.settlement_of(sale)
    assert settlement["state"] == "errored"

    await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "errored"
    assert rig.balances()["ben's wallet"] == 500
    assert [leg["label"] for leg in await rig.legs() if leg["state"] == "failed"] == ["partner1"]


async def test_an_lp_who_gets_two_legs_in_one_payout_is_charged_for_both(make_rig: MakeRig) -> None:
    """Ana's first leg and the one from a sweep are paid together: cash, sats and fills of both."""
    rig = await make_rig(cash={"ana": 50_00})
    sale = rig.sell()
    await rig.work(2)
    await rig.enrol("ben", 100_00)
    settlement = await rig.settlement_of(sale)
    for name in ("ana", "ben"):
        async with rig.store.transaction("setup", actor=OPERATOR) as books:
            entry_id = await books.cash.add(
                {
                    "client_id": rig.enrolments[name], "machine_id": rig.machine_id,
                    "operator_user_id": OPERATOR, "kind": "deposit", "amount_minor": 10_00,
                    "currency": "EUR", "cash_date": "2026-11-22", "notes": "", "created_by": OPERATOR,
                }
            )  # fmt: skip
            entry = await books.cash.get(entry_id)
            assert entry is not None
            await books.cash.confirm(entry, by=OPERATOR)
    await sweep(rig.store, rig.host, OPERATOR, settlement["id"], None)
    await rig.work(2)

    row = (await rig.rows("SELECT * FROM satmachineadmin.dca_clients WHERE username = 'ana'"))[0]
    paid = [leg for leg in await rig.legs() if leg["client_id"] == row["id"] and leg["state"] == "completed"]
    assert (row["fills"], row["received_sats"]) == (2, sum(leg["sats"] for leg in paid))
    assert row["paid_minor"] == sum(leg["fiat_minor"] for leg in paid)


async def test_a_far_off_rate_wants_to_be_confirmed(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await fallback(rig)
    sale = rig.host.receive(MACHINE_WALLET, 1100)
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]
    seen = await preview_rate(
        rig.store, rig.host, OPERATOR, settlement_id, exchange_rate="50", fiat_minor=None
    )
    assert (seen.fiat_minor, seen.reference_rate, seen.is_plausible) == (20_00, "5", False)

    with pytest.raises(ImplausibleRate):
        await supply(rig, settlement_id, "50")
    await supply(rig, settlement_id, "50", confirm=True)

    assert (await rig.settlement_of(sale))["exchange_rate"] == "50"
    with pytest.raises(FactsKnown):
        await supply(rig, settlement_id, "50")


async def test_fiat_that_contradicts_the_rate_is_refused(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await fallback(rig)
    sale = rig.host.receive(MACHINE_WALLET, 1100)
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]

    with pytest.raises(AmountsDisagree):
        await supply(rig, settlement_id, fiat_minor=100_00)
    await supply(rig, settlement_id, fiat_minor=200_01)

    assert (await rig.settlement_of(sale))["fiat_minor"] == 200_01


async def test_the_rate_of_a_stamped_sale_cannot_be_supplied(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 300_00})
    sale = rig.sell()
    await rig.work(2)
    with pytest.raises(FactsKnown):
        await supply(rig, (await rig.settlement_of(sale))["id"])


async def test_the_list_of_a_machine_counts_each_lps_cash_once(make_rig: MakeRig) -> None:
    """Two sales of 200.00 without LPs, then ana with 300.00: the list promises 300.00, not 400.00."""
    rig = await make_rig()
    rig.sell()
    rig.clock.advance(minutes=1)
    rig.sell()
    await rig.work(2)
    await rig.enrol("ana", 300_00)

    found = await sweepable(rig.store, OPERATOR, rig.machine_id)

    assert (found.total, found.kept_sats) == (2, 2000)
    assert [preview.sweep.paid_sats for _row, preview in found.settlements] == [1000, 500]


async def test_another_operator_finds_nothing(make_rig: MakeRig) -> None:
    rig = await make_rig()
    sale = rig.sell()
    await rig.work(2)
    settlement_id = (await rig.settlement_of(sale))["id"]
    for attempt in (
        sweep(rig.store, rig.host, "otto", settlement_id, None),
        preview_sweep(rig.store, "otto", settlement_id),
        sweepable(rig.store, "otto", rig.machine_id),
        preview_rate(rig.store, rig.host, "otto", settlement_id, exchange_rate="5", fiat_minor=None),
    ):
        with pytest.raises(NotFound):
            await attempt
