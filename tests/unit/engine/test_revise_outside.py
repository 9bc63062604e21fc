"""REVISE and what leaves this LNbits: a failed share is retried, sent elsewhere, or given up."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import Due, SplitRule
from satmachineadmin.core.states import SettlementState, TargetKind
from satmachineadmin.engine import work
from satmachineadmin.engine.revise.reset import force_reset
from satmachineadmin.engine.revise.retry import retry_by_hand
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ELLA, ella_leg, sold, state
from .revise_states import dispense, release_first, retry
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio


async def given_up(make_rig: MakeRig) -> Rig:
    """Ella's node could not be reached five times."""
    rig = await sold(make_rig)
    rig.host.lightning.endings.extend([Ending.FAILED] * 5)
    for _ in range(5):
        await rig.work_outside()
        rig.clock.advance(seconds=1921)
    assert (await state(rig), (await ella_leg(rig))["state"]) == ("errored", "failed")
    assert await rig.worklist() == ["legs_failed"]
    return rig


async def test_an_operators_retry_counts_the_tries_anew(make_rig: MakeRig) -> None:
    """A fresh attempt without an invoice: the target is asked for one when it is paid."""
    rig = await given_up(make_rig)
    row = (await rig.settlements())[0]

    await retry(rig, row["id"])

    fresh = await ella_leg(rig)
    assert (fresh["state"], fresh["attempt"], fresh["tries"]) == ("pending", 6, 0)
    assert (fresh["payment_hash"], fresh["next_try_at"]) == (None, None)
    await rig.work()
    await rig.work_outside()
    assert (await state(rig), (await ella_leg(rig))["state"]) == ("processed", "completed")
    assert await rig.worklist() == []


async def test_a_share_for_outside_goes_to_a_wallet_here_when_the_operator_says_so(make_rig: MakeRig) -> None:
    rig = await given_up(make_rig)
    row = (await rig.settlements())[0]
    rig.host.add_wallet("named", "somebody")
    named = SplitRule(
        position=0, target="named", target_kind=TargetKind.WALLET, wallet_id="named", label="x", share_ppm=0
    )

    await retry_by_hand(
        rig.store, rig.host, row["id"], actor=OPERATOR, wishes={(await ella_leg(rig))["id"]: named}
    )
    await rig.work(2)

    (fresh,) = [leg for leg in await rig.legs() if leg["target"] == "named"]
    assert (fresh["state"], fresh["destination_ln_address"]) == ("completed", None)
    assert rig.host.balance_sats("named") == fresh["sats"] == 3500
    assert await state(rig) == "processed"


async def test_a_share_for_outside_is_released(make_rig: MakeRig) -> None:
    rig = await given_up(make_rig)
    row = (await rig.settlements())[0]
    await release_first(rig, row["id"])
    assert (await state(rig), (await rig.settlements())[0]["retained_sats"]) == ("processed", 4500)


async def test_the_target_is_not_paid_for_a_plan_that_was_withdrawn_meanwhile(make_rig: MakeRig) -> None:
    """The operator corrects the sale while the target makes its invoice: that invoice is never paid."""
    rig = await make_rig(outside=(ELLA,), shares_ppm=(1_000_000,))
    async with rig.store.transaction("platform") as books:
        await books.platform.change(super_fee_pct="0")
    rig.sell(principal_sats=1000, commission_sats=10_000)
    await rig.work()
    row = (await rig.settlements())[0]
    agree = rig.host.lightning.invoice

    async def slow_invoice(*args: object, **kwargs: object) -> object:
        await dispense(rig, row["id"])
        return await agree(*args, **kwargs)  # type: ignore[arg-type]

    rig.host.lightning.invoice = slow_invoice  # type: ignore[method-assign, assignment]
    await rig.work_outside()
    rig.host.lightning.invoice = agree  # type: ignore[method-assign]

    assert rig.host.lightning.handed_over == []
    assert {leg["state"] for leg in await rig.legs()} == {"voided"}
    await rig.work(2)
    await rig.work_outside()
    assert await state(rig) == "processed"
    assert (await rig.settlements())[0]["commission_sats"] == 5_000


async def test_what_was_stopped_by_hand_goes_on_by_hand_only(make_rig: MakeRig) -> None:
    """A payment that was under way then failed: its fresh attempt waits for a person as all else does."""
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await rig.work_outside()
    async with rig.store.transaction("test", actor=OPERATOR) as books:
        settlement = await books.settlements.get((await rig.settlements())[0]["id"])
        assert settlement is not None
        await force_reset(books, settlement, age_seconds=3600, threshold_minutes=30, reason="it hangs")

    rig.host.lightning.decide("failed")
    for _ in range(3):
        rig.clock.advance(seconds=600)
        await rig.work()
        await rig.work_outside()
    assert (await state(rig), (await ella_leg(rig))["state"]) == ("errored", "pending")

    await retry(rig, settlement.id)
    await rig.work()
    await rig.work_outside()
    assert (await state(rig), (await ella_leg(rig))["state"]) == ("processed", "completed")


async def test_what_a_broken_rule_stopped_goes_on_by_hand_only(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence beside it says that nothing more is paid."""
    rig = await make_rig(outside=(ELLA, "eve@example.com"))
    rig.sell(principal_sats=1000, commission_sats=10_000)
    await rig.work()
    rig.host.lightning.endings.append(Ending.PENDING)
    assert await rig.work_outside(1) == 1
    (row,) = await rig.settlements()
    due = Due(settlement_id=row["id"], wallet_id=MACHINE_WALLET, state=SettlementState.PROCESSING)

    async def breaks(*_args: object) -> None:
        raise InvariantViolated("two and two are five")

    async def is_due(*_args: object) -> tuple[list[Due], list[str]]:
        return [due], []

    monkeypatch.setattr(work, "pay_settlement", breaks)
    monkeypatch.setattr(work, "_due", is_due)
    await rig.work()
    monkeypatch.undo()
    assert await state(rig) == "errored"

    rig.host.lightning.decide("success")
    for _ in range(3):
        rig.clock.advance(seconds=600)
        await rig.work()
        await rig.work_outside()
    assert (await state(rig), len(rig.host.lightning.handed_over)) == ("errored", 1)

    await retry(rig, row["id"])
    await rig.work()
    await rig.work_outside()
    assert (await state(rig), len(rig.host.lightning.handed_over)) == ("processed", 2)
