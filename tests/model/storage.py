"""Where the books of a run are: a fresh copy of a migrated database, in milliseconds.

On SQLite a run does without the threads that `aiosqlite` starts for every connection: they are nine tenths
of its time. Statements, file, locks and roll-backs are SQLite's all the same; one connection reads and one
writes, as there. `synchronous=OFF` gives up what happens when the computer loses power, which no exception
can imitate: after a crash of the process the file is what the kernel holds. On PostgreSQL nothing is other
than in production.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

from satmachineadmin.failpoints import reached
from satmachineadmin.store.database import Database
from satmachineadmin.store.sql import SCHEMA, Row, Sql, TableRefused
from tests.harness.postgres import PostgresCluster


class Storage(Protocol):
    """Hands out databases with empty books."""

    def fresh(self) -> str: ...
    def open(self, place: str) -> Database: ...


class SqliteFiles:
    """Copies of a migrated file."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._migrated = migrated
        self._path = folder / "books.sqlite3"

    def fresh(self) -> str:
        for left in self._path.parent.glob("books.sqlite3*"):
            left.unlink()
        shutil.copyfile(self._migrated, self._path)
        return str(self._path)

    def open(self, place: str) -> Database:
        return DirectSqlite(place)


class PostgresCopies:
    """Copies of a migrated database of one cluster."""

    def __init__(self, cluster: PostgresCluster, migrated_url: str) -> None:
        self._cluster = cluster
        self._migrated_url = migrated_url

    def fresh(self) -> str:
        return self._cluster.copy_database(self._migrated_url)

    def open(self, place: str) -> Database:
        return Database.on_postgres(place)


class _Driver:
    """Statements without a thread between."""

    is_sqlite = True

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def run(self, statement: str, values: Row) -> int:
        with _translated():
            return self._connection.execute(statement, values).rowcount

    async def run_many(self, statement: str, rows: Sequence[Row]) -> int:
        with _translated():
            return self._connection.executemany(statement, rows).rowcount

    async def all(self, statement: str, values: Row) -> list[Row]:
        return [dict(row) for row in self._connection.execute(statement, values)]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as refused:
        raise TableRefused(str(refused)) from refused


class DirectSqlite(Database):
    """A `Database` on a file, with two connections that stay open."""

    def __init__(self, path: str) -> None:
        super().__init__(None, sqlite_path=path)  # type: ignore[arg-type]  # no engine: nothing uses it
        self._reader, self._writer = self._connection(path), self._connection(path)

    @staticmethod
    def _connection(path: str) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute(f"ATTACH ? AS {SCHEMA}", (path,))
        connection.execute(f"PRAGMA {SCHEMA}.synchronous=OFF")
        return connection

    async def dispose(self) -> None:
        self._reader.close()
        self._writer.close()

    @asynccontextmanager
    async def reading(self, *, at_one_instant: bool = False) -> AsyncIterator[Sql]:
        """Without a thread nobody commits between two statements, unless something else is awaited."""
        sql = Sql(_Driver(self._reader), "reading")
        try:
            if at_one_instant:
                await sql.begin_snapshot()
            yield sql
        finally:
            if self._reader.in_transaction:
                self._reader.execute("ROLLBACK")

    @asynccontextmanager
    async def transaction(self, place: str) -> AsyncIterator[Sql]:
        async with self.writer_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Sql(_Driver(self._writer), place)
                reached(f"{place}.before_commit")
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
            reached(f"{place}.after_commit")
