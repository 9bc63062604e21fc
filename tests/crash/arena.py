"""A process that forks processes which pay, and kills them.

It has LNbits and our extension imported and nothing of them running: no event loop, no thread, no
connection. So a fork is a freshly started LNbits for 20 ms instead of 4 s. There is one such process per
database and scenario, itself forked from the one that the servers of the tests come from.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import inspect
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.env import RATES

from .ledger import Ledger
from .world import World, sale

Work = Callable[..., Awaitable[Any]]

#: Nothing here takes longer by itself.
PATIENCE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Life:
    """What became of a forked process."""

    #: ended by SIGKILL
    was_killed: bool
    #: the fail-point that it was armed for was reached: the mark file says so
    reached: bool
    #: what its work returned; None when it was killed
    result: Any
    #: what our code logged as an error
    complaints: list[str]
    seconds: float


class Child:
    """A running fork. It says one byte when its work begins and its result at the end."""

    def __init__(self, pid: int, pipe: int, mark: Path) -> None:
        self.pid = pid
        self._pipe = pipe
        self._mark = mark
        self._began = 0.0

    def wait_until_begun(self) -> None:
        assert self._read(1) == b"!", "the child ended before its work began"
        self._began = time.monotonic()

    def wait_for_byte(self) -> None:
        """Until the child says something once more, or has ended."""
        self._read(1)

    def kill_after(self, seconds: float) -> Life:
        """SIGKILL at that instant of its work, if it still runs then."""
        time.sleep(max(0.0, self._began + seconds - time.monotonic()))
        os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def kill_after_now(self, seconds: float) -> Life:
        """The same, counted from this instant."""
        return self.kill_after(time.monotonic() - self._began + seconds)

    def end(self) -> Life:
        """Wait for it."""
        said = b""
        while chunk := self._read(65536):
            said += chunk
        _pid, status = os.waitpid(self.pid, 0)
        os.close(self._pipe)
        seconds = time.monotonic() - self._began
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        told = {"result": None, "complaints": []} if was_killed else json.loads(said)
        if told.get("trace"):
            raise AssertionError(f"a child failed:\n{told['trace']}")
        return Life(was_killed=was_killed, reached=self._mark.exists(), seconds=seconds, **told)

    def _read(self, most: int) -> bytes:
        ready, _, _ = select.select([self._pipe], [], [], PATIENCE_SECONDS)
        if not ready:
            os.kill(self.pid, signal.SIGKILL)
            raise AssertionError(f"a child still ran after {PATIENCE_SECONDS} s")
        return os.read(self._pipe, most)


class Arena:
    """The parent: sells, forks, kills, and lets the dead be followed by the next."""

    def __init__(self, folder: Path, database_url: str | None, seed: int, way: str) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "data", database_url)
        self.random = random.Random(seed)
        self.seed = seed
        self.way = way
        self.kind = "sqlite" if self.ledger.is_sqlite else "postgres"
        self._marks = 0

    @property
    def world(self) -> World:
        return World.load(self.folder / "world.json")

    def sell(self) -> str:
        """A customer pays at the machine; returns the payment hash."""
        payment_hash, statements = sale(self.world, self.ledger)
        self.ledger.run_all(statements)
        return payment_hash

    def use_way(self, way: str) -> None:
        """The platform allows the fast way, or does not."""
        statement = "UPDATE satmachineadmin.super_config SET fast_way_allowed = :allowed"
        self.ledger.run(statement, allowed=way == "fast")

    def start(self, work: Work, *args: object, place: str = "") -> Child:
        """Fork a process that does `work`, armed to die at `place`."""
        self._marks += 1
        mark = self.folder / f"mark{self._marks}"
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _live(work, args, place, mark, writer)
        os.close(writer)
        child = Child(pid, reader, mark)
        child.wait_until_begun()
        return child

    def live(self, work: Work, *args: object, place: str = "") -> Life:
        """One such process until its end."""
        return self.start(work, *args, place=place).end()

    @contextlib.contextmanager
    def telling(self, what: str) -> Iterator[None]:
        """Name the case in whatever fails inside."""
        try:
            yield
        except AssertionError as failure:
            raise AssertionError(
                f"{self.kind}, {self.way} way, seed {self.seed}, {what}: {failure}"
            ) from failure


def _live(work: Work, args: tuple[object, ...], place: str, mark: Path, writer: int) -> None:
    """The whole life of a child; never returns."""
    told: dict[str, Any] = {"result": None, "complaints": []}
    code = 1
    try:
        told["complaints"] = _listen_to_complaints()
        if place:
            from satmachineadmin import failpoints

            failpoints.arm(place, str(mark))
        if "say" in inspect.signature(work).parameters:
            args = (*args, lambda: os.write(writer, b"."))
        os.write(writer, b"!")
        told["result"] = asyncio.run(work(*args))  # type: ignore[arg-type]
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent tells
        told["trace"] = traceback.format_exc()
    finally:
        os.write(writer, json.dumps(told, default=str).encode())
        os._exit(code)


def _listen_to_complaints() -> list[str]:
    """Errors that our code logs in this process, from now on."""
    from loguru import logger

    complaints: list[str] = []
    logger.remove()
    logger.add(lambda message: complaints.append(str(message)), level="ERROR", filter="satmachineadmin")
    return complaints


def enter() -> None:
    """What LNbits does not do here; the process has it, on its databases."""
    from lnbits.core.services import payments
    from lnbits.utils.cache import cache
    from loguru import logger

    logger.remove()
    # half the time of a payment, and nobody listens
    payments.send_payment_notification_in_background = lambda _wallet, _payment: None  # type: ignore[assignment]
    for currency, price in RATES.items():
        cache.set(f"btc-price-{currency}", float(price), expiry=1e9)
    gc.collect()
    gc.freeze()


def prepare(arena: Arena) -> Mapping[str, object]:
    """Migrate empty databases and set the business up, in a fork like everybody else."""
    from .world import build

    async def work() -> None:
        with contextlib.redirect_stdout(sys.stderr):
            world = await build()
        world.save(arena.folder / "world.json")

    arena.live(work)
    return {}


def play(scenario: str, folder: str, database_url: str | None, way: str, seed: int) -> None:
    """A scenario by its module and name, or `prepare`; what it reports stands in `report.json`."""
    enter()
    arena = Arena(Path(folder), database_url, seed, way)
    if scenario == "prepare":
        work: Callable[[Arena], Mapping[str, object]] = prepare
    else:
        arena.use_way(way)
        module, name = scenario.split(".")
        work = getattr(importlib.import_module(f"tests.crash.{module}"), name)
    began = time.monotonic()
    report = {**work(arena), "seconds": round(time.monotonic() - began, 1)}
    Path(folder, "report.json").write_text(json.dumps(report))
