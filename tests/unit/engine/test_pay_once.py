"""Paying exactly once: lost leases, restored books, interruptions, hosts that do not tell the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.lease import Lease, LeaseLost
from satmachineadmin.core.model import Due
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.pay import pay_settlement
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.engine.work import work_once
from satmachineadmin.ports import HostRefused

from .conftest import MakeRig
from .rig import MACHINE_WALLET, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))


@WAYS
async def test_who_lost_the_lease_pays_nothing(make_rig: MakeRig, way: PayWay) -> None:
    """The lease is looked at inside the pay transaction, by the database's clock."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    sale = rig.sell()
    async with rig.store.transaction("lease") as books:
        await books.take_lease("another process", previous_is_gone=True)

    with pytest.raises(LeaseLost):
        await rig.work()

    assert rig.balances() == {MACHINE_WALLET: 1100}
    assert (await rig.settlement_of(sale))["state"] == "processing"
    assert {leg["state"] for leg in await rig.legs()} == {"pending"}


@WAYS
async def test_a_lease_that_ran_out_pays_nothing(make_rig: MakeRig, way: PayWay) -> None:
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.sell()
    async with rig.store.transaction("lease") as books:
        await books.sql.run("UPDATE satmachineadmin.runner_lease SET expires_at = 1")

    with pytest.raises(LeaseLost):
        await rig.work()
    assert rig.balances() == {MACHINE_WALLET: 1100}


async def test_an_old_epoch_of_the_same_process_is_not_the_lease(make_rig: MakeRig) -> None:
    """A process that lost the lease and took it again pays with the new epoch only."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()
    async with rig.store.transaction("lease") as books:
        newer = await books.take_lease(rig.lease.holder, previous_is_gone=False)
    assert newer == Lease(holder=rig.lease.holder, epoch=rig.lease.epoch + 1)

    with pytest.raises(LeaseLost):
        await rig.work()
    rig.lease = newer
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"


@WAYS
@pytest.mark.breaks_the_books("our tables are older than LNbits'")
async def test_restored_books_never_pay_again(make_rig: MakeRig, way: PayWay) -> None:
    """The host holds payments with this sale's mark, our books know of none: stop, tell, pay nothing."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    sale = rig.sell()
    payout = rig.host.send(MACHINE_WALLET, 30, external_id=f"sm1:{sale.payment_hash}:super_fee:1")
    rig.host.receive("platform", 30, external_id=payout.external_id)
    before = rig.balances()
    await rig.work(3, is_start=True)

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("errored", "restored")
    assert await rig.worklist() == ["restored"]
    assert rig.balances() == before
    assert {leg["state"] for leg in await rig.legs()} == {"pending"}


@WAYS
@pytest.mark.breaks_the_books("somebody else writes our mark")
async def test_a_mark_of_another_sale_stops_nothing(make_rig: MakeRig, way: PayWay) -> None:
    """Marks are compared whole, with the sale's own hash."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    sale = rig.sell()
    rig.host.receive("platform", 30, external_id=f"sm1:{'f' * 64}:super_fee:1")
    rig.host.receive("platform", 30, external_id=f"sm1:{sale.payment_hash}", status="success")
    await rig.work(2)
    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_a_payout_that_fails_half_way_leaves_nothing_on_either_side(make_rig: MakeRig) -> None:
    """An exception after the transfers: neither the host's rows nor ours, and it is tried again."""
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()
    async with rig.store.transaction("tamper") as books:
        await books.sql.run(
            "CREATE TRIGGER satmachineadmin.refuse BEFORE UPDATE OF paid_minor ON dca_clients "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    await rig.work()

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("processing", "trouble")
    assert rig.balances() == {MACHINE_WALLET: 1100}
    assert {leg["state"] for leg in await rig.legs()} == {"pending"}
    assert rig.host.announced == []

    async with rig.store.transaction("repair") as books:
        await books.sql.run("DROP TRIGGER satmachineadmin.refuse")
    rig.clock.advance(seconds=31)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.balances()["ana's wallet"] == 1000


async def test_a_host_that_says_no_after_paying_is_not_believed(make_rig: MakeRig) -> None:
    """LNbits has been seen to raise although the money had moved: its books decide, not its words."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    rig.host.lies_after_paying = True
    sale = rig.sell()
    await rig.work(3)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.balances()["ana's wallet"] == 1000
    assert await rig.cash_of("ana") == {"confirmed": 200_00, "paid": 200_00, "reserved": 0}


async def test_a_debit_without_its_credit_is_completed_once(make_rig: MakeRig) -> None:
    """LNbits stopped between debit and credit: the receiver gets its sats, and only once."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    rig.host.stops_half_way = True
    sale = rig.sell()
    await rig.work(3)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14, "ana's wallet": 1000,
    }  # fmt: skip


