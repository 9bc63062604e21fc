"""The overview in Chromium: what needs a hand, the period against the one before, every wallet explained."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, Shop

from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser

HOME = "/satmachineadmin/"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])


def figures(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = shop.api.get(f"{DCA}/overview", period="today")["now"]
    return found


def tile(page: Any, name: str) -> Any:
    """A figure with its name above it."""
    return page.get_by_role("group", name=name, exact=True)


@SIZES
def test_what_needs_a_hand_comes_first_each_with_its_action(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, HOME, size)
    main = seen.page.get_by_role("main")

    expect(main.get_by_text("Needs you").first).to_be_visible()
    expect(main.get_by_text("1 sale waits for your release")).to_be_visible()
    expect(main.get_by_text("1 payment came without usable facts")).to_be_visible()
    expect(seen.page.get_by_label(re.compile(r"\d things? needs? you"))).to_be_visible()
    top = main.get_by_text("Needs you").first.bounding_box()
    chart = main.get_by_role("img", name=re.compile("Volume by day")).bounding_box()
    assert top is not None and chart is not None and top["y"] < chart["y"]
    seen.page.get_by_role("button", name="Release", exact=True).click()
    expect(seen.page).to_have_url(re.compile(r"/settlements\?state=held"))
    assert of_ours(seen.complaints) == []


@SIZES
def test_the_day_stands_in_figures_and_a_sale_changes_them_by_itself(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    shop.server.wait_for(lambda: figures(shop)["sales"] >= 2, "figures of the sales that are there")
    seen = open_page(shop.operator, HOME, size)
    before = figures(shop)
    expect(tile(seen.page, "Volume")).to_contain_text(re.compile(r"400\.00.EUR|[\d ]+00\.00.EUR"))
    expect(tile(seen.page, "Commission")).to_contain_text(re.compile(rf"{before['commission_sats']}.sat"))

    shop.settled(shop.sell(**SALE))

    more = before["commission_sats"] + 100
    expect(tile(seen.page, "Commission")).to_contain_text(re.compile(rf"{more}.sat"), timeout=15_000)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert of_ours(seen.complaints) == []


def test_the_period_is_in_the_address_and_compared_with_the_one_before(
    open_page: OpenPage, shop: Shop
) -> None:
    seen = open_page(shop.operator, HOME)
    seen.page.get_by_role("button", name="30 days").click()

    expect(seen.page).to_have_url(re.compile(r"\?period=month$"))
    expect(seen.page.get_by_text(re.compile("Nothing to compare with"))).to_be_visible()
    seen.page.reload()
    expect(seen.page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    assert of_ours(seen.complaints) == []


def test_one_machine_has_no_fleet_chart_and_its_wallet_is_explained_to_the_sat(
    open_page: OpenPage, shop: Shop
) -> None:
    shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    proof = shop.api.get(f"{DCA}/machines/{shop.machine['id']}/proof")
    seen = open_page(shop.operator, HOME)

    expect(seen.page.get_by_text("explained to the sat").first).to_be_visible()
    expect(seen.page.get_by_text("What it is there for")).to_be_visible()
    expect(seen.page.get_by_text("Kept: this part of the cash belongs to no LP.").first).to_be_visible()
    expect(seen.page.get_by_role("img", name=re.compile("Volume by day, EUR"))).to_be_visible()
    expect(seen.page.get_by_role("img", name=re.compile("by machine"))).to_have_count(0)
    assert sum(line["msat"] for line in proof["holdings"]) == proof["balance_msat"]
    assert of_ours(seen.complaints) == []


def test_whoever_is_new_is_led_from_step_to_step(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.server.create_user("beginner"), HOME)

    expect(seen.page.get_by_text("First steps")).to_be_visible()
    expect(seen.page.get_by_role("img", name=re.compile("by day"))).to_have_count(0)
    seen.page.get_by_role("button", name="Add machine").click()
    expect(seen.page.get_by_role("dialog").get_by_label("Name")).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_phone_has_one_menu_with_every_page_in_it(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, HOME, PHONE)
    menu = seen.page.get_by_role("button", name=re.compile("Menu of Satoshi Machine, now at Overview"))
    expect(seen.page.get_by_role("tab")).to_have_count(0)
    menu.focus()
    seen.page.keyboard.press("Enter")
    for name in ("Overview", "Settlements", "Machines", "LPs & cash", "Commission", "Reports", "Settings"):
        expect(seen.page.get_by_role("menuitem", name=name)).to_be_visible()

    seen.page.get_by_role("menuitem", name="Settlements").click()

    expect(seen.page).to_have_url(re.compile("/satmachineadmin/settlements$"))
    expect(seen.page.get_by_role("menuitem")).to_have_count(0)
    assert of_ours(seen.complaints) == []


@SIZES
def test_an_operator_chooses_what_it_is_told_of(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/settings", size)
    switch = seen.page.get_by_role("switch", name="Paused payouts")
    before = shop.api.get(f"{DCA}/settings")["notify_paused"]
    expect(switch).to_have_attribute("aria-checked", "true" if before else "false")

    switch.click()

    expect(switch).to_have_attribute("aria-checked", "false" if before else "true")
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settings")["notify_paused"] is not before, "choice that is kept"
    )
    for way in ("Nostr", "Telegram", "Mail"):
        expect(seen.page.get_by_text(way, exact=True)).to_be_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert of_ours(seen.complaints) == []
