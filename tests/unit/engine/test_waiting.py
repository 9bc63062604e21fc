"""Waiting for a transaction: told by a commit of this process, else by a look now and then."""

from __future__ import annotations

import asyncio

import pytest

from satmachineadmin.usecases.waiting import Waiters

pytestmark = pytest.mark.anyio


async def test_whoever_waits_is_told_by_the_commit_and_not_by_others() -> None:
    waiters, seen = Waiters(), ["invoiced"]
    looks = 0

    async def look() -> str:
        nonlocal looks
        looks += 1
        return seen[0]

    waiting = asyncio.create_task(waiters.until("sale", look, lambda state: state == "paid", 5))
    await asyncio.sleep(0)
    waiters.tell(["another sale"])
    await asyncio.sleep(0.01)
    assert looks == 1
    seen[0] = "paid"
    waiters.tell(["sale"])
    assert await asyncio.wait_for(waiting, 1) == "paid"
    assert looks == 2


async def test_what_is_there_already_is_answered_at_once() -> None:
    async def look() -> str:
        return "paid"

    assert await asyncio.wait_for(Waiters().until("sale", look, lambda _: True, 25), 0.5) == "paid"


async def test_when_the_time_is_over_it_is_told_as_it_stands_and_nothing_is_left() -> None:
    waiters = Waiters()

    async def look() -> str:
        return "invoiced"

    assert await waiters.until("sale", look, lambda state: state == "paid", 0.01) == "invoiced"
    assert waiters.waiting == 0


async def test_who_hangs_up_is_forgotten() -> None:
    waiters = Waiters()

    async def look() -> str:
        return "invoiced"

    waiting = asyncio.create_task(waiters.until("sale", look, lambda state: state == "paid", 25))
    await asyncio.sleep(0.01)
    assert waiters.waiting == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert waiters.waiting == 0
