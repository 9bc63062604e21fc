"""A process that dies at a fail-point and is followed by the next one: in memory, in milliseconds.

The fail-point raises `Crashed`, which nothing catches; then engine and store are built anew over the
same file and the same LNbits. tests/crash does the same with real processes and SIGKILL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from satmachineadmin import failpoints
from satmachineadmin.core.states import SettlementState
from satmachineadmin.store.books import Store
from tests.fakes.books import PooledDatabase
from tests.judge import complaints

from .rig import Rig

#: Where nothing is written: dying there is dying before the next place.
_ONLY_READING = ("reading.", "setup.", "tamper.")
#: A settlement that is in none of these has been decided.
_OPEN = (SettlementState.PENDING, SettlementState.PROCESSING)
#: Rounds of a process that recovers, each 40 s later.
_ROUNDS = 12


class Crashed(BaseException):
    """The process is gone: no handler runs on."""


def strike() -> None:
    raise Crashed


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Something that the engine does: what stands before, and what is disturbed."""

    prepare: Callable[..., Awaitable[Rig]]
    act: Callable[[Rig], Awaitable[object]]
    #: what happens in the world once the first process is gone: the cause of a failure is lifted
    lift: Callable[[Rig], object] = field(default=lambda _rig: None)
    #: what a person does about what does not go on by itself
    person: Callable[[Rig], Awaitable[object]] | None = None


async def next_life(rig: Rig) -> None:
    """Another process over the same databases, which knows that the one before is dead."""
    path = rig.store.database.sqlite_path
    assert path is not None
    rig.store = Store(PooledDatabase.on_sqlite(path), rig.clock)
    rig.host.restart(rig.store)
    async with rig.store.transaction("setup") as books:
        lease = await books.take_lease(f"after {rig.lease.holder}", previous_is_gone=True)
    assert lease is not None
    rig.lease = lease


async def recover(rig: Rig) -> None:
    """What a process does by itself until everything is decided."""
    for number in range(_ROUNDS):
        rig.clock.advance(seconds=40)
        await rig.work(2, is_start=number == 0)
        await rig.work_outside()
        if number > 1 and all(row["state"] not in _OPEN for row in await rig.settlements()):
            return


async def recover_with(rig: Rig, scenario: Scenario) -> None:
    """The process by itself, and the person beside it where the scenario has one."""
    await recover(rig)
    if scenario.person is not None:
        await scenario.person(rig)
        await recover(rig)


async def die(rig: Rig, place: str, work: Awaitable[object]) -> None:
    """Let `work` run until the place kills it."""
    failpoints.arm(place, strike=strike)
    try:
        await work
    except Crashed:
        return
    finally:
        failpoints.arm("")
    raise AssertionError(f"{place} was not reached")


async def counted(work: Awaitable[object]) -> dict[str, int]:
    """Let `work` run to its end; how often each place was reached where something is written."""
    failpoints.arm("count only", strike=strike)
    try:
        await work
        return {
            place: times
            for place, times in failpoints.how_often().items()
            if not place.startswith(_ONLY_READING) and not place.endswith(".statement")
        }
    finally:
        failpoints.arm("")


async def judge(rig: Rig, wanted: dict[str, int]) -> None:
    """Books in order, everybody has what they would have without a crash, and nothing is left open."""
    assert complaints(await rig.snapshot()) == []
    assert rig.balances() == wanted, "the crash has moved sats"
    for row in await rig.settlements():
        assert row["state"] not in _OPEN, f"still {row['state']}: {row['error_message']}"
        if row["state"] == SettlementState.ERRORED:
            assert row["next_try_at"] or await rig.worklist(), "errored, and nobody is told"
