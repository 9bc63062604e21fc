"""Cash entries: fiat that LPs handed over, in all the ways that it comes and goes.

An entry and the sums of its enrolment change in the same transaction; what an entry counts for in
which status is `core.balances.weight`. The table's CHECK refuses to take out what is paid or reserved.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.balances import Weight, weight
from ..core.errors import StateMoved
from ..core.states import CashEntryStatus, check_cash_arrow
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql


class Cash:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def get(self, entry_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_deposits WHERE id = :id", id=entry_id)

    async def act_of(self, entry: Row) -> list[Row]:
        """The entries that stand and fall with this one, itself included."""
        if entry["act_id"] is None:
            return [entry]
        return await self._sql.all(
            f"SELECT * FROM {SCHEMA}.dca_deposits WHERE act_id = :act_id ORDER BY id", act_id=entry["act_id"]
        )

    async def add(self, fields: Mapping[str, object], entry_id: str | None = None) -> str:
        """Write an entry: what it brings counts once it is confirmed, what it takes out is held now."""
        entry_id = entry_id or new_id()
        row = {**fields, "id": entry_id, "status": CashEntryStatus.PENDING, "created_at": self._now}
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_deposits ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        await self._count(str(fields["client_id"]), weight(_minor(fields), CashEntryStatus.PENDING))
        self._audit.record(
            "cash.recorded",
            "cash",
            entry_id,
            operator_user_id=str(fields["operator_user_id"]),
            after=fields,
        )
        return entry_id

    async def confirm(self, entry: Row, *, by: str) -> None:
        """From now on the entry counts in the LP's balance. Raises StateMoved, ArrowNotAllowed."""
        await self._move(
            entry,
            CashEntryStatus.CONFIRMED,
            confirmed_by=by,
            confirmed_at=self._now,
            closed_at=self._now,
        )

    async def cancel(self, entry: Row) -> None:
        """Put a waiting entry aside; it never counted. Raises StateMoved, ArrowNotAllowed."""
        await self._move(entry, CashEntryStatus.CANCELLED, closed_at=self._now)

    async def dispute(self, entry: Row, reason: str) -> None:
        """The LP says that it is wrong. Raises StateMoved, ArrowNotAllowed."""
        await self._move(entry, CashEntryStatus.DISPUTED, dispute_reason=reason, disputed_at=self._now)

    async def withdraw_dispute(self, entry: Row) -> None:
        """The LP stands by it after all. Raises StateMoved, ArrowNotAllowed."""
        await self._move(entry, CashEntryStatus.PENDING, dispute_reason=None, disputed_at=None)

    async def corrections(self, settlement_id: str) -> dict[str, int]:
        """What corrections of a sale gave back to each LP so far, or took: enrolment → minor units."""
        found = await self._sql.all(
            f"""
            SELECT client_id, SUM(amount_minor) AS amount_minor FROM {SCHEMA}.dca_deposits
            WHERE related_id = :settlement AND kind = 'correction' AND status = 'confirmed'
            GROUP BY client_id
            """,
            settlement=settlement_id,
        )
        return {str(row["client_id"]): int(row["amount_minor"]) for row in found}

    async def counter_entries(self, entry_id: str) -> tuple[int, bool]:
        """What confirmed corrections added to an entry, and whether another one waits."""
        row = await self._sql.one(
            f"""
            SELECT COALESCE(SUM(CASE WHEN status = 'confirmed' THEN amount_minor ELSE 0 END), 0) AS added,
                   COALESCE(SUM(CASE WHEN status IN ('pending', 'disputed') THEN 1 ELSE 0 END), 0) AS waiting
            FROM {SCHEMA}.dca_deposits WHERE related_id = :entry AND kind = 'correction'
            """,
            entry=entry_id,
        )
        return (int(row["added"]), int(row["waiting"]) > 0) if row else (0, False)

    async def _move(self, entry: Row, after: CashEntryStatus, **columns: object) -> None:
        """Along an arrow, if nobody did so meanwhile; the sums of its enrolment follow."""
        before = CashEntryStatus(entry["status"])
        arrow = check_cash_arrow(before, after)
        updates = "".join(f", {column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_deposits SET status = :after{updates}
            WHERE id = :id AND status = :before
            """,
            id=entry["id"],
            before=before,
            after=after,
            **columns,
        )
        if touched != 1:
            raise StateMoved(thing="cash entry")
        await self._count(entry["client_id"], weight(_minor(entry), after) - weight(_minor(entry), before))
        said = {"dispute_reason": columns["dispute_reason"]} if columns.get("dispute_reason") else {}
        self._audit.record(
            f"cash.{arrow}",
            "cash",
            entry["id"],
            operator_user_id=entry["operator_user_id"],
            before={"status": before},
            after={"status": after, **said},
        )

    async def _count(self, enrolment_id: str, change: Weight) -> None:
        self._audit.concerned.add(enrolment_id)
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_clients SET confirmed_minor = confirmed_minor + :confirmed,
                pending_minor = pending_minor + :pending, reserved_minor = reserved_minor + :leaving,
                leaving_minor = leaving_minor + :leaving, updated_at = :now
            WHERE id = :id
            """,
            id=enrolment_id,
            confirmed=change.confirmed_minor,
            pending=change.pending_minor,
            leaving=change.leaving_minor,
            now=self._now,
        )


def _minor(entry: Mapping[str, object]) -> int:
    return int(str(entry["amount_minor"]))
