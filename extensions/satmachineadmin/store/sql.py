"""Statements on one connection, the same on SQLite and PostgreSQL.

PostgreSQL is spoken to through SQLAlchemy. On SQLite every step of SQLAlchemy (cursor, execute, fetch,
close) is a trip of its own to the thread that owns the file, about a millisecond for one statement; so
there a statement goes to the driver as a whole, in one trip. Transactions stay SQLAlchemy's on both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import aiosqlite
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import TextClause

from ..failpoints import reached
from ..uncancelled import to_the_end

SCHEMA = "satmachineadmin"

Row = Mapping[str, Any]


class TableRefused(Exception):
    """A unique index or a CHECK of a table forbids it: somebody broke a rule that the code should keep."""


class _Driver(Protocol):
    """How one engine executes a statement. Raises TableRefused."""

    is_sqlite: bool

    async def run(self, statement: str, values: Row) -> int: ...
    async def run_many(self, statement: str, rows: Sequence[Row]) -> int: ...
    async def all(self, statement: str, values: Row) -> list[Row]: ...


class _Sqlite:
    """One trip to the connection's thread for each statement."""

    is_sqlite = True

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        connection.row_factory = sqlite3.Row

    async def run(self, statement: str, values: Row) -> int:
        with _translated(sqlite3.IntegrityError):
            return (await self._connection.execute(statement, values)).rowcount

    async def run_many(self, statement: str, rows: Sequence[Row]) -> int:
        with _translated(sqlite3.IntegrityError):
            return (await self._connection.executemany(statement, rows)).rowcount

    async def all(self, statement: str, values: Row) -> list[Row]:
        return [dict(row) for row in await self._connection.execute_fetchall(statement, values)]


class _Postgres:
    """SQLAlchemy over asyncpg."""

    is_sqlite = False

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def run(self, statement: str, values: Row) -> int:
        with _translated(IntegrityError):
            return int((await self._connection.execute(_parsed(statement), dict(values))).rowcount)

    async def run_many(self, statement: str, rows: Sequence[Row]) -> int:
        with _translated(IntegrityError):
            result = await self._connection.execute(_parsed(statement), [dict(row) for row in rows])
        return int(result.rowcount)

    async def all(self, statement: str, values: Row) -> list[Row]:
        result = await self._connection.execute(_parsed(statement), dict(values))
        return list(result.mappings().all())


@contextmanager
def _translated(refusal: type[Exception]) -> Iterator[None]:
    """One exception for both engines."""
    try:
        yield
    except refusal as refused:
        raise TableRefused(str(refused)) from refused


@lru_cache(maxsize=256)
def _parsed(statement: str) -> TextClause:
    """The statement with its bound names found; the same few statements come again and again."""
    return text(statement)


class Sql:
    """Statements on one connection. `place` names the transaction for the crash tests."""

    def __init__(self, driver: _Driver, place: str) -> None:
        self._driver = driver
        self.place = place
        #: whether a statement has touched a row
        self.has_written = False

    @classmethod
    async def on(cls, connection: AsyncConnection, place: str) -> Sql:
        """Speak on a connection, ours or LNbits' own; from now on nobody else does.

        SQLAlchemy does not see what goes past it, so its transaction is opened here: its `commit` and
        `rollback` would do nothing otherwise.
        """
        if not connection.in_transaction():
            await connection.begin()
        if connection.dialect.name != "sqlite":
            return cls(_Postgres(connection), place)
        raw = await connection.get_raw_connection()
        return cls(_Sqlite(raw.driver_connection), place)

    @property
    def is_sqlite(self) -> bool:
        return self._driver.is_sqlite

    async def begin_immediate(self) -> None:
        """On SQLite: take the write lock of every attached file now, or wait for it."""
        await to_the_end(self._driver.run("BEGIN IMMEDIATE", {}))

    async def begin_snapshot(self) -> None:
        """Everything that is read from now on is of the same instant, on either engine."""
        on_postgres = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        await to_the_end(self._driver.run("BEGIN" if self.is_sqlite else on_postgres, {}))

    async def run(self, statement: str, **values: object) -> int:
        """Execute and return how many rows were touched."""
        reached(f"{self.place}.statement")
        touched = await to_the_end(self._driver.run(statement, values))
        self.has_written |= touched != 0
        return touched

    async def run_many(self, statement: str, rows: Sequence[Row]) -> int:
        """Execute once a row and return how many rows were touched, on SQLite alone.

        PostgreSQL does not count here and the answer is negative: compare by another statement.
        """
        if not rows:
            return 0
        reached(f"{self.place}.statement")
        touched = await to_the_end(self._driver.run_many(statement, rows))
        self.has_written |= touched != 0
        return touched

    async def one(self, statement: str, **values: object) -> Row | None:
        """The first row or None."""
        rows = await self.all(statement, **values)
        return rows[0] if rows else None

    async def all(self, statement: str, **values: object) -> list[Row]:
        """Every row."""
        reached(f"{self.place}.statement")
        return await to_the_end(self._driver.all(statement, values))

    async def value(self, statement: str, **values: object) -> Any:
        """The first column of the first row, or None."""
        row = await self.one(statement, **values)
        return None if row is None else next(iter(row.values()))

    @property
    def epoch_now(self) -> str:
        """The database's own clock as an SQL expression: the one clock that two processes share."""
        if self.is_sqlite:
            return "CAST(strftime('%s', 'now') AS INTEGER)"
        return "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"

    @property
    def bytewise(self) -> str:
        """The collation in which an index finds what begins alike, the same on both engines."""
        return "BINARY" if self.is_sqlite else '"C"'

    def each_of(self, name: str) -> str:
        """A query for the `value` of every element of the JSON list that is bound under a name."""
        if self.is_sqlite:
            return f"SELECT value FROM json_each(:{name})"
        return f"SELECT json_array_elements_text(CAST(CAST(:{name} AS TEXT) AS JSON)) AS value"

    async def epoch_seconds(self) -> int:
        """What that clock says."""
        return int(await self.value(f"SELECT {self.epoch_now}"))


def in_list(name: str, values: Iterable[object]) -> tuple[str, dict[str, object]]:
    """`(:name_0, :name_1, …)` and its values, for an IN clause that both engines understand."""
    bound = {f"{name}_{index}": value for index, value in enumerate(values)}
    if not bound:
        return "(NULL)", {}
    return "(" + ", ".join(f":{key}" for key in bound) + ")", bound
