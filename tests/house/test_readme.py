"""The README's figures: each is one of the measured ones, or is counted in the tests."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.chain import episodes_in_order
from tests.harness.farm import POSTGRES, SQLITE
from tests.integration.api.routes import ROUTES
from tests.integration.api.test_authorization_matrix import CALLERS
from tests.model.test_model import LONG_RUNS, RUNS
from tools.demo import settings

from .tree import EXTENSION_IDS, EXTENSIONS, REPOSITORY

README = (REPOSITORY / "README.md").read_text()
RESULTS = (REPOSITORY / "benchmarks/RESULTS.md").read_text()
SIZE, TRAIL, HOSTILE = "Books that are years old", "Verifying the audit trail", "Beside a hostile machine"


def rows(title: str, first_cell: str = "") -> Iterator[dict[str, str]]:
    """The rows of a section's tables by their heads; only of the table with this word in its head."""
    (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", RESULTS, flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n?)+", section, flags=re.MULTILINE):
        head, _line, *body = [
            [cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()
        ]
        if not first_cell or first_cell in head:
            yield from (dict(zip(head, cells, strict=True)) for cells in body)


def speed(database: str, history: str) -> str:
    (row,) = [
        row
        for row in rows("Speed")
        if (row["database"], row["legs"], row["history"]) == (database, "50", history)
    ]
    return f"{row['pay legs/s']} ({row['naive legs/s']})"


def felt(database: str) -> str:
    (row,) = [row for row in rows("What others feel") if row["database"] == database]
    busy, idle = (row[name].split("/")[1].strip() for name in ("until the commit", "idle p50/p95 ms"))
    return f"{busy} ms ({idle} ms)"


def slowest(what: str) -> Callable[[str], str]:
    return lambda database: (
        f"{max(int(row['p95 ms']) for row in rows(SIZE, what) if row['database'] == database)} ms"
    )


def verified(database: str) -> str:
    (row,) = [row for row in rows(TRAIL) if row["database"] == database]
    return f"{row['seconds']} s"


def hindered(database: str) -> str:
    return max(row["times"] for row in rows(HOSTILE) if row["database"] == database) + " times"


#: What the README says was measured, and how it is read from the results.
FIGURES: dict[str, Callable[[str], str]] = {
    "Payouts a second, of sales among 50 LPs": lambda database: speed(database, "0"),
    "The same, with 10,000 payments in the wallet's history": lambda database: speed(database, "10000"),
    "Somebody else's request to LNbits while 50 LPs are paid": felt,
    "The slowest list in books of 100,000 sales": slowest("what"),
    "A whole page in Chromium, in the same books": slowest("page"),
    "Verifying an audit trail of a million events": verified,
    "An honest machine's request beside a hostile one": hindered,
}


def test_the_readme_says_what_the_demo_and_the_extensions_are_called() -> None:
    for extension in EXTENSION_IDS:
        config = json.loads((EXTENSIONS / extension / "config.json").read_text())
        assert f"**{config['name']}**" in README
        assert f"LNbits {config['min_lnbits_version']} or later" in README
        assert f"git clone {config['repo']}\n" in README
    assert f"log in as `{settings.OPERATOR.username}` with `{settings.PASSWORD}`" in README
    assert f"<http://127.0.0.1:{settings.FIRST_PORT}>" in README
    assert f"<http://127.0.0.1:{settings.FIRST_SCREEN_PORT}>" in README


def test_the_readme_calls_lnbits_page_as_lnbits_does() -> None:
    host = importlib.util.find_spec("lnbits")
    assert host and host.origin
    texts = (Path(host.origin).parent / "static/i18n/en.js").read_text()
    said = re.search(r"extension_sources: '(.+)'", texts)
    assert said and f"→ {said[1]}*" in README


def test_the_readme_names_every_package_that_ci_installs() -> None:
    script = (REPOSITORY / ".ci/run").read_text()
    packages = {word for found in re.findall(r"missing\+=\(([^)]+)\)", script) for word in found.split()}
    installed = {"git", "make", "python3", "python3-venv"}
    assert f"apt-get install -y {' '.join(sorted(installed))}\n" in README
    assert [word for word in packages - installed if f"`{word}`" not in README] == []
    assert packages - installed == {"chromium", "hledger", "nodejs"}


@pytest.mark.parametrize("what", FIGURES)
def test_a_figure_of_the_readme_is_the_measured_one(what: str) -> None:
    said = [line for line in README.splitlines() if line.startswith(f"| {what} |")]
    assert said, f"the README does not say: {what}"
    _nothing, _what, sqlite, postgres, command, _end = [cell.strip() for cell in said[0].split("|")]
    assert (sqlite, postgres) == (FIGURES[what](SQLITE), FIGURES[what](POSTGRES))
    assert command.startswith(("`make bench", "`.venv/bin/python -m benchmarks"))


def test_the_readme_has_no_other_figures() -> None:
    table = README.partition("## What was measured")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line]
    assert [line.split("|")[1].strip() for line in lines[1:]] == list(FIGURES)


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        (r"killed more than (\S+) times in a row", sum(map(len, episodes_in_order(0)))),
        (r"more than (\S+) routes", len(ROUTES)),
        (r"asked by (\S+) kinds of caller", len(CALLERS)),
        (r"(\S+) random stories", sum(RUNS.values())),
        (r"`make test-long` tells (\S+)", sum(LONG_RUNS.values())),
    ],
)
def test_what_the_readme_counts_is_there(sentence: str, count: int) -> None:
    """What may grow without the README is said in full tens."""
    found = re.search(sentence, README)
    assert found, f"the README does not say: {sentence}"
    said = int(found[1].rstrip(".").replace(",", ""))
    assert said == count or ("more than" in sentence and said < count <= said * 1.25)
