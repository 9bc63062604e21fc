"""The pictures of the documentation, taken of a demo that trades.

They are made by a test (`tests/e2e/test_demo.py`), which `make screenshots` runs with `docs/images` for the
folder. Somebody sells and buys at the machine's screen by hand; then every page is opened by the person
whose it is, at a desk and some of them on a phone.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tools.demo import settings

#: Of a file, and of all of them: what a repository can bear.
MOST_KIB, MOST_KIB_OF_ALL = 200, 2_000
DESK, PHONE, SCREEN, SALE = (1280, 800), (375, 780), (1280, 900), (1280, 896)
#: so that the whole of a sale fits
LONG_DESK = (1280, 1090)
DCA = "/satmachineadmin/api/v1/dca"
#: JPEG: the host's background is a gradient, of which PNG makes a quarter of a megabyte
QUALITY = 75
#: How long a page may take to be there.
PATIENCE_MS = 60_000
#: What it is about can be seen, and nothing of it is still on its way.
_IS_THERE = """shown => document.querySelector(shown)
    && !document.querySelector('.q-spinner, .q-table__progress')"""
#: A page is at rest when two pictures of it, so long after one another, are the same.
_PAUSE_MS, _MOST_LOOKS = 250, 40
#: What comes and goes: LNbits' line at the top while anything is asked for, the bars of what can be scrolled.
_STYLE = ".q-loading-bar, .q-scrollarea__thumb, .q-scrollarea__bar {visibility: hidden}"
_LIGHT = (
    "localStorage.setItem('lnbits.disclaimerShown', 'true');"
    "localStorage.setItem('lnbits.darkMode', '__q_bool|0');"
)
#: The two ends of a sale, side by side.
_BOTH = """<!doctype html><style>
  body {{margin: 0; height: {height}px; display: flex; align-items: center; justify-content: space-evenly;
    background: linear-gradient(160deg, #f7efe2, #d9cfbf)}}
  img {{display: block; border-radius: 16px; box-shadow: 0 12px 32px #0005}}
  svg {{fill: none; stroke: #e8651d; stroke-width: 5; stroke-linecap: round; stroke-linejoin: round}}
</style>
<img src="data:image/png;base64,{screen}" width="652">
<svg width="44" height="44" viewBox="0 0 44 44"><path d="M4 22h34M24 8l14 14-14 14" /></svg>
<img src="data:image/png;base64,{drawer}" height="848">"""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A page as somebody sees it."""

    name: str
    who: str
    path: str
    #: what is there once the page is
    shows: str = "main .q-card"
    size: tuple[int, int] = DESK

    @property
    def file(self) -> str:
        return f"{self.name}{'-phone' if self.size == PHONE else ''}.jpg"


def pictures(operator: httpx.Client) -> Iterator[Picture]:
    """All pages, with the demo's own sales in the addresses."""

    def rows(path: str, **query: str) -> list[dict[str, Any]]:
        return list(operator.get(f"{DCA}/{path}", params=query).raise_for_status().json()["data"])

    olga, home = settings.OPERATOR.username, "/satmachineadmin"
    sale = rows("settlements", state="processed", tx_type="cash_out", limit="1")[0]["id"]
    errored = rows("settlements", state="errored", limit="1")[0]["id"]
    client = rows("clients", search=settings.LPS[0].username)[0]["id"]
    machine = rows("machines", search=settings.MACHINE)[0]["id"]
    pages = {
        "overview": "/", "worklist": "/worklist", "settlements": "/settlements",
        "settlement": f"/settlements/{sale}", "receipt": f"/settlements/{sale}?receipt=1",
        "errored": f"/settlements/{errored}", "machines": "/machines", "machine": f"/machines/{machine}",
        "lps": "/lps", "lp-drawer": f"/lps/{client}", "commission": "/commission", "reports": "/reports",
        "customers": "/transactions",
    }  # fmt: skip
    tree = ".sm-drawer .sm-tree"
    shows = {"settlement": tree, "errored": tree, "receipt": ".sm-receipt", "lp-drawer": ".sm-drawer"}
    for name, path in pages.items():
        yield Picture(name=name, who=olga, path=home + path, shows=shows.get(name, Picture.shows))
    yield Picture(name="platform", who=settings.PLATFORM.username, path=f"{home}/platform")
    ana, own = settings.LPS[0].username, "/satmachineclient"
    yield Picture(name="lp", who=ana, path=f"{own}/", shows="main canvas")
    yield Picture(name="lp-statement", who=ana, path=f"{own}/statement", shows="main table")
    for name in ("overview", "settlements", "settlement"):
        shown = shows.get(name, Picture.shows)
        yield Picture(name=name, who=olga, path=home + pages[name], shows=shown, size=PHONE)
    yield Picture(name="lp", who=ana, path=f"{own}/", shows="main canvas", size=PHONE)


class Album:
    """All pictures of one demo, in a folder."""

    def __init__(self, url: str, screen: str, browser: Any, folder: Path) -> None:
        self._url, self._screen, self._browser, self._folder = url, screen, browser, folder
        self._people: dict[str, Any] = {}
        #: the settlement of the sale at the screen
        self.sold: dict[str, Any] = {}
        self.operator = httpx.Client(base_url=url, timeout=30, headers=self._bearer())

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {logged_in(self._url, settings.OPERATOR.username)}"}

    def take(self) -> list[str]:
        """A sale and a purchase at the screen, then every page; the files' names."""
        self._folder.mkdir(parents=True, exist_ok=True)
        made = self.take_sale()
        for picture in pictures(self.operator):
            made.append(picture.file)
            (self._folder / picture.file).write_bytes(self._open(picture))
        for context in self._people.values():
            context.close()
        self.operator.close()
        return made

    def take_sale(self) -> list[str]:
        """What a customer sees and what the operator sees of the same sale; and the screen at rest."""
        page = self._browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]})
        try:
            page.goto(self._screen, timeout=PATIENCE_MS)
            page.get_by_role("button", name="Get cash").wait_for(timeout=PATIENCE_MS)
            _keep(page, self._folder / "screen.jpg")
            txid = take_cash(page)
            sold = page.locator(".machine").screenshot(animations="disabled")
            page.get_by_role("button", name="Done").click()
            bring_cash(page)
        finally:
            page.close()
        olga = settings.OPERATOR.username
        self.sold = settlement_of(self.operator, txid)
        path = f"/satmachineadmin/settlements/{self.sold['id']}"
        self._open(Picture(name="sale", who=olga, path=path, shows=".sm-drawer .sm-tree", size=LONG_DESK))
        drawer = self._page_of(olga).locator(".sm-drawer").screenshot(animations="disabled", style=_STYLE)
        self._compose(sold, drawer)
        return ["sale.jpg", "screen.jpg"]

    def _compose(self, screen: bytes, drawer: bytes) -> None:
        page = self._browser.new_page(viewport={"width": SALE[0], "height": SALE[1]})
        text = {"screen": base64.b64encode(screen).decode(), "drawer": base64.b64encode(drawer).decode()}
        page.set_content(_BOTH.format(height=SALE[1], **text))
        _keep(page, self._folder / "sale.jpg")
        page.close()

    def _page_of(self, who: str) -> Any:
        """A browser of each person's own, which loads LNbits' scripts once."""
        if who not in self._people:
            context = self._browser.new_context(service_workers="block")
            context.add_init_script(_LIGHT)
            cookie = {"name": "cookie_access_token", "value": logged_in(self._url, who), "url": self._url}
            context.add_cookies([cookie])
            context.new_page()
            self._people[who] = context
        return self._people[who].pages[0]

    def _open(self, picture: Picture) -> bytes:
        """A page at rest. Raises playwright's TimeoutError where it does not come."""
        page = self._page_of(picture.who)
        page.set_viewport_size({"width": picture.size[0], "height": picture.size[1]})
        page.goto(self._url + picture.path, timeout=PATIENCE_MS)
        page.wait_for_function(_IS_THERE, arg=picture.shows, timeout=PATIENCE_MS)
        return _at_rest(page)


def _at_rest(page: Any) -> bytes:
    """What a page looks like when it has come to rest."""
    before = b""
    for _look in range(_MOST_LOOKS):
        seen: bytes = page.screenshot(type="jpeg", quality=QUALITY, animations="disabled", style=_STYLE)
        if seen == before:
            break
        before = seen
        page.wait_for_timeout(_PAUSE_MS)
    return before


def _keep(page: Any, path: Path) -> None:
    path.write_bytes(_at_rest(page))


def take_cash(page: Any) -> str:
    """Somebody buys two notes of 50 and one of 20 at the screen, until the receipt; the transaction's id."""
    page.get_by_role("button", name="Get cash").click()
    for note in ("50", "50", "20"):
        page.get_by_role("button", name=re.compile(f"One more note of {note}\\b")).click()
    page.get_by_role("button", name="Continue").click()
    # whoever is served before has to be done first
    page.get_by_role("heading", name="Scan and pay").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Customer").click()
    page.get_by_role("button", name=re.compile("^Pay .* sats")).click()
    page.get_by_role("heading", name="Thank you").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Customer").click()
    txid = page.locator(".slip dt", has_text=re.compile("^number$")).locator("+ dd")
    return str(txid.inner_text())


def bring_cash(page: Any) -> None:
    """Somebody puts in a note of 50 and one of 20, and takes the link along."""
    page.get_by_role("button", name="Get bitcoin").click()
    page.get_by_role("heading", name="Insert your notes").wait_for(timeout=PATIENCE_MS)
    for note in ("50", "20"):
        page.get_by_role("button", name=re.compile(f"Put in a note of {note}\\b")).click()
    page.get_by_text("2 notes in").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="That is all").click()
    page.get_by_role("button", name="Print it").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Done").click(timeout=PATIENCE_MS)


def settlement_of(operator: httpx.Client, txid: str) -> dict[str, Any]:
    """The settlement of a sale, once it is processed."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        found = operator.get(f"{DCA}/settlements", params={"search": txid}).raise_for_status().json()["data"]
        if found and found[0]["state"] == "processed":
            return dict(operator.get(f"{DCA}/settlements/{found[0]['id']}").raise_for_status().json())
        if time.monotonic() > deadline:
            raise TimeoutError(f"the sale {txid} is not settled: {found}")
        time.sleep(0.3)


def logged_in(base_url: str, username: str) -> str:
    """A token of one of the demo's people."""
    body = {"username": username, "password": settings.PASSWORD}
    answer = httpx.post(f"{base_url}/api/v1/auth", json=body, timeout=30).raise_for_status()
    return str(answer.json()["access_token"])
