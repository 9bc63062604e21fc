"""The harness is what all integration tests believe in, so it is tested by itself first.

It runs a throwaway extension here, so that a failure below is the harness's or the host's, never ours.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import LnbitsServer, ServerDied, UnexpectedStatus, defects
from tests.harness.farm import ServerFarm

PROBE = """
import os
import sys
from fastapi import APIRouter, Depends
from lnbits.db import Database
from lnbits.decorators import check_account_exists
from loguru import logger

db = Database("ext_probe")
probe_ext = APIRouter(prefix="/probe")

@probe_ext.get("/api/v1/things")
async def list_things(account=Depends(check_account_exists)):
    return {"user": account.id, "things": await db.fetchall("SELECT * FROM probe.things")}

@probe_ext.post("/api/v1/things/{name}")
async def add_thing(name: str, account=Depends(check_account_exists)):
    await db.execute("INSERT INTO probe.things (name, amount) VALUES (:name, 1)", {"name": name})
    if os.environ.get("SATMACHINE_FAILPOINT") == "after-insert":
        os._exit(17)

@probe_ext.post("/api/v1/complain")
async def complain():
    logger.warning("satmachineadmin: something is off")
    raise ZeroDivisionError("on purpose")

if os.environ.get("SATMACHINE_FAILPOINT") == "import":
    os._exit(18)
