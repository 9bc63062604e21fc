"""docs/how-to/backup-and-restore.md, done as it says while sales are paid out: both books come back as of one
instant, nothing leaves before a person lets it, and nothing is paid twice."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.crash.town import use_node
from tests.harness import LnbitsServer
from tests.harness.commands import run_block
from tests.harness.fake_node import FakeNode
from tests.harness.farm import SQLITE, ServerFarm
from tests.harness.pay_links import Link, PayLinks, foreign_invoice
from tests.harness.shop import DCA, Shop
from tests.judge import STATEMENTS, Snapshot, complaints

PAGE = "how-to/backup-and-restore.md"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
CASH = {"ana": "6000.00", "ben": "3000.00"}
_UNFINISHED = "SELECT id FROM satmachineadmin.dca_settlements WHERE state NOT IN ('processed', 'held')"
_PAID_TWICE = """
    SELECT external_id FROM apipayments WHERE external_id LIKE 'sm1:%' AND status = 'success' AND amount < 0
    GROUP BY external_id HAVING COUNT(*) > 1
"""


def total_msat(server: LnbitsServer) -> int:
    """What all wallets hold together: payments within this LNbits do not change it."""
    return sum(int(row["balance"]) for row in server.sql("SELECT balance FROM balances"))


def back_up(farm: ServerFarm, server: LnbitsServer, copies: Path) -> Path:
    """The backup that the page's commands make, of a server that runs."""
    copies.mkdir()
    where = {"DATA": str(server.data_dir), "BACKUPS": str(copies)}
    with files_come_and_go(server.data_dir):
        if server.database_url is None:
            run_block(PAGE, "backup on SQLite", where)
        else:
            addressed = {**where, "DATABASE": server.database_url}
            run_block(PAGE, "backup on PostgreSQL", addressed, [farm.cluster.tools])
    (files,) = copies.rglob("*files.tgz")
    assert ".super_user" in names_in(files)
    assert not [name for name in names_in(files) if ".sqlite3" in name]
    (made,) = copies.iterdir() if server.database_url is None else copies.glob("*.dump")
    return made


@contextmanager
def files_come_and_go(folder: Path) -> Iterator[None]:
    """As SQLite's journals do with each commit, only without a pause."""
    is_over = Event()

    def write() -> None:
        journal = folder / "ext_of_another.sqlite3-journal"
        while not is_over.is_set():
            journal.touch()
            journal.unlink()

    writing = Thread(target=write)
    writing.start()
    try:
        yield
    finally:
        is_over.set()
        writing.join()


def names_in(archive: Path) -> set[str]:
    with tarfile.open(archive) as files:
        return set(files.getnames())


@contextmanager
def restored(farm: ServerFarm, server: LnbitsServer, backup: Path, folder: Path) -> Iterator[LnbitsServer]:
    """Another LNbits at the same address, on what the page's commands have laid back."""
    folder.mkdir()
    url = None if server.database_url is None else farm.cluster.fresh_database()
    fresh = LnbitsServer(folder, port=server.port, database_url=url)
    fresh.data_dir.mkdir()
    if url is None:
        run_block(PAGE, "restore on SQLite", {"DATA": str(fresh.data_dir), "COPY": str(backup)})
    else:
        run_block(PAGE, "restore on PostgreSQL", {"RESTORED": url, "DUMP": str(backup)}, [farm.cluster.tools])
    with fresh:
        yield fresh
    assert fresh.log_defects() == []


def matters(shop: Shop) -> set[str]:
    return {row["kind"] for row in shop.api.get(f"{DCA}/worklist", is_open=True)["data"]}


def proof(shop: Shop) -> dict[str, Any]:
    """The machine's proof after a look at everything."""
    found: dict[str, Any] = shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    return found


def waits_for(server: LnbitsServer, settlement: dict[str, Any]) -> str | None:
    statement = "SELECT waits_code FROM satmachineadmin.dca_settlements WHERE id = :id"
    code: str | None = server.sql(statement, id=settlement["id"])[0]["waits_code"]
    return code


def let(server: LnbitsServer, **settings: object) -> None:
    """Choose settings of LNbits as its super user does."""
    answer = server.api(server.super_user).raw("PATCH", "/admin/api/v1/settings", json=settings)
    assert answer.status_code == 200, answer.text


def hold_sales(shop: Shop) -> None:
    shop.api.put(
        f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "after_minutes", "payout_delay_minutes": 60}
    )


def release_all(shop: Shop, settlements: Sequence[dict[str, Any]]) -> None:
    """They are planned and paid from then on, one after the other."""
    for settlement in settlements:
        shop.api.post(f"{DCA}/settlements/{settlement['id']}/release")


