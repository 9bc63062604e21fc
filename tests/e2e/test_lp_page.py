"""What an LP chooses on its page: its pace, and where its sats go on to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.people import PASSWORD
from tests.harness.shop import LP, Shop

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser
PAGE = "/satmachineclient/"


def test_an_lp_limits_its_day_and_reads_what_it_means(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.lps["ana"], PAGE, PHONE)
    seen.page.get_by_role("button", name=re.compile("Change: You take part in every sale")).click()
    dialog = seen.page.get_by_role("dialog")

    dialog.get_by_role("radio", name="Up to an amount a day").click()
    dialog.get_by_label("Most cash a day").fill("12,5")
    dialog.get_by_role("button", name="Use this pace").click()
    expect(dialog.get_by_text(re.compile("is not an amount of EUR"))).to_be_visible()
    dialog.get_by_label("Most cash a day").fill("12.50")
    dialog.get_by_role("button", name="Use this pace").click()

    expect(seen.page.get_by_text(re.compile(r"at most 12\.50.EUR a day"))).to_be_visible()
    expect(seen.page.get_by_text("Your limit for today is used up; it goes on tomorrow")).to_be_visible()
    assert shop.server.api(shop.lps["ana"]).get(f"{LP}/preferences")["fixed_mode_daily_limit"] == "12.50"
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert of_ours([text for text in seen.complaints if "422" not in text]) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_passing_sats_on_is_asked_once_more_and_a_new_address_is_confirmed_with_the_password(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    address = f"ben@home{size[0]}.example"
    seen = open_page(shop.lps["ben"], PAGE, size)
    api = shop.server.api(shop.lps["ben"])
    seen.page.get_by_role("button", name=re.compile("Change: Your sats stay there")).click()
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_role("switch", name="Pass my sats on").click()
    dialog.get_by_label("Lightning address or LNURL").fill(address.title())
    dialog.get_by_label("At least, at once").fill("5000")
    dialog.get_by_role("button", name="Save").click()

    question = asked(seen.page)
    expect(question.get_by_text(re.compile("A Lightning payment cannot be taken back"))).to_be_visible()
    assert api.get(f"{LP}/preferences")["autoforward_enabled"] is False
    question.get_by_role("button", name="Yes, pass them on").click()

    expect(seen.page.get_by_text("A new address for your sats waits")).to_be_visible()
    chosen = api.get(f"{LP}/preferences")
    assert (chosen["autoforward_next_address"], chosen["autoforward_min_sats"]) == (address, 5000)
    assert chosen["autoforward_ln_address"] != address
    seen.page.get_by_role("button", name="Use it now").click()
    for password, answer in (("guessed", "This is not your password"), (PASSWORD, "")):
        dialog.get_by_label("Password").fill(password)
        dialog.get_by_role("button", name="Use it now").click()
        if answer:
            expect(dialog.get_by_text(re.compile(answer))).to_be_visible()

    expect(seen.page.get_by_text(f"Passed on to: {address}")).to_be_visible()
    seen.page.get_by_text("What was changed").click()
    expect(dialog.get_by_text("confirmed with your password").first).to_be_visible()
    expect(dialog.get_by_text(address).first).to_be_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    dialog.get_by_role("button", name="Close").click()
    seen.page.get_by_role("button", name=re.compile("Change: Passed on to")).click()
    seen.page.get_by_role("switch", name="Pass my sats on").click()
    seen.page.get_by_role("button", name="Save").click()
    expect(seen.page.get_by_text("Your sats stay there")).to_be_visible()
    assert of_ours([text for text in seen.complaints if "403" not in text]) == []


def test_an_address_is_tried_out_and_one_that_waits_is_taken_back(open_page: OpenPage, shop: Shop) -> None:
    api = shop.server.api(shop.lps["ana"])
    api.put(
        f"{LP}/preferences", {"autoforward_enabled": True, "autoforward_ln_address": "thief@nowhere.invalid"}
    )
    seen = open_page(shop.lps["ana"], PAGE, PHONE)
    main = seen.page.get_by_role("main")
    expect(main.get_by_text("Until then your sats stay where they arrive.")).to_be_visible()
    expect(main.get_by_text("If that was not you: take it back and change your password.")).to_be_visible()
    seen.page.get_by_role("button", name=re.compile("Change: Your sats stay there")).click()
    dialog = seen.page.get_by_role("dialog")
    address = dialog.get_by_label("Lightning address or LNURL")
    expect(address).to_have_value("thief@nowhere.invalid")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    seen.page.keyboard.press("Escape")

    main.get_by_role("button", name="Take it back").click()

    expect(seen.page.get_by_text("Taken back. The new address is not used.")).to_be_visible()
    expect(main.get_by_text("A new address for your sats waits")).to_have_count(0)
    chosen = api.get(f"{LP}/preferences")
    assert (chosen["autoforward_next_address"], chosen["autoforward_enabled"]) == (None, False)


def test_an_lp_says_what_it_is_told_of_and_by_which_clock_it_lives(open_page: OpenPage, shop: Shop) -> None:
    seen = open_page(shop.lps["ana"], PAGE, PHONE)
    dialog = seen.page.get_by_role("dialog")
    seen.page.get_by_role("button", name=re.compile("Change: You are told")).click()
    dialog.get_by_role("radio", name="Once a day").click()
    expect(dialog.get_by_text(re.compile("does not send messages this way")).first).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(seen.page.get_by_text("You are told once a day")).to_be_visible()

    seen.page.get_by_role("button", name=re.compile("Change: Your clock")).click()
    dialog.get_by_label("Time zone").fill("zurich")
    seen.page.get_by_role("option", name="Europe/Zurich").click()
    dialog.get_by_role("button", name="Use this time zone").click()

    expect(seen.page.get_by_text("Your clock: Europe/Zurich")).to_be_visible()
    chosen = shop.server.api(shop.lps["ana"]).get(f"{LP}/preferences")
    assert (chosen["notifications"], chosen["time_zone"]) == ("daily", "Europe/Zurich")
    assert of_ours(seen.complaints) == []
