"""How long a person waits for a page over old books: whole loads in Chromium until its figures are there."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.harness import LnbitsServer
from tests.harness.people import User

from . import report
from .asking import Asker
from .stats import median, percentile

EXPECTED_MS = 1000
_PATIENCE_MS = 60_000
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ROWS = ".q-table tbody tr:nth-child(10)"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, and what is there once it is shown."""

    name: str
    address: str
    shown: str
    asker: Asker = Asker.OPERATOR


def pages(month: str) -> Sequence[Page]:
    """The pages that are loaded; `month` is that of the LP's statement."""
    return (
        Page(name="overview", address="/satmachineadmin/", shown="main canvas"),
        Page(name="settlements", address="/satmachineadmin/settlements", shown=_ROWS),
        Page(
            name="settlements, last page by wire",
            address="/satmachineadmin/settlements?sort=wire_sats&page=400",
            shown=_ROWS,
        ),
        Page(name="LPs", address="/satmachineadmin/lps", shown=_ROWS),
        # its headline, its charts and its list of fills
        Page(
            name="LP: home",
            address="/satmachineclient/",
            shown=f"main:has(h1):has(canvas) {_ROWS}",
            asker=Asker.LP,
        ),
        Page(
            name="LP: statement",
            address=f"/satmachineclient/statement?month={month}",
            shown="main .sm-sheet tbody tr:nth-child(10)",
            asker=Asker.LP,
        ),
    )


_IS_SHOWN = """shown => document.querySelector(shown)
    && !document.querySelector('main .q-spinner, main .q-table__progress, main .q-skeleton')"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Loads of one page, the first one left out: it fills the browser's cache."""

    database: str
    name: str
    p50_ms: float
    p95_ms: float


def section(shown: Sequence[Shown]) -> str:
    """The table of pages, or that there was no browser."""
    if not shown:
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
            for one in shown
        ],
    )


def measure(
    server: LnbitsServer, people: Mapping[Asker, User], kind: str, wanted: Sequence[Page], loads: int
) -> list[Shown]:
    """Every page so many times; nothing where there is no Chromium or Chrome."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None or not wanted:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found = [_measured(browser, server, people[one.asker], kind, one, loads) for one in wanted]
        browser.close()
    return found


def _measured(browser: Any, server: LnbitsServer, user: User, kind: str, wanted: Page, loads: int) -> Shown:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    context.add_init_script("localStorage.setItem('lnbits.disclaimerShown', 'true')")
    context.add_cookies([{"name": "cookie_access_token", "value": user.token, "url": server.url}])
    page, took = context.new_page(), []
    for _ in range(loads + 1):
        began = time.perf_counter()
        page.goto(server.url + wanted.address, timeout=_PATIENCE_MS)
        page.wait_for_function(_IS_SHOWN, arg=wanted.shown, timeout=_PATIENCE_MS)
        took.append(1000 * (time.perf_counter() - began))
    context.close()
    warm = took[1:]
    shown = Shown(database=kind, name=wanted.name, p50_ms=median(warm), p95_ms=percentile(warm, 95))
    print(f"{kind}: {shown.name}: {shown.p50_ms:.0f} / {shown.p95_ms:.0f} ms", file=sys.stderr)
    return shown
