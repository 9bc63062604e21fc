"""Closed months: written once, in their order, each naming the one before."""

from __future__ import annotations

from ..core.months import Month, month_hash
from .audit import Audit
from .sql import SCHEMA, Row, Sql


class Months:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def closed(self, operator_user_id: str) -> list[Row]:
        """Every closed month, the newest first: twelve a year."""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.closed_months WHERE operator_user_id = :operator ORDER BY month DESC
            """,
            operator=operator_user_id,
        )

    async def first(self, operator_user_id: str) -> int | None:
        """The earliest instant that an operator's books know of; None before the first machine."""
        found: int | None = await self._sql.value(
            f"""
            SELECT MIN(wallet.scan_from) FROM {SCHEMA}.machine_wallets AS wallet
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = wallet.machine_id
            WHERE machine.operator_user_id = :operator
            """,
            operator=operator_user_id,
        )
        return found

    async def close(self, operator_user_id: str, month: Month, text: str, previous: str) -> None:
        """Freeze a month. Raises TableRefused where it, or one that follows the same, is closed already."""
        seal = month_hash(text)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.closed_months
                (id, operator_user_id, month, statement, hash, follows, closed_at)
            VALUES (:id, :operator, :month, :text, :hash, :follows, :now)
            """,
            id=f"{operator_user_id}:{month.name}",
            operator=operator_user_id,
            month=month.name,
            text=text,
            hash=seal,
            follows=f"{operator_user_id}:{previous}",
            now=self._now,
        )
        self._audit.record(
            "month.closed",
            "month",
            month.name,
            operator_user_id=operator_user_id,
            after={"name": month.name, "hash": seal},
        )
