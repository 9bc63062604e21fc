"""Refunds: a customer gets back what was paid for notes that did not come out, once (LUD-03)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.errors import (
    ArrowNotAllowed,
    NothingToRefund,
    RefundUnderWay,
    WithdrawalRefused,
)
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.model import HostPayment, Settlement
from satmachineadmin.core.outside import Invoice
from satmachineadmin.core.states import LegState
from satmachineadmin.engine.payout import restored_marks
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.engine.refund import OPEN_SECONDS, cancel_refund, hand_in, open_refund
from satmachineadmin.engine.revise.release import keep_leg
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .revise_states import dispense, pending, reset, retry
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio
#: LNbits' own: at least 2 sats, or 1 %
RESERVE = HostLimits(reserve_fee_min_msat=2000, reserve_fee_percent="1.0")
UNDISPENSED_SATS = 500


async def half_dispensed(make_rig: MakeRig) -> tuple[Rig, HostPayment]:
    """A sale of 1100 sats of which 500 of principal are owed to the customer; the rest is paid."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.limits = RESERVE
    sale = rig.sell(principal_sats=1000, commission_sats=100, fiat="200.00", rate="5")
    async with rig.store.transaction("setup") as books:
        # What a partial dispense writes before the plan (DESIGN §4.5): the wire is never scaled.
        await books.sql.run("UPDATE satmachineadmin.dca_machines SET payout_policy = 'on_dispense'")
    await rig.work()
    async with rig.store.transaction("setup") as books:
        await books.sql.run(
            """
            UPDATE satmachineadmin.dca_settlements SET principal_sats = 500, fiat_minor = 10000,
                dispensed_sats = 600, state = 'pending', reason = NULL, next_try_at = NULL
            """
        )
    await rig.work(2)
    return rig, sale


async def settlement_of(rig: Rig, sale: HostPayment) -> Settlement:
    row = await rig.settlement_of(sale)
    async with rig.store.reading() as books:
        found = await books.settlements.get(row["id"])
    assert found is not None
    return found


async def make_link(rig: Rig, sale: HostPayment) -> dict[str, Any]:
    await open_refund(rig.store, rig.host, await settlement_of(rig, sale), "half of it jammed", by=OPERATOR)
    return await link(rig)


async def link(rig: Rig) -> dict[str, Any]:
    return (await rig.rows("SELECT * FROM satmachineadmin.withdrawals ORDER BY created_at, id"))[-1]


async def customers_invoice(
    rig: Rig, amount_msat: int, twist: Callable[[Invoice], Invoice] = lambda invoice: invoice
) -> str:
    """An invoice of the customer's own wallet, somewhere else."""
    rig.host.lightning.add_target("customer", twist=twist)
    invoice = await rig.host.lightning.invoice(await rig.host.lightning.terms("customer"), amount_msat)
    return invoice.bolt11


async def refund_leg(rig: Rig) -> dict[str, Any]:
    return [leg for leg in await rig.legs() if leg["reason"] == "undispensed"][-1]


def left_msat(rig: Rig) -> int:
    """What has left this LNbits for good, fees included."""
    return sum(
        row.fee_msat - row.amount_msat
        for row in rig.host.rows
        if row.is_lightning_outbound and row.status == "success" and row.checking_id == row.payment_hash
    )


async def test_the_customer_bears_the_network_fee_and_gets_the_rest_once(make_rig: MakeRig) -> None:
    """500 sats less a reserve of 1 %, 5 sats at most: 495 go out, what the network left over stays."""
    rig, sale = await half_dispensed(make_rig)
    rig.host.lightning.fee_msat = 1250
    opened = await make_link(rig, sale)
    assert (opened["state"], opened["amount_msat"]) == ("open", 495_000)

    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    assert ((await link(rig))["state"], (await rig.settlement_of(sale))["state"]) == ("claimed", "processing")
    await rig.work_outside()

    leg = await refund_leg(rig)
    assert (leg["state"], leg["sats"], leg["sent_msat"], leg["fee_msat"]) == ("refunded", 500, 495_000, 1250)
    assert leg["fee_unused_msat"] == 500_000 - 495_000 - 1250
    assert ((await link(rig))["state"], (await rig.settlement_of(sale))["state"]) == ("paid", "processed")
    assert left_msat(rig) == 496_250
    with pytest.raises(WithdrawalRefused):
        await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    with pytest.raises(NothingToRefund):
        await make_link(rig, sale)


