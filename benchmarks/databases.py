"""Empty databases for the processes that measure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tests.harness.postgres import PostgresCluster

SQLITE, POSTGRES = "sqlite", "postgres"
#: The tests' PostgreSQL waits for no disk. Here it does what a real one does.
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


class Databases:
    """Hands out a database URL; None stands for SQLite files in the process's own folder."""

    def __init__(self) -> None:
        self._cluster: PostgresCluster | None = None

    def fresh(self, kind: str) -> str | None:
        if kind == SQLITE:
            return None
        if self._cluster is None:
            self._cluster = PostgresCluster.of_this_run()
            asyncio.run(_wait_for_disks(self._cluster.url("postgres")))
        return self._cluster.fresh_database()

    def stop(self) -> None:
        if self._cluster is not None:
            self._cluster.stop()


@contextmanager
def databases() -> Iterator[Databases]:
    made = Databases()
    try:
        yield made
    finally:
        made.stop()


async def _wait_for_disks(url: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        for name in _DURABLE:
            await connection.execute(f"ALTER SYSTEM SET {name} = on")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
