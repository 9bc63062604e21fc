"""The rules that a request can break, and what happens when it does not: on a business of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, LP, Shop

from .world import HELD_SALE, OLGA_SALE, World, tables


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"eve": "100.00"})


def split(*targets: str) -> dict[str, Any]:
    """Equal shares, the first one takes what is left."""
    shares = [100 - 10 * (len(targets) - 1)] + [10] * (len(targets) - 1)
    return {
        "splits": [
            {"target": target, "share_pct": str(share)} for target, share in zip(targets, shares, strict=True)
        ]
    }


@pytest.fixture
def default_split(shop: Shop) -> Iterator[None]:
    """Afterwards the partners' wallets stand in the split again."""
    yield
    shop.api.put(f"{DCA}/commission-splits", split(*(wallet.id for wallet in shop.partners)))


def test_an_entry_is_confirmed_once(shop: Shop) -> None:
    """The second confirm, and a cancel after it, are 409 state_moved; the cash counts once."""
    client = shop.clients["eve"]["id"]
    before = shop.api.get(f"{DCA}/clients/{client}/balance")
    entry = shop.api.post(f"{DCA}/deposits", {"client_id": client, "amount": "7.5"})
    assert (entry["amount"], entry["status"], entry["confirmed_at"]) == ("7.50", "pending", None)
    assert shop.api.get(f"{DCA}/clients/{client}/balance")["pending"] == "7.50"

    confirmed = shop.api.post(f"{DCA}/deposits/{entry['id']}/confirm")
    for action in ("confirm", "cancel"):
        refusal = shop.api.post(f"{DCA}/deposits/{entry['id']}/{action}", expect=409)
        assert refusal["code"] == "state_moved"

    after = shop.api.get(f"{DCA}/clients/{client}/balance")
    assert confirmed["status"] == "confirmed" and confirmed["confirmed_at"]
    assert float(after["remaining"]) - float(before["remaining"]) == 7.5
    assert after["pending"] == before["pending"]


def test_a_wallet_belongs_to_one_machine(shop: Shop) -> None:
    body = {"name": "Twice", "wallet_id": shop.machine_wallet.id, "currency": "EUR"}
    assert shop.api.post(f"{DCA}/machines", body, expect=409)["code"] == "wallet_in_use"


def test_shares_sum_to_exactly_one_hundred(shop: Shop) -> None:
    wallet = shop.partners[0].id
    for shares in (("99.9999",), ("50", "50.0001"), ("100", "0.0001")):
        body = {"splits": [{"target": wallet, "share_pct": share} for share in shares]}
        assert shop.api.put(f"{DCA}/commission-splits", body, expect=422)["code"] == "shares_do_not_sum"


def test_an_invoice_key_becomes_a_wallet_id_and_is_kept_nowhere(shop: Shop, default_split: None) -> None:
    """The key is neither in the reply nor in any table of ours."""
    server, wallet = shop.server, shop.partners[0]
    saved = shop.api.put(f"{DCA}/commission-splits", split(wallet.inkey))

    assert [line["target"] for line in saved["splits"]] == [wallet.id]
    assert wallet.inkey not in str(saved) + str(shop.api.get(f"{DCA}/commission-splits"))
    for table in tables(server):
        assert wallet.inkey not in str(server.sql(f"SELECT * FROM satmachineadmin.{table}")), table


def test_an_admin_key_is_refused(shop: Shop) -> None:
    """Nobody should hand one out; the refusal does not repeat it."""
    key = shop.partners[0].adminkey
    refusal = shop.api.put(f"{DCA}/commission-splits", split(key), expect=422)
    assert refusal["code"] == "target_not_found"
    assert key not in str(refusal)


