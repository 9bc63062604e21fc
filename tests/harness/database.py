"""Reading and tampering with a server's database from outside, on both engines alike."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def query(statement: str, values: Mapping[str, object], *, data_dir: Path, database_url: str | None) -> Rows:
    """Run one statement, commit, and return its rows. Parameters are written `:name`."""
    if database_url is None:
        return _query_sqlite(statement, values, data_dir)
    # a thread of its own: the caller may be inside a running event loop
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _query_postgres(statement, values, database_url)).result()


def snapshot(statements: Mapping[str, str], *, data_dir: Path, database_url: str | None) -> dict[str, Rows]:
    """The rows of several statements that only read, all as of one instant."""
    if database_url is None:
        return _snapshot_sqlite(statements, data_dir)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _snapshot_postgres(statements, database_url)).result()


def _snapshot_sqlite(statements: Mapping[str, str], data_dir: Path) -> dict[str, Rows]:
    with closing(_open_sqlite(data_dir)) as connection:
        connection.isolation_level = None
        # No writer of either file gets on between the statements.
        connection.execute("BEGIN IMMEDIATE")
        found = {
            name: [dict(row) for row in connection.execute(statement).fetchall()]
            for name, statement in statements.items()
        }
        connection.execute("ROLLBACK")
        return found


async def _snapshot_postgres(statements: Mapping[str, str], database_url: str) -> dict[str, Rows]:
    import asyncpg

    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {
                name: [dict(row) for row in await connection.fetch(statement)]
                for name, statement in statements.items()
            }
    finally:
        await connection.close()


def _open_sqlite(data_dir: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(data_dir / "database.sqlite3", timeout=10)
    connection.row_factory = sqlite3.Row
    for file in sorted(data_dir.glob("ext_*.sqlite3")):
        connection.execute("ATTACH ? AS " + file.stem.removeprefix("ext_"), (str(file),))
    return connection


def _query_sqlite(statement: str, values: Mapping[str, object], data_dir: Path) -> Rows:
    with closing(_open_sqlite(data_dir)) as connection:
        rows = [dict(row) for row in connection.execute(statement, dict(values)).fetchall()]
        connection.commit()
        return rows


async def _query_postgres(statement: str, values: Mapping[str, object], database_url: str) -> Rows:
    import asyncpg

    arguments: list[object] = []

    def number(match: re.Match[str]) -> str:
        arguments.append(values[match.group(1)])
        return f"${len(arguments)}"

    numbered = re.sub(r"(?<!:):([a-z_]\w*)", number, statement)
    connection = await asyncpg.connect(database_url)
    try:
        return [dict(row) for row in await connection.fetch(numbered, *arguments)]
    finally:
        await connection.close()
