"""A paired machine in front of a fake server, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx

from simulator.config import parse_cassettes
from simulator.faults import Faults
from simulator.journal import Journal
from simulator.machine_client import MachineClient
from simulator.paired import PairedMachine
from simulator.signing import MachineKey
from simulator.till import Till
from tests.fakes.machine_server import FakeMachineServer

T = TypeVar("T")


class FakeTime:
    """Starts somewhere in 2026."""

    def __init__(self) -> None:
        self.now = 1_795_960_987.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class PairedBench:
    """One machine. `folder` keeps its journal and its notes, so that another bench can go on with them."""

    def __init__(self, folder: Path | None = None, server: FakeMachineServer | None = None) -> None:
        self.time = FakeTime()
        self.server = server or FakeMachineServer(self.time.clock)
        self.faults = Faults()
        self.key = MachineKey.kept_in(folder / "machine.key") if folder else MachineKey.new()
        self.client = MachineClient(
            self.server.base_url,
            self.key,
            faults=self.faults,
            transport=httpx.MockTransport(self.server),
            sleep=self.time.sleep,
            clock=self.time.clock,
        )
        self.machine = PairedMachine(
            self.client,
            Till(parse_cassettes("50:10,20:10,10:10", "EUR"), folder / "notes.json" if folder else None),
            Journal(folder / "journal" if folder else None),
            rate=lambda: Decimal("1500.25"),
            sleep=self.time.sleep,
            clock=self.time.clock,
        )

    async def paired(self) -> PairedMachine:
        await self.machine.pair(self.server.code)
        return self.machine


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