"""
MIGRATIONS = """
async def m001_initial(db):
    await db.execute("CREATE TABLE probe.things (name TEXT PRIMARY KEY, amount BIGINT NOT NULL)")
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The smallest extension that LNbits accepts: a table and three routes."""
    folder = tmp_path_factory.mktemp("extensions") / "probe"
    folder.mkdir()
    config = {"name": "Probe", "version": "0.1.0", "short_description": "", "min_lnbits_version": "1.6.0"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "migrations.py").write_text(MIGRATIONS)
    (folder / "__init__.py").write_text(PROBE)
    return {"probe": folder}


@pytest.fixture(scope="module")
def probe_server(
    farm: ServerFarm, database: str, probe: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LnbitsServer]:
    with farm.running(tmp_path_factory.mktemp("probe"), database, extensions=probe) as server:
        yield server


def test_users_have_a_wallet_and_see_the_extension(probe_server: LnbitsServer) -> None:
    olga = probe_server.create_user("olga")

    assert probe_server.api(olga).get("/probe/api/v1/things")["user"] == olga.id
    assert probe_server.balance_sats(olga.wallet) == 0


def test_nobody_and_users_without_the_extension_are_turned_away(probe_server: LnbitsServer) -> None:
    outsider = probe_server.create_user("outsider", extensions=[])

    assert probe_server.api().get("/probe/api/v1/things", expect=401)["detail"]
    with pytest.raises(UnexpectedStatus, match=r"GET .*/probe/api/v1/things answered 403"):
        probe_server.api(outsider).get("/probe/api/v1/things")


def test_sats_go_from_wallet_to_wallet_with_the_stamp(probe_server: LnbitsServer) -> None:
    payer, payee = probe_server.create_user("payer"), probe_server.create_user("payee")
    probe_server.top_up(payer.wallet, 1_000)
    second = probe_server.create_wallet(payee, "second")
    sent = probe_server.send(payer.wallet, second, 300, memo="tea", extra={"source": "bitspire"})

    assert probe_server.balance_sats(payer.wallet) == 700
    (received,) = probe_server.payments(second)
    assert (received.payment_hash, received.amount_msat, received.status) == (
        sent.payment_hash,
        300_000,
        "success",
    )
    assert (received.memo, received.extra["source"]) == ("tea", "bitspire")


def test_a_payment_finds_its_rate_on_the_server_itself(probe_server: LnbitsServer) -> None:
    """A payment without a rate takes a second; see the docstring of tests/harness/env.py."""
    payer, payee = probe_server.create_user("rate_payer"), probe_server.create_user("rate_payee")
    probe_server.top_up(payer.wallet, 1_000)
    sent = probe_server.send(payer.wallet, payee.wallet, 100)

    assert sent.extra["wallet_btc_rate"] == 100_000.0
    started = time.monotonic()
    probe_server.send(payer.wallet, payee.wallet, 100)
    assert time.monotonic() - started < 2


def test_sql_reads_and_changes_core_and_extension_tables(probe_server: LnbitsServer) -> None:
    olga = probe_server.create_user("sql_olga")
    probe_server.api(olga).post("/probe/api/v1/things/chair")
    probe_server.sql("UPDATE probe.things SET amount = :amount WHERE name = :name", amount=7, name="chair")

    things = probe_server.api(olga).get("/probe/api/v1/things")["things"]
    assert {"name": "chair", "amount": 7} in things
    assert probe_server.sql('SELECT count(*) AS n FROM wallets WHERE "user" = :id', id=olga.id) == [{"n": 1}]


def test_data_and_tokens_survive_stop_and_kill(
    farm: ServerFarm, database: str, probe: dict[str, Path], tmp_path: Path
) -> None:
    with farm.running(tmp_path, database, extensions=probe) as server:
        olga = server.create_user("olga")
        server.api(olga).post("/probe/api/v1/things/table")
        server.stop()
        assert server.exit_code == -signal.SIGTERM
        server.start()
        server.kill()
        assert not server.is_running
        server.start()

        assert [thing["name"] for thing in server.api(olga).get("/probe/api/v1/things")["things"]] == [
            "table"
        ]
        assert server.log_defects() == []


def test_a_failpoint_ends_the_process_and_the_next_start_has_none(
    farm: ServerFarm, probe: dict[str, Path], tmp_path: Path
) -> None:
    with farm.running(tmp_path, extensions=probe) as server:
        olga = server.create_user("olga")
        server.restart(env={"SATMACHINE_FAILPOINT": "after-insert"})
        with pytest.raises(Exception, match="disconnected"):
            server.api(olga).post("/probe/api/v1/things/lamp")
        assert server.wait_until_exit() == 17
        server.start()

        assert [thing["name"] for thing in server.api(olga).get("/probe/api/v1/things")["things"]] == ["lamp"]


def test_a_server_that_dies_while_starting_is_reported_with_its_log(
    farm: ServerFarm, probe: dict[str, Path], tmp_path: Path
) -> None:
    server = farm.server(tmp_path, extensions=probe, env={"SATMACHINE_FAILPOINT": "import"})
    with pytest.raises(ServerDied, match=r"(?s)ended with 18 while starting.*Starting LNbits"):
        server.start()


def test_settings_of_the_host_reach_a_server_that_is_given_some(farm: ServerFarm, tmp_path: Path) -> None:
    """They are read at the first boot only, so such a server is not a copy of one that had it."""
    with farm.running(tmp_path, extensions={}, env={"LNBITS_WALLET_LIMIT_MAX_BALANCE": "50"}) as server:
        olga = server.create_user("olga")
        refusal = server.api(server.super_user).put(
            "/users/api/v1/balance", {"id": olga.wallet.id, "amount": 51}, expect=400
        )
        assert "exceeds maximum balance" in refusal["detail"]


def test_defects_are_tracebacks_and_warnings_that_name_us(probe_server: LnbitsServer) -> None:
    assert probe_server.log_defects() == []
    probe_server.api().raw("POST", "/probe/api/v1/complain")

    found = probe_server.wait_for(
        lambda: probe_server.log_defects()[1:] and probe_server.log_defects(), "defects"
    )
    assert any("something is off" in defect for defect in found)
    assert any("ZeroDivisionError: on purpose" in defect for defect in found)
    probe_server.expected_defects = ["something is off", "ZeroDivisionError"]
    assert [defect for defect in probe_server.log_defects() if "Traceback" in defect] == []


def test_a_traceback_is_one_defect_with_its_stack_and_exception() -> None:
    log = [
        "07:00 | INFO | fine",
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "    boom()",
        "ValueError: no",
        "07:01 | WARNING | Failed to fetch price from aggregator",
        "07:02 | WARNING | satmachineclient: no",
    ]
    assert defects(log) == ["\n".join(log[1:5]), log[6]]
    assert defects(log, expected=["ValueError", "satmachineclient"]) == []


def test_both_extensions_start_are_enabled_and_leave_a_clean_log(server: LnbitsServer) -> None:
    """The fixture `server` itself fails when its log holds a traceback or a warning of ours."""
    olga = server.create_user("olga")
    assert server.api(olga).get("/satmachineadmin/api/v1/dca/status")["version"]
    assert server.api(olga).get("/satmachineclient/api/v1/dca-client/preferences") is not None
    assert {
        row["id"] for row in server.sql("SELECT id FROM installed_extensions WHERE active = true")
    } == set(server.extensions)
