"""A customer whose notes did not come out fetches its sats with its own wallet, end to end (LUD-03)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lnurl import decode

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop, check_conservation

#: 200 EUR at 5 sat, 10 % commission
SALE: dict[str, Any] = {
    "principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5",
}  # fmt: skip


def half_dispensed(shop: Shop) -> dict[str, Any]:
    """A sale of 1100 sats of which half came out, as the operator wrote it down before anything was paid."""
    policy = {"payout_policy": "after_minutes", "payout_delay_minutes": 60}
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", policy)
    sale = shop.sell(**SALE)
    held = shop.settled(sale)
    path = f"{DCA}/settlements/{held['id']}"
    shop.api.post(f"{path}/partial-dispense", {"dispensed_fraction": "0.5", "notes": "The notes jammed"})
    shop.api.post(f"{path}/release")
    return shop.settled(sale)


def ask(shop: Shop, url: str, **query: Any) -> dict[str, Any]:
    """What a wallet gets at an address of the link; it is nobody to this LNbits."""
    answer: dict[str, Any] = shop.server.api().get(urlsplit(url).path, **query)
    return answer


def test_a_refund_is_fetched_once_by_whoever_holds_the_link(server: LnbitsServer) -> None:
    shop = Shop.open(server, cash={"ana": "200.00"})
    settlement = half_dispensed(shop)
    before = server.balance_sats(shop.customer)
    path = f"{DCA}/settlements/{settlement['id']}"

    link = shop.api.post(f"{path}/refund", {"reason": "half of it jammed"}, expect=201)["refund"]
    assert link["state"] == "open"
    terms = ask(shop, str(decode(link["lnurl"])))
    assert terms["tag"] == "withdrawRequest"
    assert terms["minWithdrawable"] == terms["maxWithdrawable"] == link["amount_sats"] * 1000

    dear = server.create_invoice(shop.customer, link["amount_sats"] + 1)
    refused = ask(shop, terms["callback"], k1=terms["k1"], pr=dear.bolt11)
    assert refused["status"] == "ERROR"
    assert "msat" in refused["reason"]
    invoice = server.create_invoice(shop.customer, link["amount_sats"])
    assert ask(shop, terms["callback"], k1=terms["k1"], pr=invoice.bolt11) == {"status": "OK"}
    assert ask(shop, terms["callback"], k1=terms["k1"], pr=invoice.bolt11)["status"] == "ERROR"

    def refunded() -> dict[str, Any] | None:
        found = shop.api.get(path)
        return found if found["refund"]["state"] == "paid" else None

    whole: dict[str, Any] = server.wait_for(refunded, "the refund")
    assert server.balance_sats(shop.customer) - before == link["amount_sats"]
    assert whole["state"] == "processed"
    assert [leg["state"] for leg in whole["legs"] if leg["reason"] == "undispensed"] == ["voided", "refunded"]
    assert whole["refund"]["lnurl"] is None
    check_conservation(whole)
    assert ask(shop, str(decode(link["lnurl"])))["status"] == "ERROR"
    shop.api.post(f"{path}/refund", {"reason": "again"}, expect=409)


def test_a_link_that_was_taken_back_pays_nobody(server: LnbitsServer) -> None:
    shop = Shop.open(server, cash={"ana": "200.00"})
    path = f"{DCA}/settlements/{half_dispensed(shop)['id']}"
    link = shop.api.post(f"{path}/refund", {"reason": "half of it jammed"})["refund"]
    url = str(decode(link["lnurl"]))
    terms = ask(shop, url)

    assert shop.api.post(f"{path}/refund/cancel")["refund"]["state"] == "cancelled"

    assert ask(shop, url)["status"] == "ERROR"
    invoice = server.create_invoice(shop.customer, link["amount_sats"])
    assert ask(shop, terms["callback"], k1=terms["k1"], pr=invoice.bolt11)["status"] == "ERROR"
    shop.api.post(f"{path}/refund/cancel", expect=409)


def test_who_does_not_know_the_secret_learns_nothing(server: LnbitsServer) -> None:
    shop = Shop.open(server)
    for secret in ("0" * 64, "x", "%00", "Ａ" * 64):
        answer = ask(shop, f"/satmachineadmin/api/v1/withdraw/{secret}")
        assert answer == {"status": "ERROR", "reason": "There is no such link."}
    invoice = server.create_invoice(shop.customer, 1)
    callback = f"/satmachineadmin/api/v1/withdraw/{'0' * 64}/invoice"
    assert ask(shop, callback, k1="1" * 64, pr=invoice.bolt11)["status"] == "ERROR"
    assert ask(shop, callback)["status"] == "ERROR"
