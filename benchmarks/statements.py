"""Counts the SQL statements of a stretch of work: a measure that no busy machine can disturb."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass
class Statements:
    """What was sent to the database, and when (`time.monotonic()`)."""

    sent: list[tuple[float, str]] = field(default_factory=list)

    def between(self, began: float, ended: float) -> int:
        return sum(began <= at <= ended for at, _text in self.sent)

    def balance_reads(self, began: float, ended: float) -> int:
        """Reads that walk through a wallet's history: our sum, or LNbits' view."""
        return sum(
            began <= at <= ended and ("SUM(amount - ABS(fee))" in text or "balances" in text)
            for at, text in self.sent
        )


#: What our own store calls on SQLite, past SQLAlchemy (which has cursors of its own).
_DIRECT = ("execute", "executemany", "execute_fetchall")


@contextmanager
def counted() -> Iterator[Statements]:
    """Note every statement of this process meanwhile, LNbits' and ours."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.sent.append((time.monotonic(), statement))

    def noting(call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(connection: aiosqlite.Connection, statement: str, *rest: Any) -> Any:
            note(connection, None, statement)
            return call(connection, statement, *rest)

        return noted

    direct: dict[str, Any] = {name: noting(getattr(aiosqlite.Connection, name)) for name in _DIRECT}
    event.listen(Engine, "before_cursor_execute", note)
    try:
        with mock.patch.multiple(aiosqlite.Connection, **direct):
            yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
