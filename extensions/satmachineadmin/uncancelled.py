"""Steps that end before whoever cancels them gets on.

A cancelled commit may have happened or not, and a cancelled statement on SQLite leaves its file locked:
seen, with reading ones too. So a step that touches money or a database runs in a task of its own, and
cancelling takes effect after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

_Result = TypeVar("_Result")

#: Tasks that run a step: whoever cancels does not get at them.
_steps: WeakSet[asyncio.Task[Any]] = WeakSet()


async def to_the_end(step: Coroutine[Any, Any, _Result]) -> _Result:
    """The result of the step; raises CancelledError only when the step is over, however often cancelled.

    A step of a step needs no task of its own; so nothing inside a step may cancel it, as a timeout would.
    """
    if asyncio.current_task() in _steps:
        return await step
    task = asyncio.ensure_future(step)
    _steps.add(task)
    was_cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            was_cancelled = True
    if was_cancelled:
        raise asyncio.CancelledError from (None if task.cancelled() else task.exception())
    return await task
