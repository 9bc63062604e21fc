"""Machines over HTTP: what is editable, another wallet, and the former one until it is closed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer, Wallet
from tests.harness.machine import Machine as Firmware
from tests.harness.shop import DCA, LP, Shop

from .world import digest

MACHINES = f"{DCA}/machines"
SALE: dict[str, Any] = {
    "principal_sats": 1000,
    "commission_sats": 100,
    "fiat_amount": "200.00",
    "exchange_rate": "5",
}


@pytest.fixture
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"ana": "1000.00"})


def put(shop: Shop, expect: int = 200, **fields: Any) -> dict[str, Any]:
    return shop.api.put(f"{MACHINES}/{shop.machine['id']}", fields, expect=expect)  # type: ignore[no-any-return]


def wallets(shop: Shop) -> list[dict[str, Any]]:
    return shop.api.get(f"{MACHINES}/{shop.machine['id']}/wallets")["data"]  # type: ignore[no-any-return]


def close(shop: Shop, wallet: Wallet, expect: int = 200) -> dict[str, Any]:
    path = f"{MACHINES}/{shop.machine['id']}/wallets/{wallet.id}/close"
    return shop.api.post(path, expect=expect)  # type: ignore[no-any-return]


def test_a_machine_has_another_wallet_and_the_old_one_is_settled_on_until_it_is_closed(shop: Shop) -> None:
    """A sale that arrives in the old wallet is one, is paid from there, and its sats are explained there."""
    old, new = shop.machine_wallet, shop.server.create_wallet(shop.operator, "Plaza 2")
    shop.settled(shop.sell(**SALE))
    late = shop.server.create_invoice(old, 1100, extra=shop.stamp(**SALE))

    changed = put(shop, wallet_id=new.id)
    assert (changed["wallet_id"], changed["wallet_name"]) == (new.id, "Plaza 2")
    refusal = close(shop, old, expect=409)
    assert (refusal["code"], refusal["ties"]) == ("wallet_still_needed", ["invoice"])

    shop.server.pay_invoice(shop.customer, late.bolt11)
    assert shop.settled(late)["state"] == "processed"
    shop.machine_wallet = new
    assert shop.settled(shop.sell(**SALE))["state"] == "processed"
    present, former = wallets(shop)
    assert (present["wallet_id"], present["is_current"]) == (new.id, True)
    assert (former["wallet_id"], former["is_current"], former["closed_at"]) == (old.id, False, None)

    _present, closed = close(shop, old)["data"]
    assert closed["closed_at"] and closed["ties"] is None
    assert close(shop, old, expect=404)["code"] == "not_found"
    events = shop.api.get(f"{DCA}/audit-events", subject_id=shop.machine["id"])["data"]
    assert [event["event"] for event in events[:2]] == ["machine.wallet_closed", "machine.wallet_changed"]


def test_what_is_owed_or_undecided_keeps_the_old_wallet(shop: Shop) -> None:
    """A rejected payment that nobody has decided on; a sale under way forbids the change itself."""
    old, new = shop.machine_wallet, shop.server.create_wallet(shop.operator, "Plaza 2")
    odd = shop.settled(shop.server.send(shop.customer, old, 777))
    held = shop.settled(shop.sell(**{**SALE, "exchange_rate": "50", "principal_sats": 10_000}))
    assert (odd["state"], held["state"]) == ("rejected", "held")

    refusal = put(shop, wallet_id=new.id, expect=409)
    assert (refusal["code"], refusal["ties"]) == ("wallet_busy", ["held"])
    shop.api.post(f"{DCA}/settlements/{held['id']}/release")
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settlements/{held['id']}")["state"] == "processed", "the released sale"
    )
    put(shop, wallet_id=new.id)
    assert close(shop, old, expect=409)["ties"] == ["rejected"]
    shop.api.post(f"{DCA}/settlements/{odd['id']}/dismiss", {"reason": "a tip"})
    close(shop, old)


def test_a_change_of_wallet_can_be_taken_back(shop: Shop) -> None:
    """The former wallet is bound again as it was; only somebody's closing makes it free."""
    old, new = shop.machine_wallet, shop.server.create_wallet(shop.operator, "Plaza 2")
    before = wallets(shop)[0]["scan_from"]
    put(shop, wallet_id=new.id)
    body = {"name": "Market", "wallet_id": old.id, "currency": "EUR"}
    assert shop.api.post(MACHINES, body, expect=409)["code"] == "wallet_in_use"

    put(shop, wallet_id=old.id)
    assert [(one["wallet_id"], one["is_current"]) for one in wallets(shop)] == [
        (old.id, True),
        (new.id, False),
    ]
    assert wallets(shop)[0]["scan_from"] == before
    close(shop, new)
    assert shop.api.post(MACHINES, {**body, "wallet_id": new.id}, expect=201)["wallet_id"] == new.id