async def test_a_stop_between_two_legs_goes_on_where_it_ended(make_rig: MakeRig) -> None:
    """Asked to stop in the middle of the slow way: what was paid stays paid, the rest follows."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    sale = rig.sell()
    calls = iter([False] * 4)
    await work_once(rig.store, rig.host, rig.lease, lambda: next(calls, True))
    states = [leg["state"] for leg in await rig.legs()]
    assert 0 < states.count("completed") < 5
    assert (await rig.settlement_of(sale))["state"] == "processing"

    await rig.work(2)
    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.balances()["ana's wallet"] == 1000


async def interrupted(rig: Rig) -> dict[str, object]:
    """A leg that was handed to the host and about which nothing is known."""

    class Died(BaseException):
        pass

    async def dies(_transfer: object) -> None:
        raise Died

    rig.sell()
    whole, rig.host.pay_invoice = rig.host.pay_invoice, dies  # type: ignore[method-assign,assignment]
    with pytest.raises(Died):
        await rig.work()
    rig.host.pay_invoice = whole  # type: ignore[method-assign]
    (leg,) = [leg for leg in await rig.legs() if leg["state"] == "paying"]
    return leg


async def test_a_leg_that_was_handed_over_is_paid_by_the_same_invoice(make_rig: MakeRig) -> None:
    """After a crash before the payment: the stored invoice can still be paid, and is, once."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    leg = await interrupted(rig)
    await rig.work(2)

    (row,) = await rig.settlements()
    (same,) = [one for one in await rig.legs() if one["id"] == leg["id"]]
    assert row["state"] == "processed"
    assert (same["state"], same["payment_hash"]) == ("completed", leg["payment_hash"])
    assert rig.balances()["platform"] == 30


async def test_a_leg_whose_invoice_died_gets_a_fresh_attempt(make_rig: MakeRig) -> None:
    """LNbits gives internal invoices up at a restart: that attempt is voided, the next one paid."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    leg = await interrupted(rig)
    (credit,) = [row for row in rig.host.rows if row.checking_id == leg["payment_hash"]]
    rig.host.change(credit, status="failed")
    await rig.work(3)

    (row,) = await rig.settlements()
    attempts = [one for one in await rig.legs() if one["leg_key"] == leg["leg_key"]]
    assert row["state"] == "processed"
    assert [(one["attempt"], one["state"]) for one in attempts] == [(1, "voided"), (2, "completed")]
    assert len({one["payment_hash"] for one in attempts}) == 2
    assert rig.balances()["platform"] == 30


async def test_what_was_handed_over_is_looked_up_before_the_rest_is_paid_at_once(make_rig: MakeRig) -> None:
    """The fast way opens again after a crash in the slow one: each leg is paid once, by one of them."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    leg = await interrupted(rig)
    rig.host.way = PayWay.FAST
    await rig.work()

    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    ways = {one["leg_key"]: (one["state"], one["way"]) for one in await rig.legs()}
    assert ways.pop(str(leg["leg_key"])) == ("completed", "slow")
    assert set(ways.values()) == {("completed", "fast")}
    assert rig.balances() == {
        "platform": 30, "partner0": 35, "partner1": 21, "partner2": 14, "ana's wallet": 1000,
    }  # fmt: skip


