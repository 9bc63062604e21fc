"""Machines with a key of their own, at a real server: paired, believed, refused, revoked, limited."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.harness import LnbitsServer
from tests.harness.http import UnexpectedStatus
from tests.harness.machine import BASE, Machine
from tests.harness.shop import DCA, Shop

DAY = 86_400


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, shares=())


@pytest.fixture(scope="module")
def plaza(shop: Shop) -> Iterator[Machine]:
    """The shop's machine, paired; tests that flood or revoke bring another one."""
    machine = Machine.paired(shop.server.url, shop.api, shop.machine["id"])
    yield machine
    machine.close()


def another_machine(shop: Shop, name: str = "Market") -> str:
    """A machine that nobody has paired."""
    wallet = shop.server.create_wallet(shop.operator, name)
    body = {"name": name, "wallet_id": wallet.id, "currency": "EUR"}
    return str(shop.api.post(f"{DCA}/machines", body)["id"])


def key_of(shop: Shop, machine_id: str) -> dict[str, Any]:
    key: dict[str, Any] = shop.api.get(f"{DCA}/machines/{machine_id}")["key"]
    return key


def matters_of(shop: Shop, machine_id: str) -> list[str]:
    found = shop.api.get(f"{DCA}/worklist", machine_id=machine_id, is_open=True)["data"]
    return sorted(matter["kind"] for matter in found)


def refusal(machine: Machine, verb: str, path: str, /, **event: Any) -> tuple[int, str]:
    response = machine.raw(verb, path, **event)
    return response.status_code, response.json().get("code", "")


def test_a_machine_is_paired_by_its_code_and_told_what_it_is(shop: Shop, plaza: Machine) -> None:
    machine_id = shop.machine["id"]
    opened = shop.api.post(f"{DCA}/machines/{machine_id}/pairing")
    assert opened["url"] == f"{shop.server.url}{BASE}/pair#{opened['code']}"
    assert key_of(shop, machine_id)["pairing_expires_at"] == opened["expires_at"]

    first = plaza.pair(opened["code"])
    again = plaza.pair(opened["code"])

    assert {**again, "server_time": 0} == {**first, "server_time": 0}
    assert first["machine_id"] == machine_id
    assert first["payout_policy"] == "on_dispense"
    assert abs(first["server_time"] - time.time()) < 30
    key = key_of(shop, machine_id)
    assert (key["npub"], key["pairing_expires_at"]) == (first["npub"], None)
    assert shop.api.get(f"{DCA}/machines/{machine_id}")["npub"] == plaza.key_hex


def test_of_two_machines_that_redeem_one_code_at_once_one_wins(shop: Shop) -> None:
    machine_id = another_machine(shop)
    code = shop.api.post(f"{DCA}/machines/{machine_id}/pairing")["code"]
    machines, together = [Machine(shop.server.url) for _ in range(4)], Barrier(4)

    def redeem(machine: Machine) -> int:
        together.wait()
        return machine.raw("POST", "/pair", {"code": code}).status_code

    with ThreadPoolExecutor(len(machines)) as pool:
        answers = list(pool.map(redeem, machines))

    assert sorted(answers) == [201, 409, 409, 409]
    winner = machines[answers.index(201)]
    assert shop.api.get(f"{DCA}/machines/{machine_id}")["npub"] == winner.key_hex
    assert winner.get("/config")["machine_id"] == machine_id
    for machine in machines:
        machine.close()


def test_a_key_is_neither_two_machines_nor_a_persons(shop: Shop, plaza: Machine) -> None:
    """Whether the machine brings it, the operator types it, or a file has it."""
    person = Machine(shop.server.url)
    login = shop.server.create_user("nora")
    key = person.key_hex.upper()
    shop.server.sql("UPDATE accounts SET pubkey = :key WHERE id = :id", key=key, id=login.id)
    machine_id = another_machine(shop, "Harbour")
    code = shop.api.post(f"{DCA}/machines/{machine_id}/pairing")["code"]
    wallet = shop.server.create_wallet(shop.operator, "spare")
    body = {"name": "Spare", "wallet_id": wallet.id, "currency": "EUR", "npub": person.key_hex}
    file = f"machine,wallet,currency,npub\r\nSpare,{wallet.id},EUR,{person.key_hex}\r\n"

    for machine in (person, plaza):
        assert machine.post("/pair", {"code": code}, expect=409)["code"] == "key_taken"
    assert shop.api.post(f"{DCA}/machines", body, expect=409)["code"] == "key_taken"
    changed = shop.api.put(f"{DCA}/machines/{machine_id}", {"npub": person.key_hex}, expect=409)
    assert changed["code"] == "key_taken"
    seen = shop.api.post(f"{DCA}/imports/preview", {"files": [{"name": "m.csv", "content": file}]})
    assert [(row["outcome"], row["column"]) for row in seen["data"]] == [("wrong", "npub")]


