"""The banknotes in machines: expected and reported by cassette and box, and every movement of them.

What can go wrong: notes of one transaction booked twice, because its machine reports it again and again. So
each movement of a transaction says how many notes of their kind it had moved before (`booked_before`), and a
unique index lets only one movement follow that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.cash_position import (
    DAY_SECONDS,
    MOST_UNITS,
    WINDOW_SECONDS,
    CashMovementKind,
    CashUnitKind,
    Notes,
    Reported,
    together,
)
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

        The first report of all begins the books of the units in it; whatever was not in it held nothing then.
        A unit that is not in the report any more has none.
        """
        said = together(units)
        known = {_name(row): row for row in await self.of(machine.id)}
        is_first = not any(row["reported_at"] is not None for row in known.values())
        left_out = sorted(name for name in said if name not in known)[max(0, MOST_UNITS - len(known)) :]
        laid_beside = []
        for name, unit in said.items():
            if name in left_out:
                continue
            expected = await self._expected(machine, known.get(name), unit, is_first=is_first)
            laid_beside.append((unit, unit.count - expected))
        await self._set_reports(machine.id, laid_beside)
        gone = [row for name, row in known.items() if name not in said and row["reported_count"] is not None]
        await self._forget_reports(machine.id, gone)
        is_news = any(
            (unit.count, difference) != _report_of(known.get(_name_of(unit)))
            for unit, difference in laid_beside
        )
        if is_news or gone:
            self._audit.concerned.add(machine.operator_user_id)

    async def _expected(self, machine: Machine, row: Row | None, said: Reported, *, is_first: bool) -> int:
        """What is expected of a unit that is reported; its books begin now, if they have not yet."""
        if row is not None and row["expected_count"] is not None:
            return int(row["expected_count"])
        minor = said.denomination_minor
        if row is None and not is_first:
            await self._begin_with_nothing(machine.id, said.unit, minor)
            return 0
        await self._write(
            machine.id,
            machine.operator_user_id,
            CashMovementKind.FIRST_REPORT,
            said.unit,
            minor,
            said.count,
        )
        stayed = 0 if row is None else row["stayed_then_minor"]
        await self._rebase(machine.id, said.unit, minor, said.count, stayed_then_minor=stayed)
        return said.count

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
            if unit is CashUnitKind.BOX:
                await self._begin_box(machine.id, minor)
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

    async def _begin_box(self, machine_id: str, minor: int) -> None:
        """A denomination that a machine takes for the first time, and of which it had reported no note."""
        has_reported = await self._sql.value(
            f"""
            SELECT COUNT(*) FROM {SCHEMA}.cash_units WHERE machine_id = :id AND reported_at IS NOT NULL
            """,
            id=machine_id,
        )
        if has_reported and await self.one(machine_id, CashUnitKind.BOX, minor) is None:
            await self._begin_with_nothing(machine_id, CashUnitKind.BOX, minor)

    async def _begin_with_nothing(self, machine_id: str, unit: CashUnitKind, minor: int) -> None:
        """A unit that held nothing until now: what stayed in the machine before is not in it."""
        stayed = await self.stayed_minor(machine_id)
        await self._rebase(machine_id, unit, minor, 0, stayed_then_minor=stayed)

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

    async def refill(self, machine: Row, minor: int, count: int, *, by: str, note: str) -> str:
        """The operator put notes into a cassette; a denomination that is new begins one that held nothing.

        The movement's id.
        """
        cassette = CashUnitKind.CASSETTE
        if await self.one(machine["id"], cassette, minor) is None:
            await self._begin_with_nothing(machine["id"], cassette, minor)
        movement_id = await self._write(
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
        self._record("machine.refilled", machine, cassette, minor, {"count": count, "notes": note})
        return movement_id

    async def empty(
        self, machine: Row, unit: CashUnitKind, minor: int, counted: int, *, by: str, note: str
    ) -> str:
        """The operator took every note out and counted them: the books of the unit begin anew, with nothing.

        The difference from what was expected is written down; it is not known where nothing was expected
        yet. Of a denomination that the books do not have none was. The movement's id.
        """
        known = await self.one(machine["id"], unit, minor)
        expected = 0 if known is None else known["expected_count"]
        difference = None if expected is None else counted - expected
        movement_id = await self._write(
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
        await self._begin_with_nothing(machine["id"], unit, minor)
        said = {"count": counted, "difference": difference, "notes": note}
        self._record("machine.emptied", machine, unit, minor, said)
        return movement_id

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

    async def notes_of_days(self, machine_id: str) -> list[Notes]:
        """Notes that customers got and gave in the last 14 days, by day."""
        found = await self._sql.all(
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
        return [
            Notes(
                kind=CashMovementKind(row["kind"]),
                denomination_minor=row["denomination_minor"],
                days_ago=int(row["days_ago"]),
                count=int(row["count"]),
            )
            for row in found
        ]

    async def _set_reports(self, machine_id: str, said: Sequence[tuple[Reported, int]]) -> None:
        """What is reported of each unit, and how it differs."""
        await self._sql.run_many(
            f"""
            UPDATE {SCHEMA}.cash_units SET reported_count = :count, reported_at = :now,
                difference = :difference, capacity = :capacity
            WHERE machine_id = :id AND unit = :unit AND denomination_minor = :minor
            """,
            [
                {
                    "id": machine_id,
                    "unit": unit.unit,
                    "minor": unit.denomination_minor,
                    "count": unit.count,
                    "now": self._now,
                    "difference": difference,
                    "capacity": unit.capacity,
                }
                for unit, difference in said
            ],
        )

    async def _forget_reports(self, machine_id: str, gone: Sequence[Row]) -> None:
        await self._sql.run_many(
            f"""
            UPDATE {SCHEMA}.cash_units SET reported_count = NULL, difference = NULL
            WHERE machine_id = :id AND unit = :unit AND denomination_minor = :minor
            """,
            [{"id": machine_id, "unit": row["unit"], "minor": row["denomination_minor"]} for row in gone],
        )

    async def _rebase(
        self, machine_id: str, unit: CashUnitKind, minor: int, count: int, *, stayed_then_minor: int
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
    ) -> str:
        """Write a movement; its id."""
        self._audit.concerned.add(operator_user_id)
        movement_id = new_id()
        row = {
            "id": movement_id,
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
        return movement_id

    def _record(
        self, event: str, machine: Row, unit: CashUnitKind, minor: int, said: Mapping[str, object]
    ) -> None:
        named = {"unit": unit, "denomination_minor": minor, "currency": machine["currency"]}
        self._audit.record(
            event,
            "machine",
            str(machine["id"]),
            operator_user_id=str(machine["operator_user_id"]),
            after={**named, **said},
        )


def _name(row: Row) -> _Name:
    return str(row["unit"]), int(row["denomination_minor"])


def _name_of(unit: Reported) -> _Name:
    return str(unit.unit), unit.denomination_minor


def _report_of(row: Row | None) -> tuple[int | None, int | None]:
    """What was reported of a unit so far, and how it differed."""
    return (None, None) if row is None else (row["reported_count"], row["difference"])
