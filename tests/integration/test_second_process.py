"""Two LNbits on one database: one pays, the other stands by, says so, and takes over when it is needed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop

pytestmark = pytest.mark.timeout(600)
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
LEGS = 6
#: The lease lasts 30 s; a process of the same system is known to be dead sooner.
TAKEN_OVER_SECONDS = 60


@pytest.fixture
def second(fresh_server: LnbitsServer, tmp_path: Path) -> Iterator[LnbitsServer]:
    """Another LNbits on the data of `fresh_server`, not started yet."""
    folder = tmp_path / "second"
    folder.mkdir()
    server = LnbitsServer(folder, database_url=fresh_server.database_url)
    server.data_dir = fresh_server.data_dir
    yield server
    server.close()
    assert server.log_defects() == []


def runner(server: LnbitsServer) -> tuple[str, str]:
    status: dict[str, Any] = server.api(server.super_user).get(f"{DCA}/status")
    return status["runner"], status["runner_detail"]


def wait_until_it_is(state: str, server: LnbitsServer) -> None:
    server.wait_for(lambda: runner(server)[0] == state, f"{state} runner", 90)


def check_paid_once(shop: Shop, sales: int) -> None:
    """LNbits' own rows and balances: each leg of each sale debited once and credited once."""
    for sign in ("<", ">"):
        rows = shop.server.sql(
            f"""
            SELECT external_id, COUNT(*) AS times FROM apipayments
            WHERE external_id LIKE 'sm1:%' AND status = 'success' AND amount {sign} 0 GROUP BY external_id
            """
        )
        assert [row["times"] for row in rows] == [1] * (sales * LEGS)
    balances = shop.balances()
    assert balances["machine"] == 0
    assert sum(balances.values()) == sales * 1100


def test_the_second_stands_by_and_finishes_what_the_first_had_begun_when_it_was_killed(
    fresh_server: LnbitsServer, second: LnbitsServer
) -> None:
    """kill -9 in the middle of a payout; the dead one, started again, stands by in its turn."""
    first = fresh_server
    shop = Shop.open(first, cash={"ana": "1000.00", "ben": "600.00"})
    first.restart(env={"SATMACHINE_FAILPOINT": "payout.before_commit:2"})
    wait_until_it_is("active", first)
    second.start()
    wait_until_it_is("standby", second)
    assert "another LNbits process" in runner(second)[1]

    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    assert runner(second)[0] == "standby"
    sale = shop.invoice(**SALE)
    with contextlib.suppress(httpx.HTTPError):  # it may die before it answers
        first.pay_invoice(shop.customer, sale.bolt11)
    first.wait_until_exit()
    died = time.monotonic()

    left = replace(shop, server=second)
    wait_until_it_is("active", second)
    assert left.settled(sale)["state"] == "processed"
    assert time.monotonic() - died < TAKEN_OVER_SECONDS
    check_paid_once(left, 2)

    first.start()
    wait_until_it_is("standby", first)
    assert left.settled(left.sell(**SALE))["state"] == "processed"
    assert (runner(first)[0], runner(second)[0]) == ("standby", "active")
    check_paid_once(left, 3)
