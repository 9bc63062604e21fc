"""Books from elsewhere: looked at row by row, taken over by one button, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.shop import DCA, Shop

from .conftest import DESKTOP, PHONE, OpenPage
from .test_operator_pages import of_ours
from .test_revising_pages import fits

pytestmark = pytest.mark.browser
PAGE = "/satmachineadmin/reports/import"


def csv(name: str, *lines: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": "\r\n".join([*lines, ""]).encode()}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_files_are_looked_at_and_then_taken_over(
    open_page: OpenPage, shop: Shop, size: tuple[int, int]
) -> None:
    """What is wrong says where; what is right is written; each LP's link is there to be copied."""
    name = f"Harbour {size[0]}"
    shop.server.create_wallet(shop.operator, f"{name} wallet")
    page = (seen := open_page(shop.operator, PAGE, size)).page
    for kind in ("machines", "lps", "opening_balances", "splits"):
        example = page.locator(f"a[href='/satmachineadmin/static/examples/{kind}.csv']")
        expect(example).to_be_visible()
    assert fits(page)

    page.locator("input[type=file]").set_input_files(
        [
            csv("machines.csv", "machine;wallet;currency", f"{name};{name} wallet;EUR"),
            csv("lps.csv", "machine,lp", f"{name},<img src=x onerror=alert(1)>", "Nowhere,gus"),
            csv("cash.csv", "machine,lp,amount", f"{name},<img src=x onerror=alert(1)>,100.00"),
        ]
    )
    expect(page.get_by_text(re.compile("3 rows will be written.*1 is wrong and left out"))).to_be_visible()
    expect(page.get_by_text("You have no machine “Nowhere”, and these files bring none.")).to_be_visible()
    expect(page.get_by_text("lps.csv, line 3, machine")).to_be_visible()
    expect(page.get_by_text(f"Invites “<img src=x onerror=alert(1)>” to “{name}”.")).to_be_visible()
    expect(page.get_by_text(re.compile("it waits until the LP has accepted"))).to_be_visible()
    assert fits(page)
    assert shop.api.get(f"{DCA}/machines", search=name)["total"] == 0

    page.get_by_role("button", name="Import 3 rows").click()
    question = page.get_by_role("dialog")
    expect(question.get_by_text(re.compile("1 machine, 1 LP, 1 opening balance"))).to_be_visible()
    question.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("Imported: 1 machine, 1 LP, 1 opening balance.")).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the links").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "machine,lp,link"
    assert "/satmachineclient/invitation#" in text
    assert fits(page)

    (machine,) = shop.api.get(f"{DCA}/machines", search=name)["data"]
    (lp,) = shop.api.get(f"{DCA}/clients", machine_id=machine["id"])["data"]
    assert (lp["status"], lp["balance"]["pending"]) == ("invited", "100.00")
    (entry,) = shop.api.get(f"{DCA}/deposits", client_id=lp["id"])["data"]
    assert (entry["kind"], entry["can_confirm"], entry["waits_for_lp"]) == ("opening", False, True)
    assert of_ours(seen.complaints) == []


def test_books_that_change_while_somebody_looks_are_looked_at_again(open_page: OpenPage, shop: Shop) -> None:
    """Nothing is written, the sentence says so, and the rows say what would happen now."""
    page = (seen := open_page(shop.operator, PAGE)).page
    page.locator("input[type=file]").set_input_files(
        [csv("lps.csv", "machine,lp", "Plaza,hedda", "Plaza,ida")]
    )
    expect(page.get_by_text("2 rows will be written.")).to_be_visible()
    body = {"machine_id": shop.machine["id"], "display_name": "hedda"}
    shop.api.post(f"{DCA}/clients", body, expect=201)

    page.get_by_role("button", name="Import 2 rows").click()
    page.get_by_role("dialog").get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text(re.compile("What was confirmed is not what would happen now"))).to_be_visible()
    expect(page.get_by_text("“hedda” is an LP of “Plaza” already.")).to_be_visible()
    page.get_by_role("button", name="Import 1 row").click()
    page.get_by_role("dialog").get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("Imported: 1 LP.")).to_be_visible()
    assert [one for one in of_ours(seen.complaints) if "409" not in one] == []
