"""A target's minimum, end to end: three sales too small for it arrive as one payment."""

from __future__ import annotations

from uuid import uuid4

from tests.harness import LnbitsServer
from tests.harness.pay_links import Link, PayLinks
from tests.harness.shop import DCA, Shop, check_conservation, sats_of

SALE = {"principal_sats": 1000, "commission_sats": 400, "fiat_amount": "200.00", "exchange_rate": "5"}


def test_what_is_below_a_targets_minimum_gathers_and_goes_as_one_payment(server: LnbitsServer) -> None:
    shop = Shop.open(server, shares=(), super_fee_pct="0")
    ella = server.create_user(f"ella{uuid4().hex[:6]}").wallet
    with PayLinks() as links:
        link = Link(invoice=lambda msat: server.create_invoice(ella, msat // 1000).bolt11, min_msat=1_000_000)
        url = links.add("ella", link)
        shop.api.put(f"{DCA}/commission-splits", {"splits": [{"target": url, "share_pct": "100"}]})

        first = [shop.sell(**SALE) for _ in range(2)]
        for sale in first:
            settlement = shop.settled(sale)
            (kept,) = [leg for leg in settlement["legs"] if leg["reason"] == "below_minimum"]
            assert (settlement["state"], kept["sats"]) == ("processed", 400)
            assert kept["destination_ln_address"] == url
        assert link.asked_msat == []
        last = shop.sell(**SALE)
        server.wait_for(lambda: server.balance_sats(ella) == 1200, "gathered payment")
        server.wait_for(
            lambda: not server.sql("SELECT 1 FROM satmachineadmin.dca_payments WHERE state = 'paying'"),
            "gathered payment in the books",
        )

    for sale in (*first, last):
        settlement = shop.settled(sale)
        assert settlement["state"] == "processed"
        assert sats_of(settlement, "operator_split") == [400]
        check_conservation(settlement)
    paid = [payment for payment in server.payments(ella) if payment.status == "success"]
    assert [payment.amount_msat for payment in paid] == [1_200_000], "one payment, not three"
