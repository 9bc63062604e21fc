"""The pictures of the documentation, taken from a running demo: `python -m tools.screenshots`.

Start the demo first (`make demo`), let it sell a few times, then run this beside it. It logs in as the
demo's people, opens every page at a desk and some on a phone, and writes `docs/images`. It needs Chromium
or Chrome and Playwright, as the browser tests do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tools.demo import settings

IMAGES = settings.CHECKOUT / "docs" / "images"
DESK, PHONE = (1280, 800), (375, 780)
DCA = "/satmachineadmin/api/v1/dca"
#: JPEG: the host's background is a gradient, of which PNG makes a quarter of a megabyte
QUALITY = 80
#: How long a page may take to be there.
PATIENCE_MS = 60_000
#: What it is about can be seen, and nothing of it is still on its way.
_IS_THERE = """shown => document.querySelector(shown)
    && !document.querySelector('.q-spinner, .q-table__progress')"""
#: After its last answer, for what moves on it to come to rest.
SETTLE_MS = 1_500


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A page as somebody sees it."""

    name: str
    who: str
    path: str
    #: what is there once the page is
    shows: str = "main .q-card"
    on_phone: bool = False


def pictures(operator: httpx.Client) -> Iterator[Picture]:
    """All of them, with the demo's own sales in the addresses."""

    def rows(path: str, **query: str) -> list[dict[str, Any]]:
        return list(operator.get(f"{DCA}/{path}", params=query).raise_for_status().json()["data"])

    olga, home = settings.OPERATOR.username, "/satmachineadmin"
    sale = rows("settlements", state="processed", limit="1")[0]["id"]
    client = rows("clients", search=settings.LPS[0].username)[0]["id"]
    machine = rows("machines", search=settings.MACHINE)[0]["id"]
    pages = {
        "overview": "/", "worklist": "/worklist", "settlements": "/settlements",
        "settlement": f"/settlements/{sale}", "receipt": f"/settlements/{sale}?receipt=1",
        "machines": "/machines", "machine": f"/machines/{machine}", "lps": "/lps",
        "lp-drawer": f"/lps/{client}", "commission": "/commission", "reports": "/reports",
        "customers": "/transactions",
    }  # fmt: skip
    tree = ".sm-drawer .sm-tree"
    shows = {"settlement": tree, "receipt": ".sm-receipt", "lp-drawer": ".sm-drawer"}
    for name, path in pages.items():
        yield Picture(name=name, who=olga, path=home + path, shows=shows.get(name, Picture.shows))
    if errored := rows("settlements", state="errored", limit="1"):
        yield Picture(name="errored", who=olga, path=f"{home}/settlements/{errored[0]['id']}", shows=tree)
    yield Picture(name="platform", who=settings.PLATFORM.username, path=f"{home}/platform")
    ana, own = settings.LPS[0].username, "/satmachineclient"
    yield Picture(name="lp", who=ana, path=f"{own}/", shows="main canvas")
    yield Picture(name="lp-statement", who=ana, path=f"{own}/statement", shows="main table")
    for name in ("overview", "settlements", "settlement"):
        shown = shows.get(name, Picture.shows)
        yield Picture(name=name, who=olga, path=home + pages[name], shows=shown, on_phone=True)
    yield Picture(name="lp", who=ana, path=f"{own}/", shows="main canvas", on_phone=True)


def take(base_url: str, browser: Any, token: str, picture: Picture, folder: Path) -> Path:
    """One file. Raises playwright's TimeoutError where the page does not come."""
    width, height = PHONE if picture.on_phone else DESK
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    try:
        context.add_init_script(
            "localStorage.setItem('lnbits.disclaimerShown', 'true');"
            "localStorage.setItem('lnbits.darkMode', '__q_bool|0');"
        )
        context.add_cookies([{"name": "cookie_access_token", "value": token, "url": base_url}])
        page = context.new_page()
        page.goto(base_url + picture.path, timeout=PATIENCE_MS)
        page.wait_for_function(_IS_THERE, arg=picture.shows, timeout=PATIENCE_MS)
        page.wait_for_timeout(SETTLE_MS)
        path = folder / f"{picture.name}{'-phone' if picture.on_phone else ''}.jpg"
        page.screenshot(path=path, type="jpeg", quality=QUALITY)
    finally:
        context.close()
    return path


def take_screen(address: str, browser: Any, folder: Path) -> Path:
    """The machine's own screen, as it waits for somebody."""
    page = browser.new_page(viewport={"width": DESK[0], "height": 900})
    page.goto(address, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Get cash").wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLE_MS)
    path = folder / "screen.jpg"
    page.screenshot(path=path, type="jpeg", quality=QUALITY)
    page.close()
    return path


def logged_in(base_url: str, username: str) -> str:
    """A token of one of the demo's people."""
    body = {"username": username, "password": settings.PASSWORD}
    answer = httpx.post(f"{base_url}/api/v1/auth", json=body, timeout=30).raise_for_status()
    return str(answer.json()["access_token"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=f"http://127.0.0.1:{settings.FIRST_PORT}", help="of the demo")
    parser.add_argument(
        "--screen",
        default=f"http://127.0.0.1:{settings.FIRST_SCREEN_PORT}",
        help="of the machine (%(default)s)",
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (%(default)s)")
    parser.add_argument("--to", type=Path, default=IMAGES, help="the folder (%(default)s)")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    options.to.mkdir(parents=True, exist_ok=True)
    tokens: dict[str, str] = {}
    for who in (settings.OPERATOR.username, settings.PLATFORM.username, settings.LPS[0].username):
        try:
            tokens[who] = logged_in(options.url, who)
        except httpx.ConnectError:
            parser.error(f"nothing answers at {options.url}: start the demo (make demo), or say --url")
    headers = {"Authorization": f"Bearer {tokens[settings.OPERATOR.username]}"}
    with (
        httpx.Client(base_url=options.url, headers=headers, timeout=30) as operator,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for picture in pictures(operator):
            path = take(options.url, browser, tokens[picture.who], picture, options.to)
            print(f"{path.stat().st_size // 1024:4} KiB  {path}")
        take_screen(options.screen, browser, options.to)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