def test_a_backup_of_a_shop_that_pays_out_comes_back_as_of_one_instant_and_pays_nothing_twice(
    farm: ServerFarm, fresh_server: LnbitsServer, tmp_path: Path
) -> None:
    shop = Shop.open(fresh_server, cash=CASH)
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    hold_sales(shop)
    waiting, *others = [shop.sell(**SALE) for _ in range(9)]
    held, *to_be_paid = [shop.settled(sale) for sale in (waiting, *others)]
    assert held["state"] == "held"
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "at_once"})
    before = total_msat(fresh_server)

    paying = Thread(target=release_all, args=(shop, to_be_paid))
    paying.start()
    backup = back_up(farm, fresh_server, tmp_path / "copies")
    paying.join()
    lost = shop.sell(**SALE)
    assert shop.settled(lost)["state"] == "processed"
    fresh_server.kill()

    with restored(farm, fresh_server, backup, tmp_path / "restored") as server:
        again = replace(shop, server=server)
        assert again.settlement_of(lost) is None
        again.api.post(f"{DCA}/settlements/{held['id']}/release")
        server.wait_for(lambda: waits_for(server, held) == "only_incoming", "waiting sale")
        platform = server.api(server.super_user)
        let(server, lnbits_only_allow_incoming_payments=False)
        again.wait_no_longer(waiting)
        server.wait_for(lambda: not server.sql(_UNFINISHED), "payouts", 60)

        assert (proof(again)["difference_msat"], matters(again)) == (0, set())
        assert total_msat(server) == before
        assert server.sql(_PAID_TWICE) == []
        assert platform.post(f"{DCA}/audit/verify")["ok"]
        assert again.settled(again.sell(**SALE))["state"] == "processed"
        assert complaints(Snapshot(**server.snapshot(STATEMENTS))) == []


@pytest.mark.breaks_the_books("the node has paid a leg that both books do not know of")
@pytest.mark.parametrize("database", [SQLITE])
def test_what_had_left_since_the_copy_is_released_before_anything_leaves_again(
    farm: ServerFarm, tmp_path: Path, database: str
) -> None:
    """Neither book knows of it, so nothing but a person who reads the node's list can."""
    folder = tmp_path / "server"
    folder.mkdir()
    with FakeNode() as node, PayLinks() as links, ExitStack() as stack:
        server = farm.server(folder, database)
        use_node(server, node)
        stack.enter_context(server)
        shop = Shop.open(server, shares=(), cash=CASH)
        links.add("ella", Link(invoice=foreign_invoice))
        shop.api.put(
            f"{DCA}/commission-splits", {"splits": [{"target": links.url("ella"), "share_pct": "100"}]}
        )
        hold_sales(shop)
        sale = shop.sell(principal_sats=1000, commission_sats=10_000, fiat_amount="200.00", exchange_rate="5")
        held = shop.settled(sale)
        backup = back_up(farm, server, tmp_path / "copies")
        shop.api.post(f"{DCA}/settlements/{held['id']}/release")
        assert shop.settled(sale)["state"] == "processed"
        assert len(node.paid_msat) == 1
        server.kill()

        with restored(farm, server, backup, tmp_path / "restored") as fresh:
            again = replace(shop, server=fresh)
            again.api.post(f"{DCA}/settlements/{held['id']}/release")
            fresh.wait_for(lambda: waits_for(fresh, held) == "only_incoming", "waiting sale")
            let(fresh, lnbits_max_outgoing_payment_amount_sats=1, lnbits_only_allow_incoming_payments=False)
            again.wait_no_longer(sale)
            errored = again.settled(sale)
            (left,) = [leg for leg in errored["legs"] if leg["leg_type"] == "operator_split"]
            assert left["state"] == "failed"
            again.api.post(f"{DCA}/payments/{left['id']}/release", {"reason": "the node has paid it"})
            let(fresh, lnbits_max_outgoing_payment_amount_sats=10_000_000)
            again.api.post(f"{DCA}/settlements/{held['id']}/retry", {})
            fresh.wait_for(lambda: again.settled(sale)["state"] == "processed", "the rest")
            assert len(node.paid_msat) == 1


@pytest.mark.breaks_the_books("LNbits' books are older than ours")
@pytest.mark.parametrize("database", [SQLITE])
def test_beside_older_books_of_lnbits_nothing_is_paid_and_each_lost_row_is_a_difference(
    farm: ServerFarm, fresh_server: LnbitsServer, tmp_path: Path
) -> None:
    """Two files can be mixed up; of a dump nobody restores one half by mistake."""
    shop = Shop.open(fresh_server, cash=CASH)
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    backup = back_up(farm, fresh_server, tmp_path / "copies")
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    fresh_server.stop()
    shutil.copyfile(backup / "database.sqlite3", fresh_server.data_dir / "database.sqlite3")
    rows = fresh_server.sql("SELECT COUNT(*) AS n FROM apipayments")

    fresh_server.start()
    lost = {"sale_missing", "debit_missing", "credit_missing"}
    fresh_server.wait_for(lambda: matters(shop) == lost, "differences", 90)

    proof(shop)
    assert matters(shop) == lost
    assert shop.api.get(f"{DCA}/machines/{shop.machine['id']}")["payouts_paused_at"]
    assert fresh_server.sql("SELECT COUNT(*) AS n FROM apipayments") == rows