def test_what_is_not_signed_for_this_very_request_is_refused(plaza: Machine) -> None:
    """The server's address is the configured one, whatever a Host header says."""
    here = plaza.base_url + BASE
    assert refusal(plaza, "GET", "/config", address=f"{here}/config?x=1") == (401, "not_signed")
    assert refusal(plaza, "GET", "/config", method="POST") == (401, "not_signed")
    assert refusal(plaza, "GET", "/config", body=b"x") == (401, "not_signed")
    elsewhere = plaza.raw("GET", "/config", address=f"http://evil.example{BASE}/config")
    assert here in elsewhere.json()["reason"]

    with plaza._client.stream(
        "GET",
        f"{BASE}/config",
        headers={"Host": "evil.example", "Authorization": plaza.header("GET", "/config")},
    ) as believed:
        assert believed.status_code == 200
    forged = plaza.header("GET", "/config", address=f"http://evil.example{BASE}/config")
    response = plaza._client.get(f"{BASE}/config", headers={"Host": "evil.example", "Authorization": forged})
    assert response.status_code == 401


def test_the_query_is_signed_too(plaza: Machine) -> None:
    path = "/transactions/20261129-000017?wait=0&known=invoiced"

    assert refusal(plaza, "GET", path) == (404, "not_found")
    assert refusal(plaza, "GET", path, address=f"{plaza.base_url}{BASE}{path[:-1]}") == (401, "not_signed")


def test_another_machine_reads_nothing_of_this_one(shop: Shop, plaza: Machine) -> None:
    other = Machine.paired(shop.server.url, shop.api, another_machine(shop, "Station"))

    assert other.get("/config")["machine_id"] != plaza.get("/config")["machine_id"]
    stranger = Machine(shop.server.url)
    assert refusal(stranger, "GET", "/config") == (401, "unknown_key")
    other.close()
    stranger.close()


@pytest.mark.parametrize("skew", [-DAY, DAY])
def test_a_clock_that_is_a_day_off_is_told_the_time(shop: Shop, skew: int) -> None:
    machine_id = another_machine(shop, f"Clock {skew}")
    machine = Machine.paired(shop.server.url, shop.api, machine_id)
    machine.skew_seconds = skew

    told = machine.get("/config", expect=401)

    assert (told["code"], abs(told["server_time"] - time.time()) < 30) == ("clock_skew", True)
    assert matters_of(shop, machine_id) == ["clock_skew"]
    machine.skew_seconds = told["server_time"] - int(time.time())
    machine.get("/config")
    assert matters_of(shop, machine_id) == []
    machine.close()


def test_a_revoked_key_fails_at_once_and_a_new_code_brings_the_machine_back(shop: Shop) -> None:
    machine_id = another_machine(shop, "Museum")
    stolen = Machine.paired(shop.server.url, shop.api, machine_id)
    signed = stolen.header("GET", "/config")

    revoked = shop.api.post(f"{DCA}/machines/{machine_id}/revoke", {"reason": "It was stolen."})

    assert (revoked["npub"], revoked["key"]["npub"]) == (None, None)
    assert revoked["key"]["paired_at"] is not None
    assert stolen.send("GET", "/config", None, signed).status_code == 401
    assert refusal(stolen, "GET", "/config") == (401, "unknown_key")
    again = shop.api.post(f"{DCA}/machines/{machine_id}/revoke", {"reason": "again"}, expect=409)
    assert again["code"] == "not_paired"
    fresh = Machine.paired(shop.server.url, shop.api, machine_id)
    typed = shop.api.put(f"{DCA}/machines/{machine_id}", {"npub": stolen.key_hex}, expect=409)
    assert typed["code"] == "key_paired"
    assert fresh.get("/config")["machine_id"] == machine_id
    stolen.close()
    fresh.close()


