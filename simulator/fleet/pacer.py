"""No more requests in a minute than one address may send: all machines behind it share this."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from ..client import Sleep

MINUTE = 60.0


class Pacer:
    """Lets so many requests through in any minute, and counts the most that there were."""

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        if per_minute < 1:
            raise ValueError("at least one request a minute")
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._turn = asyncio.Lock()
        self.total = 0
        self.peak = 0

    async def __call__(self) -> None:
        """Returns once the next request may go out."""
        async with self._turn:
            self._forget()
            while len(self._sent) >= self._per_minute:
                await self._sleep(max(0.01, self._sent[0] + MINUTE - self._clock()))
                self._forget()
            self._sent.append(self._clock())
            self.total += 1
            self.peak = max(self.peak, len(self._sent))

    def _forget(self) -> None:
        while self._sent and self._sent[0] <= self._clock() - MINUTE:
            self._sent.popleft()
