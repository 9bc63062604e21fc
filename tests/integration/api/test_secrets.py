"""Keys, preimages, user ids and LPs' destinations are in no answer to an operator, no file and no log."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.harness import LnbitsServer, User
from tests.harness.shop import LP

from .routes import ROUTES, Route
from .values import ON_SQLITE
from .world import World, bare_client

PLANTED_ADDRESS = "planted@where-sats-go.example"
#: so much that it limits nothing, in a place where nobody else is
PLANTED_LIMIT, PLANTED_ZONE = "777777.77", "Antarctica/Troll"
#: what the server keeps and nobody may read: a name, and a query with one column
_SECRETS = {
    "a user id": "SELECT id FROM accounts",
    "an admin key": "SELECT adminkey FROM wallets",
    "an invoice key": "SELECT inkey FROM wallets",
    "a preimage": "SELECT preimage FROM apipayments WHERE length(preimage) >= 32",
}
READS = [route for route in ROUTES if (route.method == "GET" or route.only_looks) and not route.is_lp]


@pytest.fixture(scope="module")
def planted(world: World) -> dict[str, str]:
    """Everything that must not be seen → what it is."""
    limit = {"fixed_mode_daily_limit": PLANTED_LIMIT, "fixed_mode_currency": "EUR"}
    choices = {"default_dca_mode": "fixed", "time_zone": PLANTED_ZONE, **limit}
    world.olga.pass_on("ben", PLANTED_ADDRESS, **choices)
    secrets = {text: kind for kind, query in _SECRETS.items() for text in _column(world.server, query)}
    for lp in world.olga.lps.values():
        secrets |= {wallet.id: "an LP's wallet" for wallet in lp.wallets}
    assert set(secrets.values()) == {*_SECRETS, "an LP's wallet"}
    return secrets | {
        PLANTED_ADDRESS: "an LP's address",
        PLANTED_LIMIT: "an LP's daily limit",
        PLANTED_ZONE: "an LP's time zone",
    }


@ON_SQLITE
@pytest.mark.parametrize("route", READS, ids=str)
def test_no_answer_to_an_operator_has_a_secret(world: World, planted: dict[str, str], route: Route) -> None:
    is_platform = route.path.endswith(("/super-config", "/operators")) or "/predecessors" in route.path
    caller = world.server.super_user if is_platform else world.olga.operator
    answer = _answer(world, caller, route)
    assert answer.status_code in (200, 404, 409, 422), answer.text
    assert {kind for text, kind in planted.items() if text in answer.text} == set()


@ON_SQLITE
def test_an_lp_sees_its_own_destination_and_nobody_elses(world: World, planted: dict[str, str]) -> None:
    seen = ""
    for route in ROUTES:
        if route.is_lp and route.method == "GET":
            seen += _answer(world, world.olga.lps["ana"], route).text
    assert PLANTED_ADDRESS in world.lp("ben").get(f"{LP}/preferences")["autoforward_ln_address"]
    own = {world.olga.lps["ana"].wallet.id}
    assert own & {text for text in planted if text in seen} == own
    assert {kind for text, kind in planted.items() if text in seen and text not in own} == set()


@ON_SQLITE
def test_the_log_has_no_secret(world: World, planted: dict[str, str]) -> None:
    log = world.server.log_text()
    assert "satmachineadmin" in log
    assert list(_lines_with(planted, log)) == []


def _answer(world: World, caller: User, route: Route) -> httpx.Response:
    ids = world.ids["olga"]
    with bare_client(world.server, caller) as client:
        params = {"limit": "200"} if route.is_list else None
        content = json.dumps(route.good_body(ids)).encode() if route.body else None
        return client.request(route.method, route.url(ids), params=params, content=content)


def _column(server: LnbitsServer, query: str) -> set[str]:
    """Values that could not be there by chance."""
    found = {str(value) for row in server.sql(query) for value in row.values()}
    return {text for text in found if len(set(text)) > 4}


def _lines_with(planted: dict[str, str], log: str) -> Iterator[str]:
    for text, kind in planted.items():
        yield from (f"{kind}: {line[:300]}" for line in log.splitlines() if text in line)
