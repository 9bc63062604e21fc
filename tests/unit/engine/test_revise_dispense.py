"""Partial dispense: scaled from what landed, planned anew, and refused as soon as a sat is paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from satmachineadmin.core.errors import (
    InvalidInput,
    Refusal,
)
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.usecases import revising
from satmachineadmin.usecases.revising import DispensedPart
from satmachineadmin.usecases.settlements import release_settlement

from .conftest import MakeRig
from .revise_states import (
    HALF,
    STATES,
    check_books,
    dispense,
    planned,
)
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))

# Partial dispense ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["held", "pending", "planned", "waiting", "errored, nothing paid"])
async def test_half_dispensed_is_half_of_everything(make_rig: MakeRig, state: str) -> None:
    """15/35 of the commission, half of the principal and of the cash; the rest is owed to the customer."""
    rig = await make_rig(cash={"ana": 2000_00})
    settlement_id = await STATES[state](rig)
    (before,) = await rig.settlements()
    async with rig.store.transaction("platform") as books:
        await books.platform.change(super_fee_pct="90")

    await dispense(rig, settlement_id)

    (row,) = await rig.settlements()
    assert row["state"] == ("held" if state == "held" else "pending")
    assert (row["wire_sats"], row["dispensed_sats"]) == (before["wire_sats"], before["wire_sats"] // 2)
    assert (row["commission_sats"], row["platform_fee_sats"], row["operator_fee_sats"]) == (50, 15, 35)
    assert (row["principal_sats"], row["fiat_minor"]) == (before["principal_sats"] // 2, 100_00)
    assert (row["landed_principal_sats"], row["landed_fiat_minor"]) == (before["principal_sats"], 200_00)
    assert row["dispensed_note"] == "The cassette was empty."
    assert await rig.cash_of("ana") == {"confirmed": 2000_00, "paid": 0, "reserved": 0}
    assert {leg["state"] for leg in await rig.legs()} <= {"voided"}
    assert await rig.worklist() == []

    await revive(rig, settlement_id)
    (row,) = await rig.settlements()
    legs = [leg for leg in await rig.legs() if leg["state"] != "voided"]
    assert row["state"] == "processed"
    assert row["plan_version"] == before["plan_version"] + 1
    assert {leg["plan_version"] for leg in legs} == {row["plan_version"]}
    assert [leg["sats"] for leg in legs if leg["leg_type"] == "super_fee"] == [15]
    assert [leg["sats"] for leg in legs if leg["reason"] == "undispensed"] == [before["wire_sats"] // 2]
    assert len({leg["external_id"] for leg in await rig.legs()}) == len(await rig.legs())
    assert rig.balances()["ana's wallet"] == before["principal_sats"] // 2
    await check_books(rig)


async def revive(rig: Rig, settlement_id: str) -> None:
    """Whatever kept it from being paid is put right."""
    for wallet, facts in list(rig.host.wallets.items()):
        rig.host.wallets[wallet] = replace(facts, deleted=False)
    if (await rig.settlements())[0]["state"] == "held":
        await release_settlement(rig.store, OPERATOR, settlement_id)
    rig.host.receive(MACHINE_WALLET, 1000, memo="Admin credit")
    rig.clock.advance(seconds=60)
    await rig.work(3)


async def test_a_partial_dispense_again_scales_from_what_landed(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await planned(rig)
    await dispense(rig, settlement_id)
    await plan_settlement(rig.store, rig.host, settlement_id, "claim")
    tenth = DispensedPart(fraction=None, sats=110)

    preview = await revising.preview_dispense(rig.store, OPERATOR, settlement_id, tenth)
    await revising.dispense_in_part(rig.store, OPERATOR, settlement_id, tenth, "Counted again.")
    await rig.work(3)

    (row,) = await rig.settlements()
    assert (row["principal_sats"], row["commission_sats"], row["platform_fee_sats"]) == (100, 10, 3)
    assert (row["dispensed_sats"], row["plan_version"], row["state"]) == (110, 3, "processed")
    assert preview.after.principal_sats == 100
    assert (preview.landed.principal_sats, preview.before.principal_sats) == (1000, 500)
    assert (preview.undispensed_sats, preview.withdrawn_legs) == (990, 6)
    assert await rig.cash_of("ana") == {"confirmed": 200_00, "paid": 20_00, "reserved": 0}
    await check_books(rig)


async def test_a_preview_writes_nothing(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await planned(rig)
    before = [await rig.settlements(), await rig.legs()]
    await revising.preview_dispense(rig.store, OPERATOR, settlement_id, HALF)
    assert [await rig.settlements(), await rig.legs()] == before


async def test_as_much_as_was_paid_is_no_part_of_it(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await planned(rig)
    for sats in (1100, 5000):
        with pytest.raises(InvalidInput):
            await revising.dispense_in_part(
                rig.store, OPERATOR, settlement_id, DispensedPart(fraction=None, sats=sats), "x"
            )


@WAYS
async def test_a_partial_dispense_against_the_running_payer_pays_one_plan(
    make_rig: MakeRig, way: PayWay
) -> None:
    """Either it is refused because legs are paid, or the old plan pays nothing: never both."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    settlement_id = await planned(rig)
    outcomes: list[str] = []

    async def correct() -> None:
        try:
            await dispense(rig, settlement_id)
            outcomes.append("dispensed")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    async with anyio.create_task_group() as group:
        group.start_soon(rig.work)
        group.start_soon(correct)
    rig.clock.advance(seconds=60)
    await rig.work(3)

    (row,) = await rig.settlements()
    principal = 500 if outcomes == ["dispensed"] else 1000
    assert set(outcomes) <= {"dispensed", "already_paid", "outcome_unknown"}
    assert (row["state"], rig.balances()["ana's wallet"]) == ("processed", principal)
    await check_books(rig)


async def test_the_payer_pays_nothing_of_a_plan_that_was_withdrawn_under_it(make_rig: MakeRig) -> None:
    """The slow way has its invoice made when the operator steps in: the leg is not handed over any more."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    settlement_id = await planned(rig)
    whole = rig.host.make_invoice

    async def slow_invoice(transfer: Any) -> Any:
        minted = await whole(transfer)
        rig.host.make_invoice = whole  # type: ignore[method-assign]
        await dispense(rig, settlement_id)
        return minted

    rig.host.make_invoice = slow_invoice  # type: ignore[method-assign]
    await rig.work()
    assert {leg["state"] for leg in await rig.legs()} == {"voided"}
    assert rig.balances() == {MACHINE_WALLET: 1100}

    rig.clock.advance(seconds=60)
    await rig.work(3)
    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.balances()["ana's wallet"] == 500
    await check_books(rig)
