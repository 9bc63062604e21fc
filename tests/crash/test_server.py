"""The same with the whole server, as people run it: it dies at a fail-point and is started again."""

from __future__ import annotations

import contextlib

import httpx

from tests.harness import LnbitsServer, Payment
from tests.harness.shop import Shop

SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
LEGS = 6
_DEBITS = """
    SELECT external_id, COUNT(*) AS times FROM apipayments
    WHERE external_id LIKE :mark AND amount < 0 AND status = 'success' GROUP BY external_id
"""
_CREDITS = _DEBITS.replace("amount < 0", "amount > 0")


def test_a_server_that_dies_in_the_middle_of_a_payout_settles_the_sale_after_its_next_start(
    fresh_server: LnbitsServer,
) -> None:
    """Both ways, before and after the money moved: within a minute each leg is paid, once."""
    shop = Shop.open(fresh_server, cash={"ana": "9000.00", "ben": "6000.00"})
    for place in ("payout.before_commit:1", "payout.after_commit:1"):
        _die_and_settle(shop, place)
    allow = "UPDATE satmachineadmin.super_config SET fast_way_allowed = :allowed RETURNING id"
    fresh_server.sql(allow, allowed=False)
    _die_and_settle(shop, "slow.after_pay:3")


def _die_and_settle(shop: Shop, place: str) -> None:
    server = shop.server
    mark = server.folder / f"{place}.mark"
    server.restart(env={"SATMACHINE_FAILPOINT": place, "SATMACHINE_FAILPOINT_MARK": str(mark)})
    sale = shop.invoice(**SALE)
    with contextlib.suppress(httpx.HTTPError):  # it may die before it answers
        server.pay_invoice(shop.customer, sale.bolt11)
    server.wait_until_exit()
    assert mark.read_text() == place, "the point was not reached"
    server.start()
    settlement = shop.settled(sale)
    assert settlement["state"] == "processed"
    _check_paid_once(shop, sale)


def _check_paid_once(shop: Shop, sale: Payment) -> None:
    """LNbits' own rows: a debit and a credit for each leg."""
    mark = f"sm1:{sale.payment_hash}:%"
    debits = {row["external_id"]: row["times"] for row in shop.server.sql(_DEBITS, mark=mark)}
    credits = {row["external_id"]: row["times"] for row in shop.server.sql(_CREDITS, mark=mark)}
    assert len(debits) == LEGS
    assert set(debits.values()) == {1}
    assert credits == debits
    assert shop.balances()["machine"] == 0
