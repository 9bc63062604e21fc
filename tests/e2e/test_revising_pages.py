"""What an operator corrects on a sale's page, by mouse and by keyboard, at a desk and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.shop import DCA, Shop

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser


def errored(shop: Shop) -> dict[str, Any]:
    """A sale whose second partner cannot be paid."""
    gone = "UPDATE wallets SET deleted = :deleted WHERE id = :id"
    shop.server.sql(gone, deleted=True, id=shop.partners[1].id)
    sale = shop.settled(
        shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    )
    shop.leave_to_people(sale)
    shop.server.sql(gone, deleted=False, id=shop.partners[1].id)
    assert sale["state"] == "errored"
    return sale


def fits(page: Page) -> bool:
    """Nothing has to be pushed aside to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_sale_is_scaled_after_its_figures_were_shown(open_page: OpenPage, shop: Shop) -> None:
    held = shop.api.get(f"{DCA}/settlements", state="held")["data"][0]
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{held['id']}")
    seen.page.get_by_role("button", name="Partial dispense").click()
    form = seen.page.get_by_role("dialog").last
    submit = form.get_by_role("button", name="Partial dispense")

    form.get_by_label("Part that came out").fill("1.5")
    expect(
        form.get_by_role("alert").get_by_text(re.compile("1.5 is not a part of the whole"))
    ).to_be_visible()
    expect(submit).to_be_disabled()
    form.get_by_label("Part that came out").fill("0.5")
    for before, after in (("2.000.sat", "1.000.sat"), ("30.sat", "15.sat"), ("200.00.EUR", "100.00.EUR")):
        expect(form.get_by_role("row").filter(has_text=re.compile(f"{before}.*{after}"))).to_be_visible()
    expect(form.get_by_text(re.compile("1.050.sat are not paid out but owed"))).to_be_visible()
    form.get_by_label("What happened").fill("The cassette was empty.")
    submit.press("Enter")

    expect(form.get_by_label("What happened")).to_be_hidden()
    drawer = seen.page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("Only a part of the notes came out: The cassette"))).to_be_visible()
    assert shop.api.get(f"{DCA}/settlements/{held['id']}")["principal_sats"] == 1000
    assert len(of_ours(seen.complaints)) == 1, "the browser notes the refused preview"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_what_failed_is_retried_elsewhere_or_given_up(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    """A wrong receiver is told in the form; what is given up names its amount first and asks why."""
    sale = errored(shop)
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}", size)
    page = seen.page
    page.get_by_role("button", name="Retry", exact=True).press("Enter")
    form = page.get_by_role("dialog").last
    expect(form.get_by_text(re.compile("21.sat are paid again"))).to_be_visible()
    assert fits(page)
    form.get_by_label("Another receiver").fill(shop.machine_wallet.id)
    form.get_by_role("button", name="Retry").press("Enter")
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name=re.compile("Give up 21.sat for partner 1")).click()
    form = page.get_by_role("dialog").last
    expect(form.get_by_text(re.compile("21.sat for partner 1 are not paid any more"))).to_be_visible()
    assert fits(page)
    form.get_by_label("What happened").fill("Alice left.")
    form.get_by_role("button", name=re.compile("Give up")).press("Enter")

    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("processed", exact=True).first).to_be_visible()
    expect(drawer.get_by_text(re.compile("A leg of 21 sats was given up: Alice left"))).to_be_visible()
    expect(page.get_by_role("button", name="Retry", exact=True)).to_be_hidden()


