"""What the docs tell a reader to type: it is run by a test, or this file says why it is not.

A block that a test runs has `<!-- runs: its name -->` before it (tests/harness/commands.py); the test names
the page and the block.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from tests.harness.commands import blocks

from .tree import REPOSITORY, files, name

PAGES = [
    path for path in files() if path.suffix == ".md" and not path.is_relative_to(REPOSITORY / "extensions")
]
#: What else may be in a block. Whatever a reader types is `sh`, so that none hides.
SHOWN = {"ini", "json", "mermaid", "nginx", "python", "sql", "text"}
#: page and first line -> why no test runs it
NOT_RUN = {
    (
        "docs/how-to/install.md",
        "make zips BASE=http://127.0.0.1:8000",
    ): "serves files until it is stopped; tests/integration/test_commands.py makes the packages, and"
    " test_install.py has a server of its own for them",
    (
        "docs/how-to/production.md",
        "sudo -u postgres createuser --pwprompt lnbits",
    ): "asks for a password; the tests' PostgreSQL has its roles from a wheel (tests/harness/postgres.py)",
    (
        "docs/how-to/production.md",
        "sudo useradd --system --home-dir /opt/lnbits --create-home lnbits",
    ): "makes a user of the system; CI installs the same by the same constraints (make install)",
}
_FENCE = re.compile(
    r"(?:^<!-- runs: (?P<name>.+?) -->\n)?^ *```(?P<language>\S*)\n(?P<text>.*?)^ *```$",
    flags=re.DOTALL | re.MULTILINE,
)
_SETS = re.compile(r"(export )?[A-Z][A-Z0-9_]*=.*")


@dataclass(frozen=True, kw_only=True)
class Block:
    """What stands between two lines of three backticks."""

    page: str
    name: str | None
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Without remarks and empty lines."""
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]

    @property
    def only_sets_variables(self) -> bool:
        return all(_SETS.fullmatch(line) for line in self.lines)


def all_blocks() -> Iterator[Block]:
    for path in PAGES:
        for found in _FENCE.finditer(path.read_text()):
            yield Block(page=name(path), name=found["name"], language=found["language"], text=found["text"])


TYPED = [block for block in all_blocks() if block.language == "sh" and not block.only_sets_variables]


def test_every_block_says_what_it_is() -> None:
    unknown = [
        (one.page, one.language, one.lines[:1]) for one in all_blocks() if one.language not in {"sh", *SHOWN}
    ]
    assert unknown == []


def test_every_block_of_commands_is_run_by_a_test_or_listed_with_the_reason() -> None:
    tests = [
        path.read_text()
        for path in files()
        if path.is_relative_to(REPOSITORY / "tests") and path.suffix == ".py"
    ]
    unlisted = []
    for block in TYPED:
        if (block.page, block.lines[0]) in NOT_RUN:
            assert block.name is None, f"{block.page}: {block.name} is run and listed as not run"
            continue
        page = f'{block.page.removeprefix("docs/")}"'
        runs = [text for text in tests if page in text and f'"{block.name}"' in text]
        if block.name is None or not runs:
            unlisted.append((block.page, block.name, block.lines[0]))
    assert unlisted == []


def test_what_is_listed_as_not_run_is_still_there() -> None:
    assert set(NOT_RUN) <= {(block.page, block.lines[0]) for block in TYPED}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_of_a_page_is_there(page: Path) -> None:
    text = page.read_text()
    named = re.findall(r"(?:`|^)make ([a-z]+(?:-[a-z]+)*)(?=[ `\n]|$)", text, flags=re.MULTILINE)
    assert set(named) <= targets()


def benchmarks() -> list[str]:
    """Every command that measures something, of the docs and of the README's table."""
    found = [line for names in blocks("benchmarks.md").values() for line in names.splitlines()]
    table = re.findall(r"\| `([^`]+)` \|$", (REPOSITORY / "README.md").read_text(), flags=re.MULTILINE)
    return [*found, *table]


class Began(Exception):
    """It would measure now."""


@pytest.mark.parametrize("line", benchmarks())
def test_a_benchmark_takes_the_flags_that_the_docs_give_it(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to where it measures; the small ones are run by `make test-long`: tests/long/test_benchmarks.py."""
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        assert words[1] == "bench"
        flags = shlex.split(dict(word.split("=", 1) for word in words[2:]).get("ARGS", ""))
        module = "benchmarks.__main__"
    else:
        assert words[:2] == [".venv/bin/python", "-m"]
        module, flags = words[2], words[3:]
        module = "benchmarks.__main__" if module == "benchmarks" else module

    def begin() -> None:
        raise Began

    measuring = import_module(module)
    monkeypatch.setattr(measuring, "databases", begin)
    monkeypatch.setattr(sys, "argv", [module, *flags])
    with pytest.raises(Began):
        measuring.main()
