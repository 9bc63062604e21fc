"""Rows written past LNbits and the engine, as fast as each database takes them. LNbits must not run."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.harness import LnbitsServer

Row = dict[str, Any]
_BATCH = 5_000


def word(*parts: object) -> str:
    """An id or a hash, the same every time."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def insert(server: LnbitsServer, table: str, rows: Iterable[Row]) -> None:
    """Into one of our tables, or into `apipayments` of LNbits."""
    if server.database_url is None:
        _insert_sqlite(server.data_dir, table, rows)
    else:
        asyncio.run(_insert_postgres(server.database_url, table, rows))


def _file_of(data_dir: Path, table: str) -> Path:
    return data_dir / ("database.sqlite3" if table == "apipayments" else "ext_satmachineadmin.sqlite3")


def _insert_sqlite(data_dir: Path, table: str, rows: Iterable[Row]) -> None:
    with closing(sqlite3.connect(_file_of(data_dir, table))) as connection:
        for batch in _batches(rows):
            names = list(batch[0])
            marks = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", batch)
        connection.commit()


async def _insert_postgres(url: str, table: str, rows: Iterable[Row]) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        schema = "public" if table == "apipayments" else "satmachineadmin"
        for batch in _batches(rows):
            names = list(batch[0])
            await connection.copy_records_to_table(
                table,
                schema_name=schema,
                columns=names,
                records=[tuple(row[one] for one in names) for row in batch],
            )
    finally:
        await connection.close()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def analyse(server: LnbitsServer) -> None:
    """PostgreSQL does this by itself within a minute (autovacuum); SQLite's planner has to do without."""
    if server.database_url is None:
        return
    asyncio.run(_vacuum(server.database_url))


async def _vacuum(url: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
