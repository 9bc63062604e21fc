"""The composition root: the one place that puts store, host and runner together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timezone

from lnbits.db import Database as LnbitsDatabase
from lnbits.settings import settings
from lnbits.task_manager import Task

from . import tasks
from .core.concerned import MACHINES
from .host import nostr
from .host.live import LivePages
from .host.lnbits_host import LnbitsHost
from .store.books import Store
from .store.database import Database
from .usecases.signing import Gate
from .usecases.waiting import Waiters


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


@dataclass(kw_only=True)
class Services:
    """What the API and the tasks work with."""

    store: Store
    host: LnbitsHost
    runner: tasks.Runner
    live: LivePages
    gate: Gate
    waiters: Waiters
    listener: Task | None = None

    def start(self) -> None:
        """Called by LNbits when the extension is loaded or activated; returns at once."""
        self.live.start()
        self.runner.start()
        self.listener = tasks.listen(self.runner)

    async def stop(self) -> None:
        """Called by LNbits before deactivation, upgrade and removal: afterwards nothing of ours runs."""
        if self.listener is not None:
            tasks.stop_listening(self.listener)
            self.listener = None
        await self.runner.stop()
        await self.live.stop()
        await self.store.database.dispose()


_current: list[Services] = []


def current() -> Services:
    """The services of the running extension."""
    return _current[-1]


def compose(lnbits_database: LnbitsDatabase) -> Services:
    """Our services over the database that LNbits gave the extension."""
    if lnbits_database.type == "SQLITE":
        database = Database.on_sqlite(lnbits_database.path)
    else:
        database = Database.on_postgres(str(settings.lnbits_database_url))
    live, clock, waiters = LivePages(), SystemClock(), Waiters()

    def tell(ids: Collection[str]) -> None:
        if MACHINES in ids:
            gate.forget_keys()
        waiters.tell(ids)
        live.tell(ids)

    store = Store(database, clock, tell)
    gate = Gate(store, lambda: int(clock.now().timestamp()), nostr.is_genuine)
    host = LnbitsHost(store)
    composed = Services(
        store=store,
        host=host,
        runner=tasks.Runner(store, host),
        live=live,
        gate=gate,
        waiters=waiters,
    )
    _current[:] = [composed]
    return composed
