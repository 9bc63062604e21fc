"""What the tests of the tree share: which files there are, and what their imports and strings say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXTENSIONS = REPOSITORY / "extensions"
EXTENSION_IDS = ("satmachineadmin", "satmachineclient")
_MADE = {".git", ".venv", ".data", ".tmp", "dist", "node_modules", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """All files that are in git or would be with the next commit; a bare copy of the tree works too."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        found = [REPOSITORY / name for name in listed]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in REPOSITORY.rglob("*") if not _MADE & set(path.parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def python_files(*folders: str) -> list[Path]:
    """Python files of the tree, or of the named folders of it."""
    roots = [REPOSITORY / folder for folder in folders] or [REPOSITORY]
    return [
        path for path in files() if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    ]


def name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import in a file, also inside functions: its line, and the module as an absolute name.

    A relative import of an extension's file is told by its place: `..core.errors` in `engine/pay.py`
    is `satmachineadmin.core.errors`; `from . import facts` is `satmachineadmin.engine.facts`.
    """
    package = path.relative_to(EXTENSIONS).parent.parts if path.is_relative_to(EXTENSIONS) else ()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            if node.module:
                yield node.lineno, ".".join((*base, node.module))
            else:
                for alias in node.names:
                    yield node.lineno, ".".join((*base, alias.name))


def is_stdlib(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a file with their lines, f-strings by their fixed parts, without docstrings."""
    tree = tree_of(path)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
