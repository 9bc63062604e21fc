"""What the program noticed and cannot decide: one open row a matter, until a person closes it."""

from __future__ import annotations

from .ids import new_id
from .sql import SCHEMA, Row, Sql


class Worklist:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def open(
        self, kind: str, subject_id: str, *, operator_user_id: str, machine_id: str, detail: str
    ) -> None:
        """Put a matter before the operator; a matter that is open already stays one row."""
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.worklist
                (id, operator_user_id, machine_id, kind, subject_id, detail, opened_at)
            VALUES (:id, :operator, :machine, :kind, :subject, :detail, :now)
            ON CONFLICT DO NOTHING
            """,
            id=new_id(),
            operator=operator_user_id,
            machine=machine_id,
            kind=kind,
            subject=subject_id,
            detail=detail,
            now=self._now,
        )

    async def open_matters(self, operator_user_id: str, limit: int) -> list[Row]:
        """What waits for the operator, newest first."""
        return await self._sql.all(
            f"""
            SELECT kind, subject_id, machine_id, detail, opened_at FROM {SCHEMA}.worklist
            WHERE operator_user_id = :operator AND closed_at IS NULL
            ORDER BY opened_at DESC, id LIMIT :limit
            """,
            operator=operator_user_id,
            limit=limit,
        )

    async def close(self, kind: str, subject_id: str) -> None:
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.worklist SET closed_at = :now
            WHERE kind = :kind AND subject_id = :subject AND closed_at IS NULL
            """,
            kind=kind,
            subject=subject_id,
            now=self._now,
        )
