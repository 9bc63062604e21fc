"""Every place at which a process can be killed, read from the code.

Before and after each commit of the engine and of what runs in the background, and before and after each
call that writes, pays or asks outside of our books. What a person does by one transaction of its own
(usecases/) is not among them: who gets no answer looks, and does it again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

EXTENSION = Path(__file__).parents[2] / "extensions" / "satmachineadmin"


def commits() -> set[str]:
    """Names of the transactions of land, plan, pay, forward, revise, reconcile, and of tasks.py."""
    return {name for call in _calls() if (name := _name_of(call, "transaction"))} | {"payout"}


def external_calls() -> set[str]:
    """Names of the calls that are wrapped by `external_call`."""
    return {
        name
        for path in sorted((EXTENSION / "host").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and (name := _name_of(node, "external_call"))
    }


def places() -> set[str]:
    """`land.before_commit`, `land.after_commit`, `slow.before_pay`, …"""
    around = [(name, "commit") for name in commits()]
    around += [(group, what) for name in external_calls() for group, _, what in [name.partition(".")]]
    return {f"{group}.{when}_{what}" for group, what in around for when in ("before", "after")}


def _calls() -> Iterator[ast.Call]:
    for path in [*sorted((EXTENSION / "engine").rglob("*.py")), EXTENSION / "tasks.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield node


def _name_of(call: ast.Call, function: str) -> str:
    """The name that a call of `….transaction("name")` or `external_call("name")` gives."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called != function or not call.args or not isinstance(call.args[0], ast.Constant):
        return ""
    return str(call.args[0].value)
