"""What runs in the background: a listener that wakes, a runner that works, a timer that renews.

The listener returns at once: LNbits forgets events that a slow listener has not taken yet. The runner
is one task of our own, not LNbits' task manager's: it is never cancelled in the middle of a payout but
asked to stop, and `stop` waits for it. Only the holder of the lease pays; any other process stands by.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from lnbits.core.models import Payment
from lnbits.settings import settings
from lnbits.task_manager import Task, task_manager
from loguru import logger

from .core.lease import Lease, LeaseLost
from .engine.claims import work_claims
from .engine.figures import FigureKeeper
from .engine.lp_notices import tell_lps
from .engine.machine_watch import MachineWatch
from .engine.notices import tell_operators
from .engine.pay_external import work_outside
from .engine.reconcile import has_new_wallet, reconcile_once
from .engine.work import work_once
from .host import process
from .host.lnbits_host import LnbitsHost
from .store.books import Store

LISTENER = "ext_satmachineadmin"
#: The runner looks by itself this often, whatever was announced.
TICK_SECONDS = 3.0
#: How often these books are held against LNbits' history.
RECONCILE_SECONDS = 60.0
#: The lease lasts thirty seconds and is renewed this often.
RENEW_SECONDS = 10.0
#: How often it is looked whether a payment that leaves this LNbits is due.
OUTSIDE_SECONDS = 1.0
#: How often it is looked whether there is something to tell people, or a day's figures have changed.
BESIDE_SECONDS = 1.0
#: How often it is looked whether there is something to tell LPs.
LPS_SECONDS = 15.0
#: How often it is looked whether machines say nothing.
WATCH_SECONDS = 60.0
#: The least pause between two of them.
LEAST_PAUSE_SECONDS = 0.05
#: How often a process that stands by asks for the lease.
STANDBY_SECONDS = 5.0
#: How often a waiting runner looks whether LNbits is shutting down.
_GLANCE_SECONDS = 0.5
#: LNbits gives `_stop` five seconds.
STOP_SECONDS = 4.0


class Wakeable(Protocol):
    def wake(self) -> None: ...


class Runner:
    """Works while it holds the lease; stands by while another process does."""

    def __init__(self, store: Store, host: LnbitsHost) -> None:
        self._store = store
        self._host = host
        self._figures = FigureKeeper(store)
        self._name = process.holder_name()
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._has_worked = False
        self._lease: Lease | None = None
        #: when the books are next held against the history; None until they were, since the lease was taken
        self._reconcile_at: float | None = None
        self._tell_lps_at = 0.0
        self._watch = MachineWatch(store)
        self._watch_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        #: when the payment history was last looked at, epoch seconds; None before the first time
        self.last_scan_at: int | None = None
        #: `active`, `standby` or `stopped`, for the page
        self.state = "stopped"

    def start(self) -> None:
        """Begin; returns at once."""
        self._is_stopping = False
        self._host.start()
        self._tasks = [
            asyncio.create_task(self._run(), name="satmachineadmin_runner"),
            asyncio.create_task(self._run_outside(), name="satmachineadmin_outside"),
            asyncio.create_task(self._run_beside(), name="satmachineadmin_beside"),
            asyncio.create_task(self._keep_lease(), name="satmachineadmin_lease"),
        ]

    def wake(self) -> None:
        """Something happened: look now instead of at the next tick."""
        self._woken.set()

    async def stop(self) -> None:
        """End between two settlements, give the lease back, and return when nothing runs any more."""
        self._is_stopping = True
        self._woken.set()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._host.stop()
        if self._lease is not None:
            async with self._store.transaction("lease") as books:
                await books.release_lease(self._lease)
            self._lease = None
        self.state = "stopped"

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping or not settings.lnbits_running

    async def _run(self) -> None:
        while not self.is_stopping:
            self._woken.clear()
            try:
                has_more = await self._round()
            except LeaseLost:
                self._stand_by()
                has_more = False
            except Exception as trouble:  # noqa: BLE001 - the outermost loop: it records and goes on
                logger.exception(
                    f"satmachineadmin: a round of the runner failed; it tries again: {trouble!r}"
                )
                has_more = False
            if not has_more:
                await self._sleep(TICK_SECONDS if self._lease else STANDBY_SECONDS)
        self.state = "stopped"

    async def _run_outside(self) -> None:
        """Payments that leave this LNbits, one at a time, so that a slow target holds up nobody else.

        LNbits holds its database's lock while it pays one: it is left alone for at least as long.
        """
        while not self.is_stopping:
            pause_seconds = OUTSIDE_SECONDS
            if self._lease is not None and self._reconcile_at is not None:
                try:
                    busy_seconds = await self._pay_outside(self._lease)
                    if busy_seconds is not None:
                        pause_seconds = max(busy_seconds, LEAST_PAUSE_SECONDS)
                except LeaseLost:
                    self._stand_by()
                except Exception as trouble:  # noqa: BLE001 - the outermost loop: it records and goes on
                    logger.exception(f"satmachineadmin: a payment outside failed to begin: {trouble!r}")
            await self._sleep(pause_seconds, is_wakeable=False)

    async def _pay_outside(self, lease: Lease) -> float | None:
        """One payment: of a customer who waits for it, else of a leg."""
        busy_seconds = await work_claims(self._store, self._host, lease, lambda: self.is_stopping)
        if busy_seconds is not None:
            # What was paid lands by the scan: now, and not at the next tick.
            self.wake()
            return busy_seconds
        return await work_outside(self._store, self._host, lease, lambda: self.is_stopping)

    async def _run_beside(self) -> None:
        """Figures and messages for people, beside the money: nothing waits for them."""
        while not self.is_stopping:
            has_more = False
            if self._lease is not None:
                try:
                    await tell_operators(self._store, self._host)
                    await self._tell_lps()
                    await self._watch_machines()
                    has_more = await self._figures.keep(lambda: self.is_stopping)
                except Exception as trouble:  # noqa: BLE001 - the outermost loop: it records and goes on
                    logger.exception(f"satmachineadmin could not keep people informed: {trouble!r}")
            if not has_more:
                await self._sleep(BESIDE_SECONDS, is_wakeable=False)

    async def _tell_lps(self) -> None:
        """LPs are not in such a hurry."""
        if time.monotonic() >= self._tell_lps_at:
            self._tell_lps_at = time.monotonic() + LPS_SECONDS
            await tell_lps(self._store, self._host)

    async def _watch_machines(self) -> None:
        """Silence is counted in minutes."""
        if time.monotonic() >= self._watch_at:
            self._watch_at = time.monotonic() + WATCH_SECONDS
            await self._watch.look()

    async def _round(self) -> bool:
        """Take the lease if need be, then work once. True when there may be more to do at once."""
        if self._lease is None:
            async with self._store.transaction("lease") as books:
                current = await books.lease_holder()
                is_gone = current is not None and process.is_gone(current.holder)
                self._lease = await books.take_lease(self._name, previous_is_gone=is_gone)
            self.state = "active" if self._lease else "standby"
        lease = self._lease
        if lease is None:
            return False
        await self._reconcile(lease)
        is_start, self._has_worked = not self._has_worked, True
        has_more = await work_once(
            self._store, self._host, lease, lambda: self.is_stopping, is_start=is_start
        )
        self.last_scan_at = int(time.time())
        return has_more

    def _stand_by(self) -> None:
        """Another process pays now. Once the lease is ours again, what it did is looked at first."""
        self._lease, self._reconcile_at, self.state = None, None, "standby"

    async def _reconcile(self, lease: Lease) -> None:
        """With the lease just taken, before anything is paid; then every minute, and at once where a
        wallet is new.

        It has the runner's place between two rounds, so no payout of ours to wallets here is under way
        meanwhile. Until it has once gone through, nothing is paid; later its troubles hold up no payout.
        """
        is_new, is_first = await has_new_wallet(self._store), self._reconcile_at is None
        if not is_new and self._reconcile_at is not None and time.monotonic() < self._reconcile_at:
            return
        try:
            await reconcile_once(self._store, self._host, lease, lambda: self.is_stopping)
        except LeaseLost:
            raise
        except Exception as trouble:
            if is_new or is_first:
                raise
            logger.exception(f"satmachineadmin could not reconcile; it tries again: {trouble!r}")
        if self._lease is lease:
            self._reconcile_at = time.monotonic() + RECONCILE_SECONDS

    async def _keep_lease(self) -> None:
        while not self.is_stopping:
            await self._sleep(RENEW_SECONDS, is_wakeable=False)
            held = self._lease
            if held is None or self.is_stopping:
                continue
            try:
                async with self._store.transaction("lease") as books:
                    await books.renew_lease(held)
            except LeaseLost:
                self._stand_by()
            except Exception as trouble:  # noqa: BLE001 - the outermost loop: the lease just runs out
                logger.exception(f"satmachineadmin: the lease could not be renewed: {trouble!r}")

    async def _sleep(self, seconds: float, *, is_wakeable: bool = True) -> None:
        """Until woken, stopped, or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self.is_stopping and loop.time() < deadline:
            pause = min(_GLANCE_SECONDS, max(0.0, deadline - loop.time()))
            if not is_wakeable:
                await asyncio.sleep(pause)
                continue
            try:
                await asyncio.wait_for(self._woken.wait(), pause)
                return
            except asyncio.TimeoutError:
                continue


def listen(runner: Wakeable) -> Task:
    """Let every incoming payment that is not a payout of ours wake the runner."""

    async def on_payment(payment: Payment) -> None:
        if not (payment.tag or "").startswith("satmachine:"):
            runner.wake()

    return task_manager.register_invoice_listener(on_payment, LISTENER)


def stop_listening(listener: Task) -> None:
    if listener in task_manager.tasks:
        task_manager.cancel_task(listener)
