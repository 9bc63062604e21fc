"""docs/how-to/monitoring.md: the token only reads, the check says what there is, and the SQL is answered."""

from __future__ import annotations

import re

import pytest

from tests.harness import LnbitsServer
from tests.harness.commands import REPOSITORY, blocks, run_block
from tests.harness.http import Api
from tests.harness.people import PASSWORD
from tests.harness.shop import DCA, LP, Shop

PAGE = "how-to/monitoring.md"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    shop = Shop.open(server, cash={"ana": "1000.00"})
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    return shop


@pytest.fixture(scope="module")
def token(shop: Shop) -> str:
    who = {"LNBITS": shop.server.url, "USERNAME": shop.operator.username, "PASSWORD": PASSWORD}
    return run_block(PAGE, "make a reading token", who).strip()


def check(shop: Shop, token: str) -> str:
    """What the check prints, whatever it ends with."""
    where = {"LNBITS": shop.server.url, "TOKEN": token}
    return run_block(PAGE, "check", where, expect={0: "OK", 1: "WARNING", 2: "CRITICAL"})


def test_the_token_reads_the_operators_books_and_nothing_else(shop: Shop, token: str) -> None:
    reader = Api(shop.server.url, {"Authorization": f"Bearer {token}"})
    refused = {
        ("POST", f"{DCA}/machines/{shop.machine['id']}/check"),
        ("PUT", f"{DCA}/settings"),
        ("DELETE", f"{DCA}/commission-splits"),
        ("GET", f"{LP}/preferences"),
        ("GET", "/api/v1/wallets"),
        ("GET", "/api/v1/auth/acl"),
    }

    assert reader.get(f"{DCA}/status")["totals"]["processed"] == 1
    assert {call for call in refused if reader.raw(*call, json={}).status_code != 403} == set()
    reader.close()


def test_the_check_says_ok_and_then_what_is_wrong(shop: Shop, token: str) -> None:
    assert check(shop, token).startswith("OK: active, paying since ")
    shop.api.put(
        f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "after_minutes", "payout_delay_minutes": 60}
    )
    refused = shop.server.create_invoice(shop.machine_wallet, 5)
    shop.server.pay_invoice(shop.customer, refused.bolt11)
    assert shop.settled(refused)["state"] == "rejected"
    assert check(shop, token) == "WARNING: sales rejected: 1\n"
    assert "CRITICAL: no answer: " in check(shop, token + "x")


def test_what_the_platform_asks_the_database_is_answered(shop: Shop) -> None:
    (statement,) = re.findall(
        r"^```sql\n(.*?)^```$", (REPOSITORY / "docs" / PAGE).read_text(), flags=re.S | re.M
    )
    (row,) = shop.server.sql(statement)
    assert row.pop("lease_until") > row.pop("oldest_proof") - 60
    assert row == {
        "open_matters": 0, "paused_machines": 0, "oldest_unpaid": None, "payments_under_way": 0
    }  # fmt: skip


def test_the_check_sorts_kinds_of_matters_that_there_are() -> None:
    from satmachineadmin.core.states import MatterKind

    (by_day,) = re.findall(r"BY_DAY = \{(.*?)\}", blocks(PAGE)["check"], flags=re.DOTALL)
    assert set(re.findall(r'"(\w+)"', by_day)) < set(MatterKind)
