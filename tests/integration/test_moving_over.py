"""Moving over from the predecessor: every shape of its tables, every figure, once, and only read."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.harness.farm import ServerFarm
from tests.harness.http import Api
from tests.harness.old_shapes import SHAPES
from tests.harness.old_shop import HTML, NPUB, OldShop
from tests.harness.shop import DCA, LP

from .moving import BALANCES, BOOKS, PREDECESSORS, balances, look, platform, rows, take_over

FIGURES = (
    "wire_sats", "principal_sats", "commission_sats", "platform_fee_sats", "operator_fee_sats", "fiat_amount",
    "exchange_rate", "status", "notes", "paid_at",
)  # fmt: skip
#: (row of the predecessor's, what) → what it said exactly, and what it is here
ROUNDINGS = {
    ("d-1", "deposit"): ("0.30000000000000004 EUR", "0.30 EUR"),
    ("d-5", "deposit"): ("0.005 EUR", "0.01 EUR"),
    ("d-6", "deposit"): ("12000.4 JPY", "12000 JPY"),
    ("d-7", "deposit"): ("333.333333333333 EUR", "333.33 EUR"),
    ("c-ana-Plaza", "balance"): ("947.04666666666666404 EUR", "947.05 EUR"),
    ("c-ana-Market", "balance"): ("0.005 EUR", "0.01 EUR"),
    ("c-ana-Station", "balance"): ("12000.4 JPY", "12000 JPY"),
    ("c-ben-Plaza", "balance"): ("316.626666666666332 EUR", "316.63 EUR"),
    ("s-0", "share"): ("33.333333333333… %", "33.3334 %"),
    ("s-1", "share"): ("33.333333333333… %", "33.3333 %"),
    ("s-2", "share"): ("33.333333333333… %", "33.3333 %"),
}


@pytest.fixture(scope="module", params=SHAPES)
def moved(
    request: pytest.FixtureRequest,
    farm: ServerFarm,
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OldShop]:
    """A predecessor's shop in one of its shapes, taken over."""
    with farm.running(tmp_path_factory.mktemp(f"moved-{request.param}"), database) as server:
        shop = OldShop.open(server)
        shop.write(request.param)
        before = shop.dump()
        take_over(shop, look(shop))
        yield shop
        assert shop.dump() == before
    assert server.log_defects() == []


def test_every_balance_is_the_one_that_it_was_to_the_cent(moved: OldShop) -> None:
    assert balances(moved) == BALANCES


def test_everything_else_is_what_it_was(moved: OldShop) -> None:
    olga = moved.server.api(moved.olga)
    machines = {row["name"]: row for row in rows(olga, f"{DCA}/machines")}
    assert {name: (row["currency"], row["active"]) for name, row in machines.items()} == {
        "Plaza": ("EUR", True),
        "Market": ("EUR", True),
        "Station": ("JPY", False),
    }
    assert {name: row["wallet_id"] for name, row in machines.items()} == {
        name: wallet.id for name, wallet in moved.wallets.items()
    }
    assert machines["Plaza"]["npub"] == NPUB
    assert machines["Plaza"]["reference_rate"] == "300.1234567890123"
    states = {(row["username"], row["machine_name"]): row["status"] for row in rows(olga, f"{DCA}/clients")}
    assert states.pop(("ben", "Market")) == "paused"
    assert set(states.values()) == {"active"}

    split = olga.get(f"{DCA}/commission-splits")
    assert [(line["target"], line["label"], line["share_pct"]) for line in split["splits"]] == [
        (moved.partner.id, "Pia", "33.3334"),
        (moved.olga.wallet.id, "olga", "33.3333"),
        ("bob@ln.example", "Bob & Co", "33.3333"),
    ]

    ana = moved.server.api(moved.ana).get(f"{LP}/preferences")
    assert (ana["dca_wallet_id"], ana["default_dca_mode"]) == (moved.ana.wallet.id, "flow")
    assert (ana["autoforward_ln_address"], ana["autoforward_enabled"]) == ("ana@wallet.example", True)
    ben = moved.server.api(moved.ben).get(f"{LP}/preferences")
    assert (ben["dca_wallet_id"], ben["autoforward_ln_address"]) == (moved.ben.wallet.id, None)
    history = rows(moved.server.api(moved.ana), f"{LP}/preferences/history")
    assert [change["how"] for change in history] == ["moved"]


def test_deposits_keep_their_days_and_what_was_turned_into_sats_is_one_entry(moved: OldShop) -> None:
    olga = moved.server.api(moved.olga)
    entries = [row for row in rows(olga, f"{DCA}/deposits") if row["username"] == "ana"]
    plaza = [row for row in entries if row["machine_name"] == "Plaza"]
    assert sorted((row["kind"], row["amount"], row["status"]) for row in plaza) == [
        ("deposit", "0.30", "confirmed"),
        ("deposit", "1000.10", "confirmed"),
        ("deposit", "77.77", "pending"),
        ("earlier", "-53.35", "confirmed"),
    ]
    assert {row["notes"] for row in plaza if row["kind"] == "deposit"} == {HTML}
    assert {row["cash_date"] for row in plaza if row["status"] == "confirmed"} >= {"2026-11-11"}
    (earlier,) = [row for row in plaza if row["kind"] == "earlier"]
    assert earlier["notes"] == "Before the move: 16000 sat in 2 payouts."


def test_each_rounding_is_told_and_the_exact_figure_beside_it(moved: OldShop) -> None:
    (move,) = platform(moved).get(PREDECESSORS)["moves"]
    told = {(one["row_id"], one["what"]): (one["exact"], one["rounded"]) for one in move["roundings"]}
    # only the newest shape knows fees of machines
    fees = {told.pop((f"m-{place}", "cash_in_fee"), None) for place in moved.wallets}
    assert fees in ({None}, {("33.33333333333333 %", "33.3333 %")})
    assert told == ROUNDINGS


