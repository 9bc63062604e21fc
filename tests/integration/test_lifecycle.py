"""Disabled, enabled, upgraded, stopped: never two runners, never anything half done."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tests.fakes.books import steps
from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop, sats_of

PROBE = "/probe/api/v1"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
OURS = "satmachineadmin"


def runners(server: LnbitsServer) -> list[str]:
    """The names of our tasks that run in the server."""
    tasks: list[str] = server.api().get(f"{PROBE}/tasks")
    return [name for name in tasks if name.startswith(OURS)]


def listeners(server: LnbitsServer) -> int:
    tasks: list[str] = server.api().get(f"{PROBE}/tasks")
    return tasks.count(f"ext_{OURS}_invoice_listener")


def switch(server: LnbitsServer, what: str) -> float:
    """Activate or deactivate the extension as the super user does; gives back the seconds it took."""
    started = time.monotonic()
    server.api(server.super_user).put(f"/api/v1/extension/{OURS}/{what}")
    return time.monotonic() - started


def test_deactivated_it_stops_within_five_seconds_and_activated_one_runner_goes_on(
    fresh_probed: LnbitsServer,
) -> None:
    shop = Shop.open(fresh_probed, cash={"ana": "400.00"})
    first = shop.settled(shop.sell(**SALE))
    one_set = runners(fresh_probed)

    seconds = switch(fresh_probed, "deactivate")
    nothing_left = runners(fresh_probed) + [OURS] * listeners(fresh_probed)
    missed = shop.sell(**SALE)
    switch(fresh_probed, "activate")

    assert first["state"] == "processed"
    assert seconds < 5
    assert nothing_left == []
    assert sats_of(shop.settled(missed), "dca") == [1000]
    assert runners(fresh_probed) == one_set
    assert listeners(fresh_probed) == 1
    assert shop.api.get(f"{DCA}/status")["runner"] == "active"


def test_switched_off_and_on_again_and_again_there_is_one_runner(fresh_probed: LnbitsServer) -> None:
    shop = Shop.open(fresh_probed, cash={"ana": "400.00"})
    one_set = runners(fresh_probed)

    for _ in range(4):
        switch(fresh_probed, "deactivate")
        switch(fresh_probed, "activate")

    assert runners(fresh_probed) == one_set
    assert listeners(fresh_probed) == 1
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    assert shop.balances()["ana"] == 1000


def test_activated_again_without_a_stop_the_new_one_takes_over_from_the_old(
    fresh_probed: LnbitsServer,
) -> None:
    """LNbits replaces the module on an upgrade; should the old one not have stopped, only one pays."""
    shop = Shop.open(fresh_probed, cash={"ana": "400.00"})

    switch(fresh_probed, "activate")

    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    assert shop.balances()["ana"] == 1000


def test_the_lp_extension_says_clearly_that_the_engine_is_missing(fresh_probed: LnbitsServer) -> None:
    shop = Shop.open(fresh_probed, cash={"ana": "400.00"})
    lp = fresh_probed.api(shop.lps["ana"])
    path = "/satmachineclient/api/v1/dca-client/preferences"

    switch(fresh_probed, "deactivate")
    refused = lp.get(path, expect=503)
    switch(fresh_probed, "activate")

    assert refused["code"] == "engine_missing"
    assert lp.get(path)["onboarded"] is True


def test_what_a_predecessor_left_is_named_and_not_touched(fresh_server: LnbitsServer, database: str) -> None:
    """Tables in a database called satoshimachine; LNbits' stored version of this id stands at 12."""
    shop = Shop.open(fresh_server)
    if database == "sqlite":
        file = Path(fresh_server.data_dir) / "ext_satoshimachine.sqlite3"
        with sqlite3.connect(file) as old:
            old.execute("CREATE TABLE dca_clients (id TEXT)")
            old.execute("CREATE TABLE deposits (id TEXT)")
        before = file.read_bytes()
    else:
        fresh_server.sql("CREATE SCHEMA satoshimachine")
        fresh_server.sql("CREATE TABLE satoshimachine.dca_clients (id TEXT)")
        fresh_server.sql("CREATE TABLE satoshimachine.deposits (id TEXT)")

    [found] = shop.api.get(f"{DCA}/status")["predecessor"]

    assert "satoshimachine" in found["where"]
    assert found["tables"] == 2
    assert database != "sqlite" or file.read_bytes() == before


def test_migrations_run_on_top_of_the_predecessors_version_12(fresh_server: LnbitsServer) -> None:
    """LNbits runs only numbers above the stored one: ours start at 101."""
    versions = fresh_server.sql("SELECT version FROM dbversions WHERE db = :id", id=OURS)

    newest = max(int(step[1:4]) for step in steps())
    assert [row["version"] for row in versions] == [newest]
    fresh_server.stop()
    fresh_server.sql("UPDATE dbversions SET version = 12 WHERE db = :id", id=OURS)
    fresh_server.start()

    versions = fresh_server.sql("SELECT version FROM dbversions WHERE db = :id", id=OURS)
    assert [row["version"] for row in versions] == [newest]
    assert Shop.open(fresh_server).api.get(f"{DCA}/status")["runner"] == "active"
