"""What an operator sees and does, in Chromium, at a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, LP, Shop

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

PAGES = (
    "/satmachineadmin/",
    "/satmachineadmin/settlements",
    "/satmachineadmin/machines",
    "/satmachineadmin/commission",
    "/satmachineadmin/worklist",
    "/satmachineadmin/settings",
)
#: LNbits itself complains when its service worker is blocked.
OF_THE_HOST = re.compile(r"reading 'scope'|Service Worker registration")


def of_ours(complaints: list[str]) -> list[str]:
    return [complaint for complaint in complaints if not OF_THE_HOST.search(complaint)]


def test_a_sale_opens_down_to_its_legs_and_has_an_address_of_its_own(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/settlements?state=processed")

    seen.page.get_by_role("link", name="cash-out").first.click()

    drawer = seen.page.get_by_role("dialog")
    expect(
        drawer.get_by_text(re.compile(r"Customer paid 1.100.sat for 200\.00.EUR at 5.sat/EUR"))
    ).to_be_visible()
    for recipient in ("Platform", "partner 0", "partner 1", "partner 2", "LP ana", "LP ben", "Nobody"):
        expect(drawer.get_by_text(recipient, exact=True).first).to_be_visible()
    assert re.search(r"/satmachineadmin/settlements/[0-9a-f]{32}", seen.page.url)
    seen.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert of_ours(seen.complaints) == []


def test_a_held_sale_is_released_after_one_question_that_names_the_amount(
    open_page: OpenPage, shop: Shop
) -> None:
    held = shop.api.get(f"{DCA}/settlements", state="held")["data"][0]
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{held['id']}")

    seen.page.get_by_role("button", name=re.compile("Release")).first.click()
    question = asked(seen.page)
    expect(question.get_by_text(re.compile(r"2.100.sat")).first).to_be_visible()
    question.get_by_role("button", name=re.compile("Release")).click()

    def state() -> bool:
        return bool(shop.api.get(f"{DCA}/settlements/{held['id']}")["state"] == "processed")

    shop.server.wait_for(state, "released sale")
    expect(seen.page.get_by_role("dialog").get_by_text("processed").first).to_be_visible(timeout=20_000)


def test_a_machine_is_added_and_a_mistake_is_told_at_its_field(open_page: OpenPage, shop: Shop) -> None:
    wallet = shop.server.create_wallet(shop.operator, "Market wallet")
    seen = open_page(shop.operator, "/satmachineadmin/machines?add=1")
    dialog = seen.page.get_by_role("dialog")

    dialog.get_by_label("Name").fill("Market")
    dialog.get_by_label(re.compile("Wallet")).click()
    seen.page.get_by_role("option", name=re.compile("Market wallet")).click()
    dialog.get_by_label("Currency").fill("EUR")
    seen.page.get_by_role("option", name="EUR", exact=True).click()
    dialog.get_by_label("cash-out fee").fill("300")
    dialog.get_by_role("button", name=re.compile("Add|Save")).click()
    expect(dialog.get_by_text(re.compile("not a percentage"))).to_be_visible()
    dialog.get_by_label("cash-out fee").fill("6")
    dialog.get_by_role("button", name=re.compile("Add|Save")).click()

    expect(seen.page.get_by_text("Market", exact=True).first).to_be_visible()
    machines = shop.api.get(f"{DCA}/machines")["data"]
    assert {machine["wallet_id"] for machine in machines} == {wallet.id, shop.machine_wallet.id}


def test_only_the_platform_sees_the_platform_tab(open_page: OpenPage, shop: Shop) -> None:
    operator = open_page(shop.operator, "/satmachineadmin/")
    platform = open_page(shop.server.super_user, "/satmachineadmin/platform")

    expect(platform.page.get_by_role("tab", name="Platform")).to_be_visible()
    expect(operator.page.get_by_role("tab", name="Overview")).to_be_visible()
    expect(operator.page.get_by_role("tab", name="Platform")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", [*PAGES, "/satmachineclient/"])
def test_no_page_scrolls_sideways_or_complains(
    open_page: OpenPage, shop: Shop, path: str, size: tuple[int, int]
) -> None:
    user = shop.lps["ana"] if "client" in path else shop.operator
    seen = open_page(user, path, size)
    seen.page.wait_for_load_state("networkidle")

    width = seen.page.evaluate("document.documentElement.scrollWidth")

    assert width <= size[0]
    assert of_ours(seen.complaints) == []


def test_an_lp_sees_its_cash_become_sats_and_where_they_arrive(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.lps["ana"], "/satmachineclient/", PHONE)

    expect(seen.page.get_by_role("main").get_by_text("Plaza").first).to_be_visible()
    expect(seen.page.get_by_role("main").get_by_text("You have stacked")).to_be_visible()
    expect(seen.page.get_by_role("main").get_by_text(re.compile(r"500.sat")).first).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_newcomer_chooses_where_its_sats_arrive(open_page: OpenPage, shop: Shop) -> None:
    """One card and one button: the wallet is suggested, and accepting is the choice."""
    dora = shop.server.create_user("dora")
    savings = shop.server.create_wallet(dora, "Savings")
    seen = open_page(dora, "/satmachineclient/", PHONE)
    main = seen.page.get_by_role("main")
    expect(main.get_by_text("You are not invited yet")).to_be_visible()
    expect(main.get_by_role("textbox", name="Your username")).to_have_value("dora")
    client = shop.api.post(f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": "dora"})
    seen.page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(main.get_by_text("This is where your sats will arrive")).to_be_visible()
    main.get_by_role("combobox", name="Your wallet").click()
    seen.page.get_by_role("option", name=re.compile("Savings")).click()
    main.get_by_role("button", name="Accept").click()

    expect(main.get_by_text("You take part in “Plaza”")).to_be_visible()
    expect(main.get_by_text("Sats arrive in: Savings")).to_be_visible()
    assert shop.api.get(f"{DCA}/clients/{client['id']}")["status"] == "active"
    chosen = shop.server.api(dora).get(f"{LP}/preferences")
    assert (chosen["dca_wallet_id"], chosen["time_zone"]) == (savings.id, "UTC")
    assert of_ours(seen.complaints) == []


def test_the_platform_has_the_audit_trail_verified(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.server.super_user, "/satmachineadmin/platform")

    seen.page.get_by_role("button", name="Verify the audit trail").click()

    expect(
        seen.page.get_by_text(re.compile(r"Whole: all \d+ events of everybody here are as they were written"))
    ).to_be_visible()
    assert of_ours(seen.complaints) == []
