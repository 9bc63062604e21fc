"""What an earlier back office left in this LNbits: read, never touched.

A SQLite file is opened read-only, a schema is read in a transaction that PostgreSQL itself keeps from
writing; both are read as of one instant.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lnbits.core.db import db as core_db
from lnbits.settings import settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from ..store import host_tables
from ..store.sql import Row

NAMES = ("satoshimachine", "spirekeeper")


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Tables as they are: name → columns, name → rows."""

    where: str
    columns: Mapping[str, Sequence[str]]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


async def find() -> list[dict[str, Any]]:
    """Databases of predecessors and how many tables each has."""
    if core_db.type != "SQLITE":
        rows: list[Row] = await core_db.fetchall(host_tables.PREDECESSOR_SCHEMAS)
        return [
            {"name": row["name"], "where": f"schema {row['name']}", "tables": int(row["tables"])}
            for row in rows
        ]
    found = [(name, _file(name)) for name in NAMES if _file(name).is_file()]
    return [{"name": name, "where": path.name, "tables": await _count(path)} for name, path in found]


async def is_active(name: str) -> bool:
    """Whether it is an extension that works in this LNbits at present."""
    row: Row | None = await core_db.fetchone(host_tables.EXTENSION_ACTIVE, {"name": name})
    return bool(row and row["active"])


async def read(name: str) -> Tables | None:
    """Everything of one of `NAMES`; None where there is no such database."""
    if core_db.type != "SQLITE":
        async with _reading(_url()) as connection:
            found = await _read(connection, f"schema {name}", host_tables.POSTGRES_COLUMNS, name)
        return found if found.columns else None
    path = _file(name)
    return await read_file(path) if path.is_file() else None


async def read_file(path: Path) -> Tables:
    """Everything of a predecessor's SQLite file, wherever it lies."""
    async with _reading(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true") as connection:
        return await _read(connection, path.name, host_tables.SQLITE_COLUMNS, "main")


async def _read(connection: AsyncConnection, where: str, columns: str, schema: str) -> Tables:
    known: dict[str, list[str]] = {}
    for table, column in (await connection.execute(text(columns), {"schema": schema})).all():
        known.setdefault(str(table), []).append(str(column))
    rows = {}
    for table in known:
        statement = text(host_tables.whole_table(schema, table))
        rows[table] = [dict(row) for row in (await connection.execute(statement)).mappings()]
    return Tables(where=where, columns=known, rows=rows)


@asynccontextmanager
async def _reading(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        if not url.startswith("sqlite"):
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        else:
            await connection.execute(text("BEGIN"))
        yield connection
        await connection.rollback()


async def _count(path: Path) -> int:
    async with _reading(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true") as connection:
        return int((await connection.execute(text(host_tables.SQLITE_TABLE_COUNT))).scalar() or 0)


def _file(name: str) -> Path:
    return Path(settings.lnbits_data_folder) / f"ext_{name}.sqlite3"


def _url() -> str:
    return str(settings.lnbits_database_url).replace("postgres://", "postgresql+asyncpg://", 1)
