"""The LP's own, over HTTP on both databases: it begins by one act, decides alone, and its figures add up."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.harness import Api, LnbitsServer
from tests.harness.pay_links import Link, PayLinks
from tests.harness.people import PASSWORD, User, Wallet
from tests.harness.shop import DCA, LP, Shop

from .api.world import digest

SALE = {"principal_sats": 1000, "commission_sats": 0, "fiat_amount": "200.00", "exchange_rate": "5"}
BETTER = {"principal_sats": 1080, "commission_sats": 0, "fiat_amount": "200.00", "exchange_rate": "5.4"}
READS = ("preferences", "preferences/history", "enrolments", "summary", "positions", "chart", "cash")
MORE_READS = (
    "transactions",
    "statements",
    "reports/transactions.csv",
    "reports/cash.csv",
    "reports/koinly.csv",
)


def invited(shop: Shop) -> tuple[User, str]:
    """Somebody new, and the secret of a link."""
    body = {"machine_id": shop.machine["id"], "display_name": "Nina"}
    link = shop.api.post(f"{DCA}/clients", body)["link"]
    return shop.server.create_user(f"nina{uuid4().hex[:6]}"), link.partition("#")[2]


def test_one_act_begins_everything_and_no_reading_begins_anything(server: LnbitsServer) -> None:
    shop = Shop.open(server, shares=())
    nina, token = invited(shop)
    api, before = server.api(nina), digest(server)
    for path in (*READS, *MORE_READS):
        api.get(f"{LP}/{path}")
    offer = api.post(f"{LP}/invitation/look", {"token": token})
    assert (offer["onboarded"], offer["currency"], offer["machine_name"]) == (False, "EUR", "Plaza")
    assert digest(server) == before

    chosen = {"token": token, "dca_wallet_id": nina.wallet.id, "time_zone": "Asia/Tokyo"}
    refused = api.post(f"{LP}/invitation/accept", {**chosen, "time_zone": "Mars/Olympus"}, expect=422)
    assert refused["code"] == "unknown_time_zone"
    assert digest(server) == before
    assert api.post(f"{LP}/invitation/accept", chosen)["status"] == "active"

    now = api.get(f"{LP}/preferences")
    assert (now["dca_wallet_id"], now["time_zone"], now["onboarded"]) == (nina.wallet.id, "Asia/Tokyo", True)
    entry = {"client_id": shop.api.get(f"{DCA}/clients")["data"][0]["id"], "amount": "5.00"}
    assert shop.api.post(f"{DCA}/deposits", entry)["status"] == "pending"


@dataclass
class Forwarding:
    """Ana, who passes her sats on to a wallet of her own on this LNbits."""

    shop: Shop
    savings: Wallet
    url: str

    @property
    def api(self) -> Api:
        return self.shop.server.api(self.shop.lps["ana"])

    def wait_for_forwards(self, count: int) -> None:
        def gone() -> bool:
            page = self.api.get(f"{LP}/transactions", leg_type="autoforward", state="completed")
            return bool(page["total"] == count)

        self.shop.server.wait_for(gone, f"{count} forwards")


@pytest.fixture
def forwarding(server: LnbitsServer) -> Iterator[Forwarding]:
    shop = Shop.open(server, shares=(), cash={"ana": "1000.00"}, super_fee_pct="0")
    savings = server.create_user(f"savings{uuid4().hex[:6]}").wallet
    with PayLinks() as links:
        link = Link(invoice=lambda msat: server.create_invoice(savings, msat // 1000).bolt11)
        yield Forwarding(shop=shop, savings=savings, url=links.add("savings", link))


def test_an_address_is_asked_without_paying_and_used_only_when_it_is_confirmed(
    forwarding: Forwarding,
) -> None:
    shop, api, url = forwarding.shop, forwarding.api, forwarding.url
    terms = api.post(f"{LP}/preferences/address/test", {"address": url})
    assert (terms["least_sats"] >= 1, terms["kind"]) == (True, "lnurl")
    gone = api.post(f"{LP}/preferences/address/test", {"address": "lnurlp://127.0.0.1:9/x"}, expect=422)
    assert gone["code"] == "address_refused"

    choice = {"autoforward_ln_address": url, "autoforward_enabled": True}
    waits = api.put(f"{LP}/preferences", choice)
    assert (waits["autoforward_ln_address"], waits["autoforward_next_address"]) == (None, terms["address"])
    shop.settled(shop.sell(**SALE))
    seen = {"address": terms["address"], "password": PASSWORD}
    another = {**seen, "address": "thief@example.com"}
    moved = api.post(f"{LP}/preferences/address/confirm", another, expect=409)
    assert moved["code"] == "state_moved"
    wrong = api.post(f"{LP}/preferences/address/confirm", {**seen, "password": "guess"}, expect=403)
    assert (wrong["code"], wrong["left"]) == ("wrong_password", 4)
    assert api.get(f"{LP}/transactions", leg_type="autoforward")["total"] == 0
    confirmed = api.post(f"{LP}/preferences/address/confirm", seen)
    assert confirmed["autoforward_ln_address"] == terms["address"]
    assert api.post(f"{LP}/preferences/address/confirm", seen, expect=409)

    history = api.get(f"{LP}/preferences/history")
    assert [one["how"] for one in history["data"]] == ["confirmed", "chosen", "chosen"]
    assert history["data"][0]["changes"][0]["after"] == terms["address"]


def test_the_files_the_statement_and_the_wallet_agree(forwarding: Forwarding) -> None:
    shop, api, server = forwarding.shop, forwarding.api, forwarding.shop.server
    wallet = shop.lps["ana"].wallet
    shop.settled(shop.sell(**SALE))
    shop.pass_on("ana", forwarding.url)
    time.sleep(1.1)  # what arrives within the second of the consent counts as earlier
    shop.settled(shop.sell(**BETTER))
    forwarding.wait_for_forwards(1)

    text = api.get(f"{LP}/reports/transactions.csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows.pop()["created_local"] == "END"
    got = sum(int(row["sent_sats"]) for row in rows if row["leg_type"] == "dca")
    gone = sum(
        1000 * int(row["sent_sats"]) + int(row["fee_msat"])
        for row in rows
        if row["leg_type"] == "autoforward"
    )
    assert (got, gone) == (2080, 1_080_000)
    assert 1000 * got - gone == server.balance_msat(wallet)
    assert server.balance_sats(forwarding.savings) == 1080

    fills = api.get(f"{LP}/transactions", leg_type="dca")["data"]
    assert [(fill["day_rate"], fill["premium_pct"]) for fill in fills] == [("5.2", "3.85"), ("5.2", "-3.85")]
    by_hash = api.get(f"{LP}/transactions", search=fills[0]["payment_hash"])
    assert [one["id"] for one in by_hash["data"]] == [fills[0]["id"]]

    summary = api.get(f"{LP}/summary")
    (euro,) = summary["currencies"]
    assert (euro["received_sats"], euro["forwarded_sats"], euro["average_rate"]) == (2080, 1080, "5.2")
    assert (euro["paid"], euro["remaining"], summary["waiting"]) == ("400.00", "600.00", [])
    (position,) = api.get(f"{LP}/positions")["data"]
    assert position["operator_name"] == shop.operator.username
    for period in ("week", "all"):
        chart = api.get(f"{LP}/chart", period=period)
        assert chart["sats"][-1]["sats"] == 2080
        assert chart["currencies"][0]["cash"][-1]["left"] == "600.00"

    _check_statement(api, shop)
    _check_koinly(api.get(f"{LP}/reports/koinly.csv"))


def _check_statement(api: Api, shop: Shop) -> None:
    (month,) = api.get(f"{LP}/statements")["data"]
    statement = api.get(f"{LP}/statement", month=month["month"])
    (machine,) = [line for line in statement["lines"] if line["line"] == "machine"]
    amounts = [Decimal(machine[name]) for name in ("opening", "entered", "turned", "closing")]
    assert amounts == [0, 1000, 400, 600]
    assert (machine["received_sats"], machine["forwarded_msat"]) == (2080, 1_080_000)

    def check(text: str) -> dict[str, Any]:
        checked: dict[str, Any] = api.post(f"{LP}/statement/check", {"text": text})
        return checked

    same = check(statement["text"].replace("\n", "\r\n"))
    assert (same["verdict"], same["sha256"]) == ("unchanged", statement["sha256"])
    (forged,) = check(statement["text"].replace('"sats":1000', '"sats":9000'))["changes"]
    assert (forged["before"]["sats"], forged["after"]["sats"]) == (9000, 1000)
    shop.enrol("ben", None)
    bens = shop.server.api(shop.lps["ben"]).post(f"{LP}/statement/check", {"text": statement["text"]})
    assert (bens["verdict"], bens["changes"]) == ("not_yours", [])

    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"name": "Market"})
    (renamed,) = check(statement["text"])["changes"]
    assert (renamed["before"]["name"], renamed["after"]["name"]) == ("Plaza", "Market")


def _check_koinly(text: str) -> None:
    """Cash in, two trades, one withdrawal: what is left is what the LP has."""
    rows = list(csv.DictReader(io.StringIO(text)))
    held: dict[str, Decimal] = {}
    for row in rows:
        assert row["Date"].endswith(" UTC")
        for sign, what in ((1, "Received"), (-1, "Sent"), (-1, "Fee")):
            if row[f"{what} Amount"]:
                currency = row[f"{what} Currency"]
                held[currency] = held.get(currency, Decimal(0)) + sign * Decimal(row[f"{what} Amount"])
    assert held == {"EUR": Decimal("600.00"), "BTC": Decimal("0.00001000")}
    assert len(rows) == 4


def test_cash_is_narrowed_by_kind_and_status(server: LnbitsServer) -> None:
    shop = Shop.open(server, shares=(), cash={"ana": "100.00"})
    shop.api.post(f"{DCA}/deposits", {"client_id": shop.clients["ana"]["id"], "amount": "5.00"})
    api = server.api(shop.lps["ana"])
    (waiting,) = api.get(f"{LP}/cash", status="pending", kind="deposit")["data"]
    assert (waiting["amount"], waiting["enrolment_id"]) == ("5.00", shop.clients["ana"]["id"])
    assert api.get(f"{LP}/cash", kind="moved")["total"] == 0
    assert api.get(f"{LP}/cash", until="2020-01-01")["total"] == 0
    assert api.get(f"{LP}/cash", status="gone", expect=422)["field"] == "status"
