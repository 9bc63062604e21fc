"""docs/how-to/accounting.md: its example is what hledger makes of a real operator's journal."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.harness import LnbitsServer
from tests.harness.commands import REPOSITORY, run_block
from tests.harness.shop import DCA, Shop

PAGE = "how-to/accounting.md"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
#: The eight letters that tell machines, LPs and partners of one name apart.
_APART = re.compile(r"-[0-9a-f]{8}\b")


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    shop = Shop.open(server, cash={"ana": "300.00"})
    server.top_up(shop.machine_wallet, 5000)
    for _ in range(2):
        assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    return shop


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_a_month_is_fetched_by_a_program_and_says_that_it_is_whole(shop: Shop, tmp_path: Path) -> None:
    where = {
        "LNBITS": shop.server.url,
        "TOKEN": shop.operator.token,
        "BOOKS": str(tmp_path / "books.hledger"),
    }
    assert re.fullmatch(r"; END \d+\n", run_block(PAGE, "fetch the journal", where))


@pytest.mark.skipif(not shutil.which("hledger"), reason="no hledger on this machine")
def test_the_example_is_what_hledger_says_of_such_a_shop(shop: Shop, tmp_path: Path) -> None:
    books = tmp_path / "books.hledger"
    books.write_text(shop.api.raw("GET", f"{DCA}/reports/journal.hledger").text)

    said = run_block(PAGE, "balances", {"BOOKS": str(books), "LC_ALL": "C.UTF-8"})

    (example,) = re.findall(
        r"^```text\n(.*?)^```$", (REPOSITORY / "docs" / PAGE).read_text(), flags=re.S | re.M
    )
    assert _APART.sub("-…", said).split() == example.split()
    assert run_block(PAGE, "one LP", {"BOOKS": str(books), "LC_ALL": "C.UTF-8"}).count("Cash-out") == 2
    run_block(PAGE, "check the journal", {"BOOKS": str(books), "LC_ALL": "C.UTF-8"})
