"""The real store on a SQLite file or a PostgreSQL database, without LNbits around it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

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


async def store_on_sqlite(folder: Path, clock: FakeClock, template: Path | None = None) -> Store:
    """A store on a file in `folder`: migrated, or copied from a template that was."""
    path = folder / "books.sqlite3"
    database = Database.on_sqlite(str(path))
    if template is not None:
        shutil.copyfile(template, path)
    else:
        await migrate(database)
    return Store(database, clock)
