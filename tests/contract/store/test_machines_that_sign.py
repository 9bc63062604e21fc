"""Codes, keys, used events and what is heard of machines: the same on every database, for two processes."""

from __future__ import annotations

import asyncio

import pytest

from satmachineadmin.core.errors import PairingClosed, Replayed
from satmachineadmin.core.pairing import code_digest, new_code
from satmachineadmin.core.states import MatterKind
from satmachineadmin.store.books import Store
from satmachineadmin.store.pairings import EVENT_SECONDS
from tests.fakes.books import FakeClock

from .books import OPERATOR, add_machine, rows
from .conftest import OpenAgain

pytestmark = pytest.mark.anyio
KEY, OTHER_KEY = "ab" * 32, "cd" * 32
QUIET_SECONDS = 3600


def clock_of(store: Store) -> FakeClock:
    clock = store._clock
    assert isinstance(clock, FakeClock)
    return clock


async def open_code(store: Store, machine_id: str) -> str:
    digest = code_digest(new_code())
    assert digest is not None
    async with store.transaction("pairing", actor=OPERATOR) as books:
        machine = await books.machines.row(machine_id)
        assert machine is not None
        await books.pairings.open(machine, digest, OPERATOR)
    return digest


async def redeem(store: Store, digest: str, key: str) -> None:
    async with store.transaction("pairing") as books:
        pairing = await books.pairings.by_digest(digest)
        assert pairing is not None
        machine = await books.machines.row(pairing["machine_id"])
        assert machine is not None
        await books.pairings.redeem(pairing, machine, key)


async def silent(store: Store, since: int = 0) -> list[str]:
    async with store.reading() as books:
        return [row["id"] for row in await books.machine_reports.silent(since)]


async def calmed(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as books:
        return await books.machine_reports.calmed(QUIET_SECONDS)


async def test_of_two_processes_that_redeem_one_code_one_wins(store: Store, open_again: OpenAgain) -> None:
    digest, other = await open_code(store, await add_machine(store)), open_again(store)

    outcomes = await asyncio.gather(
        redeem(store, digest, KEY), redeem(other, digest, OTHER_KEY), return_exceptions=True
    )

    assert [type(one) for one in outcomes if one is not None] == [PairingClosed]
    winner = KEY if outcomes[0] is None else OTHER_KEY
    for each in (store, other):
        async with each.reading() as books:
            assert await books.pairings.keys() == {winner}
    await other.database.dispose()


async def test_of_two_processes_that_use_one_event_one_may(store: Store, open_again: OpenAgain) -> None:
    other = open_again(store)

    async def use(each: Store) -> None:
        async with each.transaction("signed") as books:
            await books.pairings.use_event("e" * 64, books.now)

    outcomes = await asyncio.gather(use(store), use(other), use(store), return_exceptions=True)

    assert [type(one) for one in outcomes if one is not None] == [Replayed, Replayed]
    await other.database.dispose()


async def test_an_event_is_kept_as_long_as_it_could_be_used(store: Store) -> None:
    async with store.transaction("signed") as books:
        await books.pairings.use_event("e" * 64, books.now)

    for seconds, kept in ((EVENT_SECONDS, 1), (1, 0)):
        clock_of(store).advance(seconds=seconds)
        async with store.transaction("machine_watch") as books:
            await books.pairings.forget_events()
        assert len(await rows(store, "signed_events")) == kept


async def test_a_new_code_takes_the_place_of_the_one_before(store: Store) -> None:
    machine_id = await add_machine(store)
    first, second = await open_code(store, machine_id), await open_code(store, machine_id)

    with pytest.raises(PairingClosed):
        await redeem(store, first, KEY)
    await redeem(store, second, KEY)

    assert sorted(row["state"] for row in await rows(store, "machine_pairings")) == ["redeemed", "replaced"]


async def test_silence_is_counted_from_the_pairing_from_the_last_word_and_from_the_listeners_start(
    store: Store,
) -> None:
    machine_id = await add_machine(store)
    assert await silent(store) == []
    await redeem(store, await open_code(store, machine_id), KEY)
    clock_of(store).advance(minutes=15, seconds=-1)
    assert await silent(store) == []
    clock_of(store).advance(seconds=1)
    now = int(clock_of(store).now().timestamp())

    assert await silent(store) == [machine_id]
    assert await silent(store, since=now) == []
    async with store.transaction("signed") as books:
        await books.machine_reports.heard(machine_id)
    assert await silent(store) == []
    clock_of(store).advance(minutes=15)
    assert await silent(store) == [machine_id]
    async with store.transaction("machine", actor=OPERATOR) as books:
        await books.machines.change(machine_id, {"silent_minutes": 16})
    assert await silent(store) == []


async def test_a_matter_is_over_with_its_hour_or_where_nothing_is_expected(store: Store) -> None:
    machine_id = await add_machine(store)
    await redeem(store, await open_code(store, machine_id), KEY)
    async with store.transaction("signed_wrong") as books:
        await books.machine_reports.flooded(machine_id)
        for kind in (MatterKind.MACHINE_FLOODS, MatterKind.CLOCK_SKEW, MatterKind.MACHINE_SILENT):
            await books.worklist.open(
                kind, machine_id, operator_user_id=OPERATOR, machine_id=machine_id, detail="It is so."
            )
    assert await calmed(store) == []
    async with store.transaction("machine", actor=OPERATOR) as books:
        await books.machines.change(machine_id, {"active": False})
    assert sorted(await calmed(store)) == [("clock_skew", machine_id), ("machine_silent", machine_id)]

    clock_of(store).advance(seconds=QUIET_SECONDS)

    assert len(await calmed(store)) == 3


async def test_what_a_machine_says_of_itself_is_kept_until_it_says_something_else(store: Store) -> None:
    machine_id = await add_machine(store)
    for software, screen in (("bitspire 1.4.0", "idle"), (None, "paying"), (None, None)):
        async with store.transaction("heartbeat") as books:
            machine = await books.machines.row(machine_id)
            assert machine is not None
            await books.machine_reports.said(machine, software=software, screen=screen)

    (report,) = await rows(store, "machine_reports")
    assert (report["software"], report["screen"], report["flooded_at"]) == ("bitspire 1.4.0", "paying", None)