def test_what_was_not_finished_is_on_the_worklist_with_what_was_paid_of_it(moved: OldShop) -> None:
    (move,) = platform(moved).get(PREDECESSORS)["moves"]
    unfinished = {(one["machine_name"], one["status"]) for one in move["unfinished"]}
    assert unfinished == {("Plaza", "processing"), ("Plaza", "errored"), ("Station", "pending")}

    matters = rows(moved.server.api(moved.olga), f"{DCA}/worklist", is_open=True)
    assert [row["kind"] for row in matters] == ["unfinished_before"] * 3
    (stuck,) = [row for row in matters if "“processing”" in row["detail"]]
    assert "Already paid: 6000 sat to ana." in stuck["detail"]
    assert "Not known to be paid: 4000 sat to ben (pending)." in stuck["detail"]


def test_sales_of_before_are_history_that_nothing_pays(moved: OldShop) -> None:
    olga = moved.server.api(moved.olga)
    sales = {row["txid"]: row for row in rows(olga, f"{DCA}/earlier-sales")}
    assert sorted(sales) == [f"tx-{at}" for at in range(6)]
    known = {name: sales["tx-0"][name] for name in FIGURES}
    assert known == {
        "wire_sats": 16_000,
        "principal_sats": 15_000,
        "commission_sats": 1_000,
        "platform_fee_sats": 300,
        "operator_fee_sats": 700,
        "fiat_amount": "50.00000000000001",
        "exchange_rate": "300.1234567890123",
        "status": "processed",
        "notes": HTML,
        "paid_at": "2026-11-18T11:06:40Z",
    }
    legs = olga.get(f"{DCA}/earlier-sales/{sales['tx-0']['id']}")["legs"]
    assert sorted((leg["leg_type"], leg["sats"], leg["fiat_amount"], leg["recipient"]) for leg in legs) == [
        ("autoforward", 9_990, None, "ana"),
        ("dca", 5_000, "16.666666666666668", "ben"),
        ("dca", 10_000, "33.333333333333336", "ana"),
        ("operator_split", 700, None, "Pia"),
        ("super_fee", 300, None, "platform"),
    ]
    got = rows(moved.server.api(moved.ben), f"{LP}/earlier")
    assert {(row["leg_type"], row["sats"], row["machine_name"]) for row in got} == {
        ("dca", 5_000, "Plaza"),
        ("dca", 4_000, "Plaza"),
        ("settlement", 12, "Plaza"),
        ("dca", 9_000, "Market"),
    }
    assert olga.get(f"{DCA}/settlements")["total"] == 0
    assert moved.server.sql("SELECT COUNT(*) AS n FROM satmachineadmin.dca_payments") == [{"n": 0}]
    sums = [olga.get(f"{DCA}/clients/{row['id']}") for row in rows(olga, f"{DCA}/clients")]
    assert {(row["received_sats"], row["fills"]) for row in sums} == {(0, 0)}


def test_what_was_before_leaves_as_files_without_a_wallet_or_an_lps_address(moved: OldShop) -> None:
    olga = moved.server.api(moved.olga)
    sales, sales_text = lines(olga, f"{DCA}/reports/earlier-sales.csv")
    legs, legs_text = lines(olga, f"{DCA}/reports/earlier-legs.csv")
    own, own_text = lines(moved.server.api(moved.ben), f"{LP}/reports/earlier.csv")
    assert {row["txid"] for row in sales} == {f"tx-{at}" for at in range(6)}
    assert {row["exchange_rate"] for row in sales} == {"300.1234567890123"}
    assert sum(int(row["sats"]) for row in legs) == sum(row["sats"] for row in moved.rows["dca_payments"])
    assert {row["label"] for row in legs} == {"platform", "Pia", "ana", "ben"}
    assert sorted(int(row["sats"]) for row in own) == [12, 4_000, 5_000, 9_000]
    for text in (sales_text, legs_text, own_text):
        for secret in (moved.ana.wallet.id, moved.partner.id, moved.partner.inkey, "ana@wallet"):
            assert secret not in text


def lines(api: Api, path: str) -> tuple[list[dict[str, str]], str]:
    """The rows of a file, whose last line says that it is whole; and its text."""
    text = api.raw("GET", path).text.removeprefix("\ufeff")
    *found, end = csv.reader(io.StringIO(text, newline=""))
    assert end == ["END", str(len(found) - 1)]
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]], text


def test_every_row_is_kept_as_it_was_but_for_keys(moved: OldShop) -> None:
    kept = moved.server.sql("SELECT source_table, row_id, body FROM satmachineadmin.moved_rows")
    found = Counter(row["source_table"] for row in kept)
    assert found == Counter({table: len(rows) for table, rows in moved.written.items()})
    assert not any(moved.partner.inkey in row["body"] for row in kept)
    (deposit,) = [json.loads(row["body"]) for row in kept if row["row_id"] == "d-1"]
    assert deposit["amount"] == "0.30000000000000004"


def test_a_second_time_nothing_is_taken_over(moved: OldShop) -> None:
    before = moved.server.snapshot(BOOKS)
    seen = look(moved)
    assert (seen["is_empty"], set(seen["counts"].values())) == (True, {0})
    refused = platform(moved).post(
        f"{PREDECESSORS}/satoshimachine/move", {"confirmation": seen["confirmation"]}, expect=422
    )
    assert refused["code"] == "invalid_input"
    assert moved.server.snapshot(BOOKS) == before
