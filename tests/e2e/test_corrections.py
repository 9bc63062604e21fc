"""What an operator corrects, in Chromium: the figures first, then the button that does it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.harness.shop import DCA, Shop

from .conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

#: What is not ours to mend: LNbits' own list of wallets wants one to be chosen when a payment is
#: announced, its service worker is blocked, and the browser reports each refusal that the page shows.
OF_THE_HOST = re.compile(r"reading '(scope|id)'|Service Worker registration|status of 422")


def of_ours(complaints: list[str]) -> list[str]:
    return [complaint for complaint in complaints if not OF_THE_HOST.search(complaint)]


def figure(dialog: Locator, label: str, value: str) -> None:
    """A line of the dialog's figures."""
    line = dialog.locator(".row", has_text=label).last
    expect(line.get_by_text(re.compile(value))).to_be_visible()


def test_a_rejected_payment_is_adopted_with_its_facts(open_page: OpenPage, shop: Shop) -> None:
    """777 sats: 700 for 140.00 at 5, 77 of commission, 23 of it the platform's."""
    payment = shop.api.get(f"{DCA}/settlements", state="rejected")["data"][0]
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{payment['id']}")

    seen.page.get_by_role("button", name="Adopt").click()
    dialog = seen.page.get_by_role("dialog").last
    dialog.get_by_label("Principal", exact=True).fill("700")
    dialog.get_by_label("Commission", exact=True).fill("76")
    dialog.get_by_label("Exchange rate").fill("5")
    dialog.get_by_role("button", name="Show what it comes to").click()
    expect(dialog.get_by_text(re.compile("do not add up"))).to_be_visible()
    dialog.get_by_label("Commission", exact=True).fill("77")
    dialog.get_by_role("button", name="Show what it comes to").click()
    figure(dialog, "Fiat", r"140\.00.EUR")
    figure(dialog, "platform’s", r"23.sat")
    assert shop.api.get(f"{DCA}/settlements/{payment['id']}")["state"] == "rejected"
    dialog.get_by_role("button", name="Adopt and pay out").click()

    def adopted() -> bool:
        sale = shop.api.get(f"{DCA}/settlements/{payment['id']}")
        return bool(sale["state"] == "processed" and sale["origin"] == "adopted")

    shop.server.wait_for(adopted, "adopted sale")
    expect(dialog.get_by_text("Adopt this payment")).to_be_hidden()
    assert of_ours(seen.complaints) == []


def test_a_balance_is_paid_off_from_the_machines_page(open_page: OpenPage, shop: Shop) -> None:
    """Ana brings 50.00: at 5 sats each that is 250 sats from the operator's own wallet, on a phone."""
    shop.hand_over("ana", "50.00")
    shop.server.top_up(shop.operator.wallet, 1000)
    seen = open_page(shop.operator, f"/satmachineadmin/machines/{shop.machine['id']}", PHONE)

    seen.page.get_by_role("button", name="Pay off", disabled=False).click()
    dialog = seen.page.get_by_role("dialog").last
    dialog.get_by_label("Paid from your wallet").click()
    seen.page.get_by_role("option", name=shop.operator.wallet.name).first.click()
    dialog.get_by_label("Exchange rate").fill("5")
    dialog.get_by_role("button", name="Show what it comes to").click()
    figure(dialog, "Your wallet pays", r"250.sat")
    # What moves money is pressed: Enter in a field does not do it.
    dialog.get_by_label("Exchange rate").press("Enter")
    expect(dialog.get_by_role("button", name="Pay off")).to_be_enabled()
    assert shop.api.get(f"{DCA}/payments", leg_type="settlement")["total"] == 0
    dialog.get_by_role("button", name="Pay off").click()

    def paid() -> bool:
        legs = shop.api.get(f"{DCA}/payments", leg_type="settlement")["data"]
        return [leg["state"] for leg in legs] == ["completed"]

    shop.server.wait_for(paid, "balance paid off")
    assert shop.remaining("ana") == "0.00"
    assert of_ours(seen.complaints) == []


def test_what_was_kept_is_swept_to_who_has_cash_now(open_page: OpenPage, shop: Shop) -> None:
    shop.hand_over("ben", "10.00")
    kept = next(sale for sale in shop.api.get(f"{DCA}/settlements")["data"] if sale["principal_sats"] == 1000)
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{kept['id']}")

    seen.page.get_by_role("button", name="Pay what was kept").click()
    dialog = seen.page.get_by_role("dialog").last
    figure(dialog, "ben", r"50.sat")
    figure(dialog, "stays in the wallet", r"150.sat")
    dialog.get_by_role("button", name="Pay out").click()

    def swept() -> bool:
        sale = shop.api.get(f"{DCA}/settlements/{kept['id']}")
        return bool(sale["state"] == "processed" and sale["retained_sats"] == 150)

    shop.server.wait_for(swept, "swept sale")
    assert shop.remaining("ben") == "0.00"
    assert of_ours(seen.complaints) == []
