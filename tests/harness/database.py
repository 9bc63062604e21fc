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


def _query_sqlite(statement: str, values: Mapping[str, object], data_dir: Path) -> Rows:
    with closing(sqlite3.connect(data_dir / "database.sqlite3", timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        for file in sorted(data_dir.glob("ext_*.sqlite3")):
            connection.execute("ATTACH ? AS " + file.stem.removeprefix("ext_"), (str(file),))
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
