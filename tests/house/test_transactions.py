"""No transaction of ours is open while LNbits' core is awaited (DESIGN §7): SQLite freezes for five
seconds then and PostgreSQL for ever, and nothing can detect it. So the source is read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[2] / "extensions" / "satmachineadmin"
#: What leads to LNbits' core, by the first name of a call.
HOST_NAMES = {"host", "accounts", "core_db", "slow_payout", "self_test", "predecessor", "own_wallet"}
MODULES = [
    path for folder in ("engine", "usecases", "api") for path in sorted((EXTENSION / folder).glob("*.py"))
]
MODULES += [EXTENSION / "lp.py", EXTENSION / "tasks.py"]


def is_transaction(block: ast.AsyncWith) -> bool:
    """Whether this is `async with ….transaction(…)`."""
    calls = (item.context_expr for item in block.items)
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "transaction"
        for call in calls
    )


def awaited_names(block: ast.AsyncWith) -> set[str]:
    """The first names of everything awaited inside."""
    names = set()
    for node in ast.walk(block):
        if isinstance(node, ast.Await):
            target: ast.expr = node.value
            while isinstance(target, (ast.Call, ast.Attribute)):
                target = target.func if isinstance(target, ast.Call) else target.value
            if isinstance(target, ast.Name):
                names.add(target.id)
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(EXTENSION)))
def test_nothing_of_the_host_is_awaited_inside_a_transaction(module: Path) -> None:
    for block in ast.walk(ast.parse(module.read_text())):
        if isinstance(block, ast.AsyncWith) and is_transaction(block):
            found = awaited_names(block) & HOST_NAMES
            assert not found, f"line {block.lineno}: {sorted(found)} awaited while a transaction is open"


def test_the_check_sees_a_call_of_the_host_inside_a_transaction() -> None:
    source = "async def f():\n async with store.transaction('x') as books:\n  await host.look_up('h')\n"
    block = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncWith))

    assert is_transaction(block)
    assert awaited_names(block) & HOST_NAMES == {"host"}
