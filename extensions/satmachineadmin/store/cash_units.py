"""The banknotes in machines: expected and reported by cassette and box, and every movement of them.

What can go wrong: notes of one transaction booked twice, because its machine reports it again and again. So
each movement of a transaction says how many notes of their kind it had moved before (`booked_before`), and a
unique index lets only one movement follow that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..core.cash_position import DAY_SECONDS, WINDOW_SECONDS, CashMovementKind, CashUnitKind, Reported
from ..core.errors import ensure
from ..core.model import Machine
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: A unit's name within its machine.
_Name = tuple[str, int]


class CashUnits:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def of(self, machine_id: str) -> list[Row]:
        """Every cassette and every denomination of the box, as far as they are known."""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.cash_units WHERE machine_id = :id ORDER BY unit DESC, denomination_minor
            """,
            id=machine_id,
        )

    async def report(self, machine: Machine, units: Iterable[Reported]) -> None:
        """What the machine says it holds, all of it: laid beside what is expected, which it does not change.

        The first report of a unit that nothing is expected of begins its books. A unit that is not in the
        report any more has none.
        """
        said = _together(units)
        known = {_name(row): row for row in await self.of(machine.id)}
        for name, unit in said.items():
            row = known.get(name)
            if row is None or row["expected_count"] is None:
                await self._begin(machine, unit)
            else:
                await self._lay_beside(machine, row, unit)
        for name, row in known.items():
            if name not in said and row["reported_count"] is not None:
                await self._forget_report(machine, row)

    async def dispensed(
        self, machine: Machine, bills: Iterable[tuple[int, int]], transaction_id: str
    ) -> None:
        """Notes (denomination, how many so far) that came out for a transaction; books only what is new."""
        await self._moved(machine, CashUnitKind.CASSETTE, CashMovementKind.DISPENSED, bills, transaction_id)

    async def taken(self, machine: Machine, notes: Iterable[tuple[int, int]], transaction_id: str) -> None:
        """Notes (denomination, how many so far) that went in for a transaction; books only what is new."""
        await self._moved(machine, CashUnitKind.BOX, CashMovementKind.TAKEN, notes, transaction_id)

    async def _moved(
        self,
        machine: Machine,
        unit: CashUnitKind,
        kind: CashMovementKind,
        notes: Iterable[tuple[int, int]],
        transaction_id: str,
    ) -> None:
        so_far: dict[int, int] = {}
        for minor, count in notes:
            so_far[minor] = so_far.get(minor, 0) + count
        booked = await self._booked(transaction_id, kind)
        for minor, count in sorted(so_far.items()):
            before = booked.get(minor, 0)
            if count <= before:
                continue
            await self._write(
                machine.id,
                machine.operator_user_id,
                kind,
                unit,
                minor,
                count - before,
                transaction_id=transaction_id,
                booked_before=before,
            )
            await self._add(machine.id, unit, minor, f"{kind}_since", count - before)

    async def _booked(self, transaction_id: str, kind: CashMovementKind) -> dict[int, int]:
        """Denomination → notes that a transaction has moved so far."""
        found = await self._sql.all(
            f"""
            SELECT denomination_minor, SUM(count) AS count FROM {SCHEMA}.cash_movements
            WHERE transaction_id = :id AND kind = :kind GROUP BY denomination_minor
            """,
            id=transaction_id,
            kind=kind,
        )
        return {int(row["denomination_minor"]): int(row["count"]) for row in found}

    async def _add(self, machine_id: str, unit: CashUnitKind, minor: int, since: str, count: int) -> None:
        """Notes moved: what is expected follows, where it is known, and the report is an old one."""
        ensure(since in ("refilled_since", "dispensed_since", "taken_since"), "a column that counts notes")
        sign = "-" if since == "dispensed_since" else "+"
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.cash_units AS known (machine_id, unit, denomination_minor, {since})
            VALUES (:machine_id, :unit, :minor, :count)
            ON CONFLICT (machine_id, unit, denomination_minor) DO UPDATE
            SET {since} = known.{since} + :count, expected_count = known.expected_count {sign} :count,
                difference = NULL
            """,
            machine_id=machine_id,
            unit=unit,
            minor=minor,
            count=count,
        )

    async def refill(self, machine: Row, minor: int, count: int, *, by: str, note: str) -> None:
        """The operator put notes into a cassette; a denomination that is new begins one that held nothing."""
        cassette = CashUnitKind.CASSETTE
        if await self.one(machine["id"], cassette, minor) is None:
            await self._rebase(machine["id"], cassette, minor, 0)
        await self._write(
            machine["id"],
            machine["operator_user_id"],
            CashMovementKind.REFILLED,
            cassette,
            minor,
            count,
            by_user=by,
            note=note,
        )
        await self._add(machine["id"], cassette, minor, "refilled_since", count)
        said = {"unit": cassette, "denomination_minor": minor, "count": count, "note": note}
        self._record("machine.refilled", machine, said)

    async def empty(
        self, machine: Row, unit: CashUnitKind, minor: int, counted: int, *, by: str, note: str
    ) -> None:
        """The operator took every note out and counted them: the books of the unit begin anew, with nothing.

        The difference from what was expected is written down; it is not known where nothing was expected
        yet. Of a denomination that the books do not have none was.
        """
        known = await self.one(machine["id"], unit, minor)
        expected = 0 if known is None else known["expected_count"]
        difference = None if expected is None else counted - expected
        await self._write(
            machine["id"],
            machine["operator_user_id"],
            CashMovementKind.EMPTIED,
            unit,
            minor,
            counted,
            difference=difference,
            by_user=by,
            note=note,
        )
        stayed = await self.stayed_minor(machine["id"])
        await self._rebase(machine["id"], unit, minor, 0, stayed_then_minor=stayed)
        said = {"unit": unit, "denomination_minor": minor, "counted": counted, "difference": difference}
        self._record("machine.emptied", machine, {**said, "note": note})

    async def one(self, machine_id: str, unit: CashUnitKind, minor: int) -> Row | None:
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.cash_units
            WHERE machine_id = :id AND unit = :unit AND denomination_minor = :minor
            """,
            id=machine_id,
            unit=unit,
            minor=minor,
        )

    async def stayed_minor(self, machine_id: str) -> int:
        """Cash that stayed in the machine although its sales were paid out as if it had come out, ever."""
        found = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(stayed_minor), 0) FROM {SCHEMA}.machine_transactions
            WHERE machine_id = :id AND stayed_minor IS NOT NULL
            """,
            id=machine_id,
        )
        return int(found or 0)

    async def movements(self, machine_id: str, limit: int, *, by_people: bool = False) -> list[Row]:
        """What moved notes, newest first; of all that, or what people did."""
        only = "AND by_user IS NOT NULL" if by_people else ""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.cash_movements WHERE machine_id = :id {only}
            ORDER BY at DESC, id DESC LIMIT :limit
            """,
            id=machine_id,
            limit=limit,
        )

    async def notes_of_days(self, machine_id: str) -> list[Row]:
        """Notes that customers got and gave: kind, denomination, days ago (of 24 hours), count."""
        return await self._sql.all(
            f"""
            SELECT kind, denomination_minor, days_ago, SUM(count) AS count
            FROM (
                SELECT kind, denomination_minor, (:now - at) / :day AS days_ago, count
                FROM {SCHEMA}.cash_movements
                WHERE machine_id = :id AND kind IN ('dispensed', 'taken') AND at > :since
            ) AS notes
            GROUP BY kind, denomination_minor, days_ago
            """,
            id=machine_id,
            now=self._now,
            day=DAY_SECONDS,
            since=self._now - WINDOW_SECONDS,
        )

    async def _begin(self, machine: Machine, said: Reported) -> None:
        """The books of a unit begin with what the machine said first."""
        minor = said.denomination_minor
        await self._write(
            machine.id,
            machine.operator_user_id,
            CashMovementKind.FIRST_REPORT,
            said.unit,
            minor,
            said.count,
        )
        await self._rebase(machine.id, said.unit, minor, said.count)
        await self._set_report(machine.id, said, difference=0)

    async def _lay_beside(self, machine: Machine, row: Row, said: Reported) -> None:
        difference = said.count - row["expected_count"]
        if (said.count, difference) != (row["reported_count"], row["difference"]):
            self._audit.concerned.add(machine.operator_user_id)
        await self._set_report(machine.id, said, difference=difference)

    async def _set_report(self, machine_id: str, said: Reported, *, difference: int) -> None:
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.cash_units SET reported_count = :count, reported_at = :now,
                difference = :difference, capacity = :capacity
            WHERE machine_id = :id AND unit = :unit AND denomination_minor = :minor
            """,
            id=machine_id,
            unit=said.unit,
            minor=said.denomination_minor,
            count=said.count,
            now=self._now,
            difference=difference,
            capacity=said.capacity,
        )

    async def _forget_report(self, machine: Machine, row: Row) -> None:
        self._audit.concerned.add(machine.operator_user_id)
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.cash_units SET reported_count = NULL, difference = NULL
            WHERE machine_id = :id AND unit = :unit AND denomination_minor = :minor
            """,
            id=machine.id,
            unit=row["unit"],
            minor=row["denomination_minor"],
        )

    async def _rebase(
        self, machine_id: str, unit: CashUnitKind, minor: int, count: int, *, stayed_then_minor: int = 0
    ) -> None:
        """So many are in the unit at this moment; what moves from now on is counted from here."""
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.cash_units AS known
                (machine_id, unit, denomination_minor, expected_count, base_count, base_at, stayed_then_minor)
            VALUES (:machine_id, :unit, :minor, :count, :count, :now, :stayed)
            ON CONFLICT (machine_id, unit, denomination_minor) DO UPDATE
            SET expected_count = :count, base_count = :count, base_at = :now, stayed_then_minor = :stayed,
                refilled_since = 0, dispensed_since = 0, taken_since = 0, difference = NULL
            """,
            machine_id=machine_id,
            unit=unit,
            minor=minor,
            count=count,
            now=self._now,
            stayed=stayed_then_minor,
        )

    async def _write(
        self,
        machine_id: str,
        operator_user_id: str,
        kind: CashMovementKind,
        unit: CashUnitKind,
        minor: int,
        count: int,
        **more: object,
    ) -> None:
        self._audit.concerned.add(operator_user_id)
        row = {
            "id": new_id(),
            "machine_id": machine_id,
            "operator_user_id": operator_user_id,
            "unit": unit,
            "denomination_minor": minor,
            "kind": kind,
            "count": count,
            "at": self._now,
            **more,
        }
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.cash_movements ({", ".join(row)})
            VALUES ({", ".join(":" + column for column in row)})
            """,
            **row,
        )

    def _record(self, event: str, machine: Row, said: Mapping[str, object]) -> None:
        self._audit.record(
            event,
            "machine",
            str(machine["id"]),
            operator_user_id=str(machine["operator_user_id"]),
            after=said,
        )


def _name(row: Row) -> _Name:
    return str(row["unit"]), int(row["denomination_minor"])


def _together(units: Iterable[Reported]) -> dict[_Name, Reported]:
    """By name: two cassettes of one denomination are one unit. What fits into a box is said once for each
    denomination in it, what fits into a cassette is its own."""
    said: dict[_Name, Reported] = {}
    for unit in units:
        name = (str(unit.unit), unit.denomination_minor)
        other = said.get(name)
        said[name] = unit if other is None else _both(other, unit)
    return said


def _both(one: Reported, other: Reported) -> Reported:
    capacity: int | None = None
    if one.capacity is not None and other.capacity is not None:
        is_box = one.unit is CashUnitKind.BOX
        capacity = max(one.capacity, other.capacity) if is_box else one.capacity + other.capacity
    return replace(one, count=one.count + other.count, capacity=capacity)
