"""Corrections over HTTP: from the wire to LNbits' own balances and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer, Wallet
from tests.harness.shop import DCA, Shop

from .world import HELD_SALE, OLGA_SALE, UNKNOWN_ID, World


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"eve": "5000.00"})


def delete(shop: Shop, wallet: Wallet, *, deleted: bool = True) -> None:
    """As its owner would, without the key that LNbits asks for."""
    shop.server.sql("UPDATE wallets SET deleted = :deleted WHERE id = :id", deleted=deleted, id=wallet.id)


def errored(shop: Shop) -> dict[str, Any]:
    """A sale whose second partner cannot be paid."""
    delete(shop, shop.partners[1])
    sale = shop.settled(shop.sell(**OLGA_SALE))
    shop.leave_to_people(sale)
    delete(shop, shop.partners[1], deleted=False)
    assert (sale["state"], sale["actions"]) == ("errored", ["retry"])
    return sale


def failed_leg(sale: dict[str, Any]) -> dict[str, Any]:
    (leg,) = [leg for leg in sale["legs"] if leg["state"] == "failed"]
    assert leg["actions"] == ["release_leg"]
    return dict(leg)


def state_of(shop: Shop, sale: dict[str, Any]) -> str:
    return str(shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"])


def test_a_failed_share_goes_to_the_receiver_that_the_operator_names(world: World, shop: Shop) -> None:
    """Checked as a target of a split is; an invoice key becomes its wallet and is not kept."""
    sale = errored(shop)
    leg = failed_leg(sale)
    url = f"{DCA}/settlements/{sale['id']}/retry"
    named = shop.server.create_wallet(shop.operator, "named")
    mirror = world.shared_mirror(shop.operator)

    def legs(target: str) -> dict[str, Any]:
        return {"legs": [{"leg_id": leg["id"], "target": target}]}

    for target, code in (
        (UNKNOWN_ID, "target_not_found"),
        (shop.machine_wallet.id, "machine_wallet_refused"),
        (mirror.id, "shared_wallet"),
    ):
        assert shop.api.post(url, legs(target), expect=422)["code"] == code
    twice = {"legs": [{"leg_id": leg["id"]}, {"leg_id": leg["id"]}]}
    assert shop.api.post(url, twice, expect=422)["code"] == "invalid_input"
    paid = next(one for one in sale["legs"] if one["state"] == "completed")
    body = {"legs": [{"leg_id": paid["id"]}]}
    assert shop.api.post(url, body, expect=409)["code"] == "action_not_allowed"
    assert shop.api.post(url, {"legs": [{"leg_id": UNKNOWN_ID}]}, expect=404)["code"] == "not_found"

    shop.api.post(url, legs(named.inkey))
    shop.server.wait_for(lambda: state_of(shop, sale) == "processed", "retried sale")

    done = shop.api.get(f"{DCA}/settlements/{sale['id']}")
    (fresh,) = [one for one in done["legs"] if one["attempt"] == 2]
    assert (fresh["sats"], fresh["state"]) == (leg["sats"], "completed")
    assert (fresh["destination_wallet_id"], fresh["recipient"]) == (named.id, "named")
    assert shop.server.balance_sats(named) == leg["sats"]
    assert named.inkey not in str(done) + str(shop.api.get(f"{DCA}/audit-events", limit=200))
    assert shop.api.post(url, {}, expect=409)["code"] == "action_not_allowed"


def test_a_failed_leg_is_released_once(shop: Shop) -> None:
    sale = errored(shop)
    leg = failed_leg(sale)
    url = f"{DCA}/payments/{leg['id']}/release"

    done = shop.api.post(url, {"reason": "Alice left."})

    (kept,) = [one for one in done["legs"] if one["reason"] == "released"]
    assert (done["state"], done["actions"]) == ("processed", [])
    assert (kept["sats"], kept["note"], kept["recipient"]) == (leg["sats"], "Alice left.", leg["recipient"])
    assert "Alice left." in done["timeline"][1]["sentence"]
    assert shop.api.post(url, {"reason": "Again."}, expect=409)["code"] == "action_not_allowed"


def test_a_sale_is_scaled_to_the_notes_that_came_out(shop: Shop) -> None:
    """Previewed, done, done again from what landed, released, kept; refused once it is paid."""
    held = shop.settled(shop.sell(**HELD_SALE))
    url = f"{DCA}/settlements/{held['id']}/partial-dispense"
    assert held["actions"] == ["partial_dispense", "dismiss"]
    for body in ({}, {"dispensed_fraction": "0.5", "dispensed_sats": 1}, {"dispensed_sats": 10_100}):
        refusal = shop.api.post(url, {**body, "notes": "x"}, expect=422)
        assert refusal["code"] == "invalid_input"
        assert shop.api.post(f"{url}/preview", body, expect=422)["code"] == "invalid_input"
    assert shop.api.post(url, {"dispensed_fraction": "0.5"}, expect=422)["field"] == "notes"

    preview = shop.api.post(f"{url}/preview", {"dispensed_fraction": "0.5"})
    assert shop.api.get(f"{DCA}/settlements/{held['id']}")["dispensed_sats"] is None
    half = shop.api.post(url, {"dispensed_fraction": "0.5", "notes": "The cassette was empty."})
    assert {key: half[key] for key in preview["after"]} == preview["after"]
    assert half["landed"] == preview["landed"] == preview["before"]
    assert (half["state"], half["dispensed_sats"], half["wire_sats"]) == ("held", 5_050, 10_100)

    tenth = shop.api.post(url, {"dispensed_sats": 1_010, "notes": "Counted again."})
    assert (tenth["principal_sats"], tenth["commission_sats"]) == (1_000, 10)
    assert (tenth["fiat_amount"], tenth["dispensed_note"]) == ("20.00", "Counted again.")
    shop.api.post(f"{DCA}/settlements/{held['id']}/release")
    shop.server.wait_for(lambda: state_of(shop, held) == "processed", "paid sale")

    done = shop.api.get(f"{DCA}/settlements/{held['id']}")
    (owed,) = [leg for leg in done["legs"] if leg["reason"] == "undispensed"]
    assert (owed["sats"], owed["actions"], done["actions"]) == (9_090, ["keep"], [])
    refusal = shop.api.post(url, {"dispensed_fraction": "0", "notes": "x"}, expect=409)
    assert refusal["code"] == "already_paid"
    kept = shop.api.post(f"{DCA}/payments/{owed['id']}/keep", {"reason": "Paid in cash."})
    (mine,) = [leg for leg in kept["legs"] if leg["reason"] == "undispensed"]
    assert (mine["note"], mine["actions"]) == ("Paid in cash.", [])
    assert mine["kept_at"] is not None


def test_notes_are_shown_newest_first_with_author_and_time(shop: Shop) -> None:
    sale = shop.settled(shop.sell(**OLGA_SALE))
    url = f"{DCA}/settlements/{sale['id']}/notes"
    shop.api.post(url, {"text": "First."})
    noted = shop.api.post(url, {"text": "x" * 2000})

    newest, second = noted["timeline"][:2]
    assert (newest["event"], newest["sentence"]) == ("settlement.noted", "x" * 2000)
    assert (second["sentence"], second["actor"]) == ("First.", shop.operator.username)
    assert newest["at"].endswith("Z")
    assert noted["state"] == sale["state"]


def test_only_what_is_stuck_is_stopped(shop: Shop) -> None:
    """Not a paid sale, not below the least threshold; what waits for sats for long enough is."""
    paid = shop.settled(shop.sell(**OLGA_SALE))
    url = f"{DCA}/settlements/{paid['id']}/force-reset"
    assert shop.api.post(url, {"reason": "x"}, expect=409)["code"] == "action_not_allowed"
    assert shop.api.post(url, {"reason": "x", "threshold_minutes": 4}, expect=422)["code"] == "invalid_input"
    assert shop.api.raw("GET", f"{DCA}/settlements/stuck", params={"threshold_minutes": 4}).status_code == 422
    assert shop.api.get(f"{DCA}/settlements/stuck", threshold_minutes=5) == {"data": [], "total": 0}
