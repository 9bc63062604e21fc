"""Books older than LNbits' history, on a real server whose money can leave it: nothing is paid again.

tests/unit/engine/test_restore*.py have the many cases; here a copy is laid back as an administrator does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.fake_node import FakeNode
from tests.harness.farm import POSTGRES, SQLITE, ServerFarm
from tests.harness.pay_links import PayLinks
from tests.harness.shop import DCA, LP, Shop
from tests.judge import STATEMENTS, Snapshot, complaints

from .ledger import Ledger
from .town import CASH, JAMMED, Town, use_node

pytestmark = pytest.mark.timeout(600)
SHOPS = ("plain", "outside", "extra")
#: The settlements that are not at their end.
_MOVING = """
    SELECT id FROM satmachineadmin.dca_settlements WHERE state NOT IN ('processed', 'dismissed')
"""
_NOT_PASSED_ON = """
    SELECT leg.id FROM satmachineadmin.dca_payments AS leg
    JOIN satmachineadmin.dca_lp AS lp ON lp.dca_wallet_id = leg.destination_wallet_id
    WHERE leg.leg_type = 'dca' AND leg.state = 'completed'
      AND lp.autoforward_enabled AND leg.completed_at > lp.autoforward_since
      AND leg.id NOT IN (SELECT source_leg_id FROM satmachineadmin.leg_sources)
"""
_UNDER_WAY = """
    SELECT id FROM satmachineadmin.dca_payments
    WHERE leg_type = 'autoforward' AND state IN ('pending', 'paying', 'unresolved')
"""
#: Deletes in these tables are refused by triggers, which a restored dump does not meet.
_NO_TRIGGERS = "SET LOCAL session_replication_role = replica"


class Copy:
    """Our tables as they are now, to be laid back over newer ones. The server is down for both."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger, self._name = ledger, name
        self._file = ledger.data_dir / "ext_satmachineadmin.sqlite3"
        if ledger.is_sqlite:
            shutil.copyfile(self._file, f"{self._file}.{name}")
            return
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'satmachineadmin'"
        self._tables = [row["tablename"] for row in ledger.run(names)]
        copies = [f"CREATE TABLE {name}.{table} AS TABLE satmachineadmin.{table}" for table in self._tables]
        ledger.run_all([(statement, {}) for statement in (f"CREATE SCHEMA {name}", *copies)])

    def restore(self) -> None:
        if self._ledger.is_sqlite:
            shutil.copyfile(f"{self._file}.{self._name}", self._file)
            return
        statements = [_NO_TRIGGERS]
        for table in self._tables:
            statements.append(f"DELETE FROM satmachineadmin.{table}")
            statements.append(f"INSERT INTO satmachineadmin.{table} SELECT * FROM {self._name}.{table}")
        self._ledger.run_all([(statement, {}) for statement in statements])


@contextmanager
def opened(farm: ServerFarm, folder: Path, database: str) -> Iterator[tuple[Town, Copy]]:
    """The town, its server up, and a copy of the books from before anybody came."""
    made = farm.server(folder, database)
    server = LnbitsServer(folder, port=made.port, database_url=made.database_url)
    with FakeNode() as node, PayLinks() as links:
        use_node(server, node)
        empty = Copy(Ledger(server.data_dir, server.database_url), "empty")
        try:
            server.start()
            yield Town.open(server, node, links), empty
        finally:
            server.close()
    assert server.log_defects() == []


def sell_everywhere(town: Town) -> None:
    """A sale at each machine, paid out, and passed on where that is wished."""
    for shop in SHOPS:
        town.sell(shop)
    town.server.wait_for(lambda: is_settled(town) and is_passed_on(town), "payouts", 60)


def is_settled(town: Town) -> bool:
    town.hurry()
    landed = town.sql("SELECT COUNT(*) AS sales FROM satmachineadmin.dca_settlements")[0]["sales"]
    sold = sum(len(hashes) for hashes in town.sold.values()) + JAMMED
    return bool(landed >= sold) and not town.sql(_MOVING)


def paid_outside(town: Town) -> int:
    return len(town.node.paid_msat)


def is_passed_on(town: Town) -> bool:
    """Everything that arrived at Cara's wallet since she wished it."""
    return not town.sql(_NOT_PASSED_ON) and not town.sql(_UNDER_WAY)


def held(town: Town) -> dict[str, int]:
    """What LNbits says that each wallet holds, in msat."""
    return {row["wallet_id"]: int(row["balance"]) for row in town.sql("SELECT * FROM balances")}


