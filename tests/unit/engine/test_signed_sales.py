"""Cash-outs that a machine signs for: invoice, landing, dispense report, and what an operator decides."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from satmachineadmin.core.errors import (
    ImplausibleRate,
    LimitExceeded,
    MachineInactive,
    NothingToRefund,
    NotPaid,
    Ratchet,
    RefundUnderWay,
    Stale,
)
from satmachineadmin.core.model import Settlement
from satmachineadmin.core.states import PayoutPolicy
from satmachineadmin.core.transactions import DispenseOutcome, TransactionState
from satmachineadmin.engine.refund import cancel_refund
from satmachineadmin.engine.refund_failed import failed_sats, refund_failed, refund_late
from satmachineadmin.usecases.revising import DispensedPart, dispense_in_part
from satmachineadmin.usecases.settlements import release_settlement

from .cash_ins import claim
from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig
from .signed import KEY, again, ask, pair, pay, report, sold

pytestmark = pytest.mark.anyio
CASH = {"ana": 500_00}


async def _paired(make_rig: MakeRig, **wishes: Any) -> Rig:
    rig = await make_rig(cash=CASH)
    await pair(rig, **wishes)
    return rig


async def _sale(rig: Rig) -> dict[str, Any]:
    (settlement,) = await rig.settlements()
    return settlement


async def _settlement(rig: Rig) -> Settlement:
    async with rig.store.reading() as books:
        found = await books.settlements.get((await _sale(rig))["id"])
    assert found is not None
    return found


async def test_the_server_computes_what_the_customer_pays(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    one = await ask(rig)
    assert (one.principal_sats, one.commission_sats, one.wire_sats) == (1000, 100, 1100)
    assert rig.host.lightning.invoices[one.bolt11 or ""].amount_msat == 1_100_000
    assert one.state is TransactionState.INVOICED


async def test_the_same_post_gets_the_same_invoice(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    first, second = await ask(rig), await ask(rig)
    assert first.bolt11 == second.bolt11
    assert len(rig.host.lightning.invoices) == 1


async def test_older_news_and_other_amounts_are_refused_and_change_nothing(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    first = await ask(rig, version=3)
    with pytest.raises(Stale):
        await ask(rig, version=2)
    for changed in ({"fiat_minor": 100_00}, {"rate": "5.1"}):
        with pytest.raises(Ratchet):
            await ask(rig, version=4, **changed)  # type: ignore[arg-type]
    assert await again(rig) == first


async def test_a_crash_before_the_invoice_is_stored_leaves_one_that_nobody_knows(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    charge = rig.host.lightning.charge

    async def die(wanted: Any) -> Any:
        await charge(wanted)
        raise OSError("a disk")

    rig.host.lightning.charge = die  # type: ignore[method-assign]
    with pytest.raises(OSError, match="a disk"):
        await ask(rig)
    rig.host.lightning.charge = charge  # type: ignore[method-assign]
    assert (await again(rig)).payment_hash is None
    one = await ask(rig)
    assert one.bolt11 in rig.host.lightning.invoices
    pay(rig, one)
    await rig.work()
    assert (await again(rig)).state is TransactionState.PAID


@pytest.mark.parametrize(
    ("columns", "limit"),
    [
        ({"cash_out_transaction_minor": 199_99}, "transaction"),
        ({"cash_out_hour_minor": 399_99}, "hour"),
        ({"cash_out_day_minor": 399_99}, "day"),
    ],
)
async def test_beyond_a_limit_nothing_is_sold(
    make_rig: MakeRig, columns: dict[str, object], limit: str
) -> None:
    rig = await _paired(make_rig, **columns)
    if limit != "transaction":
        await ask(rig, "sale-0000")
    with pytest.raises(LimitExceeded) as refused:
        await ask(rig)
    assert refused.value.fields["limit"] == limit


async def test_an_invoice_that_nobody_paid_uses_no_limit_up(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, cash_out_hour_minor=200_00)
    await ask(rig, "sale-0000")
    rig.clock.advance(seconds=121)
    assert (await ask(rig)).state is TransactionState.INVOICED


async def test_above_the_threshold_the_sale_waits_for_the_operator(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, cash_out_hold_above_minor=199_99)
    await sold(rig)
    assert ((await _sale(rig))["state"], (await _sale(rig))["reason"]) == ("held", "above_threshold")


async def test_a_rate_that_nobody_sells_at_is_refused_before_anybody_pays(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    for rate in ("4", "1000000000000", "0.000001"):
        with pytest.raises(ImplausibleRate):
            await ask(rig, rate=rate)
    assert rig.host.lightning.invoices == {}


async def test_a_machine_that_is_switched_off_sells_nothing(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, active=False)
    with pytest.raises(MachineInactive):
        await ask(rig)


async def test_a_signed_sale_lands_by_its_record_whatever_its_stamp_says(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, policy=PayoutPolicy.AT_ONCE)
    one = await ask(rig)
    row = next(payment for payment in rig.host.rows if payment.payment_hash == one.payment_hash)
    rig.host.change(row, status="success", extra={"source": "bitspire", "principal_sats": 10**12})
    await rig.work(2)
    settlement = await _sale(rig)
    assert (settlement["state"], settlement["origin"]) == ("processed", "signed")
    assert (settlement["nostr_sender_pubkey"], settlement["txid"]) == (KEY, "sale-0001")
    assert rig.balances()["ana's wallet"] == 1000


async def test_a_stamp_without_a_signature_is_rejected_unless_the_operator_takes_it(
    make_rig: MakeRig,
) -> None:
    rig = await _paired(make_rig, policy=PayoutPolicy.AT_ONCE)
    rig.sell()
    await rig.work(2)
    assert ((await _sale(rig))["state"], (await _sale(rig))["reason"]) == ("rejected", "unsigned")
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.change(rig.machine_id, {"takes_unsigned": True})
    taken = rig.sell()
    await rig.work(2)
    assert (await rig.settlement_of(taken))["state"] == "processed"


async def test_what_was_signed_by_a_key_that_is_no_longer_the_machines_is_rejected(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    one = await ask(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        machine = await books.machines.row(rig.machine_id)
        assert machine is not None
        await books.pairings.revoke(machine, "stolen")
    pay(rig, one)
    await rig.work(2)
    assert ((await _sale(rig))["state"], (await _sale(rig))["reason"]) == ("rejected", "wrong_signer")


async def test_the_payout_waits_for_the_report_and_goes_with_it(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await sold(rig)
    await rig.work(2)
    assert (await _sale(rig))["reason"] == "awaiting_dispense"
    await report(rig, DispenseOutcome.COMPLETE)
    await rig.work(2)
    assert (await _sale(rig))["state"] == "processed"
    assert rig.balances()["ana's wallet"] == 1000


async def test_nothing_can_have_come_out_before_anybody_paid(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await ask(rig)
    with pytest.raises(NotPaid):
        await report(rig, DispenseOutcome.COMPLETE)


async def test_a_partial_report_scales_the_sale_before_a_leg_moves(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.PARTIAL, partial_minor=50_00)
    await rig.work(2)
    settlement = await _sale(rig)
    assert (settlement["state"], settlement["fiat_minor"]) == ("processed", 50_00)
    assert rig.balances()["ana's wallet"] == 250
    undispensed = [leg["sats"] for leg in await rig.legs() if leg["reason"] == "undispensed"]
    assert undispensed == [1100 - 250 - 25]


async def test_the_first_report_stands(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.COMPLETE)
    await report(rig, DispenseOutcome.COMPLETE)
    with pytest.raises(Ratchet) as refused:
        await report(rig, DispenseOutcome.FAILED, version=3)
    assert refused.value.fields["field"] == "outcome"
    with pytest.raises(Stale):
        await report(rig, DispenseOutcome.COMPLETE, version=1)


async def test_more_may_come_out_while_nothing_is_paid(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.PARTIAL, partial_minor=50_00)
    await report(rig, DispenseOutcome.PARTIAL, partial_minor=150_00, version=3)
    with pytest.raises(Ratchet):
        await report(rig, DispenseOutcome.PARTIAL, partial_minor=100_00, version=4)
    await rig.work(2)
    assert rig.balances()["ana's wallet"] == 750


async def test_where_nothing_came_out_the_operator_gives_all_of_it_back_once(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.FAILED)
    await rig.work(2)
    assert ((await _sale(rig))["state"], (await _sale(rig))["reason"]) == ("held", "dispense_failed")
    assert await rig.worklist() == ["dispense_failed"]
    await refund_failed(rig.store, rig.host, await _settlement(rig), "it jammed", by=OPERATOR)
    with pytest.raises(NothingToRefund):
        await refund_failed(rig.store, rig.host, await _settlement(rig), "it jammed", by=OPERATOR)
    await rig.work(2)
    assert (await _sale(rig))["state"] == "processed"
    assert await rig.worklist() == []
    (link,) = await rig.rows("SELECT * FROM satmachineadmin.withdrawals")
    assert (link["kind"], link["leg_sats"], link["state"]) == ("refund", 1100, "open")
    assert "ana's wallet" not in rig.balances()


async def test_where_the_notes_did_come_out_the_operator_releases_the_sale(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    one = await sold(rig)
    await report(rig, DispenseOutcome.FAILED)
    await release_settlement(rig.store, OPERATOR, one.settlement_id or "")
    await rig.work(2)
    assert (await _sale(rig))["state"] == "processed"
    assert await rig.worklist() == []
    assert rig.balances()["ana's wallet"] == 1000


async def test_a_report_after_the_payout_pulls_nothing_back_and_is_told(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, policy=PayoutPolicy.AT_ONCE)
    await sold(rig)
    await rig.work(2)
    late = await report(rig, DispenseOutcome.PARTIAL, partial_minor=150_00)
    assert late.stayed_minor == 50_00
    assert await rig.worklist() == ["late_dispense"]
    assert rig.balances()["ana's wallet"] == 1000
    purse = rig.host.add_wallet("purse", OPERATOR, sats=5000)
    await refund_late(rig.store, rig.host, await _settlement(rig), purse, "it jammed", by=OPERATOR)
    with pytest.raises(RefundUnderWay):
        await refund_late(rig.store, rig.host, await _settlement(rig), purse, "it jammed", by=OPERATOR)
    (link,) = await rig.rows("SELECT * FROM satmachineadmin.withdrawals")
    assert (link["kind"], link["wallet_id"], link["leg_sats"]) == ("late_refund", purse, 275)


async def test_without_a_late_report_there_is_nothing_to_refund_from_another_wallet(
    make_rig: MakeRig,
) -> None:
    rig = await _paired(make_rig, policy=PayoutPolicy.AT_ONCE)
    await sold(rig)
    await rig.work(2)
    with pytest.raises(NothingToRefund):
        await refund_late(rig.store, rig.host, await _settlement(rig), MACHINE_WALLET, "", by=OPERATOR)


@pytest.mark.parametrize("is_paid_out", [False, True])
async def test_a_failed_report_with_a_higher_version_is_no_second_refund(
    make_rig: MakeRig, is_paid_out: bool
) -> None:
    """What the customer gets by the sale's own leg stayed in no sale that was paid out."""
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.FAILED)
    await refund_failed(rig.store, rig.host, await _settlement(rig), "it jammed", by=OPERATOR)
    if is_paid_out:
        await rig.work(2)
    again_failed = await report(rig, DispenseOutcome.FAILED, version=3)
    await rig.work(2)

    assert (again_failed.stayed_minor, await rig.worklist()) == (None, [])
    purse = rig.host.add_wallet("purse", OPERATOR, sats=5000)
    await cancel_refund(rig.store, await _settlement(rig), by=OPERATOR)
    with pytest.raises(NothingToRefund):
        await refund_late(rig.store, rig.host, await _settlement(rig), purse, "it jammed", by=OPERATOR)


