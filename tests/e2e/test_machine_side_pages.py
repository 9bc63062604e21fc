"""Machines that sign, as their operator sees them, in Chromium: the key, limits, customers' cash, notes that
did not come out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.harness.http import UnexpectedStatus
from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours
from .test_revising_pages import fits

pytestmark = pytest.mark.browser

RATE = "5"


@pytest.fixture(scope="module")
def machine(shop: Shop) -> Machine:
    """The shop's machine, paired, with sats for customers who bring cash."""
    shop.server.top_up(shop.machine_wallet, 100_000)
    return Machine.paired(shop.server.url, shop.api, shop.machine["id"])


def give(machine: Machine, *notes: str) -> dict[str, Any]:
    """A customer puts banknotes in and is done."""
    body = {"txid": uuid4().hex, "exchange_rate": RATE}
    machine.post("/cash-in", {**body, "version": 1, "notes": [], "done": False}, expect=201)
    taken = [{"id": str(index), "denomination": note} for index, note in enumerate(notes)]
    one: dict[str, Any] = machine.post("/cash-in", {**body, "version": 2, "notes": taken, "done": True})
    return one


def sold(shop: Shop, machine: Machine) -> tuple[dict[str, Any], dict[str, Any]]:
    """A customer buys banknotes for 200 EUR and pays; the transaction and its sale."""
    body = {"txid": uuid4().hex, "version": 1, "fiat_amount": "200.00", "exchange_rate": RATE}
    one = machine.post("/cash-out", body, expect=201)
    shop.server.pay_invoice(shop.customer, one["invoice"])

    def landed() -> Any:
        found = shop.api.get(f"{DCA}/settlements", search=one["payment_hash"])["data"]
        return found[0] if found and found[0]["state"] in ("held", "processed") else None

    return one, shop.server.wait_for(landed, "the sale to land")


def report(machine: Machine, one: dict[str, Any], **said: str) -> None:
    machine.post("/dispense", {"txid": one["txid"], "version": 2, **said}, expect=200)


def need(page: Page, text: str) -> Any:
    """What the overview says needs the operator."""
    return page.get_by_role("listitem").filter(has_text=text)


def test_a_machine_is_paired_by_the_code_on_the_page_and_its_key_revoked(
    open_page: OpenPage, shop: Shop
) -> None:
    """The page says by itself that the machine has redeemed the code; revoked, its key is nobody's."""
    wallet = shop.server.create_wallet(shop.operator, "Kiosk")
    body = {"name": "Kiosk", "wallet_id": wallet.id, "currency": "EUR", "reference_rate": RATE}
    kiosk = shop.api.post(f"{DCA}/machines", body, expect=201)
    page = (seen := open_page(shop.operator, f"/satmachineadmin/machines/{kiosk['id']}")).page

    expect(page.get_by_role("button", name="Pair this machine")).to_be_visible()
    late: list[Route] = []
    page.route(f"**{DCA}/machines/{kiosk['id']}", lambda route: late.append(route))
    page.get_by_role("button", name="Pair this machine").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Waiting for the machine…")).to_be_visible()
    expect(dialog.get_by_role("timer")).to_have_text(re.compile(r"^(60:00|59:\d\d)$"))
    dialog.get_by_role("button", name="Take back").click()
    expect(dialog).to_be_hidden()
    while late:
        late.pop().continue_()
    page.unroute_all()
    expect(page.get_by_text("not paired", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pair this machine").click()
    code = dialog.locator("code").inner_text()
    firmware = Machine(shop.server.url)
    assert firmware.pair(code)["name"] == "Kiosk"
    expect(dialog.get_by_text("Paired", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Done").click()

    firmware.post("/heartbeat", {"software": "bitspire 1.4.0", "screen": "idle"}, expect=200)
    expect(page.get_by_text("bitspire 1.4.0", exact=True)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("just now", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("^This machine has no limit"))).to_be_visible()

    page.get_by_role("button", name="Revoke").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What happened, and why you do this").fill("it was stolen")
    form.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("key revoked", exact=True)).to_be_visible()
    with pytest.raises(UnexpectedStatus):
        firmware.get("/config", expect=200)
    assert of_ours(seen.complaints) == []


def test_limits_are_set_and_what_is_left_of_them_is_seen(
    open_page: OpenPage, shop: Shop, machine: Machine
) -> None:
    """What cannot be an amount is told at its field; an empty one is no limit."""
    path = f"{DCA}/machines/{shop.machine['id']}"
    page = (seen := open_page(shop.operator, f"/satmachineadmin/machines/{shop.machine['id']}", PHONE)).page
    page.get_by_role("button", name="Set limits").click()
    form = page.get_by_role("dialog")
    hour = form.get_by_role("group", name="cash-out").get_by_label("In an hour")
    hour.fill("a lot")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert").first).to_be_visible()
    assert fits(page)
    hour.fill("5000")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("left now"))).to_be_visible()
    assert shop.api.get(path)["limits"]["cash_out"]["hour"] == "5000.00"

    page.get_by_role("button", name="Set limits").click()
    hour.fill("")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("left now"))).to_have_count(0)
    assert shop.api.get(path)["limits"]["cash_out"]["hour"] is None
    page.wait_for_load_state("networkidle")
    assert fits(page)
    assert of_ours([text for text in seen.complaints if "422" not in text]) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_cash_that_was_taken_and_not_claimed_is_seen_and_its_link_extended(
    open_page: OpenPage, shop: Shop, machine: Machine, size: tuple[int, int]
) -> None:
    """Its notes, its link to print anew, and the days that the operator adds."""
    one = give(machine, "50", "20")
    assert one["state"] == "offered"
    page = (seen := open_page(shop.operator, "/satmachineadmin/transactions", size)).page
    page.get_by_role("main").get_by_text(re.compile("^70.00.EUR")).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("^Customer gave 70.00.EUR and is to get"))).to_be_visible()
    expect(drawer.get_by_text(re.compile("^1 × 20.00.EUR"))).to_be_visible()
    expect(drawer.get_by_role("button", name="Print it anew")).to_be_visible()
    assert fits(page)

    drawer.get_by_role("button", name="Extend the link").click()
    form = page.get_by_role("dialog").last
    form.get_by_label("Days from now").fill("91")
    form.get_by_role("button", name="Extend", exact=True).click()
    expect(form.get_by_text("Whole days, from 1 to 90")).to_be_visible()
    form.get_by_label("Days from now").fill("60")
    form.get_by_role("button", name="Extend", exact=True).click()
    expect(page.get_by_text("Extended.", exact=True)).to_be_visible()
    until = datetime.fromisoformat(machine.get(f"/transactions/{one['txid']}")["expires_at"].rstrip("Z"))
    assert until - datetime.now(timezone.utc).replace(tzinfo=None) > timedelta(days=59)

    drawer.get_by_role("button", name="Cash given back").click()
    form = page.get_by_role("dialog").last
    form.get_by_label("What happened, and why you do this").fill("the customer asked for it")
    form.get_by_role("button", name="Cash given back").click()
    expect(drawer.get_by_text(re.compile("^Customer was given its 70.00.EUR back"))).to_be_visible()
    assert machine.get(f"/transactions/{one['txid']}")["state"] == "cancelled"
    assert of_ours(seen.complaints) == []


