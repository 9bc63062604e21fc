"""Amounts below a target's minimum gather and go together, exactly once (DESIGN §6, `below_minimum`)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ELLA, RESERVE, sent_msat
from .rig import Rig

pytestmark = pytest.mark.anyio

#: each sale leaves 350 sats for Ella: 1000 of commission, less 30 %, half of the rest
COMMISSION = 1000


async def trading(make_rig: MakeRig, *, min_sats: int) -> Rig:
    rig = await make_rig(outside=(ELLA,))
    rig.host.limits = RESERVE
    rig.host.lightning.targets[ELLA].min_msat = min_sats * 1000
    return rig


async def sell(rig: Rig, commission_sats: int = COMMISSION) -> None:
    rig.clock.advance(seconds=1)
    rig.sell(principal_sats=1000, commission_sats=commission_sats)
    await rig.work()
    await rig.work_outside()


async def open_legs(rig: Rig) -> list[dict[str, Any]]:
    """The legs for Ella that stand, one a settlement."""
    return [leg for leg in await rig.legs() if leg["target"] == ELLA and leg["state"] != "voided"]


async def states(rig: Rig) -> list[str]:
    return [str(row["state"]) for row in await rig.settlements()]


async def test_what_is_too_little_stays_with_its_reason_and_its_settlement_is_done(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, min_sats=1000)

    await sell(rig)
    await sell(rig)

    assert [(leg["state"], leg["reason"], leg["sats"]) for leg in await open_legs(rig)] == [
        ("skipped", "below_minimum", 350),
        ("skipped", "below_minimum", 350),
    ]
    assert await states(rig) == ["processed", "processed"]
    assert rig.host.lightning.targets[ELLA].asked_msat == []
    assert "1000 sats" in (await open_legs(rig))[0]["error_message"]


async def test_all_that_gathered_goes_with_the_leg_that_makes_it_enough(make_rig: MakeRig) -> None:
    """Three times 350 are 1050: one payment over 1039 sats, because 1 % of it is kept back."""
    rig = await trading(make_rig, min_sats=1000)
    rig.host.lightning.fee_msat = 1001

    for _ in range(3):
        await sell(rig)

    legs = await open_legs(rig)
    assert rig.host.lightning.targets[ELLA].asked_msat == [1_039_000]
    assert [leg["state"] for leg in legs] == ["completed"] * 3
    assert await states(rig) == ["processed"] * 3
    carrier = next(leg for leg in legs if leg["carrier_id"] is None)
    assert [leg["carrier_id"] for leg in legs].count(carrier["id"]) == 2
    assert [leg["payment_hash"] for leg in legs].count(None) == 2, "one of them holds the hash"
    assert sum(leg["sent_msat"] for leg in legs) == 1_039_000
    assert sum(leg["fee_msat"] for leg in legs) == 1001
    for leg in legs:
        assert leg["sent_msat"] + leg["fee_msat"] + leg["fee_unused_msat"] == 350_000
        assert min(leg["sent_msat"], leg["fee_msat"], leg["fee_unused_msat"]) >= 0
    assert sent_msat(rig) == 1_040_001
    (debit,) = [row for row in rig.host.rows if row.payment_hash == carrier["payment_hash"]]
    assert debit.extra["carries"] == [leg["external_id"] for leg in legs if leg["carrier_id"]]


async def test_a_gathered_payment_is_looked_up_as_one(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, min_sats=600)
    await sell(rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await sell(rig)

    assert [leg["state"] for leg in await open_legs(rig)] == ["paying", "paying"]
    assert await states(rig) == ["processing", "processing"], "the first settlement is open again"
    rig.clock.advance(seconds=46)
    await rig.work_outside()
    assert [leg["state"] for leg in await open_legs(rig)] == ["unresolved", "unresolved"]
    assert await states(rig) == ["errored", "errored"]

    rig.host.lightning.decide("success")
    rig.clock.advance(minutes=11)
    await rig.work_outside()

    assert [leg["state"] for leg in await open_legs(rig)] == ["completed", "completed"]
    assert await states(rig) == ["processed", "processed"]
    assert await rig.worklist() == []
    assert len(rig.host.lightning.handed_over) == 1


async def test_a_gathered_payment_that_failed_gathers_again(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, min_sats=600)
    await sell(rig)
    rig.host.lightning.endings.append(Ending.FAILED)
    await sell(rig)
    assert await states(rig) == ["processing", "processing"]

    rig.clock.advance(seconds=30)
    await rig.work_outside()

    assert [leg["state"] for leg in await open_legs(rig)] == ["completed", "completed"]
    assert await states(rig) == ["processed", "processed"]
    assert len(rig.host.lightning.handed_over) == 2
    assert sent_msat(rig) == 693_000


async def test_no_more_goes_together_than_the_target_takes(make_rig: MakeRig) -> None:
    """The oldest first; the rest waits for the next payment."""
    rig = await trading(make_rig, min_sats=1000)
    await sell(rig)
    await sell(rig)
    rig.host.lightning.targets[ELLA].min_msat = 600_000
    rig.host.lightning.targets[ELLA].max_msat = 700_000

    await sell(rig)

    of_settlement = {leg["settlement_id"]: leg["state"] for leg in await open_legs(rig)}
    in_order = [of_settlement[row["id"]] for row in await rig.settlements()]
    assert in_order == ["completed", "skipped", "completed"]


async def test_what_gathers_for_one_target_never_goes_to_another(make_rig: MakeRig) -> None:
    rig = await make_rig(outside=(ELLA, "eve@example.com"))
    rig.host.limits = RESERVE
    rig.host.lightning.targets[ELLA].min_msat = 10_000_000

    await sell(rig)
    await sell(rig)

    assert {leg["state"] for leg in await open_legs(rig)} == {"skipped"}
    others = [leg for leg in await rig.legs() if leg["target"] == "eve@example.com"]
    assert [leg["state"] for leg in others] == ["completed", "completed"]


async def test_a_payment_to_a_wallet_here_gathers_too_and_nothing_is_kept_back(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, min_sats=700)
    rig.host.lightning.targets[ELLA].wallet_id = rig.host.add_wallet("ella", "ella")
    rig.host.lightning.targets[ELLA].looks_like_here = True

    await sell(rig)
    await sell(rig)

    assert rig.host.balance_sats("ella") == 700
    assert await states(rig) == ["processed", "processed"]
