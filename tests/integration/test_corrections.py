"""End to end: a sale without a stamp, a rejected payment, a balance paid off, and a rate put right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, LP, Shop, check_conservation, sats_of

SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}


def unstamped(shop: Shop, sats: int = 1100) -> dict[str, Any]:
    """A payment without a stamp, once it moves no more by itself."""
    invoice = shop.server.create_invoice(shop.machine_wallet, sats)
    shop.server.pay_invoice(shop.customer, invoice.bolt11)
    return shop.settled(invoice)


def final(shop: Shop, settlement_id: str, state: str = "processed") -> dict[str, Any]:
    """The settlement once it is in this state."""

    def there() -> dict[str, Any] | None:
        found: dict[str, Any] = shop.api.get(f"{DCA}/settlements/{settlement_id}")
        return found if found["state"] == state else None

    settlement: dict[str, Any] = shop.server.wait_for(there, state)
    return settlement


def test_a_fallback_sale_waits_for_its_rate_and_is_swept_to_the_lps(server: LnbitsServer) -> None:
    """1100 sats at 10 %: the commission goes at once, the 1000 of principal once their rate is known."""
    shop = Shop.open(server, cash={"ana": "300.00", "ben": "100.00"})
    machine = f"{DCA}/machines/{shop.machine['id']}"
    assert shop.api.put(machine, {"fallback_commission_pct": "10"})["fallback_commission_pct"] == "10"
    sale = unstamped(shop)
    assert (sale["state"], sale["origin"], sale["exchange_rate"]) == ("processed", "fallback", None)
    assert [leg["reason"] for leg in sale["legs"] if leg["state"] == "skipped"] == ["no_exchange_rate"]
    path = f"{DCA}/settlements/{sale['id']}"
    assert shop.api.post(f"{path}/sweep", {}, expect=409)["code"] == "not_sweepable"

    priced = shop.api.post(f"{path}/supply-rate/preview", {"exchange_rate": "5"})
    assert (priced["fiat_amount"], priced["is_plausible"]) == ("200.00", True)
    refused = shop.api.post(f"{path}/supply-rate", {"exchange_rate": "50"}, expect=422)
    assert (refused["code"], refused["reference_rate"]) == ("implausible_rate", "5")
    shop.api.post(f"{path}/supply-rate", {"exchange_rate": "5"})
    preview = shop.api.get(f"{path}/sweep")
    assert [(leg["recipient"], leg["sats"], leg["fiat_amount"]) for leg in preview["legs"]] == [
        ("ana", 750, "150.00"), ("ben", 250, "50.00"),
    ]  # fmt: skip
    listed = shop.api.get(f"{DCA}/sweepable", machine_id=shop.machine["id"])
    assert (listed["total"], listed["kept_sats"], listed["paid_sats"]) == (1, 1000, 1000)
    shop.api.post(f"{path}/sweep", {})

    done = final(shop, sale["id"])
    check_conservation(done)
    assert sats_of(done, "dca") == [750, 250]
    assert (shop.balances()["ana"], shop.balances()["ben"]) == (750, 250)
    assert shop.remaining("ana") == "150.00"
    shop.api.put(machine, {"fallback_commission_pct": None})
    assert unstamped(shop)["state"] == "rejected"


def test_a_rejected_payment_is_adopted_or_dismissed(server: LnbitsServer) -> None:
    """Another one of the same payer is a top-up once its payer is remembered."""
    shop = Shop.open(server, cash={"ana": "300.00"})
    facts = {"principal_sats": 1000, "fee_sats": 100, "exchange_rate": "5"}
    payment = unstamped(shop)
    assert payment["payer"] == f"wallet …{shop.customer.id[-4:]}"
    path = f"{DCA}/settlements/{payment['id']}"
    wrong = shop.api.post(f"{path}/adopt", facts | {"fee_sats": 99}, expect=422)
    assert wrong["code"] == "facts_unusable"
    seen = shop.api.post(f"{path}/adopt/preview", facts)
    assert (seen["fiat_amount"], seen["platform_fee_sats"]) == ("200.00", 30)
    shop.api.post(f"{path}/adopt", facts)
    check_conservation(final(shop, payment["id"]))
    assert shop.balances()["ana"] == 1000

    other = unstamped(shop)
    body = {"reason": "my own float", "remember_payer": True}
    shop.api.post(f"{DCA}/settlements/{other['id']}/dismiss", body)
    invoice = server.create_invoice(shop.machine_wallet, 500)
    server.pay_invoice(shop.customer, invoice.bolt11)
    marker = shop.settled(shop.sell(**SALE))
    assert marker["state"] == "processed"
    assert shop.settlement_of(invoice) is None
    (payer,) = shop.api.get(f"{DCA}/known-payers")["data"]
    assert shop.api.delete(f"{DCA}/known-payers/{payer['id']}") == {"data": []}
    assert unstamped(shop)["state"] == "rejected"


def test_a_balance_is_paid_off_once_however_often_it_is_asked_for(server: LnbitsServer) -> None:
    """Eight clicks at the same instant: one payment; the LP sees it among its own."""
    shop = Shop.open(server, cash={"ana": "100.33"})
    purse = server.create_wallet(shop.operator, "purse")
    server.top_up(purse, 1000)
    path = f"{DCA}/clients/{shop.clients['ana']['id']}/settle"
    body = {"funding_wallet_id": purse.id, "exchange_rate": "5"}
    assert shop.api.post(f"{path}/preview", body)["sats"] == 502

    def click(_: int) -> httpx.Response:
        return shop.api.raw("POST", path, json=body, headers={"Idempotency-Key": "click-0001"})

    with ThreadPoolExecutor(8) as clicks:
        answers = list(clicks.map(click, range(8)))

    running = [answer for answer in answers if answer.status_code == 409]
    assert {answer.json()["code"] for answer in running} <= {"request_running"}
    assert len({answer.json()["id"] for answer in answers if answer not in running}) == 1
    assert click(9).status_code == 201
    other = shop.api.raw("POST", path, json=body | {"notes": "x"}, headers={"Idempotency-Key": "click-0001"})
    assert (other.status_code, other.json()["code"]) == (409, "request_reused")

    def paid() -> bool:
        found = shop.api.get(f"{DCA}/payments", leg_type="settlement")["data"]
        return [leg["state"] for leg in found] == ["completed"]

    server.wait_for(paid, "balance paid off")
    assert (server.balance_sats(purse), shop.balances()["ana"]) == (498, 502)
    assert shop.remaining("ana") == "0.00"
    fills = server.api(shop.lps["ana"]).get(f"{LP}/transactions")["data"]
    assert [(fill["leg_type"], fill["sats"], fill["fiat_amount"]) for fill in fills] == [
        ("settlement", 502, "100.33")
    ]
    assert shop.api.post(path, body, expect=409)["code"] == "nothing_left"
    machine = body | {"funding_wallet_id": shop.machine_wallet.id}
    assert shop.api.post(path, machine, expect=422)["code"] == "machine_wallet_refused"


def test_a_wrong_rate_is_put_right_in_the_lps_cash(server: LnbitsServer) -> None:
    shop = Shop.open(server, cash={"ana": "300.00", "ben": "100.00"})
    sale = shop.settled(shop.sell(**SALE))
    path = f"{DCA}/settlements/{sale['id']}/correct"
    before = shop.balances()
    preview = shop.api.post(f"{path}/preview", {"exchange_rate": "8"})
    assert [(lp["username"], lp["drawn"], lp["right"], lp["change"]) for lp in preview["lps"]] == [
        ("ana", "150.00", "93.75", "56.25"), ("ben", "50.00", "31.25", "18.75"),
    ]  # fmt: skip
    short = shop.api.post(path, {"exchange_rate": "1", "reason": "a typo"}, expect=422)
    assert short["code"] == "correction_too_large"

    done = shop.api.post(path, {"exchange_rate": "8", "reason": "a stale feed"})

    assert (done["exchange_rate"], done["corrected_rate"]) == ("5", "8")
    assert done["timeline"][0]["sentence"] == "The rate was corrected to 8: a stale feed"
    assert (shop.remaining("ana"), shop.remaining("ben")) == ("206.25", "68.75")
    entries = shop.api.get(f"{DCA}/deposits", kind="correction")["data"]
    assert sorted((entry["username"], entry["amount"], entry["status"]) for entry in entries) == [
        ("ana", "56.25", "confirmed"), ("ben", "18.75", "confirmed"),
    ]  # fmt: skip
    ana = server.api(shop.lps["ana"])
    (position,) = ana.get(f"{LP}/positions")["data"]
    assert position["confirmed"] == "356.25"
    shown = [(one["kind"], one["amount"], one["reason"]) for one in ana.get(f"{LP}/cash")["data"]]
    assert shown == [("correction", "56.25", "a stale feed"), ("deposit", "300.00", None)]
    assert shop.balances() == before
    again = shop.api.post(path, {"exchange_rate": "8", "reason": "again"}, expect=409)
    assert again["code"] == "not_correctable"
