"""The list of sales: found with few clicks, narrowed down, and kept in the address."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.harness.shop import DCA, Shop

from .clicks import Clicks
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser
PAGE = "/satmachineadmin/settlements"


def processed(shop: Shop) -> dict[str, Any]:
    found: dict[str, Any] = shop.api.get(f"{DCA}/settlements", state="processed")["data"][0]
    return found


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_customers_sale_is_found_by_its_payment_hash_in_three_clicks(
    open_page: OpenPage, shop: Shop
) -> None:
    """From the overview: the tab, the search box, the sale."""
    sale = processed(shop)
    seen = open_page(shop.operator, "/satmachineadmin/")
    expect(seen.page.get_by_text(re.compile("Today"))).to_be_visible()
    clicks = Clicks(seen.page)

    seen.page.get_by_role("tab", name="Settlements").click()
    search = seen.page.get_by_label(re.compile("Search"))
    search.click()
    search.fill(sale["payment_hash"])
    expect(seen.page.get_by_text("1–1 of 1")).to_be_visible()
    seen.page.get_by_role("link", name="cash-out").click()

    drawer = seen.page.get_by_role("dialog")
    expect(drawer.get_by_text(sale["payment_hash"][:6]).first).to_be_visible()
    assert seen.page.url.split("?")[0].endswith(f"/settlements/{sale['id']}")
    assert clicks.made <= 3
    assert of_ours(seen.complaints) == []


def test_the_only_match_opens_with_the_keyboard_alone(open_page: OpenPage, shop: Shop) -> None:
    sale = processed(shop)
    seen = open_page(shop.operator, PAGE)
    expect(seen.page.get_by_role("link", name="cash-out").first).to_be_visible()
    clicks = Clicks(seen.page)

    seen.page.keyboard.press("/")
    seen.page.keyboard.insert_text(sale["txid"])
    expect(seen.page.get_by_text("1–1 of 1")).to_be_visible()
    seen.page.keyboard.press("Enter")

    drawer = seen.page.get_by_role("dialog")
    expect(drawer.get_by_text(sale["txid"][:6]).first).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert asked(seen.page)["search"] == [sale["txid"]]
    assert clicks.made == 0


def test_filters_search_order_and_page_are_in_the_address_and_outlive_a_reload(
    open_page: OpenPage, shop: Shop
) -> None:
    shop.hand_over("ana", "50.00")
    shop.settled(shop.sell(principal_sats=500, commission_sats=50, fiat_amount="100.00", exchange_rate="5"))
    seen = open_page(shop.operator, PAGE)
    page = seen.page
    expect(page.get_by_role("link", name="cash-out").first).to_be_visible()

    page.get_by_label("State").click()
    page.get_by_role("option", name="processed").click()
    page.get_by_label("From day").fill("2020-01-01")
    page.get_by_role("columnheader", name=re.compile("Wire")).click()
    page.get_by_label(re.compile("Search")).fill("ana")
    expect(page).to_have_url(re.compile("search=ana"))
    kept = asked(page)
    assert {name: values[0] for name, values in kept.items()} == {
        "state": "processed", "since": "2020-01-01", "sort": "wire_sats", "order": "asc", "search": "ana",
    }  # fmt: skip

    page.reload()
    rows = page.get_by_role("row")
    expect(rows.nth(1)).to_contain_text("550")
    expect(page.get_by_label(re.compile("Search"))).to_have_value("ana")
    page.get_by_role("link", name="cash-out").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert asked(page) == kept


def test_what_is_filtered_leaves_as_a_file(open_page: OpenPage, shop: Shop) -> None:
    sale = processed(shop)
    seen = open_page(shop.operator, f"{PAGE}?state=processed&search={sale['payment_hash']}")
    expect(seen.page.get_by_text("1–1 of 1")).to_be_visible()

    with seen.page.expect_download() as download:
        seen.page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text()

    assert sale["payment_hash"] in text
    assert text.splitlines()[-1].startswith("END,1")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_search_without_a_match_says_so_and_offers_the_way_back(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, f"{PAGE}?search=nobody-of-this-name&since=2020-01-01", size)

    expect(seen.page.get_by_text("No sale matches")).to_be_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    seen.page.get_by_role("button", name="Clear the filters").click()
    expect(seen.page.get_by_text("cash-out").first).to_be_visible()
    assert asked(seen.page) == {}
    assert of_ours(seen.complaints) == []
