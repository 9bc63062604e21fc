"""Gathered autoforward, end to end: three payouts arrive at the LP's own address as one payment."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from uuid import uuid4

from tests.harness import Api, LnbitsServer
from tests.harness.pay_links import Link, PayLinks
from tests.harness.shop import DCA, LP, Shop, check_conservation

SALE = {"principal_sats": 400, "commission_sats": 0, "fiat_amount": "80.00", "exchange_rate": "5"}


def test_payouts_gather_and_go_on_as_one_payment_that_only_the_lp_sees(server: LnbitsServer) -> None:
    shop = Shop.open(server, shares=("100",), cash={"ana": "1000.00"}, super_fee_pct="0")
    ana = shop.lps["ana"]
    api = server.api(ana)
    savings = server.create_user(f"savings{uuid4().hex[:6]}").wallet
    shop.settled(shop.sell(**SALE))  # before the consent: it stays
    with PayLinks() as links:
        link = Link(invoice=lambda msat: server.create_invoice(savings, msat // 1000).bolt11)
        url = links.add("savings", link)
        server.wait_for(lambda: server.balance_sats(ana.wallet) == 400, "first payout")
        saved = shop.pass_on("ana", url, autoforward_min_sats=1200)
        # What arrives within the second of the consent counts as earlier.
        server.wait_for(lambda: int(time.time()) > _consent(server, ana.id), "next second")

        for gathered_sats in (400, 800):
            shop.settled(shop.sell(**SALE))
            server.wait_for(partial(_has_gathered, api, gathered_sats), "gathered sats")
        assert link.asked_msat == []
        last = shop.settled(shop.sell(**SALE))

        def passed_on() -> dict[str, Any] | None:
            rows = api.get(f"{LP}/transactions")["data"]
            done = [row for row in rows if row["leg_type"] == "autoforward" and row["state"] == "completed"]
            return done[0] if done else None

        forward = server.wait_for(passed_on, "gathered forward")

    assert (forward["sats"], forward["sent_sats"], forward["fee_msat"]) == (1200, 1200, 0)
    assert [part["sats"] for part in forward["passes_on"]] == [400, 400, 400]
    assert forward["destination_ln_address"] == saved["autoforward_ln_address"]
    assert server.balance_sats(savings) == 1200
    assert server.balance_sats(ana.wallet) == 400
    paid = [payment for payment in server.payments(savings) if payment.status == "success"]
    assert [payment.amount_msat for payment in paid] == [1_200_000], "one payment, not three"
    assert api.get(f"{LP}/preferences")["autoforward_gathering_sats"] == 0
    assert last["state"] == "processed"
    check_conservation(last)
    for path in ("payments", "audit-events", "settlements", "clients", "worklist"):
        assert url not in str(shop.api.get(f"{DCA}/{path}", limit=200)), path
    assert shop.api.get(f"{DCA}/payments", leg_type="autoforward")["total"] == 0
    assert {leg["leg_type"] for leg in last["legs"]} == {"dca"}


def _has_gathered(api: Api, sats: int) -> bool:
    return bool(api.get(f"{LP}/preferences")["autoforward_gathering_sats"] == sats)


def _consent(server: LnbitsServer, user_id: str) -> int:
    (row,) = server.sql(
        "SELECT autoforward_since FROM satmachineadmin.dca_lp WHERE user_id = :id", id=user_id
    )
    return int(row["autoforward_since"])
