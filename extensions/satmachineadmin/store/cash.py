"""Cash entries: fiat that LPs handed over, in all the ways that it comes and goes."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import StateMoved
from ..core.states import CashEntryStatus
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

    async def add(self, fields: Mapping[str, object]) -> str:
        """Write an entry that counts only once it is confirmed."""
        entry_id = new_id()
        row = {**fields, "id": entry_id, "status": CashEntryStatus.PENDING, "created_at": self._now}
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_deposits ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        await self._count(str(fields["client_id"]), pending=_minor(fields))
        self._audit.record(
            "cash.recorded",
            "cash",
            entry_id,
            operator_user_id=str(fields["operator_user_id"]),
            after=fields,
        )
        return entry_id

    async def confirm(self, entry: Row, *, by: str) -> None:
        """From now on the entry counts in the LP's balance."""
        await self._close(entry, CashEntryStatus.CONFIRMED, confirmed_by=by, confirmed_at=self._now)
        await self._count(entry["client_id"], pending=-_minor(entry), confirmed=_minor(entry))

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

    async def cancel(self, entry: Row) -> None:
        """Put a pending entry aside; it never counted."""
        await self._close(entry, CashEntryStatus.CANCELLED)
        await self._count(entry["client_id"], pending=-_minor(entry))

    async def _close(self, entry: Row, after: CashEntryStatus, **columns: object) -> None:
        updates = "".join(f", {column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_deposits SET status = :after, closed_at = :now{updates}
            WHERE id = :id AND status = 'pending'
            """,
            id=entry["id"],
            after=after,
            now=self._now,
            **columns,
        )
        if touched != 1:
            raise StateMoved(thing="cash entry")
        self._audit.record(
            f"cash.{after}",
            "cash",
            entry["id"],
            operator_user_id=entry["operator_user_id"],
            before={"status": entry["status"]},
            after={"status": after},
        )

    async def _count(self, enrolment_id: str, *, pending: int = 0, confirmed: int = 0) -> None:
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_clients SET pending_minor = pending_minor + :pending,
                confirmed_minor = confirmed_minor + :confirmed, updated_at = :now
            WHERE id = :id
            """,
            id=enrolment_id,
            pending=pending,
            confirmed=confirmed,
            now=self._now,
        )


def _minor(entry: Mapping[str, object]) -> int:
    return int(str(entry["amount_minor"]))
