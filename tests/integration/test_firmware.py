"""Trades with a firmware that was written from docs/reference/machine-interface.md alone, on a real LNbits.

One machine lives through all of it, in the order of the file; the server goes away for a while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.firmware import Firmware, Post
from tests.firmware.line import Offline, Refused
from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop, check_conservation, sats_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")

RATE = "5"
#: A long poll lasts 25 s: whoever answers sooner was woken.
SOON_S = 15


@dataclass
class Plaza:
    """The shop, its machine, and the customer who stands at it."""

    shop: Shop
    file: Path
    pool: ThreadPoolExecutor
    firmware: Firmware = field(init=False)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.power_up()

    def power_up(self) -> Firmware:
        """The firmware as it begins with what its disk has."""
        self.firmware = Firmware(self.file, sleep=self.sleep)
        return self.firmware

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        time.sleep(seconds)

    @property
    def machine(self) -> str:
        return f"{DCA}/machines/{self.shop.machine['id']}"

    def pair(self) -> dict[str, Any]:
        told = self.shop.api.post(f"{self.machine}/pairing", expect=201)
        return self.firmware.pair(told["url"])

    def pays(self, invoice: str) -> None:
        """The customer scans the invoice; the machine waits meanwhile."""
        self.pool.submit(self.shop.server.pay_invoice, self.shop.customer, invoice)

    def claims(self, lnurl: str) -> None:
        self.pool.submit(self.shop.fetch, lnurl, self.shop.customer)

    def sell(self, bills: Mapping[str, int], came: Mapping[str, int]) -> dict[str, Any]:
        return self.firmware.sell(bills, rate=RATE, show=self.pays, give=lambda _wanted: came)

    def settlement(self, transaction: Mapping[str, Any], state: str, reason: str | None) -> dict[str, Any]:
        """The settlement of a transaction as the operator sees it, once it is in this state."""

        def found() -> dict[str, Any] | None:
            rows = self.shop.api.get(f"{DCA}/settlements", search=transaction["payment_hash"])["data"]
            assert len(rows) <= 1
            if not rows or (rows[0]["state"], rows[0]["reason"]) != (state, reason):
                return None
            whole: dict[str, Any] = self.shop.api.get(f"{DCA}/settlements/{rows[0]['id']}")
            return whole

        settlement: dict[str, Any] = self.shop.server.wait_for(found, f"{state} settlement")
        return settlement

    def books(self) -> tuple[int, dict[str, int], dict[str, Any]]:
        """What nothing that is said twice may change."""
        total = self.shop.api.get(f"{DCA}/settlements")["total"]
        cash = self.shop.api.get(f"{self.machine}/cash-position")
        return total, self.shop.balances(), {unit["denomination"]: unit["expected"] for unit in cash["units"]}


@pytest.fixture(scope="module")
def plaza(server: LnbitsServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plaza]:
    shop = Shop.open(server, cash={"ana": "500.00", "ben": "300.00", "carol": "200.00"})
    server.top_up(shop.machine_wallet, 10_000)
    fees = {"cash_out_fee_pct": "10", "cash_in_fee_pct": "4"}
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", fees)
    with ThreadPoolExecutor(1) as pool:
        plaza = Plaza(shop, tmp_path_factory.mktemp("firmware") / "machine.json", pool)
        plaza.pair()
        yield plaza


def test_a_machine_is_paired_by_what_its_qr_code_says(plaza: Plaza) -> None:
    config = plaza.firmware.read_config()
    machine = plaza.shop.api.get(plaza.machine)
    assert config["machine_id"] == machine["id"]
    assert config["npub"] == machine["key"]["npub"]
    assert (config["cash_out"]["fee_pct"], config["cash_in"]["fee_pct"]) == ("10", "4")
    assert config["payout_policy"] == "on_dispense"


def test_a_sale_whose_notes_all_came_out_is_paid_to_everybody(plaza: Plaza) -> None:
    began = time.monotonic()
    sale = plaza.sell({"50": 4}, came={"50": 4})
    assert time.monotonic() - began < SOON_S
    assert (sale["state"], sale["dispense"], sale["dispensed_amount"]) == ("paid", "complete", "200.00")
    assert (sale["principal_sats"], sale["fee_sats"], sale["wire_sats"]) == (1000, 100, 1100)

    settlement = plaza.settlement(sale, "processed", None)
    assert sats_of(settlement, "super_fee") == [30]
    assert sats_of(settlement, "operator_split") == [35, 21, 14]
    assert sats_of(settlement, "dca") == [500, 300, 200]
    assert settlement["transaction"]["signer_npub"] == plaza.firmware.config["npub"]
    check_conservation(settlement)


def test_of_a_sale_whose_notes_came_out_in_part_the_rest_is_kept_for_the_customer(plaza: Plaza) -> None:
    sale = plaza.sell({"50": 4}, came={"50": 1, "20": 1})
    assert (sale["state"], sale["dispense"], sale["dispensed_amount"]) == ("paid", "partial", "70.00")

    settlement = plaza.settlement(sale, "processed", None)
    assert sum(sats_of(settlement, "dca")) == 350
    kept = [leg["sats"] for leg in settlement["legs"] if leg["reason"] == "undispensed"]
    assert sum(kept) == 715
    check_conservation(settlement)


def test_a_sale_without_a_note_is_left_to_the_operator(plaza: Plaza) -> None:
    sale = plaza.sell({"50": 2}, came={})
    assert (sale["state"], sale["dispense"], sale["dispensed_amount"]) == ("paid", "failed", "0.00")
    settlement = plaza.settlement(sale, "held", "dispense_failed")
    assert settlement["transaction"]["can_refund_failed"]


def test_three_notes_are_a_link_that_the_customers_wallet_claims(plaza: Plaza) -> None:
    before = plaza.shop.server.balance_sats(plaza.shop.customer)
    purchase = plaza.firmware.buy(["50", "20", "10"], rate=RATE, show=plaza.claims, patience=SOON_S)
    assert (purchase["state"], purchase["paid"], purchase["fiat_amount"]) == ("paid", True, "80.00")
    assert (purchase["principal_sats"], purchase["fee_sats"], purchase["wire_sats"]) == (400, 16, 384)
    assert plaza.shop.server.balance_sats(plaza.shop.customer) - before == 384

    settlement = plaza.settlement(purchase, "processed", None)
    assert settlement["tx_type"] == "cash_in"
    assert settlement["commission_sats"] == 16


def test_no_note_is_taken_beyond_what_the_server_says(plaza: Plaza) -> None:
    plaza.shop.api.put(f"{plaza.machine}/limits", {"cash_in": {"transaction": "60.00"}})
    purchase = plaza.firmware.buy(["50", "20", "10"], rate=RATE, show=plaza.claims, patience=SOON_S)
    assert (purchase["state"], purchase["fiat_amount"]) == ("paid", "60.00")
    assert [note["id"] for note in purchase["notes"]] == ["1", "2"]
    # the machine read the changed configuration by itself
    assert plaza.firmware.config["cash_in"]["most_per_transaction"] == "60.00"


def test_a_wallet_that_cannot_pay_is_known_before_the_first_note(plaza: Plaza) -> None:
    plaza.shop.api.put(f"{plaza.machine}/limits", {"cash_in": {"transaction": "50000.00"}})
    with pytest.raises(Refused) as caught:
        plaza.firmware.begin_buying(RATE)
    assert caught.value.code == "too_few_sats"
    plaza.shop.api.put(f"{plaza.machine}/limits", {"cash_in": {"transaction": None}})


def test_a_customer_without_a_note_leaves_nothing_behind(plaza: Plaza) -> None:
    purchase = plaza.firmware.buy([], rate=RATE, show=plaza.claims, patience=SOON_S)
    assert (purchase["state"], purchase["lnurl"]) == ("cancelled", None)


def test_a_held_purchase_is_shown_once_its_operator_has_released_it(plaza: Plaza) -> None:
    plaza.shop.api.put(f"{plaza.machine}/limits", {"cash_in": {"hold_above": "60.00"}})
    began = plaza.firmware.begin_buying(RATE)
    plaza.firmware.take_note(began["txid"], "100")
    held = plaza.firmware.finish_buying(began["txid"])
    assert (held["state"], held["waits_for"], held["lnurl"]) == ("held", "above_threshold", None)

    rows = plaza.shop.api.get(f"{DCA}/transactions", machine_id=plaza.shop.machine["id"], state="held")
    (row,) = rows["data"]
    plaza.pool.submit(plaza.shop.api.post, f"{DCA}/transactions/{row['id']}/release")
    offered = plaza.firmware.wait_while(began["txid"], "held", SOON_S)
    assert offered["state"] == "offered"
    plaza.claims(offered["lnurl"])
    assert plaza.firmware.wait_while(began["txid"], "offered", SOON_S)["state"] == "paid"
    plaza.shop.api.put(f"{plaza.machine}/limits", {"cash_in": {"hold_above": None}})


def test_cash_that_the_machine_counts_and_a_changed_fee_go_by_the_heartbeat(plaza: Plaza) -> None:
    plaza.shop.api.put(plaza.machine, {"cash_out_fee_pct": "8"})
    units = [{"unit": "cassette", "denomination": "50", "count": 196, "capacity": 500}]
    answer = plaza.firmware.heartbeat(units)
    assert abs(answer["server_time"] - time.time()) < SOON_S
    assert plaza.firmware.config["cash_out"]["fee_pct"] == "8"

    assert plaza.shop.api.get(plaza.machine)["key"]["software"] == "bitspire-docs 1.0"
    cash = plaza.shop.api.get(f"{plaza.machine}/cash-position")
    (cassette,) = [unit for unit in cash["units"] if unit["unit"] == "cassette" and unit["reported"]]
    assert (cassette["denomination"], cassette["reported"], cassette["expected"]) == ("50", 196, 196)


def test_whatever_is_posted_again_is_answered_again_and_booked_once(plaza: Plaza) -> None:
    before = plaza.books()
    first, second = plaza.firmware.everything_again(), plaza.firmware.everything_again()
    assert first == second
    assert len(first) == 10
    assert plaza.firmware.troubles == []
    assert plaza.books() == before


def contradiction(post: Post) -> dict[str, Any]:
    """The post as if the machine had changed its mind."""
    if post.path != "/dispense":
        return {**post.body, "exchange_rate": "5.01"}
    outcome = "complete" if post.body["outcome"] == "failed" else "failed"
    return {"txid": post.body["txid"], "outcome": outcome}


def test_what_was_overtaken_is_stale_and_what_contradicts_is_refused(plaza: Plaza) -> None:
    before = plaza.books()
    overtaken = contradicted = 0
    for business in plaza.firmware.memory.businesses.values():
        for post in business.posts:
            if post is business.newest(post.path):
                expected, contradicted = "ratchet", contradicted + 1
                body = {**contradiction(post), "version": business.version + 1}
            else:
                expected, overtaken = "stale", overtaken + 1
                body = post.body
            with pytest.raises(Refused) as caught:
                plaza.firmware.line.ask("POST", post.path, body)
            assert caught.value.code == expected
    assert overtaken >= 8
    assert contradicted == 10
    assert plaza.books() == before


def test_a_machine_with_a_wrong_clock_sets_it_by_the_servers(plaza: Plaza) -> None:
    firmware = plaza.power_up()
    firmware.line.clock = lambda: time.time() - 3600
    assert firmware.read_config()["active"]
    assert abs(firmware.line.ahead - 3600) < SOON_S


def test_an_outage_and_a_power_cut_lose_no_note_and_no_report(plaza: Plaza) -> None:
    """A sale is paid and dispensed, and three notes are in the box, when there is no line any more."""
    server, firmware = plaza.shop.server, plaza.firmware
    purchase = firmware.begin_buying(RATE)
    firmware.take_note(purchase["txid"], "50")

    def give_and_lose_the_line(bills: Mapping[str, int]) -> Mapping[str, int]:
        server.stop()
        firmware.line.tries = 1
        return bills

    with pytest.raises(Offline):
        firmware.sell({"50": 2}, rate=RATE, show=plaza.pays, give=give_and_lose_the_line)
    for denomination in ("20", "10"):
        with pytest.raises(Offline):
            firmware.take_note(purchase["txid"], denomination)
    with pytest.raises(Offline):
        firmware.finish_buying(purchase["txid"])

    firmware = plaza.power_up()
    firmware.line.tries = 1
    firmware.idle([])
    assert len(firmware.troubles) == 1
    server.start()
    told = {answer["tx_type"]: answer for answer in firmware.catch_up()}
    assert told["cash_out"]["dispense"] == "complete"
    assert (told["cash_in"]["state"], told["cash_in"]["fiat_amount"]) == ("offered", "80.00")
    plaza.settlement(told["cash_out"], "processed", None)
    plaza.claims(told["cash_in"]["lnurl"])
    assert firmware.wait_while(purchase["txid"], "offered", SOON_S)["state"] == "paid"
    assert firmware.catch_up() == []


def test_notes_that_the_server_hears_of_too_late_are_a_purchase_of_their_own(plaza: Plaza) -> None:
    """It has offered what it knew of when the machine had said nothing for a quarter of an hour."""
    firmware = plaza.power_up()
    purchase = firmware.begin_buying(RATE)
    firmware.take_note(purchase["txid"], "50")
    base, firmware.line.base, firmware.line.tries = firmware.line.base, "http://127.0.0.1:1", 1
    for denomination in ("20", "10"):
        with pytest.raises(Offline):
            firmware.take_note(purchase["txid"], denomination)
    with pytest.raises(Offline):
        firmware.finish_buying(purchase["txid"])

    statement = "UPDATE satmachineadmin.machine_transactions SET updated_at = 0 WHERE txid = :txid"
    plaza.shop.server.sql(statement, txid=purchase["txid"])
    firmware.line.base, firmware.line.tries = base, 4
    offered = firmware.wait_while(purchase["txid"], "collecting", SOON_S)
    assert (offered["state"], offered["fiat_amount"]) == ("offered", "50.00")
    (rest,) = firmware.catch_up()
    assert (rest["state"], rest["fiat_amount"]) == ("offered", "30.00")
    assert rest["txid"] != purchase["txid"]
    assert firmware.catch_up() == []
    for link in (offered, rest):
        plaza.claims(link["lnurl"])
        assert firmware.wait_while(link["txid"], "offered", SOON_S)["state"] == "paid"


def test_an_invoice_that_is_paid_when_nobody_waits_any_more_is_given_back(plaza: Plaza) -> None:
    firmware = plaza.power_up()
    sale = firmware.ask_invoice({"50": 1}, RATE)
    firmware = plaza.power_up()
    plaza.pays(sale["invoice"])
    paid = firmware.wait_while(sale["txid"], "invoiced", SOON_S)
    firmware.leave_no_sale_open()
    assert firmware.transaction(sale["txid"])["dispense"] == "failed"
    assert plaza.settlement(paid, "held", "dispense_failed")["transaction"]["can_refund_failed"]


def test_a_machine_whose_key_was_revoked_goes_on_once_it_is_paired_again(plaza: Plaza) -> None:
    plaza.shop.api.post(f"{plaza.machine}/revoke", {"reason": "it was stolen"})
    with pytest.raises(Refused) as caught:
        plaza.firmware.read_config()
    assert caught.value.code == "unknown_key"
    plaza.pair()
    assert plaza.firmware.read_config()["active"]


def test_a_machine_that_asks_too_often_waits_and_is_answered(plaza: Plaza) -> None:
    firmware = plaza.power_up()
    plaza.slept.clear()
    for _ in range(100):
        assert firmware.read_config()["active"]
        if plaza.slept:
            break
    assert plaza.slept
    assert plaza.slept[0] >= 1
