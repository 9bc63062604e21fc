"""Moving over once, whatever happens: crashes, a predecessor that runs on, what cannot be read, a command."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.harness import LnbitsServer
from tests.harness.env import clean_environment, lnbits_env
from tests.harness.old_shop import OldShop
from tests.harness.shop import DCA

from .api.values import ON_SQLITE
from .moving import BALANCES, BOOKS, PREDECESSORS, balances, look, platform, rows, take_over


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
    assert balances(shop) == BALANCES


@ON_SQLITE
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


@ON_SQLITE
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
    # What was made in the second of the move would land: it is not to be of that second.
    paid_at = time.time()
    fresh_server.wait_for(lambda: int(time.time()) > int(paid_at) + 1, "another second")
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


def test_two_who_confirm_at_the_same_instant_take_it_over_once(fresh_server: LnbitsServer) -> None:
    shop = OldShop.open(fresh_server)
    shop.write("wire")
    body = {"confirmation": look(shop)["confirmation"]}

    def confirm(_who: int) -> int:
        with httpx.Client(base_url=fresh_server.url, timeout=60, trust_env=False) as client:
            headers = {"Authorization": f"Bearer {fresh_server.super_user.token}"}
            path = f"{PREDECESSORS}/satoshimachine/move"
            return client.post(path, json=body, headers=headers).status_code

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(confirm, range(3)))
    assert answers[0] == 201
    assert set(answers[1:]) <= {409, 422}
    assert balances(shop) == BALANCES
    assert fresh_server.snapshot(BOOKS)["sales"] == [{"n": 6}]
    assert len(platform(shop).get(PREDECESSORS)["moves"]) == 1


def test_a_payment_that_the_predecessor_had_for_a_sale_is_not_adopted_here(
    fresh_server: LnbitsServer,
) -> None:
    """The machine was added by hand before the move, and its payment rejected: the predecessor paid it."""
    shop = OldShop.open(fresh_server)
    olga, plaza = fresh_server.api(shop.olga), shop.wallets["Plaza"]
    machine = {"name": "Plaza", "wallet_id": plaza.id, "currency": "EUR", "reference_rate": "300"}
    olga.post(f"{DCA}/machines", machine)
    customer = fresh_server.create_user("customer").wallet
    fresh_server.top_up(customer, 10_000)
    invoice = fresh_server.create_invoice(plaza, 1000)
    fresh_server.pay_invoice(customer, invoice.bolt11)
    fresh_server.wait_for(lambda: rows(olga, f"{DCA}/settlements", state="rejected"), "the payment")
    (payment,) = rows(olga, f"{DCA}/settlements")
    shop.rows["dca_settlements"][0]["payment_hash"] = invoice.payment_hash
    shop.write("wire")
    take_over(shop, look(shop))

    facts = {"principal_sats": 900, "fee_sats": 100, "exchange_rate": "300"}
    for what in ("adopt/preview", "adopt"):
        refused = olga.post(f"{DCA}/settlements/{payment['id']}/{what}", facts, expect=422)
        assert refused["code"] == "facts_unusable"
    told = [row["detail"] for row in rows(olga, f"{DCA}/worklist", is_open=True)]
    assert [text for text in told if "is a settlement here, “rejected”" in text]


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
    assert balances(shop) == BALANCES


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
    assert balances(shop) == BALANCES


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