async def test_notes_that_came_out_after_a_scaled_sale_was_paid_out_are_no_late_refund(
    make_rig: MakeRig,
) -> None:
    """A quarter came out, then a half: the leg over three quarters is more than the customer is owed."""
    rig = await _paired(make_rig)
    await sold(rig)
    await report(rig, DispenseOutcome.PARTIAL, partial_minor=50_00)
    await rig.work(2)
    grown = await report(rig, DispenseOutcome.PARTIAL, partial_minor=100_00, version=3)
    assert (grown.dispensed_minor, grown.stayed_minor) == (100_00, None)
    assert await rig.worklist() == ["late_dispense"]
    await rig.work(2)
    assert rig.balances()["ana's wallet"] == 250


async def test_a_late_report_counts_only_what_the_sale_was_paid_out_for(make_rig: MakeRig) -> None:
    """The operator had scaled it to three quarters before the machine said that a half came out."""
    rig = await _paired(make_rig)
    one = await sold(rig)
    three_quarters = DispensedPart(fraction=Fraction(3, 4), sats=None)
    await dispense_in_part(rig.store, OPERATOR, one.settlement_id or "", three_quarters, "it jammed")
    await release_settlement(rig.store, OPERATOR, one.settlement_id or "")
    await rig.work(2)
    late = await report(rig, DispenseOutcome.PARTIAL, partial_minor=100_00)
    assert (late.stayed_minor, await rig.worklist()) == (50_00, ["late_dispense"])
    late = await report(rig, DispenseOutcome.PARTIAL, partial_minor=150_00, version=3)
    assert (late.stayed_minor, await rig.worklist()) == (None, [])


