"""Every route × every kind of caller × what it asks about, held against the policy in policy.py.

Refusals and readings are asked of the server of all tests here, one caller and kind of thing after the
other, and nothing may be written meanwhile. What succeeds and writes is asked of a server of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from tests.harness import Api
from tests.harness.farm import SQLITE, ServerFarm
from tests.harness.shop import DCA, Shop

from .cash_in import give_cash
from .policy import POLICY
from .routes import ROUTES, Route
from .test_bad_bodies import complaint
from .values import ON_SQLITE
from .world import HELD_SALE, UNKNOWN_ID, World, digest

THINGS = ("own", "foreign", "missing")
#: the LP whose invitation is open; the others have accepted theirs
INVITED = ("enrolment_id", "/invitation/")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A kind of caller: `role` is what it is, `side` whose business it belongs to."""

    name: str
    role: str
    side: str = "olga"

    def api(self, world: World, route: Route) -> Api:
        shop = getattr(world, self.side)
        if self.role == "key":
            wallet = shop.operator.wallet
            return world.server.api_with_key(wallet.inkey if "invoice" in self.name else wallet.adminkey)
        people = {
            "nobody": None,
            "outsider": world.walter,
            "operator": shop.operator,
            "platform": world.server.super_user,
            "third": shop.lps.get("ben"),
        }
        if self.role == "lp":
            is_of_guest = any(word in route.path for word in INVITED)
            return world.server.api(shop.lps["guest" if is_of_guest else self._lp])
        return world.server.api(people[self.role])

    @property
    def _lp(self) -> str:
        return "ana" if self.side == "olga" else "cleo"

    def ids(self, world: World, thing: str) -> Mapping[str, str]:
        """Ids of what is its own, of the other business, or of nothing."""
        if thing == "missing":
            return dict.fromkeys(world.ids[self.side], UNKNOWN_ID)
        other = {"olga": "otto", "otto": "olga"}[self.side]
        return world.ids[self.side if thing == "own" else other]

    def answer(self, route: Route, thing: str) -> int:
        """What the policy has for it."""
        if self.role in ("nobody", "key"):
            return 401
        if self.role == "outsider":
            return 403
        policy = POLICY[str(route)]
        is_about_itself = policy.whose == "lp" and self.role == "third" and policy.foreign is None
        if policy.whose == self.role or is_about_itself:
            return policy.about(thing)
        if policy.whose == "platform":
            return 403
        return policy.about_no_thing_of_its_own(thing)


def cells(caller: Caller, thing: str) -> Iterator[tuple[Route, int]]:
    """The routes of a caller about a thing, with the answers; those about nobody's thing are asked once."""
    for route in ROUTES:
        if thing == "own" or POLICY[str(route)].foreign is not None:
            yield route, caller.answer(route, thing)


CALLERS = (
    Caller(name="nobody", role="nobody"),
    Caller(name="an invoice key", role="key"),
    Caller(name="an admin key", role="key"),
    Caller(name="a user without the extensions", role="outsider"),
    Caller(name="an operator", role="operator"),
    Caller(name="another operator", role="operator", side="otto"),
    Caller(name="an LP", role="lp"),
    Caller(name="an LP of another operator", role="lp", side="otto"),
    Caller(name="another LP of the same machine", role="third"),
    Caller(name="the platform", role="platform"),
)


def writes(route: Route, status: int) -> bool:
    return status < 400 and route.method != "GET" and not route.only_looks


def ask(world: World, caller: Caller, route: Route, ids: Mapping[str, str]) -> httpx.Response:
    params = _params(route, ids)
    return caller.api(world, route).raw(
        route.method,
        route.url(ids),
        json=route.good_body(ids) if route.body else None,
        params=params,
        headers={} if route.method == "GET" or route.only_looks else {"Idempotency-Key": uuid4().hex},
    )