def test_a_failed_leg_is_retried_with_two_keys(open_page: OpenPage, shop: Shop) -> None:
    sale = errored(shop)
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}")
    seen.page.get_by_role("button", name="Retry", exact=True).press("Enter")
    form = seen.page.get_by_role("dialog").last
    form.get_by_role("button", name="Retry").press("Enter")

    def state() -> bool:
        return bool(shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"] == "processed")

    shop.server.wait_for(state, "retried sale")
    drawer = seen.page.get_by_role("dialog")
    expect(drawer.get_by_text("processed", exact=True).first).to_be_visible(timeout=20_000)


def test_a_note_appears_in_the_timeline_with_its_author(open_page: OpenPage, shop: Shop) -> None:
    sale = shop.api.get(f"{DCA}/settlements", state="processed")["data"][0]
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}", PHONE)
    drawer = seen.page.get_by_role("dialog")

    drawer.get_by_label("Note for the timeline").fill("The customer called.")
    drawer.get_by_role("button", name="Add").click()

    noted = drawer.get_by_text(re.compile(f"The customer called. · {shop.operator.username}"))
    expect(noted.first).to_be_visible()
    expect(drawer.get_by_label("Note for the timeline")).to_have_value("")
    assert fits(seen.page)
    assert of_ours(seen.complaints) == []


def test_a_matter_of_the_worklist_is_accepted_with_a_reason_and_found_among_the_closed(
    open_page: OpenPage, shop: Shop
) -> None:
    errored(shop)
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/worklist", is_open="true")["total"] == 1, "matter of the failed legs"
    )
    page = (seen := open_page(shop.operator, "/satmachineadmin/worklist", PHONE)).page
    page.get_by_role("button", name="Accept", exact=True).click()
    form = page.get_by_role("dialog").last
    form.get_by_label("What happened").fill("Alice is told.")
    form.get_by_role("button", name="Accept", exact=True).click()

    expect(page.get_by_text(re.compile("Nothing is open"))).to_be_visible()
    page.get_by_role("button", name="Closed", exact=True).click()
    expect(page.get_by_text(re.compile("Accepted by .*: Alice is told"))).to_be_visible()
    assert fits(page)
    assert of_ours(seen.complaints) == []


def test_what_did_not_come_out_is_offered_back_taken_back_and_kept(open_page: OpenPage, shop: Shop) -> None:
    """2,100 sats were paid and half of the notes came out: 1,050 are owed, 11 of them for the network."""
    held = shop.api.get(f"{DCA}/settlements", state="held")["data"][0]
    half = {"dispensed_fraction": "0.5", "notes": "The cassette was empty."}
    shop.api.post(f"{DCA}/settlements/{held['id']}/partial-dispense", half)
    shop.api.post(f"{DCA}/settlements/{held['id']}/release")

    def sale() -> dict[str, Any]:
        found: dict[str, Any] = shop.api.get(f"{DCA}/settlements/{held['id']}")
        return found

    shop.server.wait_for(lambda: sale()["state"] == "processed", "released sale")
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{held['id']}", PHONE)
    drawer = seen.page.get_by_role("dialog").first

    drawer.get_by_role("button", name="Refund to the customer").click()
    form = seen.page.get_by_role("dialog").last
    form.get_by_label("What happened").fill("Half of the notes.")
    form.get_by_role("button", name="Make the link").click()
    expect(drawer.get_by_text(re.compile(r"gets 1.039.sat, once"))).to_be_visible()
    expect(drawer.get_by_role("button", name=re.compile("Keep"))).to_have_count(0)
    expect(
        drawer.get_by_text(re.compile("For the whole sale the machine charged 100.sat more"))
    ).to_be_visible()
    assert fits(seen.page)
    drawer.get_by_role("button", name="Cancel the link").click()
    asked(seen.page).get_by_role("button", name="Cancel the link").click()

    drawer.get_by_role("button", name=re.compile(r"Keep 1.050.sat")).click()
    form = seen.page.get_by_role("dialog").last
    form.get_by_label("What happened").fill("The customer was paid in cash.")
    form.get_by_role("button", name=re.compile("Keep")).click()
    expect(drawer.get_by_text("Kept by you: these notes did not come out.").first).to_be_visible()
    expect(drawer.get_by_role("button", name="Refund to the customer")).to_have_count(0)
    assert sale()["retained_sats"] >= 1050
    assert of_ours(seen.complaints) == []
