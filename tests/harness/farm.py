"""Many servers in one test run: quickly, by copying one that has been through its first boot.

The first boot of LNbits takes 4 s more than any later one (50 migrations, 250 settings written one by
one, the super user's account), and our extensions' first tables take 2 s. So one worker of a run boots
an LNbits with our extensions once per kind of database, and one with none, and stops them; every server
of that run starts on a copy. Any other extension is dropped into the copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .env import OURS
from .postgres import PostgresCluster
from .server import LnbitsServer

SQLITE, POSTGRES = "sqlite", "postgres"


class ServerFarm:
    """Makes servers for one test process. `shared` is a folder that all workers of the run see."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._cluster: PostgresCluster | None = None
        #: servers of `running` that are there at this moment
        self.open_servers: list[LnbitsServer] = []

    @property
    def cluster(self) -> PostgresCluster:
        """The run's PostgreSQL, started at first use."""
        if self._cluster is None:
            self._cluster = PostgresCluster.of_this_run()
        return self._cluster

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.stop()

    def server(
        self,
        folder: Path,
        database: str = SQLITE,
        *,
        extensions: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> LnbitsServer:
        """A server with data of its own in `folder`, not started yet.

        With settings of the host in `env` it goes through its first boot itself: most of them count
        only then.
        """
        if any(not name.startswith("SATMACHINE_") for name in env or {}):
            url = self.cluster.fresh_database() if database == POSTGRES else None
            return LnbitsServer(folder, extensions=extensions, database_url=url, env=env)
        has_ours = extensions is None or OURS.items() <= extensions.items()
        template_data, template_url = self._template(database, OURS if has_ours else {})
        shutil.copytree(template_data, folder / "data")
        url = None if template_url is None else self.cluster.copy_database(template_url)
        server = LnbitsServer(folder, extensions=extensions, database_url=url, env=env)
        _move_to_port(server)
        return server

    @contextmanager
    def running(
        self,
        folder: Path,
        database: str = SQLITE,
        *,
        extensions: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Iterator[LnbitsServer]:
        """`server(...)`, started, and stopped at the end."""
        with self.server(folder, database, extensions=extensions, env=env) as server:
            self.open_servers.append(server)
            try:
                yield server
            finally:
                self.open_servers.remove(server)

    def _template(self, database: str, extensions: Mapping[str, Path]) -> tuple[Path, str | None]:
        """Data folder and database URL of a stopped server that is there to be copied."""
        import fasteners

        name = f"template-{database}-{'ours' if extensions else 'bare'}"
        folder = self._shared / name
        url_file = folder / "database_url"
        with fasteners.InterProcessLock(self._shared / f"{name}.lock"):
            if not url_file.exists():
                url = self.cluster.fresh_database() if database == POSTGRES else None
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                with LnbitsServer(folder, extensions=extensions, database_url=url):
                    pass
                url_file.write_text(url or "")
        return folder / "data", url_file.read_text() or None


def _move_to_port(server: LnbitsServer) -> None:
    """Two settings of a copy name the port of the original; they are in its database by now."""
    for name, url in (
        ("lnbits_price_aggregator_url", f"{server.url}/library"),
        ("lnbits_baseurl", f"{server.url}/"),
    ):
        server.sql("UPDATE system_settings SET value = :value WHERE id = :name", value=f'"{url}"', name=name)