def _params(route: Route, ids: Mapping[str, str]) -> dict[str, str]:
    """The filters by which a route is about somebody's thing, and what it cannot do without."""
    if route.filters == ("machine_id",):
        return {"machine_id": ids["machine_id"]}
    if "enrolment_id" in route.filters:
        return {"enrolment_id": ids["client_id"]}
    return {"month": "2026-01"} if route.filters == ("month",) else {}


def trouble(response: httpx.Response, wanted: int) -> str | None:
    if response.status_code != wanted:
        return f"{response.status_code} instead of {wanted}: {response.text[:300]}"
    return complaint(response) if wanted >= 400 else None


def test_the_policy_has_every_route_of_the_table() -> None:
    """The table has every route of the server: test_routes.py."""
    assert set(POLICY) == {str(route) for route in ROUTES}


@ON_SQLITE
@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_refusals_and_readings_are_as_the_policy_says_and_write_nothing(
    world: World, caller: Caller, thing: str
) -> None:
    before = digest(world.server)
    wrong: dict[str, str] = {}

    for route, wanted in cells(caller, thing):
        if not writes(route, wanted):
            why = trouble(ask(world, caller, route, caller.ids(world, thing)), wanted)
            wrong |= {str(route): why} if why else {}

    assert wrong == {}
    assert digest(world.server) == before


@pytest.fixture(scope="module")
def own_world(farm: ServerFarm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that may be written on."""
    with farm.running(tmp_path_factory.mktemp("policy"), SQLITE) as server:
        yield World.build(server)
    assert server.log_defects() == []


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_what_may_be_written_is_written(own_world: World, caller: Caller, thing: str) -> None:
    wrong: dict[str, str] = {}

    for route, wanted in cells(caller, thing):
        if writes(route, wanted):
            ids = dict(caller.ids(own_world, thing))
            ids |= _fresh(own_world, caller, route, ids)
            before = digest(own_world.server)
            why = trouble(ask(own_world, caller, route, ids), wanted)
            if why is None and digest(own_world.server) == before:
                why = "nothing was written"
            wrong |= {str(route): why} if why else {}

    assert wrong == {}


def _fresh(world: World, caller: Caller, route: Route, ids: Mapping[str, str]) -> dict[str, str]:
    """Things of the caller's that nothing was done to yet, where a route does something for good."""
    shop, made = getattr(world, caller.side), {}
    if any(field.good == "$wallet_id" or "splits" in name for name, field in route.body.items()):
        owner = world.server.super_user if caller.role == "platform" else shop.operator
        made["wallet_id"] = world.server.create_wallet(owner, "fresh").id
    if "{settlement_id}" in route.path:
        made["settlement_id"] = shop.settled(shop.sell(**HELD_SALE))["id"]
    if "{transaction_id}" in route.path:
        made["transaction_id"] = give_cash(shop, "offered" if route.path.endswith("/extend") else "held")
    if "entry_id}" in route.path:
        entry = shop.api.post(f"{DCA}/deposits", {"client_id": ids["client_id"], "amount": "3.00"})
        made["entry_id"] = made["confirmed_entry_id"] = entry["id"]
        if "{confirmed_entry_id}" in route.path:
            shop.api.post(f"{DCA}/deposits/{entry['id']}/confirm")
    if route.path.endswith("/invitation/accept"):
        made["token"] = _invitation_to_another_machine(shop)
    if route.path.endswith("/approve"):
        body = {"reason": "to approve it again"}
        world.server.api(world.server.super_user).post(f"{DCA}/operators/{ids['operator_id']}/withdraw", body)
    return made


def _invitation_to_another_machine(shop: Shop) -> str:
    """The guest has accepted the one that it had."""
    wallet = shop.server.create_wallet(shop.operator, "Market")
    machine = shop.api.post(f"{DCA}/machines", {"name": "Market", "wallet_id": wallet.id, "currency": "EUR"})
    body = {"machine_id": machine["id"], "username": shop.lps["guest"].username}
    return str(shop.api.post(f"{DCA}/clients", body)["link"].partition("#")[2])
