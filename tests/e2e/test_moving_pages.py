"""Moving over from a predecessor: looked at, taken over, and what people see afterwards, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.harness.farm import ServerFarm
from tests.harness.old_shop import HTML, OldShop
from tests.harness.shop import DCA

from .clicks import asked
from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours
from .test_revising_pages import fits

pytestmark = pytest.mark.browser
PLATFORM = "/satmachineadmin/platform"
#: the title of a page on which `HTML` has run
RAN = "1"
#: no amount of a card is wider than its place
STAYS_INSIDE = """
[...document.querySelectorAll('.q-card .text-right div')].every(one => one.scrollWidth <= one.clientWidth)
"""


@pytest.fixture(scope="module")
def shop(farm: ServerFarm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OldShop]:
    """A predecessor's tables in the LNbits of people who have nothing here yet."""
    with farm.running(tmp_path_factory.mktemp("moving"), "sqlite") as server:
        shop = OldShop.open(server)
        shop.write("wire")
        yield shop
        assert server.log_defects() == []


@pytest.fixture
def moved(shop: OldShop) -> OldShop:
    """The same, taken over, by whichever test comes first."""
    platform = shop.server.api(shop.server.super_user)
    seen = platform.post(f"{DCA}/predecessors/satoshimachine/preview", expect=200)
    if not seen["is_empty"]:
        body = {"confirmation": seen["confirmation"]}
        platform.post(f"{DCA}/predecessors/satoshimachine/move", body, expect=201)
    return shop


def test_while_the_predecessor_is_active_nothing_can_be_taken_over(
    open_page: OpenPage, shop: OldShop
) -> None:
    """It would go on paying: the page says what to do, and its button is off."""
    shop.server.sql(
        "INSERT INTO installed_extensions (id, version, name, active) VALUES (:id, '1', 'Old', true)",
        id="satoshimachine",
    )
    page = (seen := open_page(shop.server.super_user, f"{PLATFORM}/satoshimachine")).page
    expect(page.get_by_text(re.compile("“satoshimachine” is still active in this LNbits"))).to_be_visible()
    expect(page.get_by_role("button", name="Take it over")).to_be_disabled()
    assert of_ours(seen.complaints) == []
    shop.server.sql("DELETE FROM installed_extensions WHERE id = :id", id="satoshimachine")


def test_the_platform_looks_at_what_is_there_and_takes_it_over_by_one_button(
    open_page: OpenPage, shop: OldShop
) -> None:
    """The answer comes before the data; nothing is written before the yes; the result has an address."""
    page = (seen := open_page(shop.server.super_user, "/satmachineadmin/")).page
    page.get_by_role("button", name="Look what is there").click()
    expect(page.get_by_text("Moving over")).to_be_visible()
    page.get_by_role("button", name="Look what is there").click()
    expect(page).to_have_url(re.compile(f"{PLATFORM}/satoshimachine$"))

    headline = page.get_by_role("heading", level=1)
    expect(headline).to_have_text(
        re.compile("^New in ext_satoshimachine.sqlite3: 3 machines, 6 places of LPs")
    )
    expect(page.get_by_text(re.compile("Exactly as it was: 1 of 6 balances"))).to_be_visible()
    expect(page.get_by_text(re.compile("[0-9]+ things need a hand"))).to_be_visible()
    expect(page.get_by_text(re.compile(re.escape(HTML))).first).to_be_visible()
    expect(page.get_by_text("Sales had drawn 20.00 EUR more than ben had put in")).to_be_visible()
    assert page.title() != RAN
    assert shop.server.api(shop.olga).get(f"{DCA}/machines")["total"] == 0

    page.get_by_role("button", name="Take it over").click()
    expect(asked(page).get_by_text(re.compile("3 machines, 6 places of LPs"))).to_be_visible()
    asked(page).get_by_role("button", name="Take it over").click()
    expect(headline).to_have_text(re.compile("^Taken over from ext_satoshimachine.sqlite3: 3 machines"))
    expect(page).to_have_url(re.compile(f"{PLATFORM}/[0-9a-f-]+$"))
    assert shop.server.api(shop.olga).get(f"{DCA}/machines")["total"] == 3

    page.get_by_role("button", name="Platform").first.click()
    page.get_by_role("button", name="Look again").click()
    expect(headline).to_have_text(re.compile("^Everything in .* is here$"))
    expect(page.get_by_role("button", name="Take it over")).to_be_disabled()
    # whose cash is here already has nothing before and nothing after
    expect(page.get_by_text("LPs and their cash (6)")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Turned into sats")).to_have_count(0)
    expect(page.get_by_text("Before: what the predecessor’s own rows come to")).to_have_count(0)
    assert of_ours(seen.complaints) == []


def test_who_could_not_look_can_look_again(open_page: OpenPage, moved: OldShop) -> None:
    """Looking writes nothing: no answer is no reason to wonder what was done."""
    page = open_page(moved.server.super_user, PLATFORM).page
    page.route("**/preview", lambda route: route.abort())
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("What there is to take over could not be looked at.")).to_be_visible()
    page.unroute("**/preview")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Everything in "))