def test_heartbeats_are_shown_and_told_the_version(shop: Shop, plaza: Machine) -> None:
    machine_id = shop.machine["id"]
    events = "SELECT COUNT(*) AS n FROM satmachineadmin.audit_events"
    unit = {"unit": "cassette", "denomination": "50", "count": 196, "capacity": 500}
    before = shop.server.sql(events)

    told = plaza.post(
        "/heartbeat", {"software": "bitspire 1.4.0", "screen": "idle", "cash_units": [unit]}, expect=200
    )
    plaza.post("/heartbeat", {}, expect=200)

    assert shop.server.sql(events) == before
    key = key_of(shop, machine_id)
    assert (key["software"], key["screen"], key["is_silent"]) == ("bitspire 1.4.0", "idle", False)
    assert key["seen_at"] is not None
    (seen,) = shop.api.get(f"{DCA}/machines/{machine_id}/cash-position")["units"]
    assert (seen["denomination"], seen["reported"]) == ("50", 196)
    shop.api.put(f"{DCA}/machines/{machine_id}", {"silent_minutes": 20, "location": "Pier 3"})
    assert plaza.post("/heartbeat", {})["config_version"] == told["config_version"] + 1


def test_limits_are_the_operators_to_set_and_told_to_the_machine(shop: Shop, plaza: Machine) -> None:
    machine_id = shop.machine["id"]
    before = plaza.get("/config")
    limits = {"cash_out": {"transaction": "500.00", "hour": "1500"}, "cash_in": {"hold_above": "100.5"}}

    set_to = shop.api.put(f"{DCA}/machines/{machine_id}/limits", limits)["limits"]

    nothing = {"transaction": None, "hour": None, "day": None, "hold_above": None}
    assert set_to == {
        "cash_out": {**nothing, "transaction": "500.00", "hour": "1500.00"},
        "cash_in": {**nothing, "hold_above": "100.50"},
    }
    after = plaza.get("/config")
    assert after["version"] == before["version"] + 1
    assert after["cash_out"] == {
        "fee_pct": "0", "most_per_transaction": "500.00", "left_this_hour": "1500.00", "left_today": None,
    }  # fmt: skip
    wrong = shop.api.put(f"{DCA}/machines/{machine_id}/limits", {"cash_in": {"day": "1.001"}}, expect=422)
    assert wrong["field"] == "cash_in.day"


def hush(hints: Connection) -> int:
    """How often something is said until nothing more is."""
    said = 0
    with suppress(TimeoutError):
        while hints.recv(timeout=1.2):
            said += 1
    return said


def test_a_machine_that_listens_hears_of_what_its_operator_changes(shop: Shop, plaza: Machine) -> None:
    """One word on a channel of its own, and nothing of what became of other machines."""
    machine_id, other_id = shop.machine["id"], another_machine(shop, "Library")
    channel = plaza.get("/config")["hint_channel"]
    with connect(f"{shop.server.url.replace('http', 'ws', 1)}/api/v1/ws/{channel}") as hints:
        hush(hints)
        shop.api.put(f"{DCA}/machines/{other_id}", {"location": "elsewhere"})
        assert hush(hints) == 0
        shop.api.put(f"{DCA}/machines/{machine_id}", {"location": "Pier 4"})
        assert hints.recv(timeout=3) == "refresh"


def test_a_flood_is_told_to_wait_and_nobody_else_is(shop: Shop, plaza: Machine) -> None:
    machine_id = another_machine(shop, "Flood")
    flooding = Machine.paired(shop.server.url, shop.api, machine_id)

    answers = [flooding.raw("GET", "/config") for _ in range(80)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) > 5
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    assert {answer.status_code for answer in answers} == {200, 429}
    assert matters_of(shop, machine_id) == ["machine_floods"]
    assert plaza.get("/config")["machine_id"] == shop.machine["id"]
    time.sleep(int(refused[-1].headers["Retry-After"]))
    assert flooding.raw("GET", "/config").status_code == 200
    flooding.close()


def test_an_event_serves_once_also_after_a_restart(shop: Shop, plaza: Machine) -> None:
    """The last test here: what was signed before is remembered by the database alone."""
    used, unused = plaza.header("GET", "/config"), plaza.header("GET", "/config")
    assert plaza.send("GET", "/config", None, used).status_code == 200
    again = plaza.send("GET", "/config", None, used)
    assert (again.status_code, again.json()["code"]) == (401, "replayed")

    shop.server.restart()

    after = plaza.send("GET", "/config", None, used)
    assert (after.status_code, after.json()["code"]) == (401, "replayed")
    assert plaza.send("GET", "/config", None, unused).status_code == 200
    with pytest.raises(UnexpectedStatus):
        plaza.get("/config?colour=red")
