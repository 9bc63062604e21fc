"""Cancel a coroutine at its first, second, third … wait, as a disconnect or a shutdown may at any of them."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


@types.coroutine
def _cancelled_at(
    step: Coroutine[Any, Any, object], wait: int, waits: list[int]
) -> Generator[Any, Any, None]:
    """Run the step; before it waits for the `wait`-th time its task is cancelled. Counts in `waits`."""
    inner = step.__await__()
    resume, given = inner.send, None
    while True:
        try:
            future = resume(given)
        except StopIteration:
            return
        waits[0] += 1
        if waits[0] == wait:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        try:
            given, resume = (yield future), inner.send
        except BaseException as error:  # noqa: BLE001 - whatever is thrown in belongs to the step
            given, resume = error, inner.throw


async def cancel_at(step: Coroutine[Any, Any, object], wait: int) -> bool:
    """Cancel the step at its `wait`-th wait, and wait for its end; False when it has fewer of them."""
    waits = [0]

    async def run() -> None:
        await _cancelled_at(step, wait, waits)

    (result,) = await asyncio.gather(asyncio.create_task(run()), return_exceptions=True)
    if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
        raise result
    return waits[0] >= wait
