"""Commission splits over HTTP: versions, drafts that are tried out, and a receiver that is replaced."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop

from .world import digest

SPLITS = f"{DCA}/commission-splits"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    """Two paid sales under 50 / 30 / 20 of 70 sats each."""
    shop = Shop.open(server, cash={"ana": "1000.00"})
    for _ in range(2):
        assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    return shop


def lines(*wanted: tuple[str, str]) -> list[dict[str, str]]:
    return [{"target": target, "share_pct": share} for target, share in wanted]


def partners(shop: Shop) -> list[str]:
    return [wallet.id for wallet in shop.partners]


def test_a_draft_is_tried_on_the_newest_sales_and_changes_nothing(shop: Shop) -> None:
    first, second, third = partners(shop)
    before = digest(shop.server)
    draft = {"splits": lines((first, "60"), (second, "40"))}

    found = shop.api.post(f"{SPLITS}/what-if", draft)
    newest = shop.api.post(f"{SPLITS}/what-if", {**draft, "last": 1})

    rows = [
        (one["target"], one["would_sats"], one["got_sats"], one["open_sats"], one["difference_sats"])
        for one in found["recipients"]
    ]
    assert rows == [(first, 84, 70, 0, 14), (second, 56, 42, 0, 14), (third, 0, 28, 0, -28)]
    assert (found["sales"], found["shared_sats"]) == (2, 140)
    assert (newest["sales"], newest["shared_sats"]) == (1, 70)
    assert found["settlements"][0] == newest["settlements"][0]
    assert digest(shop.server) == before


def test_a_draft_is_refused_for_what_a_split_is_refused_for(shop: Shop) -> None:
    first, *_others = partners(shop)
    short = {"splits": lines((first, "99.9999"))}
    own = {"splits": lines((shop.machine_wallet.id, "100"))}

    assert shop.api.post(f"{SPLITS}/what-if", short, expect=422)["code"] == "shares_do_not_sum"
    assert shop.api.post(f"{SPLITS}/what-if", own, expect=422)["code"] == "machine_wallet_refused"
    for last in (0, 201):
        refusal = shop.api.post(f"{SPLITS}/what-if", {"splits": own["splits"], "last": last}, expect=422)
        assert refusal["field"] == "last"


def test_an_example_is_shared_as_a_sale_would_be(shop: Shop) -> None:
    """30 % of 100 to the platform; 70 over 50 / 30 / 20."""
    body = {"shares_pct": ["50", "30", "20"], "principal_sats": 1000, "commission_sats": 100}

    assert shop.api.post(f"{SPLITS}/example", body) == {
        "platform_fee_sats": 30,
        "operator_fee_sats": 70,
        "shares_sats": [35, 21, 14],
    }
    refusal = shop.api.post(f"{SPLITS}/example", {**body, "shares_pct": ["50", "30"]}, expect=422)
    assert (refusal["code"], refusal["sum_pct"]) == ("shares_do_not_sum", "80")


def versions(shop: Shop, **query: Any) -> list[tuple[bool, int, bool]]:
    """Of each version: whether it is a machine's own, its number, whether it is in force."""
    found = shop.api.get(f"{SPLITS}/versions", **query)
    assert found["total"] == len(found["data"])
    return [(one["is_override"], one["version"], one["retired_at"] is None) for one in found["data"]]


def test_every_version_is_kept_with_its_maker_and_a_sale_says_which_it_used(server: LnbitsServer) -> None:
    """Default and machines count on their own; going back to the default retires a machine's set."""
    shop = Shop.open(server, shares=("100",))
    (partner,) = partners(shop)
    machine_id = shop.machine["id"]
    by_default = shop.settled(shop.sell(**SALE))
    own = {"machine_id": machine_id, "splits": lines((partner, "70"), (partner, "30"))}
    shop.api.put(SPLITS, own)
    by_own = shop.settled(shop.sell(**SALE))
    shop.api.put(SPLITS, own)

    assert (by_default["split_version"], by_default["split_is_override"]) == (1, False)
    assert (by_own["split_version"], by_own["split_is_override"]) == (1, True)
    assert sorted(versions(shop)) == [(False, 1, True), (True, 1, False), (True, 2, True)]
    assert versions(shop, is_default="true") == [(False, 1, True)]
    assert versions(shop, machine_id=machine_id, sortby="version") == [(True, 2, True), (True, 1, False)]
    (newest,) = shop.api.get(f"{SPLITS}/versions", machine_id=machine_id, is_in_force="true")["data"]
    assert newest["created_by"] == shop.operator.username
    assert (newest["machine_name"], [one["share_pct"] for one in newest["splits"]]) == ("Plaza", ["70", "30"])

    assert shop.api.delete(SPLITS, machine_id=machine_id)["is_override"] is False
    assert versions(shop, is_in_force="true") == [(False, 1, True)]


def test_a_draft_of_the_default_is_tried_on_the_machines_that_use_it(server: LnbitsServer) -> None:
    """And a machine's own on that machine alone."""
    shop = Shop.open(server, shares=("100",))
    (partner,) = partners(shop)
    shop.settled(shop.sell(**SALE))
    draft = lines((partner, "100"))
    shop.api.put(SPLITS, {"machine_id": shop.machine["id"], "splits": draft})

    assert shop.api.post(f"{SPLITS}/what-if", {"splits": draft})["sales"] == 0
    own = shop.api.post(f"{SPLITS}/what-if", {"machine_id": shop.machine["id"], "splits": draft})
    assert own["sales"] == 1
    assert own["settlements"][0]["machine_name"] == "Plaza"


def test_a_receiver_is_replaced_wherever_it_stands(server: LnbitsServer) -> None:
    """In the default and in machines' own sets, as a new version each; a name that was given stays."""
    shop = Shop.open(server, shares=())
    wallet = server.create_user("heir").wallet.id
    dead, alive = "bob@dead.example", "Bob@Alive.example"
    named = [
        {"target": dead, "share_pct": "60", "label": "Bob"},
        {"target": dead, "share_pct": "30"},
        {"target": wallet, "share_pct": "10", "label": "Zoe"},
    ]
    shop.api.put(SPLITS, {"splits": named})
    shop.api.put(SPLITS, {"machine_id": shop.machine["id"], "splits": lines((dead, "100"))})

    changed = shop.api.post(f"{SPLITS}/replace-target", {"target": dead, "new_target": alive})["data"]

    assert [(one["is_override"], one["version"]) for one in changed] == [(False, 2), (True, 2)]
    default, own = changed
    assert [(line["target"], line["label"], line["share_pct"]) for line in default["splits"]] == [
        ("bob@alive.example", "Bob", "60"),
        ("bob@alive.example", "bob@alive.example", "30"),
        (wallet, "Zoe", "10"),
    ]
    assert [line["target"] for line in own["splits"]] == ["bob@alive.example"]
    gone = shop.api.post(f"{SPLITS}/replace-target", {"target": dead, "new_target": alive}, expect=404)
    assert gone["code"] == "not_found"


def test_a_receiver_is_not_replaced_by_one_that_a_split_refuses(shop: Shop) -> None:
    first, *_others = partners(shop)
    before = digest(shop.server)

    for target, code in (
        (shop.machine_wallet.id, "machine_wallet_refused"),
        ("0123456789abcdef" * 2, "target_not_found"),
        ("bob@", "invalid_target"),
    ):
        body = {"target": first, "new_target": target}
        assert shop.api.post(f"{SPLITS}/replace-target", body, expect=422)["code"] == code
    assert digest(shop.server) == before
