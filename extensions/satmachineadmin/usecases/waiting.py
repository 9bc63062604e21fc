"""Waiting for a transaction to become another one, without holding a database connection.

What can go wrong: many machines that wait, each with a connection or a poll of its own. So a waiter sleeps
until this process commits something about its transaction; only every few seconds it looks by itself, for
the case that another process did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

Seen = TypeVar("Seen")

#: How often a waiter looks by itself.
LOOK_SECONDS = 5.0
#: How long a request may wait.
MOST_SECONDS = 25


class Waiters:
    """Who waits for what, in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(events) for events in self._waiting.values())

    def tell(self, ids: Collection[str]) -> None:
        """Something about these was committed; returns at once."""
        for one in ids:
            for event in self._waiting.get(one, ()):
                event.set()

    async def until(
        self,
        subject_id: str,
        look: Callable[[], Awaitable[Seen]],
        is_it: Callable[[Seen], bool],
        seconds: float,
    ) -> Seen:
        """What `look` sees as soon as it is what was waited for, else when the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(seconds, MOST_SECONDS)
        event = asyncio.Event()
        self._waiting.setdefault(subject_id, set()).add(event)
        try:
            while True:
                event.clear()
                seen = await look()
                left = deadline - loop.time()
                if is_it(seen) or left <= 0:
                    return seen
                try:
                    await asyncio.wait_for(event.wait(), min(left, LOOK_SECONDS))
                except asyncio.TimeoutError:
                    continue
        finally:
            waiting = self._waiting[subject_id]
            waiting.discard(event)
            if not waiting:
                del self._waiting[subject_id]
