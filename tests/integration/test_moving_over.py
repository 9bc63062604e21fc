"""Moving over from the predecessor: every shape of its tables, every figure, once, and only read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harness import LnbitsServer
from tests.harness.env import clean_environment, lnbits_env
from tests.harness.farm import ServerFarm
from tests.harness.http import Api
from tests.harness.old_shapes import SHAPES
from tests.harness.old_shop import HTML, NPUB, OldShop
from tests.harness.shop import DCA, LP

from .api.values import ON_SQLITE

PREDECESSORS = f"{DCA}/predecessors"
#: LP and machine → its balance there, to the cent, and what waits for confirmation
FIGURES = (
    "wire_sats", "principal_sats", "commission_sats", "platform_fee_sats", "operator_fee_sats", "fiat_amount",
    "exchange_rate", "status", "notes", "paid_at",
)  # fmt: skip
BOOKS = {
    "machines": "SELECT COUNT(*) AS n FROM satmachineadmin.dca_machines",
    "cash": "SELECT COUNT(*) AS n, SUM(amount_minor) AS sum FROM satmachineadmin.dca_deposits",
    "lps": "SELECT COUNT(*) AS n, SUM(confirmed_minor) AS sum FROM satmachineadmin.dca_clients",
    "sales": "SELECT COUNT(*) AS n FROM satmachineadmin.earlier_sales",
    "legs": "SELECT COUNT(*) AS n FROM satmachineadmin.earlier_legs",
    "matters": "SELECT COUNT(*) AS n FROM satmachineadmin.worklist",
    "events": "SELECT COUNT(*) AS n FROM satmachineadmin.audit_events",
}
BALANCES = {
    ("ana", "Plaza"): ("947.05", "77.77"),
    ("ana", "Market"): ("0.01", "0.00"),
    ("ana", "Station"): ("12000", "0"),
    ("ben", "Plaza"): ("316.63", "0.00"),
    ("ben", "Market"): ("0.00", "0.00"),
    ("ben", "Station"): ("0", "0"),
}
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


def platform(shop: OldShop) -> Api:
    return shop.server.api(shop.server.super_user)


def look(shop: OldShop, name: str = "satoshimachine") -> dict[str, Any]:
    found: dict[str, Any] = platform(shop).post(f"{PREDECESSORS}/{name}/preview", expect=200)
    return found


def take_over(shop: OldShop, seen: dict[str, Any], name: str = "satoshimachine") -> dict[str, Any]:
    body = {"confirmation": seen["confirmation"]}
    done: dict[str, Any] = platform(shop).post(f"{PREDECESSORS}/{name}/move", body, expect=201)
    return done


def rows(api: Api, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(path, limit=100, **query)["data"]
    return found


def test_every_balance_is_the_one_that_it_was_to_the_cent(moved: OldShop) -> None:
    olga = moved.server.api(moved.olga)
    clients = rows(olga, f"{DCA}/clients")
    found = {
        (row["username"], row["machine_name"]): (row["balance"]["remaining"], row["balance"]["pending"])
        for row in clients
    }
    assert found == BALANCES


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


def test_rows_that_came_after_the_move_are_told_and_sales_among_them_are_history(
    fresh_server: LnbitsServer,
) -> None:
    """Somebody let the predecessor run on: what it drew is counted by a person."""
    shop = OldShop.open(fresh_server)
    shop.write("wire")
    take_over(shop, look(shop))
    shop.sell_once_more("wire")

    seen = look(shop)
    assert (seen["counts"]["sales"], seen["counts"]["legs"]) == (1, 1)
    (ana,) = [one for one in seen["lps"] if (one["name"], one["machine_name"]) == ("ana", "Plaza")]
    assert (ana["outcome"], ana["balance"]) == ("there", None)
    assert ana["cash_problem"] == "1 of its deposits and payouts are not counted here: enter them by hand."
    take_over(shop, seen)
    assert look(shop)["is_empty"] is True
    olga = fresh_server.api(shop.olga)
    found = {(row["username"], row["machine_name"]): row["balance"] for row in rows(olga, f"{DCA}/clients")}
    assert found["ana", "Plaza"]["remaining"] == BALANCES["ana", "Plaza"][0]


def test_a_preview_that_is_not_the_present_one_writes_nothing(fresh_server: LnbitsServer) -> None:
    shop = OldShop.open(fresh_server)
    shop.write("wire")
    seen = look(shop)
    shop.sell_once_more("wire")
    body = {"confirmation": seen["confirmation"]}
    refused = platform(shop).post(f"{PREDECESSORS}/satoshimachine/move", body, expect=409)
    assert refused["code"] == "preview_outdated"
    assert fresh_server.snapshot(BOOKS)["machines"] == [{"n": 0}]

    platform(shop).post(f"{PREDECESSORS}/spirekeeper/preview", expect=404)
    platform(shop).post(f"{PREDECESSORS}/whatever/preview", expect=404)
    fresh_server.api(shop.olga).post(f"{PREDECESSORS}/satoshimachine/preview", expect=403)


def test_a_predecessor_that_still_works_is_not_moved_over(fresh_server: LnbitsServer) -> None:
    shop = OldShop.open(fresh_server)
    shop.write("wire", "spirekeeper")
    fresh_server.sql(
        "INSERT INTO installed_extensions (id, version, name, active) VALUES (:id, '2', 'Keeper', :active)",
        id="spirekeeper",
        active=True,
    )
    seen = look(shop, "spirekeeper")
    assert seen["is_active"] is True
    body = {"confirmation": seen["confirmation"]}
    refused = platform(shop).post(f"{PREDECESSORS}/spirekeeper/move", body, expect=409)
    assert refused["code"] == "predecessor_active"


def test_a_table_that_nobody_knows_says_what_is_missing(fresh_server: LnbitsServer) -> None:
    shop = OldShop.open(fresh_server)
    shop.rows["dca_settlements"] = []
    shop.write("net")
    shop.execute("ALTER TABLE {}.dca_settlements RENAME COLUMN gross_sats TO something")
    refused = platform(shop).post(f"{PREDECESSORS}/satoshimachine/preview", expect=409)
    assert refused["code"] == "predecessor_unreadable"
    assert "wire_sats/gross_sats" in refused["detail"]


def test_no_payment_of_a_sale_of_before_is_settled_again_and_what_no_book_knows_is_told(
    fresh_server: LnbitsServer,
) -> None:
    """One invoice is open while the books move, and was a sale there already; another one is in no book."""
    shop = OldShop.open(fresh_server)
    customer = fresh_server.create_user("customer").wallet
    fresh_server.top_up(customer, 10_000)
    stamp = {"source": "bitspire", "type": "cash_out", "principal_sats": 900, "fee_sats": 100}
    stamp |= {"exchange_rate": "5", "currency": "EUR", "fiat_amount": "180.00", "txid": "late"}
    plaza = shop.wallets["Plaza"]
    is_known, is_new = (fresh_server.create_invoice(plaza, 1000, extra=stamp) for _ in range(2))
    unrecorded = fresh_server.create_invoice(plaza, 777)
    fresh_server.pay_invoice(customer, unrecorded.bolt11)
    shop.rows["dca_settlements"][2]["payment_hash"] = is_known.payment_hash
    shop.write("wire")
    take_over(shop, look(shop))
    olga = fresh_server.api(shop.olga)

    for invoice in (is_known, is_new):
        fresh_server.pay_invoice(customer, invoice.bolt11)

    def settled() -> set[str]:
        return {row["payment_hash"] for row in rows(olga, f"{DCA}/settlements")}

    fresh_server.wait_for(lambda: is_new.payment_hash in settled(), "the sale that is new")
    verdict = "SELECT verdict FROM satmachineadmin.seen_payments WHERE payment_hash = :hash"
    decided = [{"verdict": "settled_before"}]
    fresh_server.wait_for(
        lambda: fresh_server.sql(verdict, hash=is_known.payment_hash) == decided, "the sale that was known"
    )
    assert is_known.payment_hash not in settled()
    told = [row["detail"] for row in rows(olga, f"{DCA}/worklist", is_open=True)]
    assert [text for text in told if text.startswith("1 payment of 777 sat came into")]


@pytest.mark.parametrize("when", ["before", "after"])
def test_whoever_dies_in_the_middle_has_taken_over_nothing_or_everything(
    fresh_server: LnbitsServer, when: str
) -> None:
    shop = OldShop.open(fresh_server)
    shop.write("wire")
    fresh_server.restart(env={"SATMACHINE_FAILPOINT": f"move.{when}_commit:1"})
    seen = look(shop)
    with pytest.raises(httpx.HTTPError):
        take_over(shop, seen)
    fresh_server.wait_until_exit()
    fresh_server.start()

    books = {name: found[0]["n"] for name, found in fresh_server.snapshot(BOOKS).items()}
    assert (books["machines"], books["lps"], books["sales"]) == ((0, 0, 0) if when == "before" else (3, 6, 6))
    seen = look(shop)
    assert seen["is_empty"] is (when == "after")
    if when == "before":
        take_over(shop, seen)
    olga = fresh_server.api(shop.olga)
    found = {
        (row["username"], row["machine_name"]): (row["balance"]["remaining"], row["balance"]["pending"])
        for row in rows(olga, f"{DCA}/clients")
    }
    assert found == BALANCES


@ON_SQLITE
def test_the_command_does_the_same_while_lnbits_is_stopped(
    fresh_server: LnbitsServer, tmp_path: Path
) -> None:
    """From a file that lies elsewhere, as of another LNbits whose people and wallets came along."""
    shop = OldShop.open(fresh_server)
    shop.write_file("net", tmp_path / "old.sqlite3")
    refused = move_by_command(fresh_server, "--from", str(tmp_path / "old.sqlite3"), "--yes")
    assert "LNbits is running" in refused.stderr
    fresh_server.stop()
    asked = move_by_command(fresh_server, "--from", str(tmp_path / "old.sqlite3"), answer="no\n")
    assert (asked.returncode, "Nothing was taken over." in asked.stderr) == (1, True), asked.stderr

    done = move_by_command(fresh_server, "--from", str(tmp_path / "old.sqlite3"), "--yes")
    assert done.returncode == 0, done.stderr
    assert "balance before 947.04666666666666404, after 947.05 EUR" in done.stdout
    fresh_server.start()
    clients = rows(fresh_server.api(shop.olga), f"{DCA}/clients")
    found = {(row["username"], row["machine_name"]): row["balance"]["remaining"] for row in clients}
    assert found == {place: remaining for place, (remaining, _pending) in BALANCES.items()}


def move_by_command(
    server: LnbitsServer, *arguments: str, answer: str = ""
) -> subprocess.CompletedProcess[str]:
    """As the operator of a server types it, in the folder and with the environment of its LNbits."""
    settings = lnbits_env(server.data_dir, server.folder, server.port, server.database_url)
    environment = {**clean_environment(settings), "PYTHONPATH": str(server.folder / "extensions")}
    return subprocess.run(
        [sys.executable, "-m", "satmachineadmin.move", *arguments],
        cwd=server.folder,
        env=environment,
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
    )
