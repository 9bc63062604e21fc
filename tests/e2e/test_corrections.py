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
    line = dialog.locator(".row", has_text=re.compile(label)).last
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


def test_a_payment_that_is_no_sale_is_dismissed_and_its_payer_remembered(
    open_page: OpenPage, shop: Shop
) -> None:
    payment = shop.settled(shop.server.send(shop.customer, shop.machine_wallet, 55))
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{payment['id']}", PHONE)
    seen.page.get_by_role("button", name="Dismiss").click()
    dialog = seen.page.get_by_role("dialog").last
    dialog.get_by_label("Why").fill("Somebody tried the wallet.")
    dialog.get_by_role("switch", name=re.compile("Remember this payer")).click()
    dialog.get_by_role("button", name="Dismiss").click()

    drawer = seen.page.get_by_role("dialog")
    expect(drawer.get_by_text("dismissed", exact=True)).to_be_visible()
    expect(drawer.get_by_role("button", name="Adopt")).to_have_count(0)
    assert shop.api.get(f"{DCA}/settlements/{payment['id']}")["state"] == "dismissed"
    (payer,) = shop.api.get(f"{DCA}/known-payers")["data"]
    shop.api.delete(f"{DCA}/known-payers/{payer['id']}")
    assert of_ours(seen.complaints) == []


def test_a_wrong_rate_is_corrected_and_the_lp_gets_its_cash_back(open_page: OpenPage, shop: Shop) -> None:
    """Ana gave 20.00 for 100 sats; at 5.25 sats each they cost 19.05."""
    shop.hand_over("ana", "20.00")
    sale = shop.settled(
        shop.sell(principal_sats=100, commission_sats=10, fiat_amount="20.00", exchange_rate="5")
    )
    seen = open_page(shop.operator, f"/satmachineadmin/settlements/{sale['id']}")
    seen.page.get_by_role("button", name="Correct the rate").click()
    dialog = seen.page.get_by_role("dialog").last
    dialog.get_by_label("Exchange rate").fill("5.25")
    dialog.get_by_label("Why").fill("The machine was late with its rate.")
    dialog.get_by_role("button", name="Show what it comes to").click()
    figure(dialog, r"ana gave 20\.00.EUR instead of 19\.05.EUR", r"0\.95.EUR")
    assert shop.remaining("ana") == "0.00"
    dialog.get_by_role("button", name="Correct", exact=True).click()

    expect(dialog.get_by_text("Correct the rate of this sale?")).to_be_hidden()
    shop.server.wait_for(lambda: shop.remaining("ana") == "0.95", "cash that is put right")
    assert of_ours(seen.complaints) == []


def test_a_sale_that_does_not_move_is_stopped_from_the_worklist(open_page: OpenPage, shop: Shop) -> None:
    """It landed two hours ago and would be looked at again tomorrow."""
    (sale,) = shop.api.get(f"{DCA}/settlements", state="held")["data"]
    shop.server.sql(
        "UPDATE satmachineadmin.dca_settlements SET state = 'pending', reason = NULL,"
        " landed_at = landed_at - 7200, next_try_at = landed_at + 86400 WHERE id = :id",
        id=sale["id"],
    )
    seen = open_page(shop.operator, "/satmachineadmin/worklist", PHONE)
    expect(seen.page.get_by_text("Under way for more than half an hour (1)")).to_be_visible()
    seen.page.get_by_role("button", name="Stop", exact=True).click()
    form = seen.page.get_by_role("dialog").last
    expect(form.get_by_text(re.compile(r"payout of these 2.100.sat has been under way"))).to_be_visible()
    form.get_by_label("What happened").fill("Nothing happens any more.")
    form.get_by_role("button", name="Stop", exact=True).click()

    expect(seen.page.get_by_text("Under way for more than half an hour (1)")).to_be_hidden()
    assert shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"] == "errored"
    assert of_ours(seen.complaints) == []
