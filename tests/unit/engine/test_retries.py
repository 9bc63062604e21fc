"""What failed and may pass is tried again by itself; what another process left behind is taken over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.lease import Lease, LeaseLost
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.engine.work import work_once
from tests.fakes.host import FakeHost

from .conftest import MakeRig
from .revise_states import unresolved
from .rig import MACHINE_WALLET, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))
#: the pauses of core.retries, and one second
PAUSES = (31, 121, 481, 1921)


async def full_wallet(make_rig: MakeRig, way: PayWay = PayWay.FAST) -> tuple[Rig, Any]:
    """Ana's wallet has no room for her 1000 sats; everybody else is paid."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.host.receive("ana's wallet", 500)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=1200)
    sale = rig.sell()
    await rig.work(2)
    return rig, sale


async def dca_legs(rig: Rig) -> list[dict[str, Any]]:
    return [leg for leg in await rig.legs() if leg["leg_type"] == "dca"]


@WAYS
async def test_a_full_wallet_is_tried_again_and_paid_once_there_is_room(
    make_rig: MakeRig, way: PayWay
) -> None:
    """Thirty seconds later, by a fresh attempt with an invoice of its own; the first one stays voided."""
    rig, sale = await full_wallet(make_rig, way)
    failed = await rig.settlement_of(sale)
    assert (failed["state"], failed["tries"]) == ("errored", 1)
    assert failed["next_try_at"] == int(rig.clock.now().timestamp()) + 30
    assert await rig.worklist() == [], "nobody has to look yet"

    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "errored", "it is not due yet"
    rig.clock.advance(seconds=31)
    await rig.work(2)

    done = await rig.settlement_of(sale)
    first, second = await dca_legs(rig)
    assert (done["state"], done["error_message"], done["next_try_at"]) == ("processed", None, None)
    assert [(leg["state"], leg["attempt"], leg["tries"]) for leg in (first, second)] == [
        ("voided", 1, 0), ("completed", 2, 1),
    ]  # fmt: skip
    assert first["payment_hash"] is None or first["payment_hash"] != second["payment_hash"]
    assert second["external_id"] == first["external_id"][:-1] + "2"
    assert rig.host.balance_sats("ana's wallet") == 1500
    assert await rig.cash_of("ana") == {"confirmed": 200_00, "paid": 200_00, "reserved": 0}
    assert rig.host.balance_sats(MACHINE_WALLET) == 0


async def test_after_five_looks_a_person_is_asked_and_it_still_goes_on_by_itself(make_rig: MakeRig) -> None:
    """Growing pauses, at last an hour; no attempt is written while nothing would come of it."""
    rig, sale = await full_wallet(make_rig)
    for pause in PAUSES:
        assert await rig.worklist() == []
        rig.clock.advance(seconds=pause)
        await rig.work(2)

    asked = await rig.settlement_of(sale)
    assert (asked["state"], asked["tries"]) == ("errored", 5)
    assert asked["next_try_at"] == int(rig.clock.now().timestamp()) + 3600
    assert await rig.worklist() == ["legs_failed"]
    for _ in range(30):
        rig.clock.advance(seconds=3601)
        await rig.work()
    assert [leg["state"] for leg in await dca_legs(rig)] == ["failed"]
    assert (await rig.cash_of("ana"))["reserved"] == 200_00

    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    rig.clock.advance(seconds=3601)
    await rig.work(2)
    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert [leg["state"] for leg in await dca_legs(rig)] == ["voided", "completed"]
    assert await rig.worklist() == []


