"""Who may do what: every kind of caller on every route; the rules are docs/reference/api.md's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.harness import Api, Payment, User
from tests.harness.farm import SQLITE
from tests.harness.shop import DCA, LP, Shop

from .routes import BY_NAME, CSV_TABLES, JOURNALS, ROUTES, Route
from .test_bad_bodies import complaint
from .world import World, digest

#: What matters here is decided before the database is asked, so one kind of it is enough.
pytestmark = pytest.mark.parametrize("database", [SQLITE], indirect=True, scope="session")

#: routes that take nobody's thing: whoever is logged in gets an answer about itself
OPEN = {f"GET {DCA}/{name}" for name in ("status", "machines", "clients", "deposits", "super-config")} | {
    f"GET {DCA}/overview",
    f"GET {DCA}/settlements",
    f"GET {DCA}/settlements/stuck",
    f"GET {DCA}/payments",
    f"GET {DCA}/audit-events",
    f"POST {DCA}/audit/verify",
    f"GET {DCA}/worklist",
    f"GET {DCA}/settings",
    f"PUT {DCA}/settings",
    f"GET {DCA}/known-payers",
    f"GET {DCA}/commission-splits/versions",
    f"POST {DCA}/commission-splits/example",
    f"POST {DCA}/approval",
    f"POST {DCA}/imports/preview",
    *(f"GET {DCA}/reports/{table}.csv" for table in CSV_TABLES),
    *(f"GET {DCA}/reports/journal.{form}" for form in JOURNALS),
    *(f"GET {DCA}/reports/{name}" for name in ("months", "month", "month.csv")),
    f"GET {LP}/preferences",
    f"GET {LP}/enrolments",
    f"GET {LP}/positions",
    f"GET {LP}/cash",
    f"GET {LP}/transactions",
}
#: what a stranger gets who asks with somebody else's ids, where it is not 404
PLATFORM_ONLY = {
    f"PUT {DCA}/super-config", f"GET {DCA}/operators", f"POST {DCA}/operators",
    f"POST {DCA}/operators/{{operator_id}}/approve", f"POST {DCA}/operators/{{operator_id}}/withdraw",
}  # fmt: skip
OTHERWISE = {
    f"POST {DCA}/machines": 400,
    f"POST {DCA}/machines/earlier": 400,
    **dict.fromkeys(PLATFORM_ONLY, 403),
    # It is anybody's to import, and nobody's to confirm a preview of another one.
    f"POST {DCA}/imports": 409,
    # Everybody has months of their own, and none has one of 2020.
    f"POST {DCA}/reports/month/close": 422,
    f"PUT {LP}/preferences": 400,
    # Its link is for olga's guest alone.
    f"POST {LP}/invitation/look": 403,
    f"POST {LP}/invitation/accept": 403,
}


def api_of(world: World, who: str) -> Api:
    people: dict[str, User | None] = {
        "nobody": None,
        "somebody without the extensions": world.walter,
        "an LP": world.olga.lps["ana"],
        "another LP": world.olga.lps["ben"],
        "another operator": world.otto.operator,
        "an LP of another operator": world.otto.lps["cleo"],
        "the platform": world.server.super_user,
    }
    if who == "an invoice key":
        return world.server.api_with_key(world.olga.operator.wallet.inkey)
    if who == "an admin key":
        return world.server.api_with_key(world.olga.operator.wallet.adminkey)
    return world.server.api(people[who])


def ask(api: Api, world: World, route: Route) -> httpx.Response:
    """The request that olga, or her guest, would make."""
    ids = world.ids["olga"]
    params = {"machine_id": ids["machine_id"]} if route.filters == ("machine_id",) else None
    return api.raw(
        route.method, route.url(ids), json=route.good_body(ids) if route.body else None, params=params
    )


def expected(who: str, route: Route) -> int:
    if who in ("nobody", "an invoice key", "an admin key"):
        return 401
    if who == "somebody without the extensions":
        return 403
    if str(route) in OPEN:
        return 200
    if who == "the platform" and str(route) in PLATFORM_ONLY:
        return 200
    if who == "an LP" and str(route) in (f"PUT {LP}/preferences", f"POST {LP}/cash/{{entry_id}}/dispute"):
        return 200
    if who == "an LP" and str(route) == f"POST {LP}/cash/{{entry_id}}/withdraw-dispute":
        return 409  # its own entry, and nobody disputes it
    return OTHERWISE.get(str(route), 404)


@pytest.mark.parametrize(
    "who",
    [
        "nobody", "an invoice key", "an admin key", "somebody without the extensions", "an LP", "another LP",
        "another operator", "an LP of another operator", "the platform",
    ],
)  # fmt: skip
def test_nobody_gets_at_what_is_not_theirs(world: World, who: str) -> None:
    """401 who are you, 403 not your role, 404 for another operator's; refused means nothing written."""
    api, before, wrong = api_of(world, who), digest(world.server), []

    for route in ROUTES:
        wanted = expected(who, route)
        if wanted == 200 and route.method != "GET":
            continue
        response = ask(api, world, route)
        why = None if wanted == 200 else complaint(response)
        if why or response.status_code != wanted:
            wrong.append(f"{route}: {response.status_code} instead of {wanted}; {why or response.text}")

    assert wrong == []
    assert digest(world.server) == before


