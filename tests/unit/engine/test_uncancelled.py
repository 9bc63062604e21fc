"""A step ends before whoever cancels it gets on, and so do the steps that it consists of."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import pytest

from satmachineadmin.uncancelled import to_the_end

pytestmark = pytest.mark.anyio
CANCELS = 5


async def cancel_often(task: asyncio.Task[None]) -> None:
    """As LNbits does at its end, and a client that hangs up, and then once more."""
    for _ in range(CANCELS):
        await asyncio.sleep(0.001)
        task.cancel()
    await asyncio.wait([task])


async def note_slowly(notes: list[str], note: str) -> None:
    await asyncio.sleep(0.02)
    notes.append(note)


async def test_a_cancelled_step_is_over_before_the_cancelling_takes_effect() -> None:
    notes: list[str] = []

    async def work() -> None:
        await to_the_end(note_slowly(notes, "first"))
        await to_the_end(note_slowly(notes, "second"))

    task = asyncio.create_task(work())
    await cancel_often(task)

    assert task.cancelled()
    assert notes == ["first"]


async def test_a_step_of_steps_is_done_as_a_whole() -> None:
    notes: list[str] = []

    async def step() -> None:
        await to_the_end(note_slowly(notes, "first"))
        await to_the_end(note_slowly(notes, "second"))

    task = asyncio.create_task(to_the_end(step()))
    await cancel_often(task)

    assert task.cancelled()
    assert notes == ["first", "second"]


async def test_a_task_that_a_step_starts_is_no_part_of_it() -> None:
    """Such a task can be cancelled, and then its own steps protect themselves."""
    notes: list[str] = []

    async def beside() -> None:
        await to_the_end(note_slowly(notes, "first"))
        notes.append("not reached")

    async def start_one() -> asyncio.Task[None]:
        return asyncio.create_task(beside())

    task = await to_the_end(start_one())
    await cancel_often(task)

    assert task.cancelled()
    assert notes == ["first"]


async def test_what_a_step_raises_is_raised_to_its_caller() -> None:
    async def fail() -> None:
        raise LookupError("no such leg")

    def nested() -> Coroutine[None, None, None]:
        return to_the_end(fail())

    with pytest.raises(LookupError, match="no such leg"):
        await to_the_end(nested())
