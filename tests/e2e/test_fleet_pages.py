"""Commission, machines and the platform, in Chromium, at a desk and on a phone."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours
from .test_revising_pages import errored, fits

pytestmark = pytest.mark.browser


def shares(page: Page) -> list[str]:
    """The shares as they stand in the form."""
    return [field.input_value() for field in page.get_by_label("Share", exact=True).all()]


def test_a_draft_is_summed_tried_out_and_saved_as_a_version(open_page: OpenPage, shop: Shop) -> None:
    """No sum but 100 % can be saved; what was sold shows what the draft would have paid."""
    page = (seen := open_page(shop.operator, "/satmachineadmin/commission")).page
    expect(page.get_by_text(re.compile("^Version 1 shares your commission"))).to_be_visible()
    save = page.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    expect(page.get_by_text(re.compile(r"30\.000.sat|1.750.sat")).first).to_be_visible()

    page.get_by_label("Share", exact=True).first.fill("60")
    expect(page.get_by_text(re.compile("110.*10.*too much"))).to_be_visible()
    expect(save).to_be_disabled()
    page.get_by_label("Share", exact=True).nth(2).fill("10")
    expect(save).to_be_enabled()
    page.get_by_role("button", name="Try", exact=True).click()
    row = page.get_by_role("row").filter(has_text="partner 0")
    expect(row.get_by_text("+7", exact=True)).to_be_visible()
    assert fits(page)

    save.click()
    question = page.get_by_role("dialog")
    expect(question.get_by_text(re.compile("60.*partner 0"))).to_be_visible()
    question.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("^Version 2 shares your commission"))).to_be_visible()
    expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    page.get_by_role("button", name="Use again").click()
    assert shares(page) == ["50", "30", "20"]
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_machine_gets_rules_of_its_own_and_goes_back(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    """Its first draft is the default; an unusable receiver is told at its line."""
    page = (seen := open_page(shop.operator, "/satmachineadmin/commission", size)).page
    page.get_by_label("Whose rules").click()
    page.get_by_role("option", name="Plaza").click()
    expect(page.get_by_text("“Plaza” uses your default rules")).to_be_visible()
    assert page.url.endswith(f"/commission/{shop.machine['id']}")

    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("“Plaza” has rules of its own"))).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Back to default").click()
    page.get_by_role("dialog").get_by_role("button", name="Back to default").click()
    expect(page.get_by_text("“Plaza” uses your default rules")).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_dead_receiver_is_replaced_and_paid_in_five_clicks(open_page: OpenPage, shop: Shop) -> None:
    """In the sale that failed and in the rules, from the page that everybody begins at."""
    sale = errored(shop)
    heir = shop.server.create_user("heir").wallet
    page = (seen := open_page(shop.operator, "/satmachineadmin/")).page
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    target = page.get_by_role("listitem").filter(has_text="partner 1: 1 share could not be paid")
    click(target.get_by_role("link", name="Open its sales").or_(target.get_by_role("button")).first)
    click(page.get_by_role("link", name="cash-out").first)
    click(page.get_by_role("button", name="Retry", exact=True))
    form = page.get_by_role("dialog").last
    click(form.get_by_label("Another receiver"))
    page.keyboard.type(heir.id)
    expect(form.get_by_label("Put it into my rules from now on")).to_be_checked()
    click(form.get_by_role("button", name="Retry", exact=True))

    def is_paid() -> bool:
        return bool(shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"] == "processed")

    shop.server.wait_for(is_paid, "the sale to be paid")
    assert clicks <= 5
    assert shop.server.balance_sats(heir) == 21
    in_force = shop.api.get(f"{DCA}/commission-splits")
    assert [line["target"] for line in in_force["splits"]][1] == heir.id
    expect(page.get_by_text(re.compile("Shared by version"))).to_be_visible()
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_machine_has_a_page_of_its_own(open_page: OpenPage, shop: Shop, size: tuple[int, int]) -> None:
    """Its proof, its LPs' cash, its newest sales and its settings; back leads to the list."""
    page = (seen := open_page(shop.operator, "/satmachineadmin/machines", size)).page
    page.locator(f"a[href*='machines/{shop.machine['id']}']").or_(
        page.get_by_role("main").get_by_text("Plaza", exact=True)
    ).first.click()

    expect(page.get_by_role("heading", name="Plaza")).to_be_visible()
    assert page.url.split("?")[0].endswith(f"/machines/{shop.machine['id']}")
    for text in ("Why it holds that", "LPs and their cash", "Newest sales", "Settings"):
        expect(page.get_by_text(text, exact=True).last).to_be_visible()  # the menu has one of them too
    expect(page.get_by_text(re.compile("LPs have .* of cash in it"))).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert fits(page)
    page.get_by_role("button", name="All machines").click()
    expect(page.get_by_label("Search (press /)")).to_be_visible()
    assert of_ours(seen.complaints) == []