def test_a_long_number_stays_on_its_card(open_page: OpenPage, moved: OldShop) -> None:
    """A predecessor's binary fractions have many digits, and a phone has little room."""
    page = open_page(moved.server.super_user, PLATFORM, PHONE).page

    def with_a_long_number(route: Route) -> None:
        found = route.fetch().json()
        found["moves"][0]["lps"][0]["exact_balance"] = "-37036096.35000000000000296"
        route.fulfill(json=found)

    page.route("**/predecessors", with_a_long_number)
    page.get_by_text(re.compile("Taken over from ext_satoshimachine.sqlite3")).click()
    expect(page.get_by_text(re.compile("35000000000000296"))).to_be_visible()
    assert page.evaluate(STAYS_INSIDE)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_move_can_be_looked_at_again(open_page: OpenPage, moved: OldShop, size: tuple[int, int]) -> None:
    page = (seen := open_page(moved.server.super_user, PLATFORM, size)).page
    page.get_by_text(re.compile("Taken over from ext_satoshimachine.sqlite3")).click()
    expect(page.get_by_text("LPs and their cash (6)")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^947\.0466\d+.EUR$")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^947\.05.EUR$")).first).to_be_visible()
    expect(page.get_by_text("Every number that is rounded")).to_be_visible()
    assert fits(page)
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_operator_finds_the_sales_of_before(
    open_page: OpenPage, moved: OldShop, size: tuple[int, int]
) -> None:
    """From its sales, narrowed down in the address, and with what the predecessor said as text."""
    page = (seen := open_page(moved.olga, "/satmachineadmin/settlements", size)).page
    page.get_by_role("link", name="6 sales from before the move").click()
    expect(page.get_by_role("heading", name="6 sales from before the move")).to_be_visible()
    expect(page.get_by_text(re.compile("nothing here pays any of them"))).to_be_visible()
    assert fits(page)

    page.get_by_label("Search (press /)").fill("nothing like that")
    expect(page.get_by_role("heading", name="No sale from before the move matches")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_role("heading", name="6 sales from before the move")).to_be_visible()
    page.get_by_label("Search (press /)").fill("tx-0")
    expect(page.get_by_role("heading", name="1 sale from before the move matches")).to_be_visible()
    expect(page).to_have_url(re.compile("search=tx-0"))
    page.get_by_text("cash-out").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile("Nothing here pays any of it"))).to_be_visible()
    expect(drawer.get_by_text(re.compile(r"Customer paid 16.000.sat for 50\.00.EUR"))).to_be_visible()
    expect(drawer.get_by_text(HTML)).to_be_visible()
    expect(drawer.get_by_text("ana", exact=True).first).to_be_visible()
    assert page.title() != RAN
    assert fits(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/earlier\\?search=tx-0$"))
    expect(page.locator("tr:focus-within, .q-item:focus-within")).to_contain_text("cash-out")

    page.goto(moved.server.url + "/satmachineadmin/reports")
    expect(page.get_by_text("Sales from before the move")).to_be_visible()
    expect(page.locator("a[href*='earlier-legs.csv']")).to_be_visible()
    assert fits(page)
    assert of_ours(seen.complaints) == []


def test_what_was_left_unfinished_is_accepted_with_a_reason(open_page: OpenPage, moved: OldShop) -> None:
    """A row of the worklist leads to its sale; nothing but accepting it is offered."""
    olga = moved.server.api(moved.olga)
    open_before = olga.get(f"{DCA}/worklist", is_open=True)["total"]
    page = (seen := open_page(moved.olga, "/satmachineadmin/worklist")).page
    row = page.get_by_role("listitem").filter(has_text=HTML)
    expect(row.get_by_text("Something was left unfinished before the move")).to_be_visible()
    assert row.get_by_role("button").all_inner_texts() == ["Open the sale", "Accept"]
    row.get_by_role("button", name="Open the sale").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("What went wrong")).to_be_visible()
    # before its payouts, of which there may be many
    assert re.search("What went wrong.*Its payouts", drawer.inner_text(), re.DOTALL)
    page.go_back()

    row.get_by_role("button", name="Accept").click()
    form = page.get_by_role("dialog")
    form.get_by_label(re.compile("What happened")).fill("paid by hand")
    form.get_by_role("button", name="Accept").click()
    expect(row).to_have_count(0)
    assert olga.get(f"{DCA}/worklist", is_open=True)["total"] == open_before - 1
    assert page.title() != RAN
    assert of_ours(seen.complaints) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_lp_sees_what_it_got_before_apart_from_its_sums(
    open_page: OpenPage, moved: OldShop, size: tuple[int, int]
) -> None:
    page = (seen := open_page(moved.ana, "/satmachineclient/", size)).page
    expect(page.get_by_text("Before the move", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("none of the sums above"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"↓ 10.000.sat"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"33\.33.EUR"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"↑ 9.990.sat"))).to_be_visible()
    expect(page.locator("a[href*='earlier.csv']")).to_be_visible()
    expect(page.get_by_text("Turned into sats before the move").first).to_be_visible()
    assert fits(page)
    assert of_ours(seen.complaints) == []
