"""LPs and their cash in Chromium: invited by a link, cash written down, confirmed, disputed, put right."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, LP, Shop

from .clicks import Clicks, asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser
PAGE = "/satmachineadmin/lps"


def row_of(page: Any, name: str) -> Any:
    return page.get_by_role("row").filter(has_text=name)


def test_a_deposit_is_written_down_and_confirmed_in_at_most_five_clicks(
    open_page: OpenPage, shop: Shop
) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/")
    tab = seen.page.get_by_role("tab", name="LPs & cash")
    expect(tab).to_be_visible()
    clicks, before = Clicks(seen.page), shop.remaining("ana")

    tab.click()
    row_of(seen.page, "ana").get_by_role("button", name="Record cash: ana").click()
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("12,5")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog.get_by_text(re.compile("is not an amount of EUR"))).to_be_visible()
    dialog.get_by_label("Amount").fill("12.5")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog.get_by_text(re.compile(r"ana handed over 12\.50.EUR at Plaza"))).to_be_visible()
    assert shop.remaining("ana") == before
    dialog.get_by_role("button", name=re.compile(r"Confirm 12\.50.EUR")).click()

    expect(seen.page.get_by_text(re.compile(r"12\.50.EUR of ana are confirmed"))).to_be_visible()
    assert float(shop.remaining("ana")) - float(before) == 12.5
    assert clicks.made <= 5
    assert of_ours([text for text in seen.complaints if "422" not in text]) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_lp_is_invited_by_a_link_and_accepts_it(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    """The link is told once; the LP logs in, and accepts with the wallet that is suggested."""
    name = f"Dora {size[0]}"
    seen = open_page(shop.operator, f"{PAGE}?invite=1", size)
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_label("What you call this LP").fill(name)
    dialog.get_by_role("button", name="Make the invitation").click()
    link = dialog.get_by_role("textbox", name="Invitation link").input_value()
    expect(dialog.locator("svg").first).to_be_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    dialog.get_by_role("button", name="Close").click()
    expect(seen.page.get_by_text(name).first).to_be_visible()
    path = "/satmachineclient/invitation#" + link.partition("#")[2]
    assert link.endswith(path)

    dora = shop.server.create_user(f"dora{size[0]}")
    lp = open_page(dora, path, size)
    main = lp.page.get_by_role("main")
    expect(main.get_by_text(f"{shop.operator.username} invites you")).to_be_visible()
    for fact in ("Plaza", "EUR"):
        expect(main.get_by_text(fact, exact=True).first).to_be_visible()
    expect(main.get_by_text("This is where your sats will arrive")).to_be_visible()
    lp.page.get_by_role("button", name="Accept").click()
    expect(main.get_by_text("You take part in “Plaza”")).to_be_visible()
    assert lp.page.evaluate("document.documentElement.scrollWidth") <= size[0]

    again = open_page(dora, path, size)
    expect(again.page.get_by_text("This invitation is over")).to_be_visible()
    other = open_page(shop.lps["ben"], path, size)
    expect(other.page.get_by_text("This invitation is for somebody else")).to_be_visible()
    nobody = open_page(dora, "/satmachineclient/invitation#" + "A" * 32, size)
    expect(nobody.page.get_by_text("There is no such invitation")).to_be_visible()
    (client,) = shop.api.get(f"{DCA}/clients", search=name)["data"]
    assert (client["status"], client["onboarded"], client["invitation"]) == ("active", True, None)
    secret = link.partition("#")[2]
    assert secret not in shop.server.log_text()
    assert of_ours(seen.complaints + lp.complaints) == []


def test_who_is_not_logged_in_is_told_so_and_goes_on_afterwards(open_page: OpenPage, shop: Shop) -> None:
    body = {"machine_id": shop.machine["id"], "display_name": "Emil"}
    link = shop.api.post(f"{DCA}/clients", body)["link"]
    emil = shop.server.create_user("emil")
    seen = open_page(emil, "/satmachineclient/invitation#" + link.partition("#")[2])
    expect(seen.page.get_by_text("invites you")).to_be_visible()
    context = seen.page.context
    cookies = context.cookies()
    context.clear_cookies()
    seen.page.reload()
    expect(seen.page.get_by_text("Log in to see your invitation")).to_be_visible()

    context.add_cookies(cookies)
    seen.page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(seen.page.get_by_text("invites you")).to_be_visible()


def test_a_disputed_entry_is_the_operators_to_put_right(open_page: OpenPage, shop: Shop) -> None:
    ben = shop.clients["ben"]["id"]
    shop.api.post(f"{DCA}/deposits", {"client_id": ben, "amount": "77.00"})
    lp = open_page(shop.lps["ben"], "/satmachineclient/", PHONE)
    lp.page.get_by_role("button", name="This is wrong").first.click()
    dialog = lp.page.get_by_role("dialog")
    dialog.get_by_label("What is right").fill("It was 70")
    dialog.get_by_role("button", name="Dispute it").click()
    expect(lp.page.get_by_text("You said: It was 70")).to_be_visible()

    seen = open_page(shop.operator, "/satmachineadmin/")
    need = seen.page.get_by_role("listitem").filter(has_text="An LP disputes a cash entry")
    need.get_by_role("button", name="Open the cash entries").click()
    expect(seen.page.get_by_text("The LP disputes it: It was 70")).to_be_visible()
    expect(seen.page.get_by_role("button", name="Confirm")).to_have_count(0)
    seen.page.get_by_role("button", name="Cancel").click()
    seen.page.get_by_role("dialog").get_by_role("button", name=re.compile(r"Cancel 77\.00.EUR")).click()
    expect(seen.page.get_by_text("Cancelled.", exact=True)).to_be_visible()

    def is_cancelled() -> bool:
        return bool(shop.api.get(f"{DCA}/deposits", client_id=ben, status="disputed")["total"] == 0)

    shop.server.wait_for(is_cancelled, "cancelled entry")
    assert of_ours(lp.complaints + seen.complaints) == []


def test_a_confirmed_entry_is_corrected_and_the_lp_reads_why(open_page: OpenPage, shop: Shop) -> None:
    client = shop.clients["ana"]["id"]
    seen = open_page(shop.operator, f"{PAGE}/{client}")
    drawer = seen.page.get_by_role("dialog").first
    drawer.get_by_role("button", name="Correct").last.click()
    dialog = seen.page.get_by_role("dialog").last
    dialog.get_by_label("What it should come to").fill("110")
    dialog.get_by_label(re.compile("Why")).fill("One note more")
    dialog.get_by_role("button", name="Record the difference").click()
    expect(drawer.get_by_text(re.compile(r"10\.00.EUR more of ana"))).to_be_visible()
    drawer.get_by_role("button", name="Confirm", exact=True).first.click()
    asked(seen.page).get_by_role("button", name=re.compile("Confirm")).click()
    expect(drawer.get_by_text(re.compile(r"comes to 110\.00.EUR"))).to_be_visible()

    lp = shop.server.api(shop.lps["ana"]).get(f"{LP}/cash")["data"]
    assert "One note more" in [entry["reason"] for entry in lp]
    assert of_ours(seen.complaints) == []


def test_an_lp_with_cash_is_not_ended_and_the_page_says_what_to_do(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, f"{PAGE}/{shop.clients['ana']['id']}")
    seen.page.get_by_role("button", name="End", exact=True).click()
    asked(seen.page).get_by_role("button", name="End", exact=True).click()
    expect(seen.page.get_by_text(re.compile("Settle, return or move"))).to_be_visible()

    seen.page.get_by_role("button", name="Pause").click()
    asked(seen.page).get_by_role("button", name="Pause").click()
    expect(seen.page.get_by_role("button", name="Resume")).to_be_visible()
    seen.page.get_by_role("button", name="Resume").click()
    asked(seen.page).get_by_role("button", name="Resume").click()
    expect(seen.page.get_by_role("button", name="Pause")).to_be_visible()
    assert of_ours([text for text in seen.complaints if "422" not in text]) == []


def test_an_lp_that_leaves_has_its_cash_moved_returned_and_its_part_ended(
    open_page: OpenPage, shop: Shop
) -> None:
    """40.00: ten go to Ben, thirty back to Eva; then nothing keeps her any more."""
    shop.enrol("eva", "40.00")
    before = shop.remaining("ben")
    seen = open_page(shop.operator, f"{PAGE}/{shop.clients['eva']['id']}", PHONE)
    page = seen.page

    def book(kind: str, amount: str, to: str | None, said: str) -> None:
        page.get_by_role("button", name=kind).click()
        form = page.get_by_role("dialog").last
        form.get_by_label("Amount").fill(amount)
        if to:
            form.get_by_label("To", exact=True).click()
            page.get_by_role("option", name=re.compile(to)).click()
        form.get_by_role("button", name="Record").click()
        entry = page.get_by_role("dialog").last
        expect(entry.get_by_text(re.compile(said))).to_be_visible()
        entry.get_by_role("button", name=re.compile(rf"Confirm {amount}\.00.EUR")).click()
        expect(page.get_by_role("dialog")).to_have_count(1)

    book("Move cash", "10", "ben", r"10\.00.EUR move from eva at Plaza to ben at Plaza")
    book("Return cash", "30", None, r"30\.00.EUR go back to eva from Plaza")
    expect(page.get_by_text(re.compile(r"^0\.00.EUR of cash left in “Plaza”"))).to_be_visible()
    page.get_by_role("button", name="End", exact=True).click()
    asked(page).get_by_role("button", name="End", exact=True).click()

    expect(page.get_by_text("ended", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    assert shop.remaining("eva") == "0.00"
    assert Decimal(shop.remaining("ben")) - Decimal(before) == 10
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?view=cash", f"{PAGE}?search=nobody-of-this-name"])
def test_no_list_scrolls_sideways_or_complains(
    open_page: OpenPage, shop: Shop, path: str, size: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, path, size)
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert of_ours(seen.complaints) == []