async def test_a_link_that_is_over_makes_room_for_the_next_one(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig, policy=PayoutPolicy.AT_ONCE)
    await sold(rig)
    await rig.work(2)
    await report(rig, DispenseOutcome.FAILED)
    purse = rig.host.add_wallet("purse", OPERATOR, sats=5000)
    await refund_late(rig.store, rig.host, await _settlement(rig), purse, "it jammed", by=OPERATOR)
    rig.clock.advance(minutes=60 * 24 * 31)
    await refund_late(rig.store, rig.host, await _settlement(rig), purse, "it jammed", by=OPERATOR)
    links = await rig.rows("SELECT state FROM satmachineadmin.withdrawals ORDER BY created_at")
    assert [link["state"] for link in links] == ["expired", "open"]


async def test_where_the_host_took_a_fee_the_customer_can_claim_what_is_there(make_rig: MakeRig) -> None:
    rig = await _paired(make_rig)
    one = await ask(rig)
    rig.host.change(pay(rig, one), fee_msat=1500)
    await rig.work()
    await report(rig, DispenseOutcome.FAILED)
    held = await _settlement(rig)
    await refund_failed(rig.store, rig.host, held, "it jammed", by=OPERATOR)
    await rig.work(2)
    (link,) = await rig.rows("SELECT * FROM satmachineadmin.withdrawals")
    assert link["leg_sats"] == failed_sats(held) == 1098
    await claim(rig, link)
    await rig.work_outside()
    (link,) = await rig.rows("SELECT * FROM satmachineadmin.withdrawals")
    assert (link["state"], (await _sale(rig))["state"]) == ("paid", "processed")
