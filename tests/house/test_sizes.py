"""Functions fit a screen, files fit a head."""

from __future__ import annotations

import ast

from .tree import EXTENSIONS, files, name, python_files, tree_of

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 70
MAX_COMPONENT_LINES = 200


def test_no_python_file_is_longer_than_400_lines() -> None:
    """Migrations are a log that only grows; they are the one exception."""
    long = {
        name(path): count
        for path in python_files()
        if (count := len(path.read_text().splitlines())) > MAX_FILE_LINES and path.name != "migrations.py"
    }
    assert long == {}


def test_no_function_is_longer_than_70_lines() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


def test_no_part_of_a_page_is_longer_than_200_lines() -> None:
    long = {
        name(path): count
        for path in files()
        if path.is_relative_to(EXTENSIONS) and path.suffix in {".js", ".vue"} and "i18n" not in path.parts
        if (count := len(path.read_text().splitlines())) > MAX_COMPONENT_LINES
    }
    assert long == {}
