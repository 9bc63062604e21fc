"""A paired machine sells over HTTP: what it posts, what it is told, what its report does."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import uuid4

import pytest

from tests.harness import LnbitsServer
from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop, check_conservation

#: 200 EUR at 5 sats and 10 %: 1000 and 100 sats
SALE = {"version": 1, "fiat_amount": "200.00", "exchange_rate": "5"}


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    opened = Shop.open(server, cash={"ana": "2000.00"})
    opened.api.put(f"{DCA}/machines/{opened.machine['id']}", {"cash_out_fee_pct": "10"})
    return opened


@pytest.fixture(scope="module")
def machine(shop: Shop) -> Machine:
    return Machine.paired(shop.server.url, shop.api, shop.machine["id"])


def asked(machine: Machine, **changes: Any) -> dict[str, Any]:
    """A cash-out that was asked for, with its invoice."""
    body = {"txid": uuid4().hex, **SALE, **changes}
    answer: dict[str, Any] = machine.post("/cash-out", body, expect=201)
    return answer


def paid(shop: Shop, machine: Machine, **changes: Any) -> dict[str, Any]:
    """The same, paid by the customer, as the waiting machine is told it."""
    one = asked(machine, **changes)
    shop.server.pay_invoice(shop.customer, one["invoice"])
    told: dict[str, Any] = machine.get(f"/transactions/{one['txid']}?wait=25&known=invoiced")
    assert told["paid"] is True, told
    return told


def settlement_of(shop: Shop, one: dict[str, Any], *states: str) -> dict[str, Any]:
    """The sale of a transaction, once it is in one of these states."""

    def there() -> dict[str, Any] | None:
        rows = shop.api.get(f"{DCA}/settlements", search=one["payment_hash"])["data"]
        found = shop.api.get(f"{DCA}/settlements/{rows[0]['id']}") if rows else None
        return found if found and found["state"] in states else None

    sale: dict[str, Any] = shop.server.wait_for(there, f"a sale that is {states}")
    return sale


def test_a_machine_sells_and_its_report_pays_out(shop: Shop, machine: Machine) -> None:
    config = machine.get("/config")
    assert (config["payout_policy"], config["cash_out"]["fee_pct"]) == ("on_dispense", "10")
    body = {"txid": uuid4().hex, **SALE, "bills": [{"denomination": "50", "count": 4}]}
    one = machine.post("/cash-out", body, expect=201)
    assert (one["principal_sats"], one["fee_sats"], one["wire_sats"]) == (1000, 100, 1100)
    assert machine.post("/cash-out", body, expect=200) == one

    shop.server.pay_invoice(shop.customer, one["invoice"])
    told = machine.get(f"/transactions/{one['txid']}?wait=25&known=invoiced")
    assert (told["state"], told["paid"]) == ("paid", True)
    held = settlement_of(shop, told, "held")
    assert (held["reason"], held["origin"], held["txid"]) == ("awaiting_dispense", "signed", one["txid"])

    report = {"txid": one["txid"], "version": 2, "outcome": "complete", "bills": body["bills"]}
    assert machine.post("/dispense", report)["dispense"] == "complete"
    sale = settlement_of(shop, told, "processed")
    check_conservation(sale)
    assert sale["transaction"]["signer_npub"].startswith("npub1")
    assert [leg["sats"] for leg in sale["legs"] if leg["leg_type"] == "dca"] == [1000]


def test_a_waiting_machine_is_told_at_once_and_holds_up_nobody(shop: Shop, machine: Machine) -> None:
    one = asked(machine)
    told: list[dict[str, Any]] = []
    waiting = threading.Thread(
        target=lambda: told.append(machine.get(f"/transactions/{one['txid']}?wait=25&known=invoiced"))
    )
    waiting.start()
    time.sleep(0.2)
    started = time.monotonic()
    shop.server.pay_invoice(shop.customer, one["invoice"])
    waiting.join(20)
    assert [answer["state"] for answer in told] == ["paid"]
    assert time.monotonic() - started < 10


def test_older_news_other_facts_and_others_transactions_are_refused(shop: Shop, machine: Machine) -> None:
    one = asked(machine, version=5)
    again = {"txid": one["txid"], **SALE}
    assert machine.post("/cash-out", {**again, "version": 4}, expect=409)["code"] == "stale"
    for field, value in (("fiat_amount", "100.00"), ("exchange_rate", "5.01")):
        refused = machine.post("/cash-out", {**again, "version": 6, field: value}, expect=409)
        assert (refused["code"], refused["field"]) == ("ratchet", field)
    other = Shop.open(shop.server, shares=())
    stranger = Machine.paired(shop.server.url, other.api, other.machine["id"])
    assert stranger.get(f"/transactions/{one['txid']}", expect=404)["code"] == "not_found"
    report = {"txid": one["txid"], "version": 1, "outcome": "complete"}
    assert stranger.post("/dispense", report, expect=404)["code"] == "not_found"
    assert machine.post("/dispense", report, expect=409)["code"] == "not_paid"


def test_what_came_out_in_part_is_what_is_paid_out(shop: Shop, machine: Machine) -> None:
    told = paid(shop, machine)
    report = {"txid": told["txid"], "version": 2, "outcome": "partial", "fiat_amount": "50.00"}
    assert machine.post("/dispense", report)["dispensed_amount"] == "50.00"
    sale = settlement_of(shop, told, "processed")
    check_conservation(sale)
    assert sale["fiat_amount"] == "50.00"
    kept = [leg["sats"] for leg in sale["legs"] if leg["reason"] == "undispensed"]
    assert kept == [1100 - 250 - 25]


def test_where_nothing_came_out_the_customer_gets_its_sats_back(shop: Shop, machine: Machine) -> None:
    told = paid(shop, machine)
    machine.post("/dispense", {"txid": told["txid"], "version": 2, "outcome": "failed"})
    held = settlement_of(shop, told, "held")
    assert (held["reason"], held["transaction"]["can_refund_failed"]) == ("dispense_failed", True)
    assert held["transaction"]["refund_sats"] == 1100
    kinds = [row["kind"] for row in shop.api.get(f"{DCA}/worklist", is_open=True)["data"]]
    assert "dispense_failed" in kinds
    path = f"{DCA}/settlements/{held['id']}"
    link = shop.api.post(f"{path}/refund", {"reason": "it jammed"}, expect=201)["refund"]
    settlement_of(shop, told, "processed")
    before = shop.server.balance_sats(shop.customer)
    shop.fetch(link["lnurl"], shop.customer)
    shop.server.wait_for(
        lambda: shop.server.balance_sats(shop.customer) == before + link["amount_sats"], "the refund"
    )
    sale = settlement_of(shop, told, "processed")
    check_conservation(sale)
    assert [leg["state"] for leg in sale["legs"] if leg["sats"] == 1100] == ["voided", "refunded"]


def test_a_late_report_is_refunded_from_a_wallet_of_the_operators(shop: Shop, machine: Machine) -> None:
    path = f"{DCA}/machines/{shop.machine['id']}"
    shop.api.put(path, {"payout_policy": "at_once"})
    told = paid(shop, machine)
    shop.api.put(path, {"payout_policy": "on_dispense"})
    settlement_of(shop, told, "processed")
    machine.post("/dispense", {"txid": told["txid"], "version": 2, "outcome": "failed"})
    sale = settlement_of(shop, told, "processed")
    assert (sale["transaction"]["stayed_amount"], sale["transaction"]["can_refund_late"]) == ("200.00", True)
    assert sale["transaction"]["refund_sats"] == 1100
    purse = shop.operator.wallet
    shop.server.top_up(purse, 5000)
    refund = f"{DCA}/settlements/{sale['id']}/refund"
    refused = {"reason": "it jammed", "wallet_id": shop.machine_wallet.id}
    assert shop.api.post(refund, refused, expect=422)["code"] == "machine_wallet_refused"
    link = shop.api.post(refund, {"reason": "it jammed", "wallet_id": purse.id}, expect=201)["refund"]
    before = shop.server.balance_sats(shop.customer)
    shop.fetch(link["lnurl"], shop.customer)
    shop.server.wait_for(
        lambda: shop.server.balance_sats(shop.customer) == before + link["amount_sats"], "the refund"
    )
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settlements/{sale['id']}")["refund"]["state"] == "paid", "its record"
    )
    again = shop.api.post(refund, {"reason": "it jammed", "wallet_id": purse.id}, expect=409)
    assert again["code"] == "nothing_to_refund"
    matters = shop.api.get(f"{DCA}/worklist", is_open=True)["data"]
    assert "late_dispense" not in [row["kind"] for row in matters]


#: What somebody with the wallet's invoice key writes who would like to be paid for nothing.
FORGED: dict[str, dict[str, object]] = {
    "principal above wire": {"principal_sats": 10**9},
    "1,000.00 of fiat for 10 sats": {"principal_sats": 10, "fee_sats": 0, "fiat_amount": "1000.00"},
    "another machine's key": {"machine_npub": "ab" * 32},
    "the machine's own key": {"nostr_sender_pubkey": "$key", "machine_npub": "$key"},
    "a cash-in on an invoice": {"type": "cash_in"},
    "a rate of nothing": {"exchange_rate": "0"},
    "a rate out of this world": {"exchange_rate": "1000000000000"},
    "nothing forged but the signature": {},
}


@pytest.mark.parametrize("lie", FORGED)
def test_a_stamp_that_was_written_with_an_invoice_key_pays_nobody(
    shop: Shop, machine: Machine, lie: str
) -> None:
    forged = {name: machine.key_hex if value == "$key" else value for name, value in FORGED[lie].items()}
    stamp = shop.stamp(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    wire = 10 if forged.get("principal_sats") == 10 else 1100
    invoice = shop.server.create_invoice(shop.machine_wallet, wire, memo="forged", extra={**stamp, **forged})
    before = shop.balances()
    shop.server.pay_invoice(shop.customer, invoice.bolt11)
    sale = shop.settled(invoice)
    assert (sale["state"], sale["legs"]) == ("rejected", [])
    after = {**shop.balances(), "machine": before["machine"]}
    assert after == before


@pytest.mark.parametrize("tx_type", ["cash_out", "cash_in"])
def test_a_stamp_on_what_leaves_the_wallet_pays_nobody(shop: Shop, machine: Machine, tx_type: str) -> None:
    """Written with the admin key, which no machine has."""
    shop.server.top_up(shop.machine_wallet, 2000)
    stamp = shop.stamp(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    wire = 1100 if tx_type == "cash_out" else 900
    invoice = shop.server.create_invoice(shop.customer, wire, memo="forged")
    before = shop.balances()
    shop.server.pay_invoice(shop.machine_wallet, invoice.bolt11, extra={**stamp, "type": tx_type})
    sale = shop.settled(invoice)
    assert (sale["state"], sale["legs"]) == ("rejected", [])
    assert sale["reason"] == ("wrong_direction" if tx_type == "cash_out" else "unsigned")
    assert {**shop.balances(), "machine": before["machine"]} == before


def test_the_stock_way_settles_for_a_paired_machine_where_its_operator_lets_it(
    shop: Shop, machine: Machine
) -> None:
    path = f"{DCA}/machines/{shop.machine['id']}"
    shop.api.put(path, {"takes_unsigned": True, "payout_policy": "at_once"})
    sale = shop.settled(
        shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    )
    shop.api.put(path, {"takes_unsigned": False, "payout_policy": "on_dispense"})
    assert (sale["state"], sale["origin"]) == ("processed", "stamp")
