"""What an operator and the platform set about sales, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, Shop

from .clicks import asked
from .conftest import OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}


def machine_of(shop: Shop) -> dict:
    machine: dict = shop.api.get(f"{DCA}/machines/{shop.machine['id']}")
    return machine


def test_the_platform_sets_its_fee_by_direction_and_sees_an_example(open_page: OpenPage, shop: Shop) -> None:
    """The example is computed from what is typed, clipped to the commission as the engine does."""
    seen = open_page(shop.server.super_user, "/satmachineadmin/platform")
    page = seen.page

    page.get_by_label("on a cash-in").fill("2.5")
    expect(page.get_by_text(re.compile(r"cash-in.*125.sat for the platform, 4.875.sat"))).to_be_visible()
    page.get_by_label("Share of").click()
    page.get_by_role("option", name="the principal").click()
    expect(page.get_by_text(re.compile("cash-out.*the whole commission for the platform"))).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    said = re.compile(r"takes 30.% of every cash-out.*2\.5.% of every cash-in")
    expect(page.get_by_text(said)).to_be_visible()
    saved = shop.server.api(shop.server.super_user).get(f"{DCA}/super-config")
    assert (saved["super_fee_pct"], saved["super_fee_cash_in_pct"]) == ("30", "2.5")
    assert saved["super_fee_basis"] == "principal"
    assert of_ours(seen.complaints) == []
    shop.server.api(shop.server.super_user).put(f"{DCA}/super-config", {"super_fee_basis": "commission"})


def test_a_payout_policy_is_chosen_with_its_minutes(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.operator, f"/satmachineadmin/machines/{shop.machine['id']}")
    page = seen.page
    page.get_by_role("button", name="Change").click()
    form = page.get_by_role("dialog")

    form.get_by_role("combobox", name="Sales are paid out").click()
    page.get_by_role("option", name="some minutes after the sale").click()
    form.get_by_label("After the customer has paid").fill("0")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Whole minutes, from 1 to 1440")).to_be_visible()
    form.get_by_label("After the customer has paid").fill("45")
    form.get_by_role("button", name="Save").click()

    expect(page.get_by_text("45 minutes after the sale")).to_be_visible()
    machine = machine_of(shop)
    assert (machine["payout_policy"], machine["payout_delay_minutes"]) == ("after_minutes", 45)
    assert of_ours(seen.complaints) == []
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"payout_policy": "at_once"})


def test_maintenance_is_switched_after_one_question_and_a_test_is_released_as_real(
    open_page: OpenPage, shop: Shop
) -> None:
    """The chip says maintenance, the sale says test, and the release asks whether it is a real sale.

    The console is looked at before anything is paid: LNbits' own wallet list complains of every payment
    that is announced while no wallet is chosen.
    """
    seen = open_page(shop.operator, f"/satmachineadmin/machines/{shop.machine['id']}")
    page = seen.page

    page.get_by_role("button", name="Start maintenance").click()
    question = asked(page)
    expect(question.get_by_text(re.compile("sales are tests"))).to_be_visible()
    question.get_by_role("button", name="Start maintenance").click()
    expect(page.get_by_text("maintenance", exact=True)).to_be_visible()
    assert machine_of(shop)["maintenance"] is True
    assert of_ours(seen.complaints) == []
    test = shop.settled(shop.sell(**SALE))

    page = open_page(shop.operator, f"/satmachineadmin/settlements/{test['id']}").page
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("test", exact=True)).to_be_visible()
    drawer.get_by_role("button", name="Release as a real sale").click()
    question = asked(page)
    expect(question.get_by_text(re.compile("the LPs’ cash is drawn for it"))).to_be_visible()
    question.get_by_role("button", name="Release as a real sale").click()

    def state() -> bool:
        return bool(shop.api.get(f"{DCA}/settlements/{test['id']}")["state"] == "processed")

    shop.server.wait_for(state, "released sale")
    shop.api.put(f"{DCA}/machines/{shop.machine['id']}", {"maintenance": False})
