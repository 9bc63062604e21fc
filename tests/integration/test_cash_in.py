"""A customer gives a paired machine banknotes and fetches its sats by a link, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from lnurl import decode

from tests.harness import LnbitsServer
from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop

FLOAT_SATS = 100_000
RATE = "5"


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    """5 sats for a euro, 10 % cash-in fee of which the platform gets 30 %."""
    opened = Shop.open(server)
    opened.api.put(f"{DCA}/machines/{opened.machine['id']}", {"cash_in_fee_pct": "10"})
    server.top_up(opened.machine_wallet, FLOAT_SATS)
    return opened


@pytest.fixture(scope="module")
def machine(shop: Shop) -> Machine:
    return Machine.paired(shop.server.url, shop.api, shop.machine["id"])


def notes(*euros: int) -> list[dict[str, str]]:
    return [{"id": str(number), "denomination": str(value)} for number, value in enumerate(euros, 1)]


def taken(machine: Machine, *euros: int) -> dict[str, Any]:
    """A customer that is done, as its machine is told it."""
    begun = {"txid": uuid4().hex, "version": 1, "exchange_rate": RATE, "notes": []}
    assert machine.post("/cash-in", begun, expect=201)["state"] == "collecting"
    done = {**begun, "version": 2, "notes": notes(*euros), "done": True}
    told: dict[str, Any] = machine.post("/cash-in", done, expect=200)
    return told


def of_operator(shop: Shop, told: dict[str, Any]) -> dict[str, Any]:
    """The same, as the operator sees it."""
    (row,) = shop.api.get(f"{DCA}/transactions", search=told["txid"])["data"]
    whole: dict[str, Any] = shop.api.get(f"{DCA}/transactions/{row['id']}")
    return whole


def cash_held(shop: Shop) -> list[dict[str, Any]]:
    """The open matters of cash beyond its threshold; a quick computer may have flooded as well."""
    matters = shop.api.get(f"{DCA}/worklist", is_open=True)["data"]
    return [row for row in matters if row["kind"] == "cash_in_held"]


def ask(shop: Shop, url: str, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = shop.server.api().get(urlsplit(url).path, **query)
    return answer


def test_seventy_euros_are_taken_note_by_note_and_fetched_once(shop: Shop, machine: Machine) -> None:
    txid = uuid4().hex
    body: dict[str, Any] = {"txid": txid, "version": 1, "exchange_rate": RATE, "notes": []}
    told = machine.post("/cash-in", body, expect=201)
    assert (told["state"], told["notes"], told["lnurl"]) == ("collecting", [], None)
    assert float(told["most_fiat_amount"]) > 10_000
    body = {**body, "version": 2, "notes": notes(50)}
    assert machine.post("/cash-in", body, expect=200)["fiat_amount"] == "50.00"
    assert machine.post("/cash-in", body, expect=200)["notes"] == [{"id": "1", "denomination": "50.00"}]

    told = machine.post("/cash-in", {**body, "version": 3, "notes": notes(50, 20), "done": True}, expect=200)
    assert (told["state"], told["principal_sats"], told["fee_sats"], told["wire_sats"]) == (
        "offered", 350, 35, 315
    )  # fmt: skip
    assert (told["most_fiat_amount"], told["claimed"], told["paid"]) == (None, False, False)
    owing = shop.api.get(f"{DCA}/transactions", is_owing=True)["data"]
    assert [(row["txid"], row["fiat_amount"], row["lnurl"]) for row in owing] == [
        (txid, "70.00", told["lnurl"])
    ]

    terms = ask(shop, str(decode(told["lnurl"])))
    assert terms["minWithdrawable"] == terms["maxWithdrawable"] == 315_000
    assert terms["defaultDescription"] == "Cash-in at Plaza"
    before = shop.server.balance_sats(shop.customer)
    shop.fetch(told["lnurl"], shop.customer)
    paid = machine.get(f"/transactions/{txid}?wait=25&known=offered")

    assert (paid["state"], paid["paid"], paid["claimed"], paid["lnurl"]) == ("paid", True, True, None)
    assert shop.server.balance_sats(shop.customer) == before + 315
    one = of_operator(shop, told)
    assert (one["state"], one["is_claimed"], one["can_give_back"]) == ("paid", True, False)
    assert [note["denomination"] for note in one["notes"]] == ["50.00", "20.00"]
    assert [row["event"] for row in one["timeline"]][-1] == "transaction.opened"
    assert all(
        not row["event"].startswith("transaction.") or row["sentence"] != row["event"]
        for row in one["timeline"]
    )

    def settled() -> dict[str, Any] | None:
        sale: dict[str, Any] = shop.api.get(f"{DCA}/settlements/{one['settlement_id']}")
        return sale if sale["state"] == "processed" else None

    sale = shop.server.wait_for(settled, "the settlement")
    assert (sale["tx_type"], sale["wire_sats"], sale["principal_sats"]) == ("cash_in", 315, 350)
    assert sum(leg["sats"] for leg in sale["legs"]) == sale["commission_sats"] == 35
    assert shop.api.get(f"{DCA}/transactions", is_owing=True)["data"] == []
    assert ask(shop, str(decode(told["lnurl"])))["status"] == "ERROR"
    proof = shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    assert (proof["difference_msat"], proof["matters"]) == (0, [])


def test_of_two_wallets_that_hand_in_at_once_one_is_paid(shop: Shop, machine: Machine) -> None:
    """Twenty customers, each link claimed by two wallets at the same moment."""
    links = [taken(machine, 50) for _ in range(20)]
    before = shop.server.balance_sats(shop.customer)

    def claim(told: dict[str, Any]) -> str:
        terms = ask(shop, str(decode(told["lnurl"])))
        if "callback" not in terms:
            return str(terms["status"])
        invoice = shop.server.create_invoice(shop.customer, 225)
        return str(ask(shop, terms["callback"], k1=terms["k1"], pr=invoice.bolt11)["status"])

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(claim, [told for told in links for _wallet in range(2)]))

    assert answers.count("OK") == 20
    for told in links:
        assert machine.get(f"/transactions/{told['txid']}?wait=25&known=offered")["state"] == "paid"
    assert shop.server.balance_sats(shop.customer) == before + 20 * 225


def test_the_operator_decides_on_cash_beyond_its_threshold(shop: Shop, machine: Machine) -> None:
    limits = f"{DCA}/machines/{shop.machine['id']}/limits"
    shop.api.put(limits, {"cash_in": {"hold_above": "60.00"}})
    first, second = taken(machine, 50, 20), taken(machine, 50, 20)
    shop.api.put(limits, {"cash_in": {"hold_above": None}})
    assert (first["state"], first["waits_for"], first["lnurl"]) == ("held", "above_threshold", None)
    held = shop.api.get(f"{DCA}/transactions", state="held")["data"]
    assert {row["txid"] for row in held} == {first["txid"], second["txid"]}
    assert [row["can_accept"] for row in cash_held(shop)] == [False, False]

    one = of_operator(shop, first)
    assert (one["can_release"], one["can_give_back"], one["can_extend"]) == (True, True, False)
    released = shop.api.post(f"{DCA}/transactions/{one['id']}/release")
    assert (released["state"], released["held_for"]) == ("offered", None)
    assert machine.get(f"/transactions/{first['txid']}")["lnurl"] == released["lnurl"]
    shop.fetch(released["lnurl"], shop.customer)
    assert machine.get(f"/transactions/{first['txid']}?wait=25&known=offered")["paid"]

    back = shop.api.post(
        f"{DCA}/transactions/{of_operator(shop, second)['id']}/give-back", {"reason": "a copy"}
    )
    assert (back["state"], back["timeline"][0]["sentence"]) == (
        "cancelled", "The customer was given its cash back: a copy"
    )  # fmt: skip
    assert cash_held(shop) == []


def test_a_link_that_was_never_claimed_is_over_and_claimed_once_it_is_extended(
    shop: Shop, machine: Machine
) -> None:
    told = taken(machine, 50)
    one = of_operator(shop, told)
    for table, column in (("withdrawals", "transaction_id"), ("machine_transactions", "id")):
        shop.server.sql(
            f"UPDATE satmachineadmin.{table} SET expires_at = 1 WHERE {column} = :id", id=one["id"]
        )
    assert machine.get(f"/transactions/{told['txid']}")["state"] == "expired"
    assert [
        row["id"] for row in shop.api.get(f"{DCA}/transactions", state="expired", tx_type="cash_in")["data"]
    ] == [one["id"]]
    assert shop.api.get(f"{DCA}/transactions", state="offered")["data"] == []
    assert ask(shop, str(decode(told["lnurl"])))["status"] == "ERROR"
    assert of_operator(shop, told)["lnurl"] is None

    extended = shop.api.post(f"{DCA}/transactions/{one['id']}/extend", {"days": 7})

    assert (extended["state"], extended["lnurl"]) == ("offered", told["lnurl"])
    shop.fetch(told["lnurl"], shop.customer)
    assert machine.get(f"/transactions/{told['txid']}?wait=25&known=offered")["paid"]
    assert shop.api.post(f"{DCA}/transactions/{one['id']}/extend", {"days": 7}, expect=409)


def test_a_link_serves_after_the_extension_was_upgraded_and_the_server_died(
    shop: Shop, machine: Machine
) -> None:
    server = shop.server
    told, other = taken(machine, 50), taken(machine, 20)
    for what in ("deactivate", "activate"):
        server.api(server.super_user).put(f"/api/v1/extension/satmachineadmin/{what}")
    shop.fetch(told["lnurl"], shop.customer)
    assert machine.get(f"/transactions/{told['txid']}?wait=25&known=offered")["paid"]
    server.kill()
    server.start()
    shop.fetch(other["lnurl"], shop.customer)
    assert machine.get(f"/transactions/{other['txid']}?wait=25&known=offered")["paid"]


def test_what_stands_against_taking_notes_is_said_before_the_first_one(shop: Shop, machine: Machine) -> None:
    path = f"{DCA}/machines/{shop.machine['id']}"
    body: dict[str, Any] = {"txid": uuid4().hex, "version": 1, "exchange_rate": RATE, "notes": []}
    assert machine.post("/cash-in", {**body, "exchange_rate": "9"}, expect=422)["code"] == "implausible_rate"
    shop.api.put(f"{path}/limits", {"cash_in": {"transaction": "90000.00"}})
    refused = machine.post("/cash-in", body, expect=409)
    assert refused["code"] == "too_few_sats"
    assert 0 < float(refused["most_fiat_amount"]) < 90_000
    shop.api.put(f"{path}/limits", {"cash_in": {"transaction": None}})
    shop.api.put(path, {"active": False})
    assert machine.post("/cash-in", body, expect=409)["code"] == "machine_inactive"
    recorded = machine.post("/cash-in", {**body, "notes": notes(50)}, expect=201)
    shop.api.put(path, {"active": True})
    assert (recorded["state"], recorded["fiat_amount"]) == ("collecting", "50.00")
    assert machine.post("/cash-in", {**body, "version": 1}, expect=409)["code"] == "ratchet"
    assert (
        machine.post("/cash-in", {**body, "version": 2, "notes": notes(20)}, expect=409)["field"] == "notes"
    )
    for bad in (
        {"notes": [{"id": "1", "denomination": "0"}]},
        {"notes": notes(5) * 2},
        {"withdraw_link_id": "x"},
    ):
        assert machine.post("/cash-in", {**body, "txid": uuid4().hex, **bad}, expect=422)


def test_another_operators_transactions_are_not_there(shop: Shop, machine: Machine) -> None:
    one = of_operator(shop, taken(machine, 5))
    stranger = shop.server.api(shop.server.create_user(f"mallory{uuid4().hex[:6]}"))
    assert stranger.get(f"{DCA}/transactions")["total"] == 0
    stranger.get(f"{DCA}/transactions/{one['id']}", expect=404)
    stranger.post(f"{DCA}/transactions/{one['id']}/give-back", {"reason": "mine"}, expect=404)