async def test_what_somebody_has_to_put_right_goes_to_a_person_at_once(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet("ana's wallet")
    sale = rig.sell()
    await rig.work(2)
    assert await rig.worklist() == ["legs_failed"]
    rig.clock.advance(seconds=3601)
    await rig.work(2)

    row = await rig.settlement_of(sale)
    assert (row["state"], row["tries"]) == ("errored", 2)
    assert [leg["attempt"] for leg in await dca_legs(rig)] == [1]
    assert await rig.worklist() == ["legs_failed"]


@WAYS
async def test_an_lp_that_chooses_another_wallet_is_paid_without_anybody_asking(
    make_rig: MakeRig, way: PayWay
) -> None:
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.host.delete_wallet("ana's wallet")
    sale = rig.sell()
    await rig.work(2)
    rig.host.add_wallet("ana's new wallet", "ana")
    await rig.choose_wallet("ana", "ana's new wallet")
    rig.clock.advance(seconds=31)
    await rig.work(2)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert (rig.host.balance_sats("ana's wallet"), rig.host.balance_sats("ana's new wallet")) == (0, 1000)
    assert await rig.worklist() == []


async def test_the_reason_is_the_one_of_today(make_rig: MakeRig) -> None:
    """A full wallet that is deleted meanwhile: the operator reads what is to be done now, and is asked."""
    rig, sale = await full_wallet(make_rig)
    rig.host.delete_wallet("ana's wallet")
    rig.clock.advance(seconds=31)
    await rig.work(2)

    assert [(leg["state"], leg["error_code"]) for leg in await dca_legs(rig)] == [
        ("voided", "receiver_full"), ("failed", "receiver_gone"),
    ]  # fmt: skip
    assert await rig.worklist() == ["legs_failed"]
    assert (await rig.settlement_of(sale))["next_try_at"] is not None


async def test_a_leg_that_cannot_heal_does_not_keep_another_from_being_tried(make_rig: MakeRig) -> None:
    """A partner's wallet is gone, ana's is full: ana is paid when there is room, the partner waits."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet("partner1")
    rig.host.receive("ana's wallet", 500)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=1200)
    sale = rig.sell()
    await rig.work(2)
    assert await rig.worklist() == ["legs_failed"]

    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    rig.clock.advance(seconds=31)
    await rig.work(2)

    row = await rig.settlement_of(sale)
    assert (row["state"], row["legs_failed"]) == ("errored", 1)
    assert rig.host.balance_sats("ana's wallet") == 1500
    assert await rig.worklist() == ["legs_failed"]


async def test_the_platform_is_tried_again_where_it_wants_its_fee_by_now(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.receive("platform", 1190)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=1200)
    rig.sell()
    await rig.work(2)
    rig.host.add_wallet("platform's new wallet", "root")
    async with rig.store.transaction("platform", actor="root") as books:
        await books.platform.change(super_fee_wallet_id="platform's new wallet")
    rig.clock.advance(seconds=31)
    await rig.work(2)

    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.host.balance_sats("platform's new wallet") == 30


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
async def test_a_retry_does_not_repeat_what_a_restored_copy_has_forgotten(make_rig: MakeRig) -> None:
    """The books come from before the retry, the host's from after it: nothing is paid again."""
    rig, sale = await full_wallet(make_rig)
    (leg,) = await dca_legs(rig)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    forgotten = leg["external_id"][:-1] + "2"
    rig.host.receive("ana's wallet", 1000, payer_wallet_id=MACHINE_WALLET)
    rig.host.change(rig.host.rows[-1], external_id=forgotten)
    rig.clock.advance(seconds=31)
    await rig.work(2)

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"], row["next_try_at"]) == ("errored", "restored", None)
    assert rig.host.balance_sats("ana's wallet") == 1500
    assert "restored" in await rig.worklist()


async def test_a_sale_of_a_dead_process_is_taken_over_with_its_claim(make_rig: MakeRig) -> None:
    """Planned by one process that died before it paid; the next one pays it under its own name."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()
    (landed,) = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)
    await plan_settlement(rig.store, rig.host, landed.id, "this process/1")
    rig.host.send(MACHINE_WALLET, 300)
    async with rig.store.transaction("lease") as books:
        second = await books.take_lease("another process", previous_is_gone=True)
    assert second is not None
    rig.clock.advance(seconds=60)

    await work_once(rig.store, rig.host, second, lambda: False)

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("processing", "wallet_short")
    assert row["processing_claim"] == f"another process/{second.epoch}"
    assert row["claimed_at"] == int(rig.clock.now().timestamp())
    taken_over = "SELECT event FROM satmachineadmin.audit_events WHERE event = 'settlement.taken_over'"
    assert len(await rig.rows(taken_over)) == 1

    rig.host.receive(MACHINE_WALLET, 300, memo="Admin credit")
    for _ in range(2):
        rig.clock.advance(seconds=15)
        await work_once(rig.store, rig.host, second, lambda: False)
    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert len(await rig.rows(taken_over)) == 1, "it is taken over once"


async def test_who_lost_the_lease_neither_takes_over_nor_tries_again(make_rig: MakeRig) -> None:
    rig, sale = await full_wallet(make_rig)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    lost = Lease(holder="this process", epoch=rig.lease.epoch)
    async with rig.store.transaction("lease") as books:
        assert await books.take_lease("another process", previous_is_gone=True) is not None
    rig.clock.advance(seconds=31)

    with pytest.raises(LeaseLost):
        await work_once(rig.store, rig.host, lost, lambda: False)

    assert (await rig.settlement_of(sale))["state"] == "errored"


async def test_an_idle_round_looks_for_due_work_by_an_index(make_rig: MakeRig) -> None:
    """However many sales are processed or wait for a person, none of them is read."""
    rig = await make_rig()
    async with rig.store.reading() as books:
        statements: list[str] = []
        whole = books.sql.all

        async def listening(statement: str, **values: object) -> Any:
            statements.append(statement)
            return await whole(statement, **values)

        books.sql.all = listening  # type: ignore[method-assign]
        await books.settlements.due(50)
        plan = await whole(f"EXPLAIN QUERY PLAN {statements[0]}", now=0, limit=50)
    steps = [str(row["detail"]) for row in plan]
    assert any("settlements_by_state" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps


async def test_a_half_made_payment_is_put_before_a_person_until_it_is_whole(make_rig: MakeRig) -> None:
    """LNbits debited and did not credit, and cannot be mended: nobody would have been told."""
    rig = await make_rig(cash={"ana": 300_00})
    await unresolved(rig)
    assert await rig.worklist() == ["undecided"]

    rig.host.complete_half = FakeHost.complete_half.__get__(rig.host)  # type: ignore[method-assign]
    await reconcile_once(rig.store, rig.host, rig.lease, lambda: False)

    assert (await rig.settlements())[0]["state"] == "processed"
    assert await rig.worklist() == []