def test_a_customer_above_the_threshold_is_let_have_its_sats_from_the_overview(
    open_page: OpenPage, shop: Shop, machine: Machine
) -> None:
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}/limits", {"cash_in": {"hold_above": "60.00"}})
    one = give(machine, "100")
    assert one["state"] == "held"
    page = (seen := open_page(shop.operator, "/satmachineadmin/")).page
    row = need(page, "Plaza: A customer waits for sats for its banknotes")
    row.get_by_role("button", name="Release or give back").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("It is more cash than you let through unseen.")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("^Release")).click()
    asked(page).get_by_role("button", name=re.compile("^Release")).click()
    expect(drawer.get_by_text("link is open", exact=True)).to_be_visible()
    assert machine.get(f"/transactions/{one['txid']}")["state"] == "offered"
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}/limits", {"cash_in": {"hold_above": None}})
    assert of_ours(seen.complaints) == []


def test_where_no_notes_came_out_the_customer_is_refunded_from_the_overview(
    open_page: OpenPage, shop: Shop, machine: Machine
) -> None:
    """Held for a person: the refund comes first, the other way round has to be said."""
    one, _sale = sold(shop, machine)
    report(machine, one, outcome="failed")
    page = (seen := open_page(shop.operator, "/satmachineadmin/")).page
    row = need(page, "Plaza: A machine reports that no notes came out")
    row.get_by_role("button", name="Refund or release").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Signed by the machine’s key")).to_be_visible()
    expect(drawer.get_by_text("No notes came out.", exact=True)).to_be_visible()
    expect(drawer.get_by_role("button", name="The notes did come out: release")).to_be_visible()

    drawer.get_by_role("button", name="Refund to the customer").click()
    form = page.get_by_role("dialog").last
    form.get_by_label("What happened, and why you do this").fill("the dispenser jammed")
    form.get_by_role("button", name="Make the link").click()
    # The question that was just answered may still be on its way out.
    expect(
        drawer.get_by_text(re.compile("^Whoever scans this with a Lightning wallet gets")).first
    ).to_be_visible()
    expect(drawer.get_by_text("processed", exact=True)).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_notes_that_stayed_after_the_payout_are_refunded_from_another_wallet(
    open_page: OpenPage, shop: Shop, machine: Machine
) -> None:
    """The operator names the wallet that pays; a machine's is not offered."""
    path = f"{DCA}/machines/{shop.machine['id']}"
    shop.api.put(path, {"payout_policy": "at_once"})
    float_wallet = shop.server.create_wallet(shop.operator, "Float")
    shop.server.top_up(float_wallet, 10_000)
    one, sale = sold(shop, machine)
    assert sale["state"] == "processed"
    report(machine, one, outcome="partial", fiat_amount="150.00")
    page = (seen := open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}", PHONE)).page
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("^50.00.EUR stayed in the machine, and the sale"))).to_be_visible()
    assert fits(page)
    drawer.get_by_role("button", name="Refund to the customer").click()
    form = page.get_by_role("dialog").last
    form.get_by_label("Pays from your wallet").click()
    expect(page.get_by_role("option", name=re.compile("^Plaza"))).to_have_count(0)
    page.get_by_role("option", name=re.compile("^Float")).click()
    form.get_by_label("What happened, and why you do this").fill("two notes jammed")
    form.get_by_role("button", name="Make the link").click()
    # The question that was just answered may still be on its way out.
    expect(
        drawer.get_by_text(re.compile("^Whoever scans this with a Lightning wallet gets")).first
    ).to_be_visible()
    refund = shop.api.get(f"{DCA}/settlements/{sale['id']}")["refund"]
    shop.fetch(refund["lnurl"], shop.customer)
    expect(drawer.get_by_text(re.compile("went back to the customer"))).to_be_visible(timeout=20_000)
    shop.api.put(path, {"payout_policy": "on_dispense"})
    assert of_ours(seen.complaints) == []
