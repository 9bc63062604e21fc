"""Imports point inwards: what decides over money knows nothing of LNbits, of SQL or of HTTP."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from .tree import EXTENSION_IDS, EXTENSIONS, imports, is_stdlib, name, python_files, strings, tree_of

ADMIN = "satmachineadmin"
#: layer -> what it may import, besides the standard library
MAY_IMPORT = {
    "core": {f"{ADMIN}.core"},
    "failpoints.py": set(),
    "uncancelled.py": set(),
    "ports": {f"{ADMIN}.core", f"{ADMIN}.ports"},
    "engine": {
        f"{ADMIN}.core",
        f"{ADMIN}.engine",
        f"{ADMIN}.ports",
        f"{ADMIN}.uncancelled",
        "loguru",
    },
}
#: the files that may import the host, as patterns below an extension's folder
MEET_THE_HOST = {
    "satmachineadmin": (
        "__init__.py",
        "services.py",  # the composition root: hands the host's parts to ours
        "tasks.py",
        "pages.py",
        "host/*.py",
        "store/database.py",
        "api/auth.py",
    ),
    # it has no books and no engine of its own, only routes, pages, and the way to the other extension
    "satmachineclient": ("__init__.py", "api.py", "pages.py", "engine.py"),
}
SQL = re.compile(
    r"\bSELECT\b.+?\bFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\b.+?\bSET\b|\bDELETE\s+FROM\b",
    re.DOTALL,
)


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def layer_files(layer: str) -> list[Path]:
    root = EXTENSIONS / ADMIN / layer
    return [path for path in python_files("extensions") if path == root or path.is_relative_to(root)]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_an_inner_layer_imports_only_what_is_further_in(layer: str) -> None:
    assert layer_files(layer), f"there is no {layer}"
    offences = [
        f"{name(path)}:{line} imports {module}"
        for path in layer_files(layer)
        for line, module in imports(path)
        if not is_stdlib(module) and not within(module, MAY_IMPORT[layer])
    ]
    assert offences == []


def test_only_the_edge_imports_the_host() -> None:
    offences = [
        f"{name(path)}:{line} imports {module}"
        for extension, edge in MEET_THE_HOST.items()
        for path in python_files(f"extensions/{extension}")
        if not any(path.relative_to(EXTENSIONS / extension).match(pattern) for pattern in edge)
        for line, module in imports(path)
        if within(module, {"lnbits"})
    ]
    assert offences == []


def test_extensions_import_their_own_files_relatively() -> None:
    """Their package is `satmachineadmin` in one LNbits and `lnbits.extensions.satmachineadmin` in another."""
    offences = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in python_files("extensions")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.match(r"\s*(from|import)\s+(satmachine\w+|extensions|lnbits\.extensions)\b", line)
    ]
    assert offences == []


def test_the_steps_of_the_schema_import_nothing_of_ours() -> None:
    """An upgrade runs the new version's steps while the modules of the one before are loaded."""
    offences = [
        f"{name(path)}:{line} imports {module}"
        for path in python_files("extensions")
        if path.name == "migrations.py"
        for line, module in imports(path)
        if not is_stdlib(module)
    ]
    assert offences == []


def test_nothing_is_imported_late() -> None:
    """An upgrade replaces the files under the version that still works: it has to have all of its own."""
    offences = [
        f"{name(path)}:{late.lineno}"
        for path in python_files("extensions")
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for late in ast.walk(function)
        if isinstance(late, ast.Import | ast.ImportFrom)
    ]
    assert offences == []


def test_only_the_store_speaks_sql() -> None:
    offences = [
        f"{name(path)}:{line}: {' '.join(text.split())[:80]}"
        for path in python_files("extensions")
        if path.parent.name != "store" and path.name != "migrations.py"
        for line, text in strings(path)
        if SQL.search(text)
    ]
    assert offences == []


def test_the_outside_uses_extensions_only_over_http() -> None:
    """The simulator knows the public machine interface and nothing else."""
    offences = [
        f"{name(path)}:{line} imports {module}"
        for path in python_files("simulator")
        for line, module in imports(path)
        if within(module, {*EXTENSION_IDS, "lnbits"})
    ]
    assert offences == []
