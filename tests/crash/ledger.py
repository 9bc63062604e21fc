"""Both databases read and written from outside, without LNbits: what a judge believes.

Every call opens connections of its own and closes them, so that a process which forks holds none.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
Statement = tuple[str, Mapping[str, object]]

#: A killed client's session ends when the server notices; longer than this is a hanging lock.
_QUIET_SECONDS = 10


class Ledger:
    """LNbits' database and ours. Parameters are written `:name`."""

    def __init__(self, data_dir: Path, database_url: str | None) -> None:
        self.data_dir = data_dir
        self.database_url = database_url

    @property
    def is_sqlite(self) -> bool:
        return self.database_url is None

    def run(self, statement: str, **values: object) -> Rows:
        """One statement, committed; its rows."""
        return self.run_all([(statement, values)])[0]

    def run_all(self, statements: Sequence[Statement]) -> list[Rows]:
        """Several statements on one connection, committed together; the rows of each."""
        if self.database_url is None:
            return self._run_sqlite(statements)
        return asyncio.run(_run_postgres(statements, self.database_url))

    def wait_until_quiet(self) -> None:
        """Until PostgreSQL has ended the sessions of those who were killed; a SQLite file needs nothing."""
        if self.is_sqlite:
            return
        deadline = time.monotonic() + _QUIET_SECONDS
        while self.run(_OTHER_SESSIONS)[0]["sessions"]:
            assert time.monotonic() < deadline, "sessions of a dead process are still there"
            time.sleep(0.005)

    def journal_mode(self, file: str, mode: str) -> None:
        """Switch the journal mode of `core` or `ours`, as any tool may."""
        name = {"core": "database.sqlite3", "ours": "ext_satmachineadmin.sqlite3"}[file]
        with closing(sqlite3.connect(self.data_dir / name, timeout=10)) as connection:
            assert connection.execute(f"PRAGMA journal_mode={mode}").fetchone()[0] == mode

    def _run_sqlite(self, statements: Sequence[Statement]) -> list[Rows]:
        with closing(sqlite3.connect(self.data_dir / "database.sqlite3", timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            ours = self.data_dir / "ext_satmachineadmin.sqlite3"
            connection.execute("ATTACH ? AS satmachineadmin", (str(ours),))
            found = [
                [dict(row) for row in connection.execute(statement, dict(values)).fetchall()]
                for statement, values in statements
            ]
            connection.commit()
            return found


_OTHER_SESSIONS = """
    SELECT COUNT(*) AS sessions FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


async def _run_postgres(statements: Sequence[Statement], database_url: str) -> list[Rows]:
    import asyncpg

    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            return [await _fetch(connection, statement, values) for statement, values in statements]
    finally:
        await connection.close()


async def _fetch(connection: Any, statement: str, values: Mapping[str, object]) -> Rows:
    arguments: list[object] = []

    def number(match: re.Match[str]) -> str:
        arguments.append(values[match.group(1)])
        return f"${len(arguments)}"

    numbered = re.sub(r"(?<!:):([a-z_]\w*)", number, statement)
    return [dict(row) for row in await connection.fetch(numbered, *arguments)]