async def test_a_handed_over_leg_that_has_to_wait_holds_up_no_other(make_rig: MakeRig) -> None:
    """The host refuses it still: the others go the fast way, and it follows by its own invoice."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    leg = await interrupted(rig)
    rig.host.way = PayWay.FAST
    whole, rig.host.pay_invoice = rig.host.pay_invoice, refuses  # type: ignore[method-assign,assignment]
    await rig.work()

    assert [row["state"] for row in await rig.settlements()] == ["processing"]
    assert rig.balances() == {
        MACHINE_WALLET: 30, "partner0": 35, "partner1": 21, "partner2": 14, "ana's wallet": 1000,
    }  # fmt: skip

    rig.host.pay_invoice = whole  # type: ignore[method-assign]
    rig.clock.advance(seconds=15)
    await rig.work()
    (same,) = [one for one in await rig.legs() if one["id"] == leg["id"]]
    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert (same["state"], same["payment_hash"]) == ("completed", leg["payment_hash"])
    assert rig.balances()["platform"] == 30


async def refuses(_transfer: object) -> None:
    raise HostRefused("Not now.")


async def test_legs_are_paid_from_the_wallet_that_is_locked_and_no_other(make_rig: MakeRig) -> None:
    """A caller who names another wallet is a bug: nothing is paid."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.sell()
    (landed,) = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)
    await plan_settlement(rig.store, rig.host, landed.id, "claim")
    before = rig.balances()

    wrong = Due(settlement_id=landed.id, wallet_id="partner0")
    with pytest.raises(InvariantViolated, match="the one that is locked"):
        await pay_settlement(rig.store, rig.host, wrong, rig.lease, lambda: False)

    assert rig.balances() == before
    assert {leg["state"] for leg in await rig.legs()} == {"pending"}


async def test_a_leg_that_was_paid_before_the_crash_is_not_paid_again(make_rig: MakeRig) -> None:
    """The payment went through, our books did not hear of it: it is looked up and believed."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    leg = await interrupted(rig)
    (credit,) = [row for row in rig.host.rows if row.checking_id == leg["payment_hash"]]
    rig.host.change(credit, status="success")
    debit = rig.host.send(MACHINE_WALLET, 30, external_id=str(leg["external_id"]))
    rig.host.change(debit, payment_hash=credit.payment_hash, checking_id=f"internal_{credit.payment_hash}")
    await rig.work(2)

    assert [row["state"] for row in await rig.settlements()] == ["processed"]
    assert rig.balances()["platform"] == 30


async def test_an_invoice_of_a_wallet_that_is_gone_meanwhile_is_not_paid(make_rig: MakeRig) -> None:
    """It was handed over and refused; then ana's wallet was deleted: her sats would lie where nobody is."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    whole, rig.host.pay_invoice = rig.host.pay_invoice, refuses  # type: ignore[method-assign,assignment]
    sale = rig.sell()
    await rig.work(2)
    rig.host.pay_invoice = whole  # type: ignore[method-assign]
    rig.host.delete_wallet("ana's wallet")
    rig.clock.advance(seconds=15)
    await rig.work()

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("processing", "host_refused")
    assert "The receiving wallet does not exist any more." in row["error_message"]
    assert rig.host.balance_sats("ana's wallet") == 0
    assert rig.host.balance_sats("platform") == 30, "the others are paid"

    rig.host.wallets["ana's wallet"] = replace(rig.host.wallets["ana's wallet"], deleted=False)
    rig.clock.advance(seconds=15)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert rig.host.balance_sats("ana's wallet") == 1000


async def test_one_receiver_without_an_invoice_holds_up_no_other(make_rig: MakeRig) -> None:
    """The host refuses one invoice: the others are paid, this one waits with the host's own words."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)
    rig.host.no_invoice_for["partner1"] = "Wallet is frozen."
    sale = rig.sell()
    await rig.work()

    row = await rig.settlement_of(sale)
    assert (row["state"], row["waits_code"]) == ("processing", "host_refused")
    assert "Wallet is frozen." in row["error_message"]
    assert rig.balances() == {
        MACHINE_WALLET: 21, "platform": 30, "partner0": 35, "partner2": 14, "ana's wallet": 1000,
    }  # fmt: skip

    rig.host.no_invoice_for.clear()
    rig.clock.advance(seconds=15)
    await rig.work()
    assert (await rig.settlement_of(sale))["state"] == "processed"
