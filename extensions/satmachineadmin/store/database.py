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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from ..failpoints import reached
from ..uncancelled import to_the_end
from .sql import SCHEMA, Sql

#: PostgreSQL's advisory lock that makes our writers serial: the first bytes of "satmachine".
_ADVISORY_LOCK = 0x7361746D6163
#: How long a writer waits for another one before it gives up.
_LOCK_TIMEOUT_SECONDS = 10
# PostgreSQL takes a page read out of order to be four times as dear, as on a turning disk, and rather reads a
# whole table and sorts it than an index that has everything.
_READ_BY_INDEXES = "SET random_page_cost = 1.1"
# A SELECT list is worked off from left to right: the timeouts hold before the lock is asked for.
_BEGIN_ON_POSTGRES = f"""
    SELECT set_config('lock_timeout', '{_LOCK_TIMEOUT_SECONDS}s', true),
           set_config('idle_in_transaction_session_timeout', '30s', true),
           pg_advisory_xact_lock({_ADVISORY_LOCK})
"""


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
            url.replace("postgres://", "postgresql+asyncpg://", 1),
            pool_size=5,
            max_overflow=10,
            pool_use_lifo=True,
        )
        # By a statement: a pooler in between refuses settings of a session that it does not know.
        event.listen(engine.sync_engine, "connect", _read_by_indexes)
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
    async def reading(self, *, at_one_instant: bool = False) -> AsyncIterator[Sql]:
        """Statements that only read; each sees what was committed before it, or all see the same.

        At one instant is for a few statements: on SQLite a commit waits until they are done.
        """
        async with self._connect() as connection:
            sql = await Sql.on(connection, "reading")
            if at_one_instant:
                await sql.begin_snapshot()
            yield sql

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
        sql = await Sql.on(connection, place)
        if self.is_sqlite:
            await sql.begin_immediate()
        else:
            await to_the_end(connection.exec_driver_sql(_BEGIN_ON_POSTGRES))
        return sql

    async def commit(self, connection: AsyncConnection, place: str) -> None:
        """Commit, with a place to crash on either side of it."""
        reached(f"{place}.before_commit")
        await to_the_end(connection.commit())
        reached(f"{place}.after_commit")


def _read_by_indexes(connection: Any, _record: Any) -> None:
    """Have a new connection to PostgreSQL read as it should."""
    cursor = connection.cursor()
    cursor.execute(_READ_BY_INDEXES)
    cursor.close()
    connection.commit()
