"""Markup, templates, SQL and formulas in every text that people write: kept as they are, run by nobody."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.harness.machine import Machine
from tests.harness.people import User
from tests.harness.shop import DCA, LP, Shop

from .conftest import OpenPage
from .test_operator_pages import of_ours

pytestmark = pytest.mark.browser

#: as long as the shortest field takes
TRAP = "<img src=x onerror=hit=1>{{hit=1}}<script>hit=1</script>"
HOSTILE = (
    TRAP,
    "{{constructor.constructor('hit=1')()}}",
    '" onmouseover="hit=1" x="',
    "javascript:hit=1",
    "'); DROP TABLE dca_deposits; --",
    "1' OR '1'='1",
    '=HYPERLINK("http://x.example","y")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "rate 5 < 6 & so on",
    "100 % of _ and \\ %s {0} ${1}",
    "ünï 東京 \U0001f3e7",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Writer:
    """Whoever writes a text somewhere, and reads it again."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.api = shop.api
        self.lp = shop.server.api(shop.lps["ana"])
        self.client = f"{DCA}/clients/{shop.clients['ana']['id']}"
        self.machine = f"{DCA}/machines/{shop.machine['id']}"
        self.firmware = Machine.paired(shop.server.url, shop.api, shop.machine["id"])

    def machine_name(self, text: str) -> Any:
        self.api.put(self.machine, {"name": text})
        return self.api.get(self.machine)["name"]

    def software(self, text: str) -> Any:
        self.firmware.post("/heartbeat", {"software": text, "screen": text}, expect=200)
        told = self.api.get(self.machine)["key"]
        return told["software"] if told["software"] == told["screen"] else told

    def location(self, text: str) -> Any:
        self.api.put(self.machine, {"location": text})
        return self.api.get(self.machine)["location"]

    def display_name(self, text: str) -> Any:
        self.api.put(self.client, {"username": text})
        return self.api.get(self.client)["username"]

    def split_label(self, text: str) -> Any:
        line = {"target": self.shop.partners[0].id, "label": text, "share_pct": "100"}
        self.api.put(f"{DCA}/commission-splits", {"splits": [line]})
        return self.api.get(f"{DCA}/commission-splits")["splits"][0]["label"]

    def note(self, text: str) -> Any:
        sale = self._sale()
        self.api.post(f"{DCA}/settlements/{sale}/notes", {"text": text})
        return self.api.get(f"{DCA}/settlements/{sale}")["timeline"][0]["sentence"]

    def cash_note(self, text: str) -> Any:
        return self._entry(text)["notes"]

    def dispute(self, text: str) -> Any:
        entry = self._entry("")
        self.lp.post(f"{LP}/cash/{entry['id']}/dispute", {"reason": text})
        return self.api.get(f"{DCA}/deposits/{entry['id']}")["dispute_reason"]

    def correction(self, text: str) -> Any:
        entry = self._entry("")
        self.api.post(f"{DCA}/deposits/{entry['id']}/confirm")
        self.api.post(f"{DCA}/deposits/{entry['id']}/correct", {"amount": "0.50", "reason": text})
        reasons = [entry["notes"] for entry in self.api.get(f"{DCA}/deposits", kind="correction")["data"]]
        return text if text in reasons else reasons

    def _entry(self, text: str) -> Any:
        body = {"client_id": self.shop.clients["ana"]["id"], "amount": "1.00", "notes": text}
        entry = self.api.post(f"{DCA}/deposits", body)
        return self.api.get(f"{DCA}/deposits/{entry['id']}")

    def _sale(self) -> str:
        (sale,) = self.api.get(f"{DCA}/settlements", state="processed", limit=1)["data"]
        return str(sale["id"])


FIELDS: tuple[Callable[[Writer, str], Any], ...] = (
    Writer.machine_name,
    Writer.software,
    Writer.location,
    Writer.display_name,
    Writer.split_label,
    Writer.note,
    Writer.cash_note,
    Writer.dispute,
    Writer.correction,
)


@pytest.fixture(scope="module")
def writer(shop: Shop) -> Writer:
    return Writer(shop)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_a_text_is_kept_as_it_was_written(writer: Writer, field: Callable[[Writer, str], Any]) -> None:
    assert [field(writer, text) for text in HOSTILE] == list(HOSTILE)


def test_no_cell_of_a_file_is_a_formula(writer: Writer) -> None:
    for field in FIELDS:
        field(writer, '=HYPERLINK("http://x.example","y")')

    for table in ("sales", "legs", "cash", "lps", "machines", "worklist", "audit"):
        rows = list(csv.reader(io.StringIO(writer.api.get(f"{DCA}/reports/{table}.csv"))))
        cells = [cell for row in rows for cell in row if cell.startswith(FORMULA)]
        assert [cell for cell in cells if not _is_number(cell)] == []


def test_no_page_runs_what_people_wrote(writer: Writer, open_page: OpenPage) -> None:
    """Every address that a page links to, for whoever sees it."""
    for field in FIELDS:
        assert field(writer, TRAP) == TRAP

    shop = writer.shop
    for user in (shop.operator, shop.server.super_user, shop.lps["ana"]):
        shown = "".join(_walk(open_page, user))
        assert (TRAP in shown) is (user is not shop.server.super_user)


def _walk(open_page: OpenPage, user: User) -> Iterator[str]:
    """The text of every page of ours that `user` comes to by links; nothing of it may have run."""
    paths, seen = ["/satmachineadmin/", "/satmachineclient/"], set[str]()
    view = open_page(user, paths[0])
    while paths:
        path = paths.pop()
        kind = path.partition("?")[0].rpartition("/")[0] if len(path.split("/")) > 3 else path
        if kind in seen:  # one sale stands for all
            continue
        seen.add(kind)
        view.page.goto(writer_url(view.page.url) + path)
        view.page.wait_for_load_state("networkidle")
        yield view.page.inner_text("body")
        assert view.page.evaluate("window.hit") is None, f"{path} ran what somebody wrote"
        links = view.page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")
        ours = [link for link in links if link.startswith(("/satmachineadmin", "/satmachineclient"))]
        paths += [link for link in ours if "/api/" not in link]  # a file is no page
    assert of_ours(view.complaints) == []
    assert len(seen) > 1


def writer_url(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()