def test_a_shared_mirror_is_refused_wherever_a_wallet_is_chosen(world: World, shop: Shop) -> None:
    """Its money lives in somebody else's wallet: 422 shared_wallet."""
    eve, platform = shop.lps["eve"], world.server.super_user
    own, lps, fees = (world.shared_mirror(user) for user in (shop.operator, eve, platform))
    api, fee = shop.server.api(eve), {"super_fee_wallet_id": fees.id}
    refusals = [
        shop.api.post(f"{DCA}/machines", {"name": "M", "wallet_id": own.id, "currency": "EUR"}, expect=422),
        shop.api.put(f"{DCA}/commission-splits", split(own.id), expect=422),
        shop.api.put(f"{DCA}/commission-splits", split(own.inkey), expect=422),
        api.put(f"{LP}/preferences", {"dca_wallet_id": lps.id}, expect=422),
        world.server.api(platform).put(f"{DCA}/super-config", fee, expect=422),
    ]
    assert [refusal["code"] for refusal in refusals] == ["shared_wallet"] * 5


def test_a_machines_wallet_receives_no_payout(world: World, shop: Shop) -> None:
    """Not as a split target, by id or key, not as the platform's, not as an LP's: 422."""
    wallet, platform = shop.machine_wallet, world.server.api(world.server.super_user)
    own = shop.api.post(
        f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": shop.operator.username}
    )
    refusals = [
        shop.api.put(f"{DCA}/commission-splits", split(wallet.id), expect=422),
        shop.api.put(f"{DCA}/commission-splits", split(wallet.inkey), expect=422),
        platform.put(f"{DCA}/super-config", {"super_fee_wallet_id": wallet.id}, expect=422),
        shop.server.api(shop.operator).post(
            f"{LP}/enrolments/{own['id']}/accept", {"dca_wallet_id": wallet.id}, expect=422
        ),
    ]
    assert [refusal["code"] for refusal in refusals] == ["machine_wallet_refused"] * 4


