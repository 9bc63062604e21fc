"""Transactions on our own database, the same on SQLite and PostgreSQL.

LNbits' `Database` commits after every statement. A book that must balance needs real transactions,
so this module opens its own: `transaction()` is serial on both engines (BEGIN IMMEDIATE; an advisory
lock), which means that whoever is inside reads what nobody can change until it commits. That is the
whole concurrency design of the books: one writer at a time, each for a few milliseconds.

What can go wrong: a transaction of ours that stays open while something of LNbits' core is awaited.
SQLite then freezes for five seconds and PostgreSQL for ever, so nothing in `transaction()` may await
the host. The payout transaction spans both databases; it is opened by host/fast_payout.py, which
takes the locks in the one allowed order: core database, wallet, then `writer_lock` of this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.elements import TextClause

from ..failpoints import reached
from ..uncancelled import to_the_end

SCHEMA = "satmachineadmin"
#: PostgreSQL's advisory lock that makes our writers serial: the first bytes of "satmachine".
_ADVISORY_LOCK = 0x7361746D6163
#: How long a writer waits for another one before it gives up.
_LOCK_TIMEOUT_SECONDS = 10

Row = Mapping[str, Any]


@lru_cache(maxsize=256)
def _parsed(statement: str) -> TextClause:
    """The statement with its bound names found; the same few statements come again and again."""
    return text(statement)


class Sql:
    """Statements on one connection. `place` names the transaction for the crash tests."""

    def __init__(self, connection: AsyncConnection, *, is_sqlite: bool, place: str) -> None:
        self._connection = connection
        self.is_sqlite = is_sqlite
        self.place = place

    async def run(self, statement: str, **values: object) -> int:
        """Execute and return how many rows were touched."""
        reached(f"{self.place}.statement")
        result = await to_the_end(self._connection.execute(_parsed(statement), values))
        return int(result.rowcount)

    async def run_many(self, statement: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Execute once a row and return how many rows were touched, on SQLite alone.

        PostgreSQL does not count here and the answer is negative: compare by another statement.
        """
        if not rows:
            return 0
        reached(f"{self.place}.statement")
        result = await to_the_end(self._connection.execute(_parsed(statement), [dict(row) for row in rows]))
        return int(result.rowcount)

    async def one(self, statement: str, **values: object) -> Row | None:
        """The first row or None."""
        reached(f"{self.place}.statement")
        result = await to_the_end(self._connection.execute(_parsed(statement), values))
        row: Row | None = result.mappings().first()
        return row

    async def all(self, statement: str, **values: object) -> list[Row]:
        """Every row."""
        reached(f"{self.place}.statement")
        result = await to_the_end(self._connection.execute(_parsed(statement), values))
        return list(result.mappings().all())

    async def value(self, statement: str, **values: object) -> Any:
        """The first column of the first row, or None."""
        reached(f"{self.place}.statement")
        return (await to_the_end(self._connection.execute(_parsed(statement), values))).scalar()

    @property
    def epoch_now(self) -> str:
        """The database's own clock as an SQL expression: the one clock that two processes share."""
        if self.is_sqlite:
            return "CAST(strftime('%s', 'now') AS INTEGER)"
        return "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"

    async def epoch_seconds(self) -> int:
        """What that clock says."""
        return int(await self.value(f"SELECT {self.epoch_now}"))


def in_list(name: str, values: Iterable[object]) -> tuple[str, dict[str, object]]:
    """`(:name_0, :name_1, …)` and its values, for an IN clause that both engines understand."""
    bound = {f"{name}_{index}": value for index, value in enumerate(values)}
    if not bound:
        return "(NULL)", {}
    return "(" + ", ".join(f":{key}" for key in bound) + ")", bound


class Database:
    """Our database: a SQLite file or a PostgreSQL schema."""

    def __init__(self, engine: AsyncEngine, *, sqlite_path: str | None) -> None:
        self._engine = engine
        self.sqlite_path = sqlite_path
        #: held by every writer, the payout transaction included: waiting is fair and costs nothing
        self.writer_lock = asyncio.Lock()

    @classmethod
    def on_sqlite(cls, path: str) -> Database:
        """The file at `path`, attached under the schema's name as LNbits itself does.

        The connection's main database is an empty one in memory: with the file as main *and* attached,
        as LNbits opens it, BEGIN IMMEDIATE would lock itself out.
        """
        engine = create_async_engine(
            "sqlite+aiosqlite://", poolclass=NullPool, connect_args={"isolation_level": None}
        )
        return cls(engine, sqlite_path=path)

    @classmethod
    def on_postgres(cls, url: str) -> Database:
        """The schema in the database that LNbits itself uses (`postgres://…`)."""
        engine = create_async_engine(
            url.replace("postgres://", "postgresql+asyncpg://", 1), pool_size=5, max_overflow=10
        )
        return cls(engine, sqlite_path=None)

    @property
    def is_sqlite(self) -> bool:
        return self.sqlite_path is not None

    async def dispose(self) -> None:
        """Close idle connections; called when the extension stops."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            if self.is_sqlite:
                await self.attach(connection)
            yield connection

    async def attach(self, connection: AsyncConnection) -> None:
        """Make our file visible on a SQLite connection, ours or LNbits' own."""
        await connection.execute(text(f"ATTACH :path AS {SCHEMA}"), {"path": self.sqlite_path})

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Sql]:
        """Statements that only read; each sees what was committed before it."""
        async with self._connect() as connection:
            yield Sql(connection, is_sqlite=self.is_sqlite, place="reading")

    @asynccontextmanager
    async def transaction(self, place: str) -> AsyncIterator[Sql]:
        """All or nothing, and alone: commits at the end, rolls back when anything is raised."""
        async with self.writer_lock, self._connect() as connection:
            sql = await self.begin(connection, place)
            try:
                yield sql
            except BaseException:
                await to_the_end(connection.rollback())
                raise
            await self.commit(connection, place)

    async def begin(self, connection: AsyncConnection, place: str) -> Sql:
        """Start a serial transaction on a connection; the caller holds `writer_lock`."""
        sql = Sql(connection, is_sqlite=self.is_sqlite, place=place)
        if self.is_sqlite:
            await to_the_end(connection.exec_driver_sql("BEGIN IMMEDIATE"))
            return sql
        await connection.exec_driver_sql(
            f"""
            SELECT set_config('lock_timeout', '{_LOCK_TIMEOUT_SECONDS}s', true),
                   set_config('idle_in_transaction_session_timeout', '30s', true)
            """
        )
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        return sql

    async def commit(self, connection: AsyncConnection, place: str) -> None:
        """Commit, with a place to crash on either side of it."""
        reached(f"{place}.before_commit")
        await to_the_end(connection.commit())
        reached(f"{place}.after_commit")
