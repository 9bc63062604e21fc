"""What was sold each day at each machine, kept beside the sales so that nobody has to add them up.

Worked out of the sales themselves, in slices of one day at one machine, each by an index; written over
whenever one of those sales has changed. What is here can always be worked out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ..core import days
from ..core.figures import ChangedSale, DayFigures, Figures
from .audit import Audit
from .sql import SCHEMA, Row, Sql

_SUMS = """
    COUNT(*) AS sales, SUM(COALESCE(sale.fiat_minor, 0)) AS fiat_minor, SUM(sale.wire_sats) AS wire_sats,
    SUM(sale.commission_sats) AS commission_sats, SUM(sale.operator_fee_sats) AS operator_fee_sats,
    SUM(sale.retained_sats) AS retained_sats"""
_COUNTS = "NOT sale.is_test AND sale.state NOT IN ('rejected', 'dismissed')"
_CURSOR = "figures"


class DailyFigures:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    # From the sales themselves ---------------------------------------------------------------

    async def of_machine(self, machine_id: str, day: date, time_zone: str) -> list[DayFigures]:
        """One day of a machine."""
        found = await self._sold("sale.machine_id = :of", machine_id, *days.bounds_of(day, time_zone))
        return [
            DayFigures(
                machine_id=machine_id, day=day.isoformat(), currency=row["currency"], figures=_figures(row)
            )
            for row in found
        ]

    async def of_operator(self, user_id: str, since: int, until: int) -> dict[str, Figures]:
        """From one instant on and before another, no more than a day, by currency."""
        found = await self._sold("sale.operator_user_id = :of", user_id, since, until)
        return {str(row["currency"]): _figures(row) for row in found}

    async def _sold(self, whose: str, of: str, since: int, until: int) -> list[Row]:
        source = f"""{SCHEMA}.dca_settlements AS sale
            WHERE {whose} AND sale.paid_at >= :since AND sale.paid_at < :until AND {_COUNTS}"""
        values = {"of": of, "since": since, "until": until}
        sold = await self._sql.all(
            f"SELECT sale.currency, {_SUMS} FROM {source} GROUP BY sale.currency ORDER BY sale.currency",
            **values,
        )
        paid = await self._sql.all(
            f"""
            SELECT sale.currency, SUM((
                SELECT COALESCE(SUM(leg.sats), 0) FROM {SCHEMA}.dca_payments AS leg
                WHERE leg.settlement_id = sale.id AND leg.leg_type = 'dca' AND leg.state = 'completed'
            )) AS lps_sats
            FROM {source} GROUP BY sale.currency
            """,
            **values,
        )
        to_lps = {row["currency"]: row["lps_sats"] for row in paid}
        return [{**row, "lps_sats": to_lps.get(row["currency"], 0)} for row in sold]

    async def changed(self, since: int, limit: int) -> list[ChangedSale]:
        """Sales that changed at or after an instant, the earliest change first."""
        found = await self._sql.all(
            f"""
            SELECT machine_id, operator_user_id, paid_at, updated_at FROM {SCHEMA}.dca_settlements
            WHERE updated_at >= :since ORDER BY updated_at, id LIMIT :limit
            """,
            since=since,
            limit=limit,
        )
        return [
            ChangedSale(
                user_id=row["operator_user_id"],
                machine_id=row["machine_id"],
                paid_at=row["paid_at"],
                updated_at=row["updated_at"],
            )
            for row in found
        ]

    # What is kept ------------------------------------------------------------------------------

    async def kept(self, user_id: str, since: date, until: date) -> list[DayFigures]:
        """An operator's days from one to another, both included."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.day_figures
            WHERE operator_user_id = :operator AND day >= :since AND day <= :until
            ORDER BY day, machine_id, currency
            """,
            operator=user_id,
            since=since.isoformat(),
            until=until.isoformat(),
        )
        return [_day(row) for row in found]

    async def kept_of(self, machine_id: str, day: date) -> list[DayFigures]:
        """One day of a machine."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.day_figures
            WHERE machine_id = :machine AND day = :day ORDER BY currency
            """,
            machine=machine_id,
            day=day.isoformat(),
        )
        return [_day(row) for row in found]

    async def keep(self, user_id: str, machine_id: str, day: date, figures: Sequence[DayFigures]) -> None:
        """Write a day of a machine over the one before."""
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.day_figures WHERE machine_id = :machine AND day = :day",
            machine=machine_id,
            day=day.isoformat(),
        )
        await self._insert(user_id, figures)
        self._audit.concerned.add(user_id)

    async def replace(self, user_id: str, figures: Sequence[DayFigures]) -> None:
        """Write all of an operator's days over those before: nothing of them is due any more."""
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.day_figures WHERE operator_user_id = :operator", operator=user_id
        )
        await self._insert(user_id, figures)
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.figures_due WHERE operator_user_id = :operator", operator=user_id
        )
        self._audit.concerned.add(user_id)

    async def _insert(self, user_id: str, figures: Sequence[DayFigures]) -> None:
        columns = list(_fields(Figures()))
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.day_figures
                (operator_user_id, machine_id, day, currency, {", ".join(columns)})
            VALUES (:operator, :machine, :day, :currency, {", ".join(f":{name}" for name in columns)})
            """,
            [
                {
                    "operator": user_id,
                    "machine": one.machine_id,
                    "day": one.day,
                    "currency": one.currency,
                    **_fields(one.figures),
                }
                for one in figures
            ],
        )

    # What is still to be counted -----------------------------------------------------------------

    async def forget(self, user_id: str) -> None:
        """The operator's days begin elsewhere now: all of them are counted anew."""
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.day_figures WHERE operator_user_id = :operator", operator=user_id
        )
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.figures_due (operator_user_id, due_at) VALUES (:operator, :now)
            ON CONFLICT (operator_user_id) DO UPDATE SET due_at = excluded.due_at
            """,
            operator=user_id,
            now=self._now,
        )

    async def due(self) -> str | None:
        """An operator whose days are to be counted anew."""
        found = await self._sql.value(
            f"SELECT operator_user_id FROM {SCHEMA}.figures_due ORDER BY due_at, operator_user_id LIMIT 1"
        )
        return None if found is None else str(found)

    async def is_due(self, user_id: str) -> bool:
        found = await self._sql.value(
            f"SELECT 1 FROM {SCHEMA}.figures_due WHERE operator_user_id = :operator", operator=user_id
        )
        return found is not None

    async def looked_until(self) -> int | None:
        """The instant up to which changes of sales are in the figures; None before the first time."""
        found = await self._sql.value(
            f"SELECT position FROM {SCHEMA}.reconcile_cursors WHERE name = :name", name=_CURSOR
        )
        return None if found is None else int(found)

    async def note_look(self, until: int) -> None:
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.reconcile_cursors (name, position, moved_at) VALUES (:name, :until, :now)
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at
            """,
            name=_CURSOR,
            until=str(until),
            now=self._now,
        )


def _fields(figures: Figures) -> dict[str, int]:
    """The columns that figures are kept in."""
    return dict(vars(figures))


def _figures(row: Row) -> Figures:
    return Figures(**{name: int(row[name]) for name in _fields(Figures())})


def _day(row: Row) -> DayFigures:
    return DayFigures(
        machine_id=row["machine_id"], day=row["day"], currency=row["currency"], figures=_figures(row)
    )