async def test_a_link_is_claimed_by_one_invoice_only(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))

    with pytest.raises(WithdrawalRefused, match="used"):
        await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    with pytest.raises(ArrowNotAllowed):
        await cancel_refund(rig.store, await settlement_of(rig, sale), by=OPERATOR)
    with pytest.raises(RefundUnderWay):
        await make_link(rig, sale)
    await rig.work_outside()
    assert left_msat(rig) == 495_000


@pytest.mark.parametrize(
    "twist, sentence",
    [
        (lambda invoice: replace(invoice, amount_msat=495_001), "495000 msat"),
        (lambda invoice: replace(invoice, amount_msat=None), "no amount"),
        (lambda invoice: replace(invoice, network="tb"), "network"),
        (lambda invoice: replace(invoice, expires_at=1), "expired"),
    ],
)
async def test_an_invoice_that_is_not_what_was_offered_is_refused_and_the_link_stays_open(
    make_rig: MakeRig, twist: Callable[[Invoice], Invoice], sentence: str
) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)

    with pytest.raises(WithdrawalRefused, match=sentence):
        await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000, twist))

    assert (await link(rig))["state"] == "open"
    assert (await refund_leg(rig))["state"] == "skipped"


async def test_a_customers_wallet_may_describe_its_invoice_as_it_likes(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    invoice = await customers_invoice(
        rig, 495_000, lambda invoice: replace(invoice, description_hash="ab" * 32)
    )

    await hand_in(rig.store, rig.host, opened["k1"], invoice)
    await rig.work_outside()

    assert (await refund_leg(rig))["state"] == "refunded"


async def test_a_confirmed_failure_opens_the_link_again_and_leaves_the_sats_where_they_were(
    make_rig: MakeRig,
) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    rig.host.lightning.endings.append(Ending.FAILED)
    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    await rig.work_outside()

    again = await link(rig)
    assert (again["id"], again["state"], again["payment_hash"]) == (opened["id"], "open", None)
    assert "no route" in again["error_message"]
    leg = await refund_leg(rig)
    assert (leg["state"], leg["reason"], leg["target_kind"]) == ("skipped", "undispensed", None)
    assert (await rig.settlement_of(sale))["state"] == "processed"

    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    await rig.work_outside()
    assert (await refund_leg(rig))["state"] == "refunded"
    assert left_msat(rig) == 495_000


async def test_a_payment_without_a_decision_keeps_the_link_closed(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    rig.host.lightning.endings.append(Ending.PENDING)
    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    for _ in range(4):
        await rig.work_outside()
        rig.clock.advance(seconds=60)

    assert ((await link(rig))["state"], (await refund_leg(rig))["state"]) == ("claimed", "unresolved")
    with pytest.raises(WithdrawalRefused):
        await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    rig.host.lightning.decide("success")
    rig.clock.advance(seconds=600)
    await rig.work_outside()
    assert ((await link(rig))["state"], (await refund_leg(rig))["state"]) == ("paid", "refunded")
    assert (await rig.settlement_of(sale))["state"] == "processed"


async def test_a_cancelled_or_expired_link_pays_nobody_and_makes_room_for_another(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    first = await make_link(rig, sale)
    with pytest.raises(RefundUnderWay):
        await make_link(rig, sale)
    await cancel_refund(rig.store, await settlement_of(rig, sale), by=OPERATOR)
    second = await make_link(rig, sale)
    rig.clock.advance(seconds=OPEN_SECONDS)

    for dead in (first, second):
        with pytest.raises(WithdrawalRefused):
            await hand_in(rig.store, rig.host, dead["k1"], await customers_invoice(rig, 495_000))
    third = await make_link(rig, sale)
    states = await rig.rows("SELECT state FROM satmachineadmin.withdrawals ORDER BY created_at, id")
    assert [row["state"] for row in states] == ["cancelled", "expired", "open"]
    assert third["k1"] not in (first["k1"], second["k1"])


async def test_the_customers_own_invoice_of_a_machines_wallet_is_refused(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    rig.host.lightning.add_target("machine", wallet_id=MACHINE_WALLET)
    terms = await rig.host.lightning.terms("machine")
    invoice = await rig.host.lightning.invoice(terms, 495_000)

    with pytest.raises(WithdrawalRefused, match="machine's wallet"):
        await hand_in(rig.store, rig.host, opened["k1"], invoice.bolt11)


async def test_the_same_invoice_serves_no_second_link(make_rig: MakeRig) -> None:
    """Two sales, two links, one invoice: the second claim is refused, whoever comes first."""
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    invoice = await customers_invoice(rig, 495_000)
    await hand_in(rig.store, rig.host, opened["k1"], invoice)
    await rig.work_outside()
    async with rig.store.transaction("setup") as books:
        await books.sql.run("UPDATE satmachineadmin.withdrawals SET state = 'open'")

    with pytest.raises(WithdrawalRefused, match="another payment"):
        await hand_in(rig.store, rig.host, opened["k1"], invoice)


async def test_without_undispensed_sats_there_is_nothing_to_refund(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    sale = rig.sell()
    await rig.work()
    with pytest.raises(NothingToRefund):
        await make_link(rig, sale)


async def test_a_refund_is_a_payment_that_the_books_know(make_rig: MakeRig) -> None:
    """No difference for the reconciler, and no sign of a restored copy for what is still to be paid."""
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    rig.host.lightning.fee_msat = 1250
    await hand_in(rig.store, rig.host, opened["k1"], await customers_invoice(rig, 495_000))
    await rig.work_outside()

    await reconcile_once(rig.store, rig.host, rig.lease, lambda: False)
    assert await rig.worklist() == []

    settlement = await settlement_of(rig, sale)
    async with rig.store.reading() as books:
        legs = await books.legs.of(settlement.id)
    refunded = [leg for leg in legs if leg.state is LegState.REFUNDED]
    to_pay = replace(legs[0], state=LegState.PENDING)
    marks = restored_marks(settlement, [to_pay, *refunded])
    assert marks == [f"sm1:{sale.payment_hash}:{to_pay.key}:"]


async def test_while_a_link_is_open_nothing_else_becomes_of_the_sats(make_rig: MakeRig) -> None:
    rig, sale = await half_dispensed(make_rig)
    await make_link(rig, sale)
    settlement = await settlement_of(rig, sale)
    async with rig.store.reading() as books:
        (owed,) = [leg for leg in await books.legs.of(settlement.id) if leg.state is LegState.SKIPPED]

    with pytest.raises(RefundUnderWay):
        async with rig.store.transaction("test", actor=OPERATOR) as books:
            await keep_leg(books, settlement, owed, "it is mine")
    await cancel_refund(rig.store, settlement, by=OPERATOR)
    async with rig.store.transaction("test", actor=OPERATOR) as books:
        await keep_leg(books, settlement, owed, "the customer took cash instead")
    with pytest.raises(NothingToRefund):
        await make_link(rig, sale)


async def test_a_claim_sets_nothing_going_that_a_person_had_stopped(make_rig: MakeRig) -> None:
    """The wallet was short, the operator stopped the payout and then topped the wallet up."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.limits = RESERVE
    settlement_id = await pending(rig)
    await dispense(rig, settlement_id)
    rig.host.send(MACHINE_WALLET, 1000)
    await rig.work(2)
    (sale,) = await rig.settlements()
    assert (sale["state"], sale["waits_code"]) == ("processing", "wallet_short")
    async with rig.store.reading() as books:
        settlement = await books.settlements.get(settlement_id)
    assert settlement is not None
    await open_refund(rig.store, rig.host, settlement, "half of it jammed", by=OPERATOR)
    await reset(rig, settlement_id)
    rig.host.receive(MACHINE_WALLET, 5000, memo="Admin credit")
    opened = await link(rig)

    with pytest.raises(WithdrawalRefused, match="not ready"):
        bolt11 = await customers_invoice(rig, opened["amount_msat"])
        await hand_in(rig.store, rig.host, opened["k1"], bolt11)
    await rig.work(2)
    await rig.work_outside()

    assert (await rig.settlements())[0]["state"] == "errored"
    assert "ana's wallet" not in rig.balances()
    await retry(rig, settlement_id)
    await rig.work(2)
    await hand_in(rig.store, rig.host, opened["k1"], bolt11)
    await rig.work_outside()
    assert ((await link(rig))["state"], rig.balances()["ana's wallet"]) == ("paid", 500)
