"""Released legs, kept sats, force-reset and notes: what stops, what stays, what is forgotten (nothing)."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import (
    ActionNotAllowed,
    NotStuckYet,
    OutcomeUnknown,
)
from satmachineadmin.core.states import PayWay
from satmachineadmin.usecases import revising

from .conftest import MakeRig
from .revise_states import (
    EVERYBODY,
    check_books,
    dispense,
    errored,
    events,
    pending,
    planned,
    processed,
    put,
    release_first,
    reset,
    retry,
    waiting,
)
from .rig import MACHINE_WALLET, OPERATOR

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))

# Release, keep -------------------------------------------------------------------------------


@pytest.mark.parametrize("wallet", ["platform", "partner1", "ana's wallet"])
async def test_a_released_leg_stays_in_the_machines_wallet_with_its_reason(
    make_rig: MakeRig, wallet: str
) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet(wallet)
    settlement_id = await processed(rig)

    await release_first(rig, settlement_id)

    (row,) = await rig.settlements()
    (kept,) = [leg for leg in await rig.legs() if leg["reason"] == "released"]
    assert (row["state"], row["error_message"], row["retained_sats"]) == (
        "processed", None, EVERYBODY[wallet],
    )  # fmt: skip
    assert (kept["sats"], kept["note"], kept["payment_hash"]) == (EVERYBODY[wallet], "The LP left.", None)
    assert rig.host.balance_sats(MACHINE_WALLET) == EVERYBODY[wallet]
    assert (await rig.cash_of("ana"))["reserved"] == 0
    assert await rig.worklist() == []
    assert {"leg_released", "concluded"} <= set(await events(rig, settlement_id))
    await check_books(rig)


async def test_a_settlement_stays_errored_until_its_last_failed_leg_is_decided(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet("partner1")
    settlement_id = await errored(rig)

    await release_first(rig, settlement_id)
    (row,) = await rig.settlements()
    assert (row["state"], row["legs_failed"]) == ("errored", 1)
    assert await rig.worklist() == ["legs_failed"]

    await release_first(rig, settlement_id)
    assert [row["state"] for row in await rig.settlements()] == ["processed"]


async def test_the_cash_of_a_released_leg_pays_the_next_sale(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await errored(rig)
    await release_first(rig, settlement_id)
    rig.host.add_wallet("new", "ana")
    await rig.choose_wallet("ana", "new")
    rig.sell()
    await rig.work(2)

    assert rig.host.balance_sats("new") == 1000
    assert await rig.cash_of("ana") == {"confirmed": 200_00, "paid": 200_00, "reserved": 0}


async def test_undispensed_sats_are_kept_once_and_with_a_reason(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await pending(rig)
    await dispense(rig, settlement_id)
    await rig.work(2)
    (owed,) = [leg for leg in await rig.legs() if leg["reason"] == "undispensed"]

    await revising.keep_leg(rig.store, OPERATOR, owed["id"], "The customer took them in cash.")

    (kept,) = [leg for leg in await rig.legs() if leg["reason"] == "undispensed"]
    assert (kept["state"], kept["note"]) == ("skipped", "The customer took them in cash.")
    assert kept["kept_at"] == int(rig.clock.now().timestamp())
    assert "leg_kept" in await events(rig, settlement_id)
    paid = next(leg for leg in await rig.legs() if leg["state"] == "completed")
    for leg in (kept, paid):
        with pytest.raises(ActionNotAllowed):
            await revising.keep_leg(rig.store, OPERATOR, leg["id"], "Again.")
    await check_books(rig)


# Force-reset, notes ----------------------------------------------------------------------------


async def test_a_settlement_is_stuck_from_its_claim_on(make_rig: MakeRig) -> None:
    """Refused a second before the threshold, done at it; the retry goes on where it stood."""
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await waiting(rig)
    legs = await rig.legs()
    rig.clock.advance(seconds=1799)
    with pytest.raises(NotStuckYet):
        await revising.force_reset(
            rig.store, OPERATOR, settlement_id, threshold_minutes=30, reason="The wallet stays empty."
        )
    rig.clock.advance(seconds=1)
    await revising.force_reset(
        rig.store, OPERATOR, settlement_id, threshold_minutes=30, reason="The wallet stays empty."
    )

    (row,) = await rig.settlements()
    assert (row["state"], row["next_try_at"]) == ("errored", None)
    assert row["error_message"] == "Stopped by hand: The wallet stays empty."
    assert await rig.legs() == legs, "nothing of it is forgotten"
    rig.host.receive(MACHINE_WALLET, 1000, memo="Admin credit")
    rig.clock.advance(seconds=3600)
    await rig.work(2)
    assert [row["state"] for row in await rig.settlements()] == ["errored"], "only a person lets it go on"

    await retry(rig, settlement_id)
    await rig.work(2)
    assert rig.balances() == EVERYBODY
    await check_books(rig)


async def test_a_settlement_that_was_stopped_before_its_plan_is_planned_by_a_retry(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await pending(rig)
    await reset(rig, settlement_id)
    assert [row["state"] for row in await rig.settlements()] == ["errored"]

    await retry(rig, settlement_id)
    assert [row["state"] for row in await rig.settlements()] == ["pending"]
    await rig.work(2)
    assert rig.balances() == EVERYBODY


async def test_a_leg_that_is_with_the_host_is_looked_up_and_not_paid_again(make_rig: MakeRig) -> None:
    """Force-reset and retry in the middle of the slow way: the debit is there, so it counts as paid."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    rig.host.stops_half_way = True
    whole = rig.host.complete_half

    async def not_now(payment_hash: str) -> None:
        raise RuntimeError("the process dies here")

    rig.host.complete_half = not_now  # type: ignore[method-assign]
    settlement_id = await planned(rig)
    await rig.work()
    assert "paying" in {leg["state"] for leg in await rig.legs()}
    await reset(rig, settlement_id)
    with pytest.raises(OutcomeUnknown):
        await dispense(rig, settlement_id)

    rig.host.complete_half = whole  # type: ignore[method-assign]
    rig.host.stops_half_way = False
    await retry(rig, settlement_id)
    rig.clock.advance(seconds=60)
    await rig.work(2)
    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.balances() == EVERYBODY
    await check_books(rig)


async def test_a_retry_of_what_turned_out_to_be_paid_concludes_it(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await processed(rig)
    await put(rig, settlement_id, state="errored")

    await retry(rig, settlement_id)

    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.balances() == EVERYBODY


async def test_a_note_is_an_event_and_changes_nothing_else(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await processed(rig)
    before = await rig.settlements()
    await revising.add_note(rig.store, OPERATOR, settlement_id, "The customer called {twice}.")

    assert await rig.settlements() == before
    assert (await events(rig, settlement_id))[-1] == "noted"
