"""Core decides over money: standard library only, exact, synchronous, small (DESIGN §2, §4.1, STYLE)."""

from __future__ import annotations

import ast
import sys
from enum import Enum
from pathlib import Path

import pytest

from satmachineadmin.core import landing, payout, states

CORE = Path(states.__file__).parent
MODULES = sorted(CORE.glob("*.py"))
EACH_MODULE = pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])


def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def test_core_has_the_modules_that_are_checked_here() -> None:
    assert {"allocation", "commission", "landing", "planning", "payout", "units"} <= {p.stem for p in MODULES}


@EACH_MODULE
def test_a_module_of_core_imports_the_standard_library_and_core_only(path: Path) -> None:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            assert node.level == 1, "an import that leaves core"
            assert node.module, "import from a module, not from the package"


@EACH_MODULE
def test_a_module_of_core_knows_no_binary_fractions(path: Path) -> None:
    for node in nodes_of(path):
        is_fraction_literal = isinstance(node, ast.Constant) and type(node.value) in {float, complex}
        assert not is_fraction_literal, f"line {getattr(node, 'lineno', '?')}: a literal"
        assert not (isinstance(node, ast.Name) and node.id in {"float", "complex"})
        # A quotient is written Fraction(a, b) or with //, so that none slips in between two ints.
        is_division = isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div)
        assert not is_division, f"line {getattr(node, 'lineno', '?')}: a true division"


@EACH_MODULE
def test_a_module_of_core_waits_for_nothing(path: Path) -> None:
    waiting = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert not any(isinstance(node, waiting) for node in nodes_of(path))


@EACH_MODULE
def test_a_module_of_core_uses_no_bare_assert_clock_or_chance(path: Path) -> None:
    for node in nodes_of(path):
        assert not isinstance(node, ast.Assert), "use ensure(): LNbits turns an assert into a 400"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today", "random", "time"}


@EACH_MODULE
def test_a_module_of_core_fits_its_limits(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            body_start = node.body[0].lineno
            assert node.end_lineno - body_start < 40, f"{node.name} is too long"


WORDS = [
    landing.RejectReason,
    landing.HoldReason,
    landing.IgnoreReason,
    landing.Counterparty,
    payout.WaitCode,
    payout.RefuseCode,
]


@pytest.mark.parametrize("words", WORDS)
def test_every_word_of_a_closed_list_is_its_own_name_and_explained(words: type[Enum]) -> None:
    source = (CORE / f"{words.__module__.rsplit('.', 1)[1]}.py").read_text(encoding="utf-8").splitlines()
    for word in words:
        assert word.value == word.name.lower()
        (line,) = [n for n, text in enumerate(source) if text.strip() == f'{word.name} = "{word.value}"'
                   and _class_above(source, n) == words.__name__]  # fmt: skip
        assert source[line - 1].strip().startswith("#: ")


def _class_above(source: list[str], line: int) -> str:
    return next(text[6:].split("(")[0] for text in reversed(source[:line]) if text.startswith("class "))
