"""The runner: what it may do before these books were held against LNbits' history, and without its lease."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from satmachineadmin import tasks
from satmachineadmin.core.lease import LeaseLost

from .conftest import MakeRig

pytestmark = pytest.mark.anyio


class Host:
    """What the runner itself asks of the host."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICK_SECONDS", "OUTSIDE_SECONDS", "STANDBY_SECONDS", "RENEW_SECONDS"):
        monkeypatch.setattr(tasks, name, 0.01)
    monkeypatch.setattr(tasks.settings, "lnbits_running", True)


async def no(*_args: object) -> bool:
    return False


async def nothing(*_args: object, **_kwargs: object) -> None:
    return None


@pytest.mark.usefixtures("quick")
async def test_nothing_leaves_before_the_books_were_held_against_the_history(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored books: only that look pauses the machine whose payments they do not know."""
    rig = await make_rig()
    order: list[str] = []
    is_looking, has_looked, has_paid = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def reconcile(*_args: object) -> None:
        is_looking.set()
        await has_looked.wait()
        order.append("reconciled")

    async def outside(*_args: object) -> None:
        order.append("outside")
        has_paid.set()

    monkeypatch.setattr(tasks, "reconcile_once", reconcile)
    monkeypatch.setattr(tasks, "has_new_wallet", no)
    monkeypatch.setattr(tasks, "work_outside", outside)
    monkeypatch.setattr(tasks, "work_once", nothing)
    async with rig.store.transaction("lease") as books:
        await books.release_lease(rig.lease)
    runner: Any = tasks.Runner(rig.store, Host())  # type: ignore[arg-type]
    runner.start()
    await asyncio.wait_for(is_looking.wait(), 5)
    await asyncio.sleep(0.1)
    has_looked.set()
    await asyncio.wait_for(has_paid.wait(), 5)
    await runner.stop()

    assert order[0] == "reconciled"


@pytest.mark.usefixtures("quick")
async def test_a_runner_that_takes_the_lease_back_looks_at_the_history_first(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever held it meanwhile has paid, or was killed while paying."""
    rig = await make_rig()
    order: list[str] = []
    has_ended = asyncio.Event()

    async def reconcile(*_args: object) -> None:
        order.append("reconciled")

    async def work(*_args: object, **_kwargs: object) -> None:
        order.append("worked")
        if order.count("worked") == 2:
            raise LeaseLost
        if order.count("worked") == 3:
            has_ended.set()

    monkeypatch.setattr(tasks, "reconcile_once", reconcile)
    monkeypatch.setattr(tasks, "has_new_wallet", no)
    monkeypatch.setattr(tasks, "work_outside", nothing)
    monkeypatch.setattr(tasks, "work_once", work)
    async with rig.store.transaction("lease") as books:
        await books.release_lease(rig.lease)
    runner: Any = tasks.Runner(rig.store, Host())  # type: ignore[arg-type]
    runner.start()
    await asyncio.wait_for(has_ended.wait(), 5)
    await runner.stop()

    assert order[:5] == ["reconciled", "worked", "worked", "reconciled", "worked"]
