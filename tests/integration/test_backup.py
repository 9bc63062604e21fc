"""docs/how-to/backup-and-restore.md, done as it says while sales go on: both books come back as of one
instant, nothing leaves before a person lets it, and nothing is paid twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.commands import run_block
from tests.harness.farm import SQLITE, ServerFarm
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
    if server.database_url is None:
        run_block(PAGE, "backup on SQLite", where)
        (made,) = copies.iterdir()
        return made
    run_block(PAGE, "backup on PostgreSQL", {**where, "DATABASE": server.database_url}, [farm.cluster.tools])
    (made,) = copies.glob("*.dump")
    return made


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


def hold_sales(shop: Shop) -> None:
    shop.api.put(
        f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "after_minutes", "payout_delay_minutes": 60}
    )


def test_a_backup_of_a_selling_shop_comes_back_as_of_one_instant_and_pays_nothing_twice(
    farm: ServerFarm, fresh_server: LnbitsServer, tmp_path: Path
) -> None:
    shop = Shop.open(fresh_server, cash=CASH)
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    hold_sales(shop)
    waiting = shop.sell(**SALE)
    held = shop.settled(waiting)
    assert held["state"] == "held"
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "at_once"})
    before = total_msat(fresh_server)
    selling = Thread(target=lambda: [shop.sell(**SALE) for _ in range(8)])

    selling.start()
    backup = back_up(farm, fresh_server, tmp_path / "copies")
    selling.join()
    lost = shop.sell(**SALE)
    assert shop.settled(lost)["state"] == "processed"
    fresh_server.kill()

    with restored(farm, fresh_server, backup, tmp_path / "restored") as server:
        again = replace(shop, server=server)
        assert again.settlement_of(lost) is None
        again.api.post(f"{DCA}/settlements/{held['id']}/release")
        server.wait_for(lambda: waits_for(server, held) == "only_incoming", "waiting sale")
        platform = server.api(server.super_user)
        let_go = {"lnbits_only_allow_incoming_payments": False}
        assert platform.raw("PATCH", "/admin/api/v1/settings", json=let_go).status_code == 200
        again.wait_no_longer(waiting)
        server.wait_for(lambda: not server.sql(_UNFINISHED), "payouts", 60)

        assert (proof(again)["difference_msat"], matters(again)) == (0, set())
        assert total_msat(server) == before
        assert server.sql(_PAID_TWICE) == []
        assert platform.post(f"{DCA}/audit/verify")["ok"]
        assert again.settled(again.sell(**SALE))["state"] == "processed"
        assert complaints(Snapshot(**server.snapshot(STATEMENTS))) == []


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
