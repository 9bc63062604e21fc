"""What answers hold: nothing of another operator, no key, no user id. Who may ask is the matrix's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import Api, Payment, User
from tests.harness.farm import SQLITE
from tests.harness.shop import DCA, LP, Shop

from .routes import ROUTES, Route
from .world import World, digest

#: What matters here is decided before the database is asked, so one kind of it is enough.
pytestmark = pytest.mark.parametrize("database", [SQLITE], indirect=True, scope="session")


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

    readers = [world.olga.operator, world.otto.operator, world.olga.lps["ana"], world.server.super_user]
    for user in readers:
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


#: lists in which an operator finds its own by the words below; the others look in names alone
FOUND_BY_WORDS = ("settlements", "payments", "worklist", "audit-events", "clients", "deposits")


def words_of(world: World, owner: str) -> set[str]:
    """What one could look for: ids, hashes and names of an operator's own."""
    ids, api = world.ids[owner], world.operator(owner)
    sale = api.get(f"{DCA}/settlements/{ids['processed_id']}")
    client = api.get(f"{DCA}/clients/{ids['client_id']}")
    hashes = {leg["payment_hash"] for leg in sale["legs"] if leg["payment_hash"]}
    names = {client["username"], client["lp_ref"], *getattr(world, owner).clients} - {"guest"}
    return (
        {ids["client_id"], ids["matter_id"], sale["id"], sale["payment_hash"], sale["txid"]} | hashes | names
    )


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.sorts and one.path[-9:] != "operators"], ids=str
)
def test_no_search_finds_what_is_another_operators(world: World, route: Route) -> None:
    readers = {"olga": world.operator("olga"), "otto": world.operator("otto")}
    readers["the platform"] = world.server.api(world.server.super_user)

    for owner in ("olga", "otto"):
        words = words_of(world, owner)
        found = {
            reader: {word for word in words if api.get(route.path, search=word, limit=1)["total"]}
            for reader, api in readers.items()
        }
        own = found.pop(owner)
        assert set().union(*found.values()) == set(), f"{owner}'s"
        assert own or not route.path.endswith(FOUND_BY_WORDS), "a search that finds nothing proves nothing"


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


def test_a_stamp_shows_nobody_the_customer(world: World) -> None:
    """A settlement names the payment, not the wallet that paid it."""
    history: list[Payment] = world.server.payments(world.olga.customer)
    assert history
    for name, reply in readings(world.operator("olga"), world, "olga").items():
        assert found_in(reply, {world.olga.customer.id}) == set(), name
