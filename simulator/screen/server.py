"""The screen's small server, inside the program that has the machine: started, and stopped, by it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import uvicorn

from ..cash import Notes
from ..client import LnbitsClient
from ..paired import PairedMachine
from .app import make_app
from .serving import Counter
from .session import Session
from .touches import Filled, Touches, nobody_books

FIRST_PORT = 5100
PORTS_TO_TRY = 50
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Screen:
    """A machine's screen. `counter` is held by whoever is being served, here or elsewhere."""

    def __init__(
        self,
        machine: PairedMachine,
        *,
        price: Callable[[], Decimal],
        full: Sequence[Notes],
        host: str = "127.0.0.1",
        port: int = FIRST_PORT,
        counter: asyncio.Lock | None = None,
        purse: LnbitsClient | None = None,
        paired: Callable[[str], None] = lambda _server: None,
        filled: Filled = nobody_books,
        say: Callable[[str], None] = print,
    ) -> None:
        self.session = Session(machine, price=price, counter=counter, purse=purse, say=say)
        self._counter = Counter(self.session)
        touches = Touches(self.session, self._counter, full=tuple(full), paired=paired, filled=filled)
        hosts = LOOPBACK if host in LOOPBACK else ("*",)
        self._socket = listen(host, port)
        self.address = f"http://{host}:{self._socket.getsockname()[1]}"
        self._server = _Server(
            uvicorn.Config(
                make_app(touches, hosts=hosts),
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Serves the page and lets the machine live."""
        await self.session.open()
        self._counter.go_on()
        self._tasks = [
            asyncio.create_task(self._server.serve(sockets=[self._socket])),
            asyncio.create_task(self.session.live()),
        ]

    async def run(self) -> None:
        """Serves until one of both ends; raises what ended it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Ends it. Notes that are coming out come out first."""
        await self.session.close()
        self._server.should_exit = True
        if self._tasks:
            serving, living = self._tasks
            living.cancel()
            await asyncio.wait([serving], timeout=5)
            serving.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket at this port, or at the next one that is free; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + PORTS_TO_TRY, 65_536)):
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), number))
            # a browser that is quicker than the server waits
            listening.listen(100)
        except OSError:
            listening.close()
            continue
        return listening
    raise OSError(f"there is no free port from {port} on")


class _Server(uvicorn.Server):
    """Leaves signals to the program around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
