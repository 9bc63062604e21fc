"""The real store on a SQLite file or a PostgreSQL database, without LNbits around it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from satmachineadmin import migrations
from satmachineadmin.store.books import Store
from satmachineadmin.store.database import Database
from satmachineadmin.store.sql import SCHEMA, Row

#: a day like any other
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


@dataclass
class FakeClock:
    """Time that stands still until somebody moves it."""

    moment: datetime = field(default=NOON)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


class MigrationDb:
    """What LNbits hands to a migration: statements that commit one by one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.type = "SQLITE" if database.is_sqlite else "POSTGRES"

    async def execute(self, statement: str, values: Row | None = None) -> None:
        async with self._database.transaction("migration") as sql:
            await sql.run(statement, **(values or {}))

    async def fetchall(self, statement: str) -> list[Row]:
        async with self._database.reading() as sql:
            return await sql.all(statement)


def steps() -> list[str]:
    """The migrations in the order in which LNbits runs them."""
    return sorted(name for name in dir(migrations) if name[0] == "m" and name[1:4].isdigit())


async def migrate(database: Database) -> None:
    """Everything from nothing, as LNbits does."""
    if not database.is_sqlite:
        await MigrationDb(database).execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for step in steps():
        await getattr(migrations, step)(MigrationDb(database))


class PooledDatabase(Database):
    """Keeps its connections for the next who needs one: opening them is half the time of a test.

    tests/contract/store and every real server have the one of production, which opens one each time.
    """

    #: those that `close_pools` closes
    kept: ClassVar[list[PooledDatabase]] = []

    @classmethod
    def on_sqlite(cls, path: str) -> PooledDatabase:
        engine = create_async_engine(
            "sqlite+aiosqlite://",
            poolclass=AsyncAdaptedQueuePool,
            pool_use_lifo=True,
            connect_args={"isolation_level": None},
        )
        cls.kept.append(cls(engine, sqlite_path=path))
        return cls.kept[-1]

    async def attach(self, connection: AsyncConnection) -> None:
        facts = (await connection.get_raw_connection()).info
        if not facts.get("is_attached"):
            await super().attach(connection)
            facts["is_attached"] = True


async def close_pools() -> None:
    """Whoever has made pooled databases calls this at its end."""
    while PooledDatabase.kept:
        await PooledDatabase.kept.pop().dispose()


async def store_on_sqlite(folder: Path, clock: FakeClock, template: Path | None = None) -> Store:
    """A store on a file in `folder`: migrated, or copied from a template that was."""
    path = folder / "books.sqlite3"
    database = (Database if template is None else PooledDatabase).on_sqlite(str(path))
    if template is not None:
        shutil.copyfile(template, path)
    else:
        await migrate(database)
    return Store(database, clock)
