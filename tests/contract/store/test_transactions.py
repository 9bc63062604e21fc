"""The store's transactions: all or nothing, one at a time, invisible until they are done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import anyio
import pytest

from satmachineadmin.core.errors import InvariantViolated, StateMoved
from satmachineadmin.core.model import Leg, Sent
from satmachineadmin.core.states import LegState, SettlementState
from satmachineadmin.core.trail import GENESIS, event_hash
from satmachineadmin.store.books import Books, Store

from .books import add_lp, add_machine, planned, rows
from .conftest import OpenAgain

pytestmark = pytest.mark.anyio


class Refused(Exception):
    pass


async def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """An exception takes back every statement and every event; the store goes on working."""
    with pytest.raises(Refused):
        async with store.transaction("test") as books:
            await books.platform.change(super_fee_pct="30")
            await books.worklist.open("kind", "x", operator_user_id="o", machine_id="m", detail="d")
            raise Refused

    assert await rows(store, "super_config") == []
    assert await rows(store, "worklist") == []
    assert await rows(store, "audit_events") == []
    assert await add_machine(store)


async def test_a_statement_that_fails_takes_the_whole_transaction_back(store: Store) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        async with store.transaction("test") as books:
            await books.platform.change(super_fee_pct="30")
            await books.sql.run("UPDATE satmachineadmin.no_such_table SET x = 1")
    assert await rows(store, "super_config") == []


async def test_a_cancelled_transaction_leaves_nothing_and_holds_nothing(store: Store) -> None:
    """A cancelled writer is rolled back before the next one begins."""
    started = anyio.Event()

    async def writes_for_ever() -> None:
        async with store.transaction("test") as books:
            await books.platform.change(super_fee_pct="30")
            started.set()
            await anyio.sleep(60)

    task = asyncio.ensure_future(writes_for_ever())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])

    assert await rows(store, "super_config") == []
    with anyio.fail_after(5):
        await add_machine(store)


async def _count_up(store: Store, times: int) -> None:
    """Read, wait, write: loses counts wherever two transactions interleave."""
    for _ in range(times):
        async with store.transaction("count") as books:
            version = (await books.platform.config())["version"]
            await anyio.sleep(0.002)
            await books.platform.change(super_fee_pct=str(version + 1))
            assert (await books.platform.config())["version"] == version + 1


async def test_writers_of_one_process_are_serial(store: Store) -> None:
    """Ten writers who read before they write lose no update."""
    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(_count_up, store, 3)
    assert (await rows(store, "super_config"))[0]["version"] == 30


async def test_writers_of_two_processes_are_serial(store: Store, open_again: OpenAgain) -> None:
    """The lock is the database's, not only this process's: a second engine waits, too."""
    other = open_again(store)
    async with anyio.create_task_group() as group:
        for each in (store, other, store, other):
            group.start_soon(_count_up, each, 3)
    await other.database.dispose()

    assert (await rows(store, "super_config"))[0]["version"] == 12
    assert len(await rows(store, "audit_events")) == 12


async def test_a_reader_sees_only_what_was_committed(store: Store) -> None:
    """Neither waits for the other."""
    await add_machine(store)
    async with store.transaction("test") as books:
        await books.platform.change(super_fee_pct="30")
        with anyio.fail_after(2):
            assert await rows(store, "super_config") == []
    assert len(await rows(store, "super_config")) == 1


async def test_what_is_read_at_one_instant_fits_together(store: Store) -> None:
    """A writer that commits in between is seen in none of it, and in all that is read afterwards."""

    async def writes() -> None:
        async with store.transaction("test") as books:
            await books.platform.change(super_fee_pct="30")
            await books.worklist.open("kind", "x", operator_user_id="o", machine_id="m", detail="d")

    async def counted(books: Books, table: str) -> int:
        return int(await books.sql.value(f"SELECT COUNT(*) FROM satmachineadmin.{table}"))

    async with anyio.create_task_group() as group, store.reading(at_one_instant=True) as books:
        assert await counted(books, "super_config") == 0
        group.start_soon(writes)
        await anyio.sleep(0.1)
        assert [await counted(books, name) for name in ("super_config", "worklist")] == [0, 0]
    async with store.reading(at_one_instant=True) as books:
        assert [await counted(books, name) for name in ("super_config", "worklist")] == [1, 1]


async def test_reading_writes_no_events(store: Store) -> None:
    """An event noted while reading would be lost: it is refused instead."""
    with pytest.raises(InvariantViolated):
        async with store.reading() as books:
            books.audit.record("x", "x", "x", operator_user_id="o")


async def test_events_are_written_with_their_transaction_and_chained(store: Store) -> None:
    """Each event covers the one before; the hash is over the stored bytes."""
    machine_id = await add_machine(store)
    await planned(store, machine_id)

    events = sorted(await rows(store, "audit_events"), key=lambda event: event["seq"])
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["event"] == "machine.added"
    assert {event["event"] for event in events} >= {"settlement.landed", "leg.planned", "settlement.planned"}
    prev = GENESIS
    for event in events:
        assert event["prev"] == prev
        assert event["hash"] == event_hash(event["body"])
        prev = event["hash"]


async def test_who_comes_too_late_is_told_so_and_writes_nothing(store: Store) -> None:
    """Compare-and-swap: the second mover of a settlement, a leg, a cash entry gets StateMoved."""
    machine_id = await add_machine(store)
    await add_lp(store, machine_id)
    settlement, legs = await planned(store, machine_id)
    leg = next(leg for leg in legs if leg.state is LegState.PENDING)
    async with store.transaction("first") as books:
        await books.settlements.move(settlement, SettlementState.ERRORED)
        await books.legs.move(settlement, leg, LegState.FAILED, error_code="x")
    before = len(await rows(store, "audit_events"))

    with pytest.raises(StateMoved):
        async with store.transaction("second") as books:
            await books.settlements.move(settlement, SettlementState.PROCESSED)
    with pytest.raises(StateMoved):
        async with store.transaction("second") as books:
            await books.legs.move(settlement, leg, LegState.PAYING)
    with pytest.raises(StateMoved):
        async with store.transaction("second") as books:
            await books.legs.complete_at_once(settlement, sent_of(legs))

    assert (await rows(store, "dca_settlements"))[0]["state"] == "errored"
    assert len(await rows(store, "audit_events")) == before


def sent_of(legs: Iterable[Leg]) -> list[Sent]:
    """All of them, paid in full."""
    return [
        Sent(
            leg_id=leg.id, destination_wallet_id="w", sent_msat=leg.sats * 1000, fee_msat=0, fee_unused_msat=0
        )
        for leg in legs
        if leg.state is LegState.PENDING
    ]


async def test_two_who_confirm_the_same_cash_count_it_once(store: Store) -> None:
    machine_id = await add_machine(store)
    client_id = await add_lp(store, machine_id, minor=0)
    async with store.transaction("cash") as books:
        entry_id = await books.cash.add(
            {
                "client_id": client_id, "machine_id": machine_id, "operator_user_id": "olga",
                "kind": "deposit",
                "amount_minor": 5_00, "currency": "EUR", "cash_date": "2026-11-22", "notes": "",
                "created_by": "olga",
            }
        )  # fmt: skip
    outcomes: list[str] = []
    async with store.reading() as books:  # all of them saw it pending
        entry = await books.cash.get(entry_id)
    assert entry is not None

    async def confirm() -> None:
        try:
            async with store.transaction("cash") as books:
                await books.cash.confirm(entry, by="olga")
            outcomes.append("confirmed")
        except StateMoved:
            outcomes.append("moved")

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(confirm)

    assert sorted(outcomes) == ["confirmed"] + ["moved"] * 4
    (client,) = await rows(store, "dca_clients")
    assert (client["confirmed_minor"], client["pending_minor"]) == (5_00, 0)
