"""The README's way from an empty machine to a settled sale, and what the demo does then."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.harness import free_port
from tests.harness.commands import blocks
from tests.harness.farm import SQLITE
from tests.harness.log import defects
from tests.harness.newcomer import Newcomer
from tests.harness.shop import check_conservation
from tests.house.tree import REPOSITORY, files, name
from tools.demo import settings
from tools.screenshots import DCA, DESK, MOST_KIB, MOST_KIB_OF_ALL, PHONE, SALE, SCREEN, Album, logged_in

README = "../README.md"
IMAGES = REPOSITORY / "docs" / "images"
SALES = 12
#: What is nearly black: letters. Beside LNbits' menu and below its head an empty page has a third of that.
DARK, LEAST_DARK = 80, 0.003
PATIENCE_S = 180


@contextmanager
def typed(newcomer: Newcomer, text: str, folder: Path) -> Iterator[Demo]:
    """A demo that runs until the person presses Ctrl-C."""
    shell = newcomer.types(text, folder)
    try:
        yield Demo(shell)
    finally:
        newcomer.interrupt(shell)
        output, _nothing = shell.communicate(timeout=PATIENCE_S)
        assert "stopped" in output, output[-4000:]


class Demo:
    """What the terminal says of a demo."""

    def __init__(self, shell: subprocess.Popen[str]) -> None:
        assert shell.stdout is not None
        self._lines = shell.stdout
        self.url = self._address("LNbits")
        self.screen = self._address("the machine")

    def _address(self, what: str) -> str:
        return self.said(rf"{what} +(http://127\.0\.0\.1:\d+)")

    def said(self, pattern: str) -> str:
        """Reads until the terminal says this; its first group."""
        heard = []
        for line in self._lines:
            heard.append(line)
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"the demo ended without {pattern}: {''.join(heard[-40:])}")


@pytest.mark.timeout(600)
def test_whoever_follows_the_readme_has_settled_sales_and_a_demo_that_keeps_them(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    """The demo proves every sum from LNbits' own balances, and stops loudly otherwise."""
    newcomer = Newcomer(tmp_path, PORT=str(free_port()), DB=database)
    newcomer.publish({name(path): path for path in files()})
    readme = blocks(README)

    first = newcomer.does(
        readme["from an empty machine"], timeout_s=PATIENCE_S, ARGS=f"--pace 0 --sales {SALES}"
    )
    assert newcomer.installed == {"git", "make", "python3", "python3-venv"}
    for login in ("platform", "olga", "ana", "ben", "carol"):
        assert login in first
    assert first.count("processed") >= SALES
    assert "uncovered" in first

    checkout = newcomer.folder / "satoshi-machine"
    again = next(line for line in readme["the two commands"].splitlines() if line.startswith("make demo"))
    with typed(newcomer, again, checkout) as demo:
        demo.said("(processed)")
        check_settled(demo.url)
        if database == SQLITE:
            check_pictures(demo, request.getfixturevalue("browser"), tmp_path / "pictures")

    logs = sorted((checkout / ".data" / "demo").glob("lnbits.log*"))
    assert len(logs) == 2
    for log in logs:
        assert defects(log.read_text(errors="replace").splitlines(), []) == []


def check_settled(url: str) -> None:
    """By the API, as the operator: every sale of the first run, and no sat of the newest is missing."""
    bearer = {"Authorization": f"Bearer {logged_in(url, settings.OPERATOR.username)}"}
    with httpx.Client(base_url=url, headers=bearer, timeout=30) as operator:
        found = operator.get(f"{DCA}/settlements", params={"state": "processed"}).raise_for_status().json()
        newest = operator.get(f"{DCA}/settlements/{found['data'][0]['id']}").raise_for_status().json()
    assert found["total"] > SALES
    check_conservation(newest)


def check_pictures(demo: Demo, browser: Any, folder: Path) -> None:
    """Somebody sells by hand, as the README says; all pictures of the docs can be made, and show something.

    `make screenshots` has them put into docs/images.
    """
    folder = Path(os.environ.get("SCREENSHOTS") or folder)
    album = Album(demo.url, demo.screen, browser, folder)
    made = album.take()
    find_sale(browser.new_page(), demo.url, album.sold["wire_sats"])
    assert sorted(made) == sorted(path.name for path in IMAGES.iterdir()), "make screenshots"
    sizes = {"sale.jpg": SALE, "screen.jpg": SCREEN}
    for file in made:
        assert (folder / file).stat().st_size <= MOST_KIB * 1024, file
        with Image.open(folder / file) as picture:
            assert picture.size == sizes.get(file, PHONE if file.endswith("-phone.jpg") else DESK), file
            width, height = picture.size
            shades = picture.convert("L").crop((width // 5, height // 7, width, height)).histogram()
        assert sum(shades[:DARK]) >= LEAST_DARK * sum(shades), f"{file} is blank"
    assert len({(folder / file).read_bytes() for file in made}) == len(made)
    assert sum((folder / file).stat().st_size for file in made) <= MOST_KIB_OF_ALL * 1024


def find_sale(page: Any, url: str, wire_sats: int) -> None:
    """The README's way to one's own sale."""
    page.goto(url)
    page.get_by_label("Username or Email").fill(settings.OPERATOR.username)
    page.get_by_label("Password").first.fill(settings.PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Satoshi Machine", exact=True).click()
    page.get_by_role("tab", name="Settlements").click()
    grouped = r"\s?".join(f"{wire_sats:,}".split(","))
    page.get_by_role("row", name=re.compile(grouped)).first.click()
    page.locator(".sm-drawer .sm-tree").wait_for()
    page.close()
