"""An LP's way from its invitation to its second wallet, seen on its own page, and the statement of it."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.harness import REPOSITORY
from tests.harness.env import clean_environment
from tests.harness.pay_links import Link, PayLinks
from tests.harness.people import User
from tests.harness.shop import DCA, LP, Shop

from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser

PAGE = "/satmachineclient/"
#: 100 EUR at 5 sat/EUR, a tenth of it on top for the machine
SALE = "--price 20000000 --volatility 0 --amounts 100 --cassettes 50:9 --fee-pct 10"
#: What the page may take to show what happened, in milliseconds.
LIVE = 8_000


@pytest.fixture
def links() -> Iterator[PayLinks]:
    with PayLinks() as links:
        yield links


def downloaded(page: Any, name: str) -> list[dict[str, str]]:
    """The rows of the file behind a button, without the line that ends it."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    text = download.value.path().read_text("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if None not in row.values()]


def invited(shop: Shop, name: str) -> tuple[User, dict[str, Any]]:
    """Somebody with an account, and the operator's invitation for whoever has its link."""
    body = {"machine_id": shop.machine["id"], "display_name": name}
    return shop.server.create_user(name), shop.api.post(f"{DCA}/clients", body)


def simulated_sale(shop: Shop) -> None:
    """The simulated machine sells once, and a customer pays."""
    keys = {
        "SIMULATOR_INVOICE_KEY": shop.machine_wallet.inkey,
        "SIMULATOR_CUSTOMER_KEY": shop.customer.adminkey,
    }
    subprocess.run(
        [sys.executable, "-m", "simulator", "--url", shop.server.url, *SALE.split()],
        cwd=REPOSITORY, env=clean_environment(keys), check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_an_lp_accepts_and_sees_its_cash_become_sats_that_go_on_to_its_second_wallet(
    open_page: OpenPage, shop: Shop, links: PayLinks, size: tuple[int, int]
) -> None:
    """Nothing is loaded anew by hand; what the files say is what LNbits says of the wallet."""
    server, name = shop.server, f"lea{size[0]}"
    lea, client = invited(shop, name)
    seen = open_page(lea, f"{PAGE}invitation#{client['link'].partition('#')[2]}", size)
    page = seen.page
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="To your page").click()
    expect(page.get_by_text(re.compile(r"^You have stacked 0.sat$"))).to_be_visible()

    shop.clients[name] = client
    shop.hand_over(name, "200.00")
    expect(page.get_by_text(re.compile(r"^0\.00.EUR of 200\.00.EUR turned")).first).to_be_visible()
    simulated_sale(shop)
    expect(page.get_by_text(re.compile(r"^You have stacked 500.sat$"))).to_be_visible(timeout=LIVE)
    expect(page.get_by_role("main").get_by_text(re.compile(r"^↓ 500"))).to_be_visible(timeout=LIVE)

    savings = server.create_user(f"savings{size[0]}").wallet
    url = links.add(name, Link(invoice=lambda msat: server.create_invoice(savings, msat // 1000).bolt11))
    shop.lps[name] = lea
    shop.pass_on(name, url)
    consent = int(time.time())
    # What arrives within the second of the consent counts as earlier.
    server.wait_for(lambda: int(time.time()) > consent, "next second")
    simulated_sale(shop)
    server.wait_for(lambda: server.balance_sats(savings) == 500, "sats in the second wallet")
    expect(page.get_by_text(re.compile(r"^500.sat went to "))).to_be_visible(timeout=2 * LIVE)

    rows = downloaded(page, "CSV")
    got = sum(int(row["sats"]) for row in rows if row["leg_type"] == "dca")
    gone_msat = sum(
        1000 * int(row["sent_sats"]) + int(row["fee_msat"])
        for row in rows
        if row["leg_type"] == "autoforward"
    )
    assert (got, gone_msat) == (1000, 500_000)
    assert server.balance_sats(lea.wallet) * 1000 == 1000 * got - gone_msat
    assert [row["amount"] for row in downloaded(page, "Your cash as CSV")] == ["200.00"]
    assert len(downloaded(page, "Koinly")) == 4  # the cash, two fills, one of them passed on
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert of_ours(seen.complaints) == []


def test_a_list_of_payouts_is_narrowed_down_by_its_address_and_its_file_with_it(
    open_page: OpenPage, shop: Shop
) -> None:
    enrolment = shop.clients["ana"]["id"]
    seen = open_page(shop.lps["ana"], f"{PAGE}?enrolment_id={enrolment}&leg_type=autoforward", PHONE)
    main = seen.page.get_by_role("main")
    expect(main.get_by_text("Nothing matches these filters.")).to_be_visible()
    href = main.get_by_role("link", name="CSV", exact=True).get_attribute("href")
    assert href == f"/satmachineclient/api/v1/dca-client/reports/transactions.csv?enrolment_id={enrolment}"

    main.get_by_role("button", name="Show everything").click()

    expect(main.get_by_text(re.compile(r"^↓ 500"))).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_statement_is_printed_alone_and_a_changed_copy_of_it_is_found_out(
    open_page: OpenPage, shop: Shop
) -> None:
    seen = open_page(shop.lps["ana"], f"{PAGE}statement", DESKTOP)
    page = seen.page
    month = page.get_by_role("heading", name=re.compile("^Statement of "))
    expect(month).to_be_visible()
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print")
    expect(month).to_be_visible()
    for alone in (page.get_by_role("button", name="Print"), page.locator(".q-header")):
        expect(alone).to_be_hidden()
    page.emulate_media(media="screen")

    api = shop.server.api(shop.lps["ana"])
    # The sale may have been last month's, a minute ago.
    months = [one["month"] for one in api.get(f"{LP}/statements")["data"]]
    texts = [api.get(f"{LP}/statement", month=month)["text"] for month in months]
    (text,) = [text for text in texts if '"sats":500' in text]
    box, check = page.get_by_label("Text of a statement"), page.get_by_role("button", name="Check the text")
    box.fill(text)
    check.click()
    expect(page.get_by_text(re.compile("^Unchanged: the books say exactly this"))).to_be_visible()
    box.fill(text.replace('"sats":500', '"sats":501'))
    check.click()
    expect(page.get_by_text("The books say something else").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Sats: 501.sat → 500.sat$"))).to_be_visible()
    box.fill("hello")
    check.click()
    expect(page.get_by_text("The text was not checked.")).to_be_visible()
    assert of_ours([text for text in seen.complaints if "422" not in text]) == []
