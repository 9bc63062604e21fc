"""Reports in Chromium: files for an accountant, and the audit trail."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, Shop

from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser
PAGES = ("/satmachineadmin/reports", "/satmachineadmin/reports/months", "/satmachineadmin/reports/audit")


def test_an_accountant_gets_the_sales_of_the_month_as_a_whole_file(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/")
    seen.page.get_by_role("tab", name="Reports").click()
    seen.page.get_by_label("Days", exact=True).click()
    seen.page.get_by_role("option", name="This month").click()
    expect(seen.page).to_have_url(re.compile(r"since=\d{4}-\d\d-01&until="))

    with seen.page.expect_download() as started:
        seen.page.get_by_role("link", name="Sales as CSV").click()

    assert re.fullmatch(r"satoshi-machine-sales-from-\S+-until-\S+\.csv", started.value.suggested_filename)
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    head, *rows, end = csv.reader(io.StringIO(text, newline=""))
    assert end == ["END", str(len(rows))]
    assert sorted(row[head.index("wire_sats")] for row in rows) == ["1100", "2100", "777"]
    assert of_ours(seen.complaints) == []


def test_the_present_month_is_shown_and_cannot_be_closed(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/reports/months")

    expect(seen.page.get_by_text(re.compile(r"is open: its figures are as"))).to_be_visible()
    expect(seen.page.get_by_text("Plaza · LP ana").first).to_be_visible()
    expect(seen.page.get_by_role("button", name=re.compile("Close 20"))).to_have_count(0)
    assert of_ours(seen.complaints) == []


def test_days_that_end_before_they_begin_cannot_be_asked_for(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/reports?since=2026-11-22&until=2026-11-21")

    expect(seen.page.get_by_text("This is before the first day.")).to_be_visible()
    expect(seen.page.get_by_role("link", name="Sales as CSV")).to_have_count(0)


def test_the_trail_is_read_in_words_filtered_and_followed_to_its_sale(
    open_page: OpenPage, shop: Shop
) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/reports/audit")
    expect(seen.page.get_by_text("A sale was found and written down").first).to_be_visible()

    seen.page.get_by_role("combobox", name="About").click()
    seen.page.get_by_role("option", name="Cash entries").click()

    expect(seen.page.get_by_text("Cash was confirmed: it counts from now on").first).to_be_visible()
    expect(seen.page.get_by_text("not confirmed → confirmed").first).to_be_visible()
    expect(seen.page.get_by_text("A sale was found and written down")).to_have_count(0)
    seen.page.goto(seen.page.url.replace("kind=cash", "kind=settlement"))
    seen.page.get_by_role("button", name="Open what it is about").first.click()
    expect(seen.page).to_have_url(re.compile(r"/satmachineadmin/settlements/[0-9a-f]{32}"))
    assert of_ours(seen.complaints) == []


def test_the_platform_has_the_trail_verified_and_sees_no_operators_events(
    open_page: OpenPage, shop: Shop
) -> None:
    seen = open_page(shop.server.super_user, "/satmachineadmin/reports/audit")
    seen.page.get_by_role("button", name="Verify the audit trail").click()

    expect(seen.page.get_by_text(re.compile(r"Whole: all \d+ events .*, 0 of them"))).to_be_visible()
    expect(seen.page.get_by_text("Nothing has happened yet")).to_be_visible()


def test_a_filter_that_finds_nothing_says_so_and_is_taken_off(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, "/satmachineadmin/reports/audit?search=nothing-of-the-kind")

    expect(seen.page.get_by_text("No event matches.")).to_be_visible()
    seen.page.get_by_role("button", name="Show all").click()
    expect(seen.page.get_by_text("A sale was found and written down").first).to_be_visible()


def test_a_month_that_is_over_is_closed_for_good(open_page: OpenPage, shop: Shop) -> None:
    """The books are told to begin a month earlier; that month can be closed, once, after one question."""
    earlier = "UPDATE satmachineadmin.machine_wallets SET scan_from = scan_from - :seconds"
    shop.server.sql(earlier, seconds=31 * 86_400)
    (last,) = [one["month"] for one in shop.api.get(f"{DCA}/reports/months")["data"] if one["can_close"]]
    seen = open_page(shop.operator, f"/satmachineadmin/reports/months?month={last}", PHONE)

    seen.page.get_by_role("button", name=f"Close {last}").click()
    question = seen.page.get_by_role("dialog")
    expect(question.get_by_text(re.compile("cannot be changed any more"))).to_be_visible()
    question.get_by_role("button", name=f"Close {last}").click()

    expect(seen.page.get_by_text(f"{last} is closed: its figures are frozen.")).to_be_visible()
    statement = shop.api.get(f"{DCA}/reports/month", month=last)
    expect(seen.page.get_by_text(f"Hash {statement['hash']}")).to_be_visible()
    expect(seen.page.get_by_role("button", name=re.compile("Close 20"))).to_have_count(0)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_no_report_scrolls_sideways_or_complains(
    open_page: OpenPage, shop: Shop, path: str, size: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, path, size)
    seen.page.wait_for_load_state("networkidle")

    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert of_ours(seen.complaints) == []