def test_an_operator_without_the_right_role_cannot_touch_the_platform(world: World) -> None:
    """The platform's fee and wallet are the super user's alone, whatever is sent, usable or not."""
    before = digest(world.server)
    bodies: tuple[Any, ...] = (
        {"super_fee_pct": "0"},
        {"super_fee_wallet_id": world.ids["olga"]["wallet_id"]},
        {"super_fee_pct": "0", "super_fee_wallet_id": None},
        {"super_fee_cash_in_pct": "100", "super_fee_basis": "principal"},
        {"super_fee_pct": 7},
        {"super_fee_basis": "wire"},
        {"colour": "red"},
        {},
        [],
    )
    for body in bodies:
        refusal = world.operator("olga").put(f"{DCA}/super-config", body, expect=403)
        assert refusal["code"] == "not_allowed"
    assert digest(world.server) == before


def strings(value: Any) -> Iterator[str]:
    """Every text anywhere in a JSON value, keys included."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def found_in(value: Any, secrets: set[str]) -> set[str]:
    return {secret for text in strings(value) for secret in secrets if secret in text}


def readings(api: Api, world: World, owner: str) -> dict[str, Any]:
    """Every reply to a GET of this person that succeeds, with the ids of this owner's things."""
    ids, replies = world.ids[owner], {}
    for route in ROUTES:
        if route.method == "GET":
            wanted = {"limit": 200} if route.is_list else None
            response = api.raw("GET", route.url(ids), params=wanted)
            if response.is_success:
                is_json = "json" in response.headers["content-type"]
                replies[str(route)] = response.json() if is_json else response.text
    sale = api.raw("GET", f"{DCA}/settlements/{ids['processed_id']}")
    if sale.is_success:
        replies["the paid settlement"] = sale.json()
    return replies


def keys_of(user: User) -> set[str]:
    return {user.id, *(key for wallet in user.wallets for key in (wallet.adminkey, wallet.inkey))}


def preimages(world: World) -> set[str]:
    ours = world.server.sql("SELECT preimage FROM satmachineadmin.dca_payments WHERE preimage IS NOT NULL")
    hosts = world.server.sql("SELECT preimage FROM apipayments WHERE preimage IS NOT NULL")
    return {row["preimage"] for row in [*ours, *hosts]} - {"", "0" * 64}


def people_of(shop: Shop) -> list[User]:
    return [shop.operator, *shop.lps.values()]


def test_no_reply_holds_a_user_id_a_key_or_a_preimage(world: World) -> None:
    """A user id is a password in some LNbits; keys and preimages are money. No reply shows one."""
    everybody = [*people_of(world.olga), *people_of(world.otto), world.server.super_user, world.walter]
    secrets = set().union(*(keys_of(user) for user in everybody)) | preimages(world)
    for shop in (world.olga, world.otto):
        for wallet in (shop.machine_wallet, shop.customer, *shop.partners):
            secrets |= {wallet.adminkey, wallet.inkey, wallet.user_id}

    for user in everybody:
        for owner in ("olga", "otto"):
            for name, reply in readings(world.server.api(user), world, owner).items():
                assert found_in(reply, secrets) == set(), f"{user.username}: {name}"


