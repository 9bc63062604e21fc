"""What is on the screen, and the one customer before it.

What can go wrong: two tabs touch at once (a touch that does not fit what is shown is refused), a customer
walks away (the screen goes back by itself), the network fails (what was begun goes on by itself; the
customer is told). Notes that are coming out are never interrupted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from decimal import Decimal
from enum import Enum
from typing import Any

from ..client import HostRefused, HostUnreachable, LnbitsClient
from ..machine_client import MachineRefused
from ..paired import PairedMachine

Json = dict[str, Any]

#: How long a receipt or an apology stays, nobody touching the screen.
READ_SECONDS = 60.0
#: How long a note takes to come out, so that it can be seen.
NOTE_SECONDS = 0.9
#: A long question of the page is answered after this at the latest.
LOOK_SECONDS = 20.0


class View(str, Enum):
    """What is on the screen."""

    UNPAIRED = "unpaired"
    CONNECTING = "connecting"
    IDLE = "idle"
    WORKING = "working"
    PAY = "pay"
    DISPENSING = "dispensing"
    INSERT = "insert"
    CLAIM = "claim"
    HELD = "held"
    RECEIPT = "receipt"
    EXPIRED = "expired"
    SORRY = "sorry"


#: Views that a touch may leave for the first one.
MAY_LEAVE = (View.PAY, View.RECEIPT, View.EXPIRED, View.SORRY)


class NotNow(Exception):
    """What was touched does not fit what is shown."""


class Session:
    """The screen of one machine. `counter` is held by whoever is being served: here, or by a script."""

    def __init__(
        self,
        machine: PairedMachine,
        *,
        price: Callable[[], Decimal],
        counter: asyncio.Lock | None = None,
        purse: LnbitsClient | None = None,
        note_seconds: float = NOTE_SECONDS,
        say: Callable[[str], None] = print,
    ) -> None:
        self.machine = machine
        #: the price of one bitcoin, for the first screen
        self.price = price
        self.counter = counter or asyncio.Lock()
        self.purse = purse
        self.note_seconds = note_seconds
        self.say = say
        self.view = View.CONNECTING
        self.facts: Json = {}
        self.customer: Json = {"configured": purse is not None, "busy": False, "note": "", "sats": None}
        #: transactions that this screen has begun
        self.served = 0
        self.is_closed = False
        self._version = 1
        self._changed = asyncio.Event()
        self._flow: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def version(self) -> int:
        return self._version

    def show(self, view: View, **facts: Any) -> None:
        """Puts this on the screen."""
        self.view, self.facts = view, facts
        self.machine.screen = view.value
        self.touch()

    def add(self, **facts: Any) -> None:
        """Changes a part of what is shown."""
        self.facts = {**self.facts, **facts}
        self.touch()

    def touch(self) -> None:
        """Tells everybody who looks."""
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed_since(self, version: int) -> None:
        """Waits until something else is shown than at this version, or for a while."""
        if version == self._version and not self.is_closed:
            changed = self._changed
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(changed.wait(), LOOK_SECONDS)

    def need(self, *views: View) -> None:
        """Raises NotNow unless one of these is shown."""
        if self.view not in views:
            raise NotNow(f"not while the screen shows {self.view.value}")

    async def open(self) -> None:
        """Shows the first screen, or asks to be paired."""
        if not self.machine.client.base_url:
            self.show(View.UNPAIRED, why="it was never paired")
            return
        try:
            await self.machine.refresh()
        except MachineRefused as refusal:
            self.show(View.UNPAIRED, why=refusal.detail)
        except HostUnreachable as error:
            self.show(View.CONNECTING, why=str(error))
        else:
            self.show(View.IDLE)
            self.errand(self.look_into_purse())

    async def live(self) -> None:
        """Keeps the machine alive and the first screen true, until it is cancelled."""
        while not self.machine.is_ready:
            if self.view is View.CONNECTING:
                await self.open()
            await asyncio.sleep(2)
        await self.machine.live(self.say)

    def start(self, flow: Callable[[], Awaitable[None]]) -> None:
        """Serves a customer; whatever goes wrong is shown. The next touch finds another view already."""
        self.served += 1
        self.show(View.WORKING, about="one_moment")
        self._flow = asyncio.create_task(self._guarded(flow))

    async def _guarded(self, flow: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self.counter:
                await flow()
        except MachineRefused as refusal:
            if refusal.code == "unknown_key":
                self.show(View.UNPAIRED, why=refusal.detail)
                return
            fields = {name: str(value) for name, value in refusal.fields.items()}
            self.show(View.SORRY, code=refusal.code, detail=refusal.detail, fields=fields)
        except HostUnreachable:
            self.show(View.SORRY, code="unreachable", detail="", fields={})
        self.errand(self._afterwards())

    async def leave(self) -> None:
        """Back to the first screen. What was begun goes on without a customer."""
        self.need(*MAY_LEAVE)
        if self._flow is not None and not self._flow.done():
            self._flow.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flow
        self.show(View.IDLE)
        self.errand(self._afterwards())

    async def _afterwards(self) -> None:
        """What follows a customer: the limits are others now, and the screen goes back by itself."""
        await self.look_into_purse()
        with contextlib.suppress(HostUnreachable, MachineRefused):
            await self.machine.refresh()
            self.touch()
        version, view = self._version, self.view
        if view in (View.RECEIPT, View.EXPIRED, View.SORRY):
            await asyncio.sleep(READ_SECONDS)
            if (self._version, self.view) == (version, view):
                self.show(View.IDLE)

    def errand(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that nobody waits for."""
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def look_into_purse(self) -> None:
        """What the customer's wallet holds, as far as it can be asked."""
        if self.purse is None:
            return
        with contextlib.suppress(HostRefused, HostUnreachable):
            sats = await self.purse.balance_msat() // 1000
            if sats != self.customer["sats"]:
                self.customer = {**self.customer, "sats": sats}
                self.touch()

    async def close(self) -> None:
        """Ends what runs. Notes that are coming out come out first."""
        self.is_closed = True
        self.touch()
        tasks = [task for task in (self._flow, *self._errands) if task is not None and not task.done()]
        if self.view is View.DISPENSING and self._flow is not None:
            await asyncio.wait([self._flow], timeout=READ_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
