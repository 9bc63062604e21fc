"""The small commands of docs/benchmarks.md, as they stand there, in a clone of this checkout.

Those that take many minutes measure the same with other numbers; that their flags are right is checked by
tests/house/test_commands.py.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.harness.commands import blocks
from tests.harness.newcomer import ADDRESS, Newcomer
from tests.house.tree import files, name

PAGE = "benchmarks.md"
NAMES = ("speed", "the audit trail", "a hostile machine", "old books")


def small(called: str) -> list[str]:
    """The lines that take no more than some minutes."""
    lines = [line for line in blocks(PAGE)[called].splitlines() if "minutes" not in line]
    return [line for line in lines if "an LP's part alone" not in line]


@pytest.mark.long
@pytest.mark.parametrize("called", NAMES)
def test_a_benchmark_of_the_docs_measures_something(called: str, tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path)
    newcomer.publish({name(path): path for path in files()})
    newcomer.does(f"git clone -q {ADDRESS}")
    lines = small(called)
    assert lines
    for line in lines:
        words = line.replace(".venv/bin/python", shlex.quote(sys.executable))
        output = newcomer.does(words, newcomer.folder / "satoshi-machine", timeout_s=1200)
        assert "| sqlite " in output
