"""The search box of the sales over HTTP: it finds one's own, whatever is known of it, and nothing else."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.harness import Api, LnbitsServer
from tests.harness.shop import DCA, Shop

SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
SMALL = {"principal_sats": 100, "commission_sats": 10, "fiat_amount": "20.00", "exchange_rate": "5"}


def opened(server: LnbitsServer) -> Shop:
    shop = Shop.open(server, cash={"anne": "500.00"})
    shop.api.put(f"{DCA}/clients/{shop.clients['anne']['id']}", {"username": "Änne & Söhne <b>"})
    return shop


@pytest.fixture(scope="module")
def shops(server: LnbitsServer) -> tuple[Shop, Shop]:
    return opened(server), opened(server)


def ids(api: Api, **query: Any) -> list[str]:
    return [row["id"] for row in api.get(f"{DCA}/settlements", **query)["data"]]


def lines(api: Api, **query: Any) -> list[dict[str, str]]:
    text = api.raw("GET", f"{DCA}/reports/sales.csv", params=query).text.removeprefix("\ufeff")
    *rows, end = csv.reader(io.StringIO(text, newline=""))
    assert end == ["END", str(len(rows) - 1)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_sale_is_found_by_whatever_is_known_of_it_and_by_nobody_else(shops: tuple[Shop, Shop]) -> None:
    """Hashes, invoice, txid, amounts, LP and note: the operator's page and file have it, another's never."""
    mine, other = shops
    invoice = mine.sell(**SALE)
    sale = mine.settled(invoice)
    mine.settled(mine.sell(**SMALL))
    theirs = other.settled(other.sell(**{**SALE, "principal_sats": 1005, "exchange_rate": "5.025"}))
    mine.api.post(
        f"{DCA}/settlements/{sale['id']}/notes", {"text": "The Cassette jammed; <script>4711</script>"}
    )
    leg = next(leg for leg in sale["legs"] if leg["leg_type"] == "dca" and leg["payment_hash"])

    known = (
        sale["payment_hash"], invoice.bolt11, invoice.bolt11.upper(), f"lightning:{invoice.bolt11}",
        leg["payment_hash"], sale["txid"], sale["txid"][:6], sale["id"], "1100", "1 100 sat", "1000",
        "200.00", "200 EUR", "cassette", "JAMMED 47",
    )  # fmt: skip
    wrong = {text: found for text in known if (found := ids(mine.api, search=text)) != [sale["id"]]}
    assert wrong == {}
    both = ids(mine.api, search="Änne & S")
    assert sale["id"] in both and len(both) == 2
    assert [line["id"] for line in lines(mine.api, search="cassette")] == [sale["id"]]

    foreign = {text: ids(other.api, search=text) for text in (*known, "script")}
    assert all(found in ([], [theirs["id"]]) for found in foreign.values())
    assert {text for text, found in foreign.items() if found} <= {"200.00", "200 EUR"}
    assert {line["id"] for line in lines(other.api, search="200.00")} <= {theirs["id"]}


def test_days_and_filters_narrow_the_page_and_the_file_alike(shops: tuple[Shop, Shop]) -> None:
    mine = shops[0]
    today = mine.api.get(f"{DCA}/settings")["today"]
    for query, is_found in (
        ({"since": today, "until": today}, True),
        ({"until": "2020-01-01"}, False),
        ({"since": "2100-01-01"}, False),
        ({"tx_type": "cash_out", "state": "processed"}, True),
        ({"tx_type": "cash_in"}, False),
        ({"mark": "test"}, False),
        ({"search": "1100", "state": "processed"}, True),
        ({"search": "1100", "state": "held"}, False),
        ({"search": "cassette", "until": "2020-01-01"}, False),
    ):
        found = ids(mine.api, sortby="paid_at", direction="asc", **query)
        assert bool(found) == is_found, query
        assert [line["id"] for line in lines(mine.api, **query)] == found, query
    refused = mine.api.raw("GET", f"{DCA}/settlements", params={"since": today, "until": "2020-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_an_answer_says_whether_it_looked_through_everything(shops: tuple[Shop, Shop]) -> None:
    assert shops[0].api.get(f"{DCA}/settlements", search="1100")["searched"] is None
