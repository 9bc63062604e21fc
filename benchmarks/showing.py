"""How long a person waits for a page over old books: whole loads in Chromium until its figures are there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.harness import LnbitsServer
from tests.harness.people import User

from . import report
from .stats import median, percentile

EXPECTED_MS = 1000
_PATIENCE_MS = 60_000
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: page → what is there once it is shown
PAGES: Mapping[str, tuple[str, str]] = {
    "overview": ("/satmachineadmin/", "main canvas"),
    "settlements": ("/satmachineadmin/settlements", ".q-table tbody tr:nth-child(10)"),
    "settlements, last page by wire": (
        "/satmachineadmin/settlements?sort=wire_sats&page=400",
        ".q-table tbody tr:nth-child(10)",
    ),
    "LPs": ("/satmachineadmin/lps", ".q-table tbody tr:nth-child(10)"),
}
_IS_SHOWN = """shown => document.querySelector(shown)
    && !document.querySelector('main .q-spinner, main .q-table__progress, main .q-skeleton')"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Loads of one page, the first one left out: it fills the browser's cache."""

    database: str
    name: str
    p50_ms: float
    p95_ms: float


def section(pages: Sequence[Shown]) -> str:
    """The table of pages, or that there was no browser."""
    if not pages:
        return "Pages: not measured, there is no Chromium or Chrome on this machine."
    head = ("database", "page", "p50 ms", "p95 ms", f"expected: {EXPECTED_MS} ms")
    return report.table(
        head,
        [
            (
                one.database,
                one.name,
                f"{one.p50_ms:.0f}",
                f"{one.p95_ms:.0f}",
                "met" if one.p50_ms <= EXPECTED_MS else "MISSED",
            )
            for one in pages
        ],
    )


def measure(server: LnbitsServer, user: User, kind: str, loads: int) -> list[Shown]:
    """Every page so many times; nothing where there is no Chromium or Chrome."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        return []
    from playwright.sync_api import sync_playwright

    pages = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
        context.add_init_script("localStorage.setItem('lnbits.disclaimerShown', 'true')")
        context.add_cookies([{"name": "cookie_access_token", "value": user.token, "url": server.url}])
        page = context.new_page()
        for name, (address, shown) in PAGES.items():
            took = []
            for _ in range(loads + 1):
                began = time.perf_counter()
                page.goto(server.url + address, timeout=_PATIENCE_MS)
                page.wait_for_function(_IS_SHOWN, arg=shown, timeout=_PATIENCE_MS)
                took.append(1000 * (time.perf_counter() - began))
            warm = took[1:]
            pages.append(Shown(database=kind, name=name, p50_ms=median(warm), p95_ms=percentile(warm, 95)))
        browser.close()
    return pages
