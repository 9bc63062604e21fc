"""Whose pages are told that something changed: after the commit, and nobody's when nothing was written."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from satmachineadmin.core.states import MatterKind
from satmachineadmin.store.books import Store

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio


async def listening(make_rig: MakeRig) -> tuple[Rig, list[set[str]]]:
    """A rig whose store tells, and what it told."""
    rig = await make_rig(cash={"ana": 100_00})
    told: list[set[str]] = []

    def tell(user_ids: Collection[str]) -> None:
        told.append(set(user_ids))

    rig.store = Store(rig.store.database, rig.clock, tell)
    rig.host.restart(rig.store)
    return rig, told


async def test_a_sale_is_told_when_it_landed_and_when_it_was_paid(make_rig: MakeRig) -> None:
    rig, told = await listening(make_rig)
    rig.sell()
    await rig.work()

    assert len(told) >= 2
    assert set().union(*told) == {OPERATOR, rig.enrolments["ana"]}


async def test_what_is_rolled_back_is_not_told(make_rig: MakeRig) -> None:
    rig, told = await listening(make_rig)

    with pytest.raises(RuntimeError):
        async with rig.store.transaction("test") as books:
            await books.worklist.open(
                MatterKind.STOPPED, "x", operator_user_id=OPERATOR, machine_id=rig.machine_id, detail="It."
            )
            raise RuntimeError("no")

    assert told == []


async def test_a_matter_is_told_when_it_comes_and_when_it_is_gone_and_not_in_between(
    make_rig: MakeRig,
) -> None:
    rig, told = await listening(make_rig)

    async def notice() -> None:
        async with rig.store.transaction("test") as books:
            await books.worklist.open(
                MatterKind.STOPPED, "x", operator_user_id=OPERATOR, machine_id=rig.machine_id, detail="It."
            )

    async def end() -> None:
        async with rig.store.transaction("test") as books:
            await books.worklist.close(MatterKind.STOPPED, "x")

    for step in (notice, notice, end, end):
        await step()

    assert told == [{OPERATOR}, {OPERATOR}]


async def test_a_round_that_finds_nothing_tells_nobody(make_rig: MakeRig) -> None:
    rig, told = await listening(make_rig)
    await rig.work(3)
    assert told == []
