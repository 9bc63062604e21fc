"""Banknotes: expected is what was counted, put in, taken and given, whatever is reported how often."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from satmachineadmin.core.cash_position import CashUnitKind, Reported
from satmachineadmin.core.model import Machine
from satmachineadmin.store.books import Books, Store
from satmachineadmin.store.sql import Row

from .books import OPERATOR, add_machine, rows

pytestmark = pytest.mark.anyio
CASSETTE, BOX = CashUnitKind.CASSETTE, CashUnitKind.BOX
FIFTY, TWENTY = 50_00, 20_00


async def units(store: Store) -> dict[tuple[str, int], Row]:
    return {(row["unit"], row["denomination_minor"]): row for row in await rows(store, "cash_units")}


async def machine_of(books: Books, machine_id: str) -> Machine:
    machine = await books.machines.get(machine_id)
    assert machine is not None
    return machine


async def report(store: Store, machine_id: str, *said: Reported) -> None:
    async with store.transaction("heartbeat") as books:
        await books.cash_units.report(await machine_of(books, machine_id), said)


async def dispensed(store: Store, machine_id: str, transaction: str, *bills: tuple[int, int]) -> None:
    async with store.transaction("dispense") as books:
        await books.cash_units.dispensed(await machine_of(books, machine_id), bills, transaction)


async def refill(store: Store, machine_id: str, minor: int, count: int) -> None:
    async with store.transaction("refill", actor=OPERATOR) as books:
        machine = await books.machines.row(machine_id)
        assert machine is not None
        await books.cash_units.refill(machine, minor, count, by=OPERATOR, note="")


async def empty(store: Store, machine_id: str, unit: CashUnitKind, minor: int, counted: int) -> None:
    async with store.transaction("empty", actor=OPERATOR) as books:
        machine = await books.machines.row(machine_id)
        assert machine is not None
        await books.cash_units.empty(machine, unit, minor, counted, by=OPERATOR, note="")


def said(unit: CashUnitKind, minor: int, count: int, capacity: int | None = None) -> Reported:
    return Reported(unit=unit, denomination_minor=minor, count=count, capacity=capacity)


async def test_the_first_report_begins_the_books_and_a_later_one_changes_nothing(store: Store) -> None:
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 100, 500))
    await report(store, machine, said(CASSETTE, FIFTY, 97, 500))
    unit = (await units(store))[CASSETTE, FIFTY]
    assert (unit["expected_count"], unit["reported_count"], unit["difference"]) == (100, 97, -3)
    assert [row["kind"] for row in await rows(store, "cash_movements")] == ["first_report"]


async def test_notes_that_came_out_are_booked_once_and_those_that_came_out_later_beside_them(
    store: Store,
) -> None:
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 100), said(CASSETTE, TWENTY, 50))
    for bills in (((FIFTY, 2),), ((FIFTY, 2),), ((FIFTY, 3), (TWENTY, 1)), ((FIFTY, 3),)):
        await dispensed(store, machine, "one", *bills)
    found = await units(store)
    assert (found[CASSETTE, FIFTY]["expected_count"], found[CASSETTE, TWENTY]["expected_count"]) == (97, 49)
    moved = await rows(store, "cash_movements", transaction_id="one")
    assert sorted((row["denomination_minor"], row["count"]) for row in moved) == [
        (TWENTY, 1),
        (FIFTY, 1),
        (FIFTY, 2),
    ]


async def test_a_difference_is_not_claimed_of_a_report_that_is_older_than_the_last_notes(
    store: Store,
) -> None:
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 100))
    await dispensed(store, machine, "one", (FIFTY, 2))
    assert (await units(store))[CASSETTE, FIFTY]["difference"] is None
    await report(store, machine, said(CASSETTE, FIFTY, 98))
    assert (await units(store))[CASSETTE, FIFTY]["difference"] == 0


async def test_nothing_is_expected_of_notes_that_nobody_has_counted(store: Store) -> None:
    """Notes go in and come out before the first report: it alone says how many there are."""
    machine = await add_machine(store)
    await dispensed(store, machine, "one", (FIFTY, 2))
    await refill(store, machine, FIFTY, 10)
    assert (await units(store))[CASSETTE, FIFTY]["expected_count"] is None
    await report(store, machine, said(CASSETTE, FIFTY, 60))
    assert (await units(store))[CASSETTE, FIFTY]["expected_count"] == 60


async def test_a_refill_of_a_new_denomination_begins_a_cassette_that_held_nothing(store: Store) -> None:
    machine = await add_machine(store)
    await refill(store, machine, FIFTY, 10)
    await report(store, machine, said(CASSETTE, FIFTY, 12))
    unit = (await units(store))[CASSETTE, FIFTY]
    assert (unit["expected_count"], unit["difference"]) == (10, 2)


async def test_what_was_not_in_the_first_report_held_nothing_then(store: Store) -> None:
    """Notes that appear later are a difference, until somebody says where they came from."""
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 100), said(BOX, FIFTY, 3))
    async with store.transaction("cash_in") as books:
        await books.cash_units.taken(await machine_of(books, machine), [(TWENTY, 2)], "one")
    assert (await units(store))[BOX, TWENTY]["expected_count"] == 2
    everything = said(CASSETTE, FIFTY, 100), said(CASSETTE, TWENTY, 80), said(BOX, FIFTY, 3)
    await report(store, machine, *everything, said(BOX, TWENTY, 2))
    unit = (await units(store))[CASSETTE, TWENTY]
    assert (unit["expected_count"], unit["reported_count"], unit["difference"]) == (0, 80, 80)
    await refill(store, machine, TWENTY, 80)
    await report(store, machine, *everything, said(BOX, TWENTY, 2))
    assert {row["difference"] for row in (await units(store)).values()} == {0}


async def test_a_machine_with_countless_denominations_is_listened_to_no_further(store: Store) -> None:
    machine = await add_machine(store)
    await report(store, machine, *(said(BOX, minor, 1) for minor in range(1, 61)))
    await report(store, machine, *(said(BOX, minor, 1) for minor in range(31, 91)))
    assert len(await units(store)) == 64


async def test_two_cassettes_of_one_denomination_are_one_unit(store: Store) -> None:
    machine = await add_machine(store)
    await report(
        store,
        machine,
        said(CASSETTE, FIFTY, 10, 500),
        said(CASSETTE, FIFTY, 20, 500),
        said(BOX, FIFTY, 1, 900),
        said(BOX, TWENTY, 2, 900),
    )
    found = await units(store)
    assert (found[CASSETTE, FIFTY]["expected_count"], found[CASSETTE, FIFTY]["capacity"]) == (30, 1000)
    assert (found[BOX, FIFTY]["capacity"], found[BOX, TWENTY]["capacity"]) == (900, 900)


async def test_what_a_machine_does_not_report_any_more_has_no_report(store: Store) -> None:
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 10), said(CASSETTE, TWENTY, 10))
    await report(store, machine, said(CASSETTE, FIFTY, 10))
    unit = (await units(store))[CASSETTE, TWENTY]
    assert (unit["expected_count"], unit["reported_count"], unit["difference"]) == (10, None, None)


@dataclass
class Known:
    """A unit as a person with a pencil would follow it."""

    base: int | None = None
    moved: int = 0
    differences: list[int | None] = field(default_factory=list)

    @property
    def expected(self) -> int | None:
        return None if self.base is None else self.base + self.moved


@pytest.mark.parametrize("seed", range(3))
async def test_expected_is_counted_and_refilled_less_dispensed_and_taken(store: Store, seed: int) -> None:
    """In any order, each report of a transaction as often as the machine likes, and growing."""
    chance = random.Random(seed)
    machine = await add_machine(store)
    known = {(kind, minor): Known() for kind in CashUnitKind for minor in (FIFTY, TWENTY)}
    seen: set[tuple[CashUnitKind, int]] = set()
    has_reported = False
    totals: dict[str, Counter[int]] = {}
    kinds: dict[str, CashUnitKind] = {}
    for _step in range(60):
        act, minor, count = chance.choice("mmmmrec"), chance.choice((FIFTY, TWENTY)), chance.randrange(1, 9)
        kind = chance.choice(list(CashUnitKind))
        if act == "m":
            name = f"tx{chance.randrange(12)}"
            kind = kinds.setdefault(name, kind)
            total = totals.setdefault(name, Counter())
            if chance.random() < 0.5:
                if kind is BOX and has_reported and (BOX, minor) not in seen:
                    known[BOX, minor].base = 0
                total[minor] += count
                known[kind, minor].moved += count if kind is BOX else -count
                seen.add((kind, minor))
            async with store.transaction("move") as books:
                book = books.cash_units.taken if kind is BOX else books.cash_units.dispensed
                await book(await machine_of(books, machine), list(total.items()), name)
        elif act == "r":
            unit = known[CASSETTE, minor]
            if (CASSETTE, minor) not in seen:
                unit.base = 0
            unit.moved += count
            seen.add((CASSETTE, minor))
            await refill(store, machine, minor, count)
        elif act == "e":
            unit = known[kind, minor]
            expected = unit.expected if (kind, minor) in seen else 0
            unit.differences.append(None if expected is None else count - expected)
            unit.base, unit.moved = 0, 0
            seen.add((kind, minor))
            await empty(store, machine, kind, minor, count)
        else:
            unit = known[kind, minor]
            if unit.base is None:
                is_new = has_reported and (kind, minor) not in seen
                unit.base, unit.moved = 0 if is_new else count, 0
            has_reported = True
            seen.add((kind, minor))
            await report(store, machine, said(kind, minor, count))
    found = await units(store)
    assert {name: row["expected_count"] for name, row in found.items()} == {
        name: known[name].expected for name in seen
    }
    for (kind, minor), unit in known.items():
        emptied = await rows(store, "cash_movements", unit=kind, denomination_minor=minor, kind="emptied")
        ordered = sorted(emptied, key=lambda row: str(row["id"]))
        assert [row["difference"] for row in ordered] == unit.differences


async def test_what_is_read_of_the_last_days_is_summed_by_day(store: Store) -> None:
    machine = await add_machine(store)
    for days_ago, name in ((0, "one"), (0, "two"), (3, "three"), (20, "four")):
        await dispensed(store, machine, name, (FIFTY, 2))
        async with store.transaction("age") as books:
            await books.sql.run(
                "UPDATE satmachineadmin.cash_movements SET at = at - :age WHERE transaction_id = :name",
                age=days_ago * 86_400,
                name=name,
            )
    async with store.reading() as books:
        found = await books.cash_units.notes_of_days(machine)
        newest = await books.cash_units.movements(machine, 2)
    assert sorted((one.days_ago, one.count) for one in found) == [(0, 4), (3, 2)]
    assert [row["transaction_id"] for row in newest] == ["two", "one"]


async def test_what_stayed_in_a_machine_is_forgotten_cassette_by_cassette(store: Store) -> None:
    """And is in no cassette that came later."""
    machine = await add_machine(store)
    await report(store, machine, said(CASSETTE, FIFTY, 10), said(CASSETTE, TWENTY, 10))
    async with store.transaction("late") as books:
        await books.transactions.open(transaction_fields(machine, stayed_minor=150_00))
        assert await books.cash_units.stayed_minor(machine) == 150_00
    await empty(store, machine, CASSETTE, FIFTY, 10)
    await refill(store, machine, 10_00, 5)
    await report(store, machine, *(said(CASSETTE, minor, 10) for minor in (FIFTY, TWENTY, 5_00)))
    found = await units(store)
    assert {name[1]: row["stayed_then_minor"] for name, row in found.items()} == {
        FIFTY: 150_00,
        TWENTY: 0,
        10_00: 150_00,
        5_00: 150_00,
    }


def transaction_fields(machine_id: str, **more: object) -> dict[str, object]:
    return {
        "machine_id": machine_id, "operator_user_id": OPERATOR, "wallet_id": "plaza", "txid": "tx-12345",
        "tx_type": "cash_out", "state": "invoiced", "version": 1, "currency": "EUR", "exchange_rate": "5",
        "fiat_minor": 200_00, "principal_sats": 1000, "commission_sats": 100, "wire_sats": 1100,
        "signer": "ab" * 32, "event_id": "cd" * 32, **more,
    }  # fmt: skip
