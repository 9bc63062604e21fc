"""A sale opened: how its sats came about, its receipt on paper, what is raw, and who has it in hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.shop import DCA, Shop

from .clicks import Clicks
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours
from .test_revising_pages import errored, fits

pytestmark = pytest.mark.browser
PAGE = "/satmachineadmin/settlements"
#: what is on paper: a narrow printer's roll, and A4, in CSS pixels
PAPERS = [(302, 900), (794, 1123)]


@pytest.fixture(scope="module")
def sale(shop: Shop) -> dict[str, Any]:
    """A commission of 101 sats: 30.3 for the platform, and 71 that three partners share."""
    shop.hand_over("ana", "30.00")
    stamp = {"principal_sats": 1000, "commission_sats": 101, "fiat_amount": "200.00", "exchange_rate": "5"}
    return shop.settled(shop.sell(**stamp))


def opened(page: Page) -> Any:
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("Customer paid"))).to_be_visible()
    return drawer


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_every_step_of_the_allocation_names_its_rounding(
    open_page: OpenPage, shop: Shop, sale: dict[str, Any], size: tuple[int, int]
) -> None:
    """71 sats at 50/30/20: 35.5, 21.3 and 14.2; the sat that is left over goes to the first."""
    seen = open_page(shop.operator, f"{PAGE}/{sale['id']}", size)
    drawer = opened(seen.page)

    for step in ("Received on the wire", "Commission", "Operator", "Principal → LPs"):
        expect(drawer.get_by_text(step, exact=True)).to_be_visible()
    for rounding in (
        r"Exactly 30\.3.sat; rounded half up",
        r"Exactly 35\.5.sat; rounding gave it one sat that was left over",
        r"Exactly 21\.3.sat; cut to whole sats",
        r"Exactly 14\.2.sat; cut to whole sats",
    ):
        expect(drawer.get_by_text(re.compile(rounding))).to_have_count(1)
    expect(drawer.get_by_role("link", name=re.compile("version 1 of your default rules"))).to_be_visible()
    assert fits(seen.page)
    assert of_ours(seen.complaints) == []


def test_versions_hashes_and_tokens_are_under_raw(
    open_page: OpenPage, shop: Shop, sale: dict[str, Any]
) -> None:
    seen = open_page(shop.operator, f"{PAGE}/{sale['id']}", PHONE)
    drawer = opened(seen.page)
    expect(drawer.get_by_text("super_fee_version")).to_be_hidden()

    drawer.get_by_role("button", name="Raw").press("Enter")

    for name in ("super_fee_version", "plan_version", "payment_hash", "split_version"):
        expect(drawer.get_by_text(name, exact=True).first).to_be_visible()
    expect(drawer.get_by_text(re.compile(r"^split:0 · 1\.1$"))).to_be_visible()
    assert fits(seen.page)
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("paper", PAPERS, ids=["roll", "A4"])
def test_a_receipt_has_an_address_and_is_all_that_is_printed(
    open_page: OpenPage, shop: Shop, sale: dict[str, Any], paper: tuple[int, int]
) -> None:
    seen = open_page(shop.operator, f"{PAGE}/{sale['id']}")
    page = seen.page
    opened(page)
    receipt = page.get_by_role("article")
    page.get_by_role("button", name="Receipt").click()
    expect(receipt).to_be_visible()
    page.keyboard.press("Escape")
    expect(receipt).to_be_hidden()
    expect(page).not_to_have_url(re.compile(r"receipt=1"))
    page.get_by_role("button", name="Receipt").click()
    expect(page).to_have_url(re.compile(r"receipt=1"))
    page.reload()
    expect(receipt.get_by_text(sale["payment_hash"])).to_be_visible()

    page.set_viewport_size({"width": paper[0], "height": paper[1]})
    page.emulate_media(media="print")

    for line in (r"200\.00.EUR", r"1.000.sat", r"101.sat", r"1.101.sat"):
        expect(receipt.get_by_text(re.compile(f"^{line}$"))).to_be_visible()
    printed = page.evaluate("document.body.innerText")
    assert not any(text in printed for text in ("ana", "partner", "Platform", "Print", "Settlements"))
    # The drawer may still be on its way in.
    page.wait_for_function("element => element.getBoundingClientRect().x === 0", arg=receipt.element_handle())
    box = receipt.bounding_box()
    assert (box["x"], box["y"]) == (0, 0) and box["width"] <= paper[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= paper[0]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

    page.emulate_media(media="screen")
    receipt.get_by_role("button", name="Close").click()
    expect(receipt).to_be_hidden()
    expect(page).not_to_have_url(re.compile("receipt"))
    expect(page.get_by_role("dialog")).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_dead_receiver_is_replaced_and_paid_in_five_clicks(open_page: OpenPage, shop: Shop) -> None:
    """From the list of errored sales: the sale, retry, where else, retry. The rules change with it."""
    sale = errored(shop)
    partner = shop.server.create_user("newpartner")
    elsewhere = shop.server.create_wallet(partner, "elsewhere")
    seen = open_page(shop.operator, f"{PAGE}?state=errored")
    expect(seen.page.get_by_role("link", name="cash-out").first).to_be_visible()
    clicks = Clicks(seen.page)

    seen.page.get_by_role("link", name="cash-out").first.click()
    seen.page.get_by_role("button", name="Retry", exact=True).click()
    form = seen.page.get_by_role("dialog").last
    field = form.get_by_label("Another receiver")
    field.click()
    field.fill(elsewhere.id)
    form.get_by_role("button", name="Retry").click()

    def is_paid() -> bool:
        return bool(shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"] == "processed")

    shop.server.wait_for(is_paid, "sale paid elsewhere")
    assert clicks.made <= 5
    assert shop.server.balance_sats(elsewhere) == 21
    rules = shop.api.get(f"{DCA}/commission-splits")["splits"]
    assert elsewhere.id in {rule["target"] for rule in rules}
    assert of_ours(seen.complaints) == []
