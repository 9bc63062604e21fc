"""What an LP chooses on its page: its pace, and where its sats go on to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

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
def test_passing_sats_on_is_asked_once_more_and_can_be_ended(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    seen = open_page(shop.lps["ben"], PAGE, size)
    api = shop.server.api(shop.lps["ben"])
    seen.page.get_by_role("button", name=re.compile("Change: Your sats stay there")).click()
    dialog = seen.page.get_by_role("dialog")
    dialog.get_by_role("switch", name="Pass my sats on").click()
    dialog.get_by_label("Lightning address or LNURL").fill("Ben@Home.example")
    dialog.get_by_label("At least, at once").fill("5000")
    dialog.get_by_role("button", name="Save").click()

    question = asked(seen.page)
    expect(question.get_by_text(re.compile("A Lightning payment cannot be taken back"))).to_be_visible()
    assert api.get(f"{LP}/preferences")["autoforward_enabled"] is False
    question.get_by_role("button", name="Yes, pass them on").click()

    expect(seen.page.get_by_text("Passed on to: ben@home.example")).to_be_visible()
    chosen = api.get(f"{LP}/preferences")
    assert (chosen["autoforward_enabled"], chosen["autoforward_min_sats"]) == (True, 5000)

    seen.page.get_by_role("button", name=re.compile("Change: Passed on to")).click()
    seen.page.get_by_role("switch", name="Pass my sats on").click()
    seen.page.get_by_role("button", name="Save").click()
    expect(seen.page.get_by_text("Your sats stay there")).to_be_visible()
    assert of_ours(seen.complaints) == []
