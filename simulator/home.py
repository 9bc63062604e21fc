"""The folder of a paired machine: its key, its server, its journal, its notes. All of it is the owner's.

What can go wrong: two programs use the same folder at once and sell the same notes. The folder is locked
as long as one of them has it open.
"""

from __future__ import annotations

import fcntl
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from .cash import Notes
from .faults import Faults
from .journal import Journal
from .machine_client import API, MachineClient
from .paired import PairedMachine
from .signing import MachineKey
from .till import Till


class HomeInUse(RuntimeError):
    """Another program works with this machine's folder."""


class Home:
    """One machine's folder, locked for this program until `close`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.key = MachineKey.kept_in(folder / "machine.key")
        self._lock: IO[str] = open(folder / "lock", "w")  # noqa: SIM115 - held until the end
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise HomeInUse(f"another program is this machine already ({folder})") from None

    def close(self) -> None:
        self._lock.close()

    @property
    def server(self) -> str | None:
        """The LNbits that this machine was paired with."""
        path = self.folder / "server"
        return path.read_text(encoding="utf-8").strip() if path.exists() else None

    def remember(self, server: str) -> None:
        """Keeps the address of the LNbits for the next start."""
        (self.folder / "server").write_text(server.rstrip("/") + "\n", encoding="utf-8")

    def machine(
        self,
        cassettes: Sequence[Notes],
        *,
        rate: Callable[[], Decimal],
        server: str | None = None,
        pace: Callable[[], Awaitable[None]] | None = None,
    ) -> PairedMachine:
        """The machine of this folder. `cassettes` are its notes where it has never been filled."""
        client = MachineClient(server or self.server or "", self.key, faults=Faults(), pace=pace)
        return PairedMachine(
            client,
            Till(cassettes, self.folder / "notes.json"),
            Journal(self.folder / "journal"),
            rate=rate,
        )


def split_pairing(address: str) -> tuple[str, str]:
    """LNbits and code of a pairing's address, `https://…/pair#7K3M-…`; raises ValueError."""
    where, _, code = address.strip().rpartition("#")
    base, found, rest = where.partition(API)
    parts = urlsplit(base)
    if not code or not found or rest.strip("/") != "pair" or not parts.hostname:
        raise ValueError("this is not the address of a pairing: https://…/pair#CODE")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("a machine speaks https to any computer but its own")
    return base, code


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
