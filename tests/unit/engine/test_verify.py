"""Operators have the trail verified: it is one chain for all, and is not read anew for each of them."""

from __future__ import annotations

import pytest

from satmachineadmin.core.states import MatterKind
from satmachineadmin.usecases.audit import Verified, verify

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio


async def ask(rig: Rig, user_id: str = OPERATOR, *, is_platform: bool = False) -> Verified:
    return await verify(rig.store, rig.host, user_id, is_platform=is_platform)


async def test_an_operator_is_told_how_many_events_are_its_own(make_rig: MakeRig) -> None:
    rig = await make_rig()
    async with rig.store.transaction("test", actor="otto") as books:
        books.audit.record("machine.changed", "machine", "elsewhere", operator_user_id="otto")

    own, foreign = await ask(rig), await ask(rig, "otto")

    assert own.verdict.broken is foreign.verdict.broken is None
    assert foreign.own_events == 1
    assert own.own_events + foreign.own_events <= own.verdict.head.seq


async def test_an_operator_is_told_of_a_verification_that_is_a_minute_old_and_the_platform_never(
    make_rig: MakeRig,
) -> None:
    rig = await make_rig()
    first = await ask(rig)
    rig.sell()
    await rig.work(2)
    rig.clock.advance(seconds=59)
    assert (await ask(rig)).verdict == first.verdict
    now = await ask(rig, "root", is_platform=True)
    assert now.verdict.head.seq > first.verdict.head.seq
    rig.clock.advance(seconds=60)
    assert (await ask(rig)).verified_at == now.verified_at + 60


@pytest.mark.breaks_the_books("an event was altered past the guards of its table")
async def test_a_trail_that_an_operator_finds_broken_is_a_matter_of_the_platform_alone(
    make_rig: MakeRig,
) -> None:
    rig = await make_rig()
    async with rig.store.transaction("test") as books:
        await books.sql.run("DROP TRIGGER satmachineadmin.audit_no_update")
        await books.sql.run("UPDATE satmachineadmin.audit_events SET body = body || ' ' WHERE seq = 2")

    found = await ask(rig)

    assert found.verdict.broken is not None and found.verdict.broken.seq == 2
    async with rig.store.reading() as books:
        (matter,) = await books.sql.all(
            "SELECT * FROM satmachineadmin.worklist WHERE kind = :kind", kind=MatterKind.TRAIL_BROKEN
        )
    assert matter["operator_user_id"] == rig.host.platform_user_id != OPERATOR