def matters(town: Town, shop: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = getattr(town, shop).api.get(f"{DCA}/worklist", is_open=True)["data"]
    return found


def are_all_paused(town: Town) -> bool:
    # The kiosk has sold nothing.
    rows = town.sql("SELECT payouts_paused_at FROM satmachineadmin.dca_machines WHERE name <> 'Kiosk'")
    return len(rows) == len(SHOPS) and all(row["payouts_paused_at"] for row in rows)


def are_all_stopped(town: Town) -> bool:
    """Each operator is asked about what LNbits has paid, and about the sales that this may have been for."""
    kinds = [{one["kind"] for one in matters(town, shop)} for shop in SHOPS]
    return are_all_paused(town) and all(one >= {"restored", "unknown_payments"} for one in kinds)


def is_confirmed(town: Town) -> bool:
    """Each operator says that what LNbits has paid is paid, until nothing is left to say."""
    waiting = [(shop, matter) for shop in SHOPS for matter in matters(town, shop)]
    for shop, matter in waiting:
        path = f"{DCA}/worklist/{matter['id']}/accept"
        getattr(town, shop).api.post(path, {"reason": "last night's copy was put back"})
    return not waiting


def is_paid_once(town: Town, before: dict[str, int], outside: int) -> None:
    """Nothing has moved, within LNbits or out of it."""
    assert held(town) == before
    assert paid_outside(town) == outside


@pytest.mark.parametrize("database", [SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def test_books_of_five_minutes_ago_pay_nothing_again(farm: ServerFarm, tmp_path: Path, database: str) -> None:
    """A sale at each machine was paid after the copy; one more is paid once all is confirmed."""
    with opened(farm, tmp_path / "server", database) as (town, _empty):
        town.server.wait_for(lambda: is_settled(town) and is_passed_on(town), "payouts", 60)
        town.server.stop()
        copy, known = Copy(town.ledger, "earlier"), paid_outside(town)
        town.server.start()
        sell_everywhere(town)
        town.server.stop()
        before, outside = held(town), paid_outside(town)
        copy.restore()

        town.server.start()
        town.server.wait_for(lambda: are_all_stopped(town), "pause", 60)
        town.hurry()
        is_paid_once(town, before, outside)
        town.server.wait_for(lambda: is_confirmed(town) and is_settled(town), "accepted sales", 60)
        is_paid_once(town, before, outside)

        sell_everywhere(town)
        town.server.stop()
        seen = Snapshot(**town.server.snapshot(STATEMENTS))
        assert [one for one in complaints(seen) if "which no leg explains" not in one] == []
        # Cara reads that her sats were passed on before; no leg of these books explains by which payment
        assert len(complaints(seen)) == outside - known - 1
        assert town.sql(
            "SELECT COUNT(*) AS times FROM satmachineadmin.dca_payments WHERE error_code = 'paid_before'"
        ) == [{"times": 1}]


def set_up_again(town: Town) -> None:
    """The same people say once more what they had said, now that the extension is new."""
    platform = {"super_fee_pct": "30", "super_fee_wallet_id": town.plain.platform_wallet.id}
    town.server.api(town.server.super_user).put(f"{DCA}/super-config", platform)
    splits = {name: [wallet.id for wallet in getattr(town, name).partners] for name in SHOPS}
    splits["outside"] = [town.links.url("ella")]
    for name in SHOPS:
        shop: Shop = getattr(town, name)
        shop.machine = shop.api.post(
            f"{DCA}/machines",
            {"name": "Plaza", "wallet_id": shop.machine_wallet.id, "currency": "EUR", "reference_rate": "5"},
        )
        (target,) = splits[name]
        shop.api.put(f"{DCA}/commission-splits", {"splits": [{"target": target, "share_pct": "100"}]})
        for lp in shop.lps.values():
            body = {"machine_id": shop.machine["id"], "username": lp.username, "display_name": lp.username}
            client = shop.api.post(f"{DCA}/clients", body)
            chosen = {"dca_wallet_id": lp.wallet.id}
            town.server.api(lp).post(f"{LP}/enrolments/{client['id']}/accept", chosen)
            entry = shop.api.post(f"{DCA}/deposits", {"client_id": client["id"], "amount": CASH})
            shop.api.post(f"{DCA}/deposits/{entry['id']}/confirm")


@pytest.mark.parametrize("database", [SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def test_empty_books_beside_a_history_pay_nothing_again(
    farm: ServerFarm, tmp_path: Path, database: str
) -> None:
    """The extension is set up anew, its machines from the instant that they first had."""
    with opened(farm, tmp_path / "server", database) as (town, empty):
        first = "SELECT wallet_id, scan_from FROM satmachineadmin.machine_wallets"
        instants = {row["wallet_id"]: row["scan_from"] for row in town.sql(first)}
        sell_everywhere(town)
        town.server.stop()
        before, outside = held(town), paid_outside(town)
        empty.restore()

        town.server.start()
        set_up_again(town)
        town.server.stop()
        for wallet_id, instant in instants.items():
            change = "UPDATE satmachineadmin.machine_wallets SET scan_from = :at WHERE wallet_id = :id"
            town.sql(change, at=instant, id=wallet_id)
        town.server.start()
        town.server.wait_for(lambda: are_all_stopped(town), "pause", 60)
        town.hurry()
        is_paid_once(town, before, outside)
        # the openings, too: they were looked at before the instants were set
        town.server.wait_for(lambda: is_confirmed(town), "confirmation", 60)
        is_paid_once(town, before, outside)

        fresh = town.sell("plain")
        paid = lambda: (town.settlement(fresh) or {}).get("state") == "processed"  # noqa: E731
        town.server.wait_for(paid, "new sale", 60)
        assert paid_outside(town) == outside
