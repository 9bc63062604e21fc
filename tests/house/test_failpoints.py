"""Every commit and every call that writes, pays or asks outside of our books has a place to die at.

tests/crash/places.py reads the list from the code; these rules hold that the list is complete.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from satmachineadmin.ports import Host
from satmachineadmin.ports.lightning import Lightning
from tests.crash.chain import episodes_in_order
from tests.crash.episodes import IN_MEMORY
from tests.crash.places import EXTENSION, external_calls, places

FAKES = Path(__file__).parents[1] / "fakes"

#: What host/ calls of LNbits and what changes something or asks somebody else.
WRITES = {
    "fetch_lnurl_pay_request", "handle", "lnbits_create_invoice", "lnbits_pay_invoice",
    "send_payment_notification", "send_user_notification", "update_payment",
    "update_payment_success_status",
}  # fmt: skip
#: What only reads, or says what a thing is. To ask the node changes nothing: its answer is written apart.
READS = {
    "CreateLnurlPayment", "EXTENSION_ID", "InvoiceError", "Payment", "PaymentError", "PaymentState",
    "PaymentStatus", "Wallet", "cache", "check_payment_status", "core_db", "daystart_timestamp",
    "fake_privkey", "get_account", "get_account_by_username", "get_payments", "get_standalone_payment",
    "get_standalone_wallet", "get_super_settings", "get_wallet", "get_wallet_for_key", "get_wallet_payment",
    "payment_lock", "settings", "task_manager", "wallets_payments_lock", "websocket_manager",
}  # fmt: skip
#: Statements of host/ outside of such a call: inside the payout's transaction, whose commit has its own
#: places; a trial that is rolled back; a question to the catalogue.
STATEMENTS = {("fast_payout.py", "transfer"), ("self_test.py", "_trial")} | {
    ("predecessor.py", name) for name in ("_read", "_reading", "_count")
}

#: The ports' methods that read, or compute. Dying beside one is dying after the last thing written.
PORTS_READ = {
    "carried", "facts", "history", "lightning", "look_up of Host", "mint", "network", "paid_before",
    "pay_way", "platform_user_id", "rate_at_hand", "read",
}  # fmt: skip
#: `payout` has the places of its commit; what `announce` queues is told by `announce.payer`.
PORTS_ELSEWHERE = {"payout", "announce"}
#: The others, and the calls that they make.
PORTS_CALL = {
    "make_invoice": "slow.invoice", "pay_invoice": "slow.pay", "complete_half": "half.credit",
    "notify": "people.notify", "charge": "external.charge", "terms": "external.terms",
    "invoice": "external.invoice", "pay": "external.pay", "look_up": "external.look_up",
}  # fmt: skip
#: Parts of LNbits that the fakes have not: its row of the node's answer, its notification of a payer.
NOT_IN_FAKES = {"external.answer", "announce.payer"}


def functions(folder: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path.name, node


def watched(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name of the call that a function is, if it is one."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "external_call":
            assert isinstance(decorator.args[0], ast.Constant)
            return str(decorator.args[0].value)
    return ""


def called(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_whatever_the_host_calls_of_lnbits_is_known_to_write_or_to_read() -> None:
    """A new import of LNbits' is sorted here first."""
    imported = {
        alias.asname or alias.name
        for path in sorted((EXTENSION / "host").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lnbits")
        for alias in node.names
    }
    assert imported <= WRITES | READS
    assert imported >= WRITES


def test_every_call_that_writes_or_asks_is_between_two_places() -> None:
    for file, function in functions(EXTENSION / "host"):
        found = WRITES & set(called(function))
        assert not found or watched(function), f"{file}: {function.name} calls {found}"


def test_every_statement_of_the_host_is_between_two_places() -> None:
    writing = {"execute", "run", "run_many", "insert", "update"}
    for file, function in functions(EXTENSION / "host"):
        if writing & set(called(function)) and (file, function.name) not in STATEMENTS:
            assert watched(function), f"{file}: {function.name}"


@pytest.mark.parametrize("port", [Host, Lightning])
def test_every_method_of_the_ports_reads_or_is_such_a_call(port: type) -> None:
    methods = {name for name, _ in inspect.getmembers(port) if not name.startswith("_")}
    if port is Host:
        methods = {"look_up of Host" if name == "look_up" else name for name in methods}
    assert methods <= PORTS_READ | PORTS_ELSEWHERE | PORTS_CALL.keys()
    assert set(PORTS_CALL.values()) | NOT_IN_FAKES == external_calls()


def test_the_fakes_have_the_same_places() -> None:
    fakes = {name for _file, function in functions(FAKES) if (name := watched(function))}
    assert fakes == external_calls() - NOT_IN_FAKES


def test_every_transaction_has_a_name_of_its_own() -> None:
    """`store.transaction("name")`: a name that is computed is in no list."""
    for path in EXTENSION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "transaction"):
                continue
            is_name = isinstance(node.args[0], ast.Constant) or path.name == "books.py"
            assert is_name, f"{path.name}:{node.lineno}"


def test_nothing_is_committed_past_the_places() -> None:
    """One function commits, and it has both."""
    committing = {
        (path.relative_to(EXTENSION).as_posix(), function.name)
        for path in EXTENSION.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.AsyncFunctionDef) and "commit" in set(called(function))
    }
    assert committing == {
        ("store/database.py", "commit"), ("store/database.py", "transaction"),
        ("host/fast_payout.py", "open_payout"),
    }  # fmt: skip


def test_a_server_is_killed_at_every_place_or_it_is_said_why_not() -> None:
    """A new commit or call needs a step in tests/crash/episodes.py; a step needs a place that is there."""
    killed = {step.place for episode in episodes_in_order(0) for step in episode}
    in_memory = {f"{name}.{when}_commit" for name in IN_MEMORY for when in ("before", "after")}
    assert killed | in_memory == places()
    assert not killed & in_memory