def test_a_machine_gets_another_wallet_and_lets_the_old_one_go(open_page: OpenPage, shop: Shop) -> None:
    """Asked once; what is still needed says why; then the former wallet is the operator's own again."""
    fresh = shop.server.create_wallet(shop.operator, "Fresh")
    other = shop.server.create_wallet(shop.operator, "Corner wallet")
    body = {"name": "Corner", "wallet_id": other.id, "currency": "EUR", "reference_rate": "5"}
    corner = shop.api.post(f"{DCA}/machines", body, expect=201)
    page = (seen := open_page(shop.operator, f"/satmachineadmin/machines/{corner['id']}")).page

    page.get_by_role("button", name="Change").click()
    form = page.get_by_role("dialog")
    form.get_by_label(re.compile("^Wallet")).click()
    page.get_by_role("option", name=re.compile("^Fresh")).click()
    form.get_by_text("Advanced", exact=True).click()
    form.get_by_label(re.compile("^Key of the machine")).fill("ab" * 32)
    form.get_by_role("button", name="Save").click()
    question = asked(page)
    expect(question.get_by_text(re.compile("sales of “Corner” arrive in “Fresh"))).to_be_visible()
    question.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Former wallets")).to_be_visible()
    machine = shop.api.get(f"{DCA}/machines/{corner['id']}")
    assert (machine["wallet_id"], machine["npub"]) == (fresh.id, "ab" * 32)
    page.get_by_role("button", name="Close this wallet").click()
    asked(page).get_by_role("button", name="Close this wallet").click()
    expect(page.get_by_text("closed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    asked(page).get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("inactive", exact=True)).to_be_visible()
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_wallet_that_was_in_use_shows_what_it_would_bring_before_it_counts(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    """The list comes before the machine; going back adds nothing, the second button adds it."""
    name = f"Used {size[0]}"
    used = shop.server.create_wallet(shop.operator, name)
    stamp = shop.stamp(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    invoice = shop.server.create_invoice(used, 1100, extra=stamp)
    shop.server.pay_invoice(shop.customer, invoice.bolt11)
    before = shop.api.get(f"{DCA}/machines")["total"]
    page = (seen := open_page(shop.operator, "/satmachineadmin/machines?add=1", size)).page
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    form.get_by_label(re.compile("^Wallet")).click()
    page.get_by_role("option", name=re.compile(f"^{name}")).click()
    form.get_by_label("Currency").fill("EUR")
    page.get_by_role("option", name="EUR").click()
    form.get_by_label("Reference rate").fill("5")
    form.get_by_label("Count payments since").fill("2026-01-01T00:00")
    form.get_by_role("button", name="Add", exact=True).click()

    question = page.get_by_role("dialog").last
    expect(question.get_by_text("came in", exact=True)).to_be_visible()
    expect(question.get_by_text(re.compile("1 sale will be paid out"))).to_be_visible()
    assert fits(page)
    question.get_by_role("button", name="Back").click()
    assert shop.api.get(f"{DCA}/machines")["total"] == before
    expect(page.get_by_role("dialog")).to_have_count(1)
    form.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("dialog").last.get_by_role("button", name="Add and count these").click()
    expect(page.get_by_role("main").get_by_text(name, exact=True).first).to_be_visible()

    (machine,) = shop.api.get(f"{DCA}/machines", search=name)["data"]
    assert machine["scan_from"] < invoice_day()
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settlements", machine_id=machine["id"])["data"], "the earlier sale"
    )
    assert of_ours(seen.complaints) == []


def invoice_day() -> str:
    """The first instant of today, as the API writes instants."""
    return f"{datetime.now(timezone.utc):%Y-%m-%d}T00:00:00Z"


def test_the_platform_approves_and_stops_operators(open_page: OpenPage, shop: Shop) -> None:
    """A newcomer is told before it types anything, asks, and begins once it is approved."""
    platform = shop.server.api(shop.server.super_user)
    platform.put(f"{DCA}/super-config", {"operators": "approved"})
    newcomer = shop.server.create_user("newbie")
    page = open_page(newcomer, "/satmachineadmin/").page
    page.get_by_role("button", name="Ask to be approved").click()
    expect(page.get_by_text(re.compile("You have asked the platform"))).to_be_visible()

    seen = open_page(shop.server.super_user, "/satmachineadmin/platform")
    row = seen.page.get_by_role("row").filter(has_text="newbie")
    expect(row.get_by_text("asks", exact=True)).to_be_visible()
    row.get_by_role("button", name="Approve").click()
    seen.page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(row.get_by_text("approved", exact=True)).to_be_visible()
    row.get_by_role("button", name="Withdraw").click()
    form = seen.page.get_by_role("dialog")
    form.get_by_label("Why: the operator reads it").fill("a trial")
    form.get_by_role("button", name="Withdraw").click()
    expect(row.get_by_text("withdrawn", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("has withdrawn your approval"))).to_be_visible(timeout=20_000)
    platform.put(f"{DCA}/super-config", {"operators": "open"})
    assert fits(seen.page)
    assert of_ours(seen.complaints) == []


def test_the_cash_in_a_machine_is_seen_put_in_and_counted_out(open_page: OpenPage, shop: Shop) -> None:
    """What it reports stands beside what is expected; a refill and a count are asked once more."""
    wallet = shop.server.create_wallet(shop.operator, "Till")
    body = {"name": "Till", "wallet_id": wallet.id, "currency": "EUR"}
    till = shop.api.post(f"{DCA}/machines", body, expect=201)
    page = (seen := open_page(shop.operator, f"/satmachineadmin/machines/{till['id']}", PHONE)).page
    expect(page.get_by_text(re.compile("has not reported its cash yet"))).to_be_visible()

    page.get_by_role("button", name="Refill").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Denomination").fill("50")
    form.get_by_label("Notes put in").fill("100")
    form.get_by_role("button", name="Put in").click()
    asked(page).get_by_role("button", name="Put in").click()
    expect(page.get_by_text(re.compile("100 × 50.EUR put in")).last).to_be_visible()

    signed = Machine.paired(shop.server.url, shop.api, till["id"])
    cassette = {"unit": "cassette", "denomination": "50", "count": 98, "capacity": 500}
    signed.post("/heartbeat", {"cash_units": [cassette]}, expect=200)
    expect(page.get_by_text("2 notes missing", exact=True)).to_be_visible()
    assert fits(page)

    page.get_by_role("button", name="Emptied").click()
    form = page.get_by_role("dialog")
    form.get_by_label(re.compile("50.EUR: counted")).fill("99")
    form.get_by_label(re.compile("^Note, if")).fill("one was torn")
    assert fits(page)
    form.get_by_role("button", name="Write down").click()
    expect(asked(page).get_by_text(re.compile("50.EUR: 99, 1 missing"))).to_be_visible()
    asked(page).get_by_role("button", name="Write down").click()
    expect(page.get_by_text(re.compile("99 × 50.EUR counted out of the cassette"))).to_be_visible()
    expect(page.get_by_text("one was torn", exact=True)).to_be_visible()
    (newest, *_older) = shop.api.get(f"{DCA}/machines/{till['id']}/cash-position")["movements"]
    assert (newest["kind"], newest["difference"], newest["note"]) == ("emptied", -1, "one was torn")
    assert of_ours(seen.complaints) == []
