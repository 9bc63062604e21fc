"""What is on the screen changes by itself: soon where LNbits' websocket gets through, and without it too."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, Shop

from .conftest import OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser

SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
#: The issue's measures, in milliseconds.
BY_WEBSOCKET, BY_LOOKING = 2_000, 15_000


def processed(shop: Shop) -> int:
    return int(shop.api.get(f"{DCA}/settlements", state="processed")["total"])


def test_a_list_shows_a_sale_within_two_seconds_and_stays_as_it_was(open_page: OpenPage, shop: Shop) -> None:
    """The filter stays, what is open stays open, and the list is there all the time."""
    seen = open_page(shop.operator, "/satmachineadmin/settlements?state=processed")
    page, before = seen.page, processed(shop)
    rows = page.get_by_role("row").filter(has_text="cash-out")
    expect(rows).to_have_count(before)
    page.wait_for_function("() => document.visibilityState === 'visible'")
    page.evaluate(
        """() => {
            window.leastRows = Infinity
            const count = () => {
                const rows = [...document.querySelectorAll('tbody tr')]
                window.leastRows = Math.min(window.leastRows, rows.length)
            }
            new MutationObserver(count).observe(document.body, {childList: true, subtree: true})
        }"""
    )

    shop.settled(shop.sell(**SALE))

    expect(rows).to_have_count(before + 1, timeout=BY_WEBSOCKET)
    assert page.evaluate("window.leastRows") >= before
    assert page.url.endswith("?state=processed")
    assert of_ours(seen.complaints) == []


def test_an_open_sale_shows_a_note_of_somebody_else_and_keeps_what_is_typed(
    open_page: OpenPage, shop: Shop
) -> None:
    sale = shop.api.get(f"{DCA}/settlements", state="processed")["data"][0]
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}")
    field = seen.page.get_by_label("Note for the timeline")
    field.fill("half a sentence")

    shop.api.post(f"{DCA}/settlements/{sale['id']}/notes", {"text": "Written elsewhere."})

    expect(seen.page.get_by_text("Written elsewhere.").first).to_be_attached(timeout=BY_WEBSOCKET)
    expect(field).to_have_value("half a sentence")
    assert of_ours(seen.complaints) == []


def test_without_a_websocket_the_page_looks_by_itself(browser: Any, shop: Shop) -> None:
    context = browser.new_context(service_workers="block")
    context.route_web_socket(re.compile("/api/v1/ws/"), lambda socket: socket.close())
    context.add_init_script("localStorage.setItem('lnbits.disclaimerShown', 'true')")
    context.add_cookies(
        [{"name": "cookie_access_token", "value": shop.operator.token, "url": shop.server.url}]
    )
    page = context.new_page()
    try:
        page.goto(f"{shop.server.url}/satmachineadmin/settlements?state=processed")
        rows, before = page.get_by_role("row").filter(has_text="cash-out"), processed(shop)
        expect(rows).to_have_count(before)
        shop.settled(shop.sell(**SALE))
        start = time.monotonic()
        expect(rows).to_have_count(before + 1, timeout=BY_LOOKING)
        assert time.monotonic() - start < BY_LOOKING / 1000
    finally:
        context.close()