@pytest.mark.parametrize(
    ("currency", "given", "shown", "refused"),
    [
        ("JPY", "1000", "1000", "1000.0"),
        ("EUR", "10.5", "10.50", "10.505"),
        ("KWD", "1.125", "1.125", "1.1255"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    shop: Shop, currency: str, given: str, shown: str, refused: str
) -> None:
    """ISO 4217: yen 0, euro 2, dinar 3; what has more is refused, what has fewer is filled up."""
    wallet = shop.server.create_wallet(shop.operator, currency)
    machine = shop.api.post(
        f"{DCA}/machines", {"name": currency, "wallet_id": wallet.id, "currency": currency}
    )
    eve = shop.lps["eve"]
    client = shop.api.post(
        f"{DCA}/clients", {"machine_id": machine["id"], "username": eve.username, "display_name": "eve"}
    )
    shop.server.api(eve).post(f"{LP}/enrolments/{client['id']}/accept", {})

    entry = shop.api.post(f"{DCA}/deposits", {"client_id": client["id"], "amount": given})
    body = {"client_id": client["id"], "amount": refused}
    refusal = shop.api.post(f"{DCA}/deposits", body, expect=422)
    shop.api.post(f"{DCA}/deposits/{entry['id']}/confirm")

    assert (entry["amount"], entry["currency"]) == (shown, currency)
    assert refusal["code"] == "invalid_fiat"
    assert shop.api.get(f"{DCA}/clients/{client['id']}/balance")["remaining"] == shown


def test_a_held_sale_is_released_once_and_then_paid(shop: Shop) -> None:
    """Nothing is paid while it is held; releasing it again, or a processed one, is 409."""
    processed = shop.settled(shop.sell(**OLGA_SALE))
    held = shop.settled(shop.sell(**HELD_SALE))
    assert (processed["state"], held["state"], held["reason"]) == ("processed", "held", "implausible_rate")
    assert held["legs"] == []

    released = shop.api.post(f"{DCA}/settlements/{held['id']}/release")
    assert released["state"] in ("pending", "processing", "processed")
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settlements/{held['id']}")["state"] == "processed", "paid sale"
    )

    for settlement in (held, processed):
        refusal = shop.api.post(f"{DCA}/settlements/{settlement['id']}/release", expect=409)
        assert refusal["code"] == "arrow_not_allowed"


def test_an_lp_is_invited_once_and_accepts_once(shop: Shop) -> None:
    client, eve = shop.clients["eve"], shop.lps["eve"]
    body = {"machine_id": shop.machine["id"], "username": eve.username}
    assert shop.api.post(f"{DCA}/clients", body, expect=409)["code"] == "already_exists"
    again = shop.server.api(eve).post(f"{LP}/enrolments/{client['id']}/accept", {}, expect=409)
    assert again["code"] == "arrow_not_allowed"


def test_cash_of_an_lp_without_a_wallet_is_refused(shop: Shop) -> None:
    """lp_not_onboarded until it chose one, enrolment_not_active until it accepted."""
    guest = shop.server.create_user(f"late{shop.operator.username}")
    client = shop.api.post(f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": guest.username})
    body = {"client_id": client["id"], "amount": "1"}
    assert (client["status"], client["onboarded"]) == ("invited", False)
    assert shop.api.post(f"{DCA}/deposits", body, expect=422)["code"] == "lp_not_onboarded"

    api = shop.server.api(guest)
    wallet = {"dca_wallet_id": guest.wallet.id}
    assert api.get(f"{LP}/preferences")["onboarded"] is False
    assert api.put(f"{LP}/preferences", wallet, expect=409)["code"] == "no_invitation_accepted"
    without_wallet = api.post(f"{LP}/enrolments/{client['id']}/accept", {}, expect=422)
    assert without_wallet["field"] == "dca_wallet_id"
    assert api.get(f"{LP}/preferences")["onboarded"] is False
    assert shop.api.post(f"{DCA}/deposits", body, expect=422)["code"] == "lp_not_onboarded"
    assert api.post(f"{LP}/enrolments/{client['id']}/accept", wallet)["status"] == "active"
    assert api.get(f"{LP}/preferences")["dca_wallet_id"] == guest.wallet.id
    assert shop.api.post(f"{DCA}/deposits", body)["status"] == "pending"


def test_an_enrolment_with_cash_left_is_not_ended(shop: Shop) -> None:
    shop.hand_over("eve", "10.00")
    url = f"{DCA}/clients/{shop.clients['eve']['id']}"
    assert shop.api.put(url, {"status": "ended"}, expect=422)["code"] == "cash_left"
    assert shop.api.put(url, {"status": "paused"})["status"] == "paused"
    assert shop.api.put(url, {"status": "active", "username": "Eve"})["username"] == "Eve"


def test_a_split_of_a_machine_stands_before_the_default(shop: Shop) -> None:
    machine = shop.machine["id"]
    own = shop.api.put(f"{DCA}/commission-splits", {"machine_id": machine, **split(shop.partners[1].id)})
    default = shop.api.get(f"{DCA}/commission-splits")
    assert (own["is_override"], own["machine_id"], own["version"]) == (True, machine, 1)
    assert (default["is_override"], default["machine_id"]) == (False, None)
    assert shop.api.get(f"{DCA}/commission-splits", machine_id=machine) == own

    assert shop.api.delete(f"{DCA}/commission-splits", machine_id=machine) == default


def test_pages_of_a_list_follow_each_other(shop: Shop) -> None:
    """Limit and offset cut the same order; total counts everything; search is by part, in any case."""
    client = shop.clients["eve"]["id"]
    for amount in ("1", "2", "3"):
        shop.api.post(f"{DCA}/deposits", {"client_id": client, "amount": amount, "notes": "Für Ägir"})
    whole = shop.api.get(f"{DCA}/deposits", client_id=client, sortby="amount", direction="asc")
    pages: list[dict[str, Any]] = []
    for offset in range(0, whole["total"], 2):
        page = shop.api.get(
            f"{DCA}/deposits", client_id=client, sortby="amount", direction="asc", limit=2, offset=offset
        )
        assert page["total"] == whole["total"]
        pages += page["data"]

    assert pages == whole["data"]
    amounts = [float(row["amount"]) for row in pages]
    assert amounts == sorted(amounts)
    assert shop.api.get(f"{DCA}/deposits", client_id=client, search="Ägir")["total"] == 3
    assert shop.api.get(f"{DCA}/deposits", client_id=client, search="F")["total"] == 3
    assert shop.api.get(f"{DCA}/deposits", client_id=client, status="confirmed", search="Ägir")["total"] == 0