def test_an_operator_never_learns_where_an_lps_sats_go(world: World) -> None:
    """The operator's API shows no LP's wallet and takes none."""
    wallets = {
        wallet.id for shop in (world.olga, world.otto) for lp in shop.lps.values() for wallet in lp.wallets
    }

    for name, reply in readings(world.operator("olga"), world, "olga").items():
        assert found_in(reply, wallets) == set(), name
    fields = {name for route in ROUTES if not route.is_lp for name in route.body}
    assert not {name for name in fields if "dca" in name or "user_id" in name or "address" in name}
    assert {name for name in fields if "wallet" in name} == {
        "wallet_id",
        "super_fee_wallet_id",
        "funding_wallet_id",
    }


OWNED_TABLES = (
    "dca_machines", "dca_clients", "dca_deposits", "split_sets", "dca_settlements", "dca_payments",
)  # fmt: skip


def things_of(world: World, owner: str) -> set[str]:
    """Every id of an operator's things, from the tables, and the wallets they use."""
    user_id = getattr(world, owner).operator.id
    ids = {world.ids[owner][name] for name in ("wallet_id", "machine_wallet_id")}
    for table in (
        "dca_machines",
        "dca_clients",
        "dca_deposits",
        "split_sets",
        "dca_settlements",
        "dca_payments",
    ):
        rows = world.server.sql(
            f"SELECT id FROM satmachineadmin.{table} WHERE operator_user_id = :id", id=user_id
        )
        ids |= {row["id"] for row in rows}
    sales = "SELECT payment_hash FROM satmachineadmin.dca_settlements WHERE operator_user_id = :id"
    return ids | {row["payment_hash"] for row in world.server.sql(sales, id=user_id)}


@pytest.mark.parametrize(("reader", "owner"), [("olga", "otto"), ("otto", "olga")])
def test_nothing_of_another_operator_appears_anywhere(world: World, reader: str, owner: str) -> None:
    theirs = things_of(world, owner)
    assert len(theirs) > 10

    for asked_with in ("olga", "otto"):
        for name, reply in readings(world.operator(reader), world, asked_with).items():
            assert found_in(reply, theirs) == set(), name


def test_the_platform_sees_no_operators_business(world: World) -> None:
    """The super user sets the fee; the operators' machines, people and sales are none of its own."""
    theirs = things_of(world, "olga") | things_of(world, "otto")
    for owner in ("olga", "otto"):
        for name, reply in readings(world.server.api(world.server.super_user), world, owner).items():
            assert found_in(reply, theirs) == set(), name


def test_an_lp_sees_its_own_positions_only(world: World) -> None:
    """What belongs to other LPs of the same machine is not in any reply."""
    ana, ben = world.olga.clients["ana"]["id"], world.olga.clients["ben"]["id"]
    for name, mine, other in (("ana", ana, ben), ("ben", ben, ana)):
        api = world.lp(name)
        assert [row["enrolment_id"] for row in api.get(f"{LP}/positions")["data"]] == [mine]
        assert [row["id"] for row in api.get(f"{LP}/enrolments")["data"]] == [mine]
        for reply in readings(api, world, "olga").values():
            assert found_in(reply, {other}) == set()


def test_an_operator_sees_the_platforms_wallet_only_as_set(world: World) -> None:
    wallet_id = world.olga.platform_wallet.id
    assert world.operator("olga").get(f"{DCA}/super-config")["super_fee_wallet_id"] == "set"
    platform = world.server.api(world.server.super_user)
    assert platform.get(f"{DCA}/super-config")["super_fee_wallet_id"] == wallet_id


def test_nothing_private_stands_in_the_log(world: World) -> None:
    """Keys, preimages and LPs' wallets are not logged by us (LNbits logs what it will)."""
    secrets = preimages(world)
    for user in [*people_of(world.olga), *people_of(world.otto)]:
        secrets |= keys_of(user) - {user.id}
    ours = [line for line in world.server.log_text().splitlines() if "satmachine" in line]
    assert [line for line in ours if any(secret in line for secret in secrets)] == []


def test_the_table_of_open_routes_is_of_the_table(world: World) -> None:
    assert set(OPEN) | set(OTHERWISE) <= set(BY_NAME)


def test_a_stamp_shows_nobody_the_customer(world: World) -> None:
    """A settlement names the payment, not the wallet that paid it."""
    history: list[Payment] = world.server.payments(world.olga.customer)
    assert history
    for name, reply in readings(world.operator("olga"), world, "olga").items():
        assert found_in(reply, {world.olga.customer.id}) == set(), name
