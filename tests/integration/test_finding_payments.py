"""A sale is found whatever happens to its announcement, and nothing else is taken for a sale."""

from __future__ import annotations

import time
from typing import Any

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop, sats_of

SALE: dict[str, Any] = {
    "principal_sats": 1000,
    "commission_sats": 100,
    "fiat_amount": "200.00",
    "exchange_rate": "5",
}
PROBE = "/probe/api/v1"


def assert_paid_once(shop: Shop, settlement: dict) -> None:
    """One settlement, each leg once, as LNbits' own balances say."""
    assert settlement["state"] == "processed"
    assert sats_of(settlement, "dca") == [1000]
    assert sats_of(settlement, "super_fee") + sats_of(settlement, "operator_split") == [30, 35, 21, 14]
    balances = shop.balances()
    assert (balances["ana"], balances["machine"]) == (1000, 0)
    assert [balances[f"partner {index}"] for index in range(3)] == [35, 21, 14]


def test_a_sale_announced_100_times_is_one_settlement(probed: LnbitsServer) -> None:
    shop = Shop.open(probed, cash={"ana": "200.00"})

    sale = shop.sell(**SALE)
    probed.api().post(f"{PROBE}/again", payment_hash=sale.payment_hash, times=100)
    settlement = shop.settled(sale)
    probed.api().post(f"{PROBE}/again", payment_hash=sale.payment_hash, times=100)
    time.sleep(4)

    assert shop.settlement_of(sale) == settlement
    assert_paid_once(shop, settlement)


def test_a_sale_whose_announcement_is_lost_is_found_by_looking(fresh_probed: LnbitsServer) -> None:
    shop = Shop.open(fresh_probed, cash={"ana": "200.00"})
    assert fresh_probed.api().post(f"{PROBE}/deaf") is True

    assert_paid_once(shop, shop.settled(shop.sell(**SALE)))


def test_a_sale_paid_just_before_kill_9_is_settled_once_after_the_start(fresh_server: LnbitsServer) -> None:
    shop = Shop.open(fresh_server, cash={"ana": "200.00"})

    sale = shop.sell(**SALE)
    fresh_server.kill()
    fresh_server.start()

    assert_paid_once(shop, shop.settled(sale))


def test_what_a_wallet_received_before_it_was_a_machines_is_never_settled(server: LnbitsServer) -> None:
    """DESIGN §5: earlier history is the opening balance; an invoice open at that moment is a sale."""
    shop = Shop.open(server)
    wallet = server.create_wallet(shop.operator, "Market")
    stamp = shop.stamp(**SALE)
    for _ in range(3):
        server.send(shop.customer, wallet, 1100, extra=stamp)
    open_invoice = server.create_invoice(wallet, 1100, extra=stamp)
    time.sleep(1.1)

    market = shop.api.post(
        f"{DCA}/machines",
        {"name": "Market", "wallet_id": wallet.id, "currency": "EUR", "reference_rate": "5"},
    )
    server.pay_invoice(shop.customer, open_invoice.bolt11)
    settlement = shop.settled(open_invoice)
    time.sleep(4)

    found = shop.api.get(f"{DCA}/settlements", machine_id=market["id"])
    assert [row["id"] for row in found["data"]] == [settlement["id"]]
    assert server.balance_sats(wallet) == 3 * 1100 + 1000


def test_top_ups_transfers_and_own_spending_are_no_sales(server: LnbitsServer) -> None:
    """DESIGN §5: an admin credit, the operator's own money, another machine's wallet, a bill paid."""
    shop = Shop.open(server)
    other = server.create_wallet(shop.operator, "Market")
    shop.api.post(f"{DCA}/machines", {"name": "Market", "wallet_id": other.id, "currency": "EUR"})
    private = shop.operator.wallet
    server.top_up(private, 10_000)

    server.top_up(shop.machine_wallet, 5000)
    server.send(private, shop.machine_wallet, 700)
    server.send(shop.machine_wallet, other, 600)
    server.send(shop.machine_wallet, shop.customer, 500)
    server.send(shop.machine_wallet, shop.machine_wallet, 400)
    time.sleep(4)

    assert shop.api.get(f"{DCA}/settlements")["data"] == []
    assert server.balance_sats(shop.machine_wallet) == 5000 + 700 - 600 - 500


def test_a_strangers_payment_without_a_stamp_waits_for_a_person(server: LnbitsServer) -> None:
    shop = Shop.open(server)

    payment = server.send(shop.customer, shop.machine_wallet, 5000, memo="hello")
    settlement = shop.settled(payment)

    assert (settlement["state"], settlement["reason"], settlement["wire_sats"]) == (
        "rejected",
        "no_stamp",
        5000,
    )
    assert settlement["principal_sats"] is None


def test_an_incoming_payment_cannot_hide_behind_our_own_mark(server: LnbitsServer) -> None:
    """Anybody with an invoice key may write an external_id; only our own rows are ours."""
    shop = Shop.open(server)
    body = {"out": False, "amount": 1100, "extra": shop.stamp(**SALE), "external_id": "sm1:hidden:dca:1"}
    made = server.api_with_key(shop.machine_wallet.inkey).post("/api/v1/payments", body)

    server.pay_invoice(shop.customer, made["bolt11"])

    def found() -> bool:
        return shop.api.get(f"{DCA}/settlements")["total"] == 1

    assert server.wait_for(found, "settlement of the marked payment")