def test_a_wallet_that_is_not_ones_own_or_gets_payouts_is_refused(shop: Shop) -> None:
    """400 for somebody else's, 422 where payouts arrive; nothing is written."""
    mine = shop.server.create_wallet(shop.operator, "savings")
    shop.api.put(f"{DCA}/commission-splits", {"splits": [{"target": mine.id, "share_pct": "100"}]})
    before = digest(shop.server)

    assert put(shop, wallet_id=shop.customer.id, expect=400)["code"] == "wallet_not_yours"
    assert put(shop, wallet_id="0" * 32, expect=400)["code"] == "wallet_not_yours"
    assert put(shop, wallet_id=mine.id, expect=422)["code"] == "wallet_gets_payouts"
    body = {"name": "Market", "wallet_id": mine.id, "currency": "EUR"}
    assert shop.api.post(MACHINES, body, expect=422)["code"] == "wallet_gets_payouts"
    assert digest(shop.server) == before


def test_the_currency_stands_from_the_first_cash_on(server: LnbitsServer) -> None:
    shop = Shop.open(server, shares=())
    assert put(shop, currency="CHF")["currency"] == "CHF"
    lp = server.create_user("lena")
    client = shop.api.post(f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": "lena"})
    server.api(lp).post(f"{LP}/enrolments/{client['id']}/accept", {"dca_wallet_id": lp.wallet.id})
    assert put(shop, currency="EUR")["currency"] == "EUR"
    shop.api.post(f"{DCA}/deposits", {"client_id": client["id"], "amount": "5.00"})

    refusal = put(shop, currency="CHF", expect=409)
    assert (refusal["code"], refusal["currency"]) == ("currency_fixed", "EUR")
    assert put(shop, currency="EUR", name="Plaza 2")["name"] == "Plaza 2"


def test_new_hardware_has_the_same_books(shop: Shop) -> None:
    """The key is replaced, and taken away again; nobody else's machine can have it meanwhile."""
    first, second = "ab" * 32, "cd" * 32
    shop.settled(shop.sell(**SALE))
    put(shop, npub=first)
    body = {
        "name": "Market", "wallet_id": shop.server.create_wallet(shop.operator, "m").id, "currency": "EUR",
        "npub": first,
    }  # fmt: skip
    assert shop.api.post(MACHINES, body, expect=409)["code"] == "already_exists"

    machine = put(shop, npub=second)
    assert (machine["npub"], machine["settlements"]) == (second, 1)
    assert put(shop, npub=None)["npub"] is None
    (event, *_older) = shop.api.get(f"{DCA}/audit-events", subject_id=shop.machine["id"])["data"]
    assert (event["before"], event["after"]) == ({"npub": second}, {"npub": None})


def test_a_machine_tells_what_its_lps_have_in_it(shop: Shop) -> None:
    machine = shop.api.get(f"{MACHINES}/{shop.machine['id']}")
    assert machine["lps"] == {"active": 1}
    assert (machine["cash"]["remaining"], machine["cash"]["currency"]) == ("1000.00", "EUR")


def test_a_machine_tells_what_is_left_of_its_limits(shop: Shop) -> None:
    """Of an hour and of a day; where there is no limit, nothing is said to be left."""
    wallet = shop.server.create_wallet(shop.operator, "Bounded")
    body = {"name": "Bounded", "wallet_id": wallet.id, "currency": "EUR", "reference_rate": "5"}
    machine = f"{MACHINES}/{shop.api.post(MACHINES, body, expect=201)['id']}"
    none = {"hour": None, "day": None}
    assert shop.api.get(machine)["left"] == {"cash_out": none, "cash_in": none}

    limits = {"cash_out": {"transaction": "60.00", "hour": "100.00"}, "cash_in": {"day": "0"}}
    changed = shop.api.put(f"{machine}/limits", limits)
    assert changed["left"] == {"cash_out": {**none, "hour": "100.00"}, "cash_in": {**none, "day": "0.00"}}
    (event, *_older) = shop.api.get(f"{DCA}/audit-events", subject_id=changed["id"])["data"]
    said = {"cash_out_transaction": "60.00", "cash_out_hour": "100.00", "cash_in_day": "0.00"}
    assert (event["before"], event["after"]) == (dict.fromkeys(said), {**said, "currency": "EUR"})
    firmware = Firmware.paired(shop.server.url, shop.api, changed["id"])
    sale = {"txid": "bounded-1", "version": 1, "fiat_amount": "40.00", "exchange_rate": "5"}
    firmware.post("/cash-out", sale, expect=201)
    assert shop.api.get(machine)["left"]["cash_out"] == {**none, "hour": "60.00"}


def test_machines_are_filtered_and_sorted_by_the_server(shop: Shop) -> None:
    """And what they hold is what was proved, not what LNbits sums now."""
    for name, currency in (("Alpha", "CHF"), ("Zulu", "EUR")):
        wallet = shop.server.create_wallet(shop.operator, name)
        shop.api.post(MACHINES, {"name": name, "wallet_id": wallet.id, "currency": currency}, expect=201)
    put(shop, maintenance=True)

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in shop.api.get(MACHINES, **query)["data"]]

    assert names(sortby="name", direction="asc") == ["Alpha", "Plaza", "Zulu"]
    assert names(currency="CHF") == ["Alpha"]
    assert names(maintenance="true") == ["Plaza"]
    assert sorted(names(maintenance="false")) == ["Alpha", "Zulu"]
    assert names(paused="true") == []
    assert names(search="lph") == ["Alpha"]
    put(shop, active=False)
    assert names(active="false") == ["Plaza"]
    for name in ("balance", "settlements", "last_sale_at", "created_at"):
        assert sorted(names(sortby=name)) == ["Alpha", "Plaza", "Zulu"]
