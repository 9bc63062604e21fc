"""The platform and its operators: who may begin something, and what the platform sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop

from .world import digest

OPERATORS = f"{DCA}/operators"
SALE: dict[str, Any] = {
    "principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5",
}  # fmt: skip


@pytest.fixture
def approved_only(server: LnbitsServer) -> Iterator[None]:
    platform = server.api(server.super_user)
    platform.put(f"{DCA}/super-config", {"operators": "approved"})
    yield
    platform.put(f"{DCA}/super-config", {"operators": "open"})


def standing_id(server: LnbitsServer, name: str) -> str:
    (found,) = server.api(server.super_user).get(OPERATORS, search=name)["data"]
    return str(found["id"])


def test_whoever_began_while_everybody_might_goes_on(server: LnbitsServer) -> None:
    """A stricter policy is no withdrawal."""
    shop = Shop.open(server, cash={"ana": "100.00"})
    platform = server.api(server.super_user)
    assert platform.put(f"{DCA}/super-config", {"operators": "approved"})["operators"] == "approved"
    try:
        own = shop.api.get(f"{DCA}/status")["operator"]
        assert own == {"policy": "approved", "standing": "approved", "may_begin": True}
        shop.hand_over("ana", "5.00")
    finally:
        platform.put(f"{DCA}/super-config", {"operators": "open"})


def test_a_newcomer_asks_and_begins_when_it_is_approved(server: LnbitsServer, approved_only: None) -> None:
    nora = server.create_user("nora")
    api, platform = server.api(nora), server.api(server.super_user)
    machine = {"name": "Nook", "wallet_id": nora.wallet.id, "currency": "EUR"}
    before = digest(server)
    refusal = api.post(f"{DCA}/machines", machine, expect=403)
    assert (refusal["code"], refusal["standing"]) == ("operator_not_approved", "new")
    assert digest(server) == before

    assert api.post(f"{DCA}/approval")["standing"] == "asked"
    assert api.post(f"{DCA}/approval", expect=409)["code"] == "arrow_not_allowed"
    assert api.post(f"{DCA}/machines", machine, expect=403)["standing"] == "asked"
    (asked,) = platform.get(OPERATORS, standing="asked")["data"]
    assert (asked["name"], asked["machines"], asked["sales"]) == ("nora", 0, 0)

    approved = platform.post(f"{OPERATORS}/{asked['id']}/approve")
    assert approved["standing"] == "approved"
    assert platform.post(f"{OPERATORS}/{asked['id']}/approve", expect=409)["code"] == "arrow_not_allowed"
    api.post(f"{DCA}/machines", machine, expect=201)


def test_somebody_is_approved_by_name_before_it_asks(server: LnbitsServer, approved_only: None) -> None:
    zoe = server.create_user("zoe")
    platform = server.api(server.super_user)
    assert platform.post(OPERATORS, {"username": "zoe"}, expect=201)["standing"] == "approved"
    assert platform.post(OPERATORS, {"username": "nobody"}, expect=422)["code"] == "unknown_user"
    machine = {"name": "Zoo", "wallet_id": zoe.wallet.id, "currency": "EUR"}
    server.api(zoe).post(f"{DCA}/machines", machine, expect=201)


def test_a_withdrawn_operator_begins_nothing_and_its_sales_are_paid(server: LnbitsServer) -> None:
    """Even where everybody may: no machine, LP or cash; what is sold goes to the LPs as ever."""
    shop = Shop.open(server, cash={"ana": "1000.00"})
    lp, platform = server.create_user("lars"), server.api(server.super_user)
    operator_id = standing_id(server, shop.operator.username)
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"active": False})
    gone = platform.post(f"{OPERATORS}/{operator_id}/withdraw", {"reason": "too many complaints"})
    assert (gone["standing"], gone["reason"]) == ("withdrawn", "too many complaints")

    before = digest(server)
    for path, body in (
        ("machines", {"name": "B", "wallet_id": shop.operator.wallet.id, "currency": "EUR"}),
        ("clients", {"machine_id": shop.machine["id"], "username": lp.username}),
        ("deposits", {"client_id": shop.clients["ana"]["id"], "amount": "5.00"}),
    ):
        assert shop.api.post(f"{DCA}/{path}", body, expect=403)["code"] == "operator_not_approved"
    machine = f"{DCA}/machines/{shop.machine['id']}"
    assert shop.api.put(machine, {"active": True}, expect=403)["code"] == "operator_not_approved"
    assert digest(server) == before
    assert shop.api.put(machine, {"maintenance": False, "name": "Still mine"})["name"] == "Still mine"

    sale = shop.settled(shop.sell(**SALE))
    assert sale["state"] == "processed"
    platform.post(f"{OPERATORS}/{operator_id}/approve")
    assert shop.api.put(machine, {"active": True})["active"] is True


def test_the_platform_sees_sums_and_no_business(server: LnbitsServer) -> None:
    """One sale of 1100 sats with 100 of commission, 30 of it the platform's; nobody's ids."""
    shop = Shop.open(server)
    shop.settled(shop.sell(**SALE))
    platform = server.api(server.super_user)

    answer = platform.get(OPERATORS, search=shop.operator.username, days=1)

    (seen,) = answer["data"]
    figures = ("machines", "machines_active", "settlements", "sales", "wire_sats", "commission_sats")
    assert [seen[name] for name in figures] == [1, 1, 1, 1, 1100, 100]
    assert (seen["platform_fee_sats"], answer["days"]) == (30, 1)
    text = str(answer)
    assert not {secret for secret in (shop.operator.id, shop.machine["id"]) if secret in text}
    for method, path in (("get", OPERATORS), ("post", f"{OPERATORS}/{seen['id']}/approve")):
        assert getattr(shop.api, method)(path, expect=403)["code"] == "not_allowed"


def test_the_fast_way_is_switched_off_and_on(server: LnbitsServer) -> None:
    platform = server.api(server.super_user)
    assert platform.put(f"{DCA}/super-config", {"fast_way_allowed": False})["fast_way_allowed"] is False
    assert platform.get(f"{DCA}/status")["payout_way"] == "slow"
    platform.put(f"{DCA}/super-config", {"fast_way_allowed": True})
