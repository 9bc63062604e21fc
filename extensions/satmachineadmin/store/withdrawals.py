"""Withdrawals: links by which a customer fetches sats with an invoice of its own (LUD-03).

What can go wrong: one link paid twice, or to two people. So a link moves by compare-and-swap along
core.states' arrows, and two unique indexes stand behind it: one open withdrawal a settlement, one
withdrawal an invoice.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import StateMoved
from ..core.states import WithdrawalState, check_withdrawal_arrow
from ..core.withdrawing import WithdrawalKind
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql


class Withdrawals:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def open(self, fields: Mapping[str, object]) -> str:
        """Write a link that waits for an invoice; TableRefused when its settlement has one under way."""
        withdrawal_id = new_id()
        row = {
            **fields,
            "id": withdrawal_id,
            "state": WithdrawalState.OPEN,
            "created_at": self._now,
            "updated_at": self._now,
        }
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.withdrawals ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        # The event hangs on the settlement, whose timeline people read; the secret stays out of it.
        self._record("opened", row, after={"sats": fields["amount_msat"], "reason": fields["reason"]})
        return withdrawal_id

    async def by_secret(self, k1: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.withdrawals WHERE k1 = :k1", k1=k1)

    async def under_way(self, settlement_id: str, kind: WithdrawalKind = WithdrawalKind.REFUND) -> Row | None:
        """The withdrawal of a settlement that is open or being paid."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.withdrawals
            WHERE settlement_id = :id AND state IN ('open', 'claimed') AND kind = :kind
            """,
            id=settlement_id,
            kind=kind,
        )

    async def has_paid_late(self, settlement_id: str) -> bool:
        """Whether the customer of a settlement was refunded from a wallet of the operator's."""
        found = await self._sql.value(
            f"""
            SELECT COUNT(*) FROM {SCHEMA}.withdrawals
            WHERE settlement_id = :id AND kind = 'late_refund' AND state = 'paid'
            """,
            id=settlement_id,
        )
        return bool(found)

    async def newest_of(self, settlement_id: str) -> Row | None:
        """The last withdrawal that was opened for a settlement, whatever became of it."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.withdrawals WHERE settlement_id = :id
            ORDER BY created_at DESC, id DESC LIMIT 1
            """,
            id=settlement_id,
        )

    async def of_transaction(self, transaction_id: str) -> Row | None:
        """The last withdrawal that was opened for a machine's transaction, whatever became of it."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.withdrawals
            WHERE transaction_id = :id AND transaction_id <> '' AND kind = 'cash_in'
            ORDER BY created_at DESC, id DESC LIMIT 1
            """,
            id=transaction_id,
        )

    async def move(self, withdrawal: Row, after: WithdrawalState, **columns: object) -> None:
        """Compare-and-swap along one arrow, setting further columns; raises StateMoved when too late."""
        arrow = check_withdrawal_arrow(WithdrawalState(withdrawal["state"]), after)
        updates = "".join(f", {column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.withdrawals SET state = :after, updated_at = :now{updates}
            WHERE id = :id AND state = :before
            """,
            id=withdrawal["id"],
            before=withdrawal["state"],
            after=after,
            now=self._now,
            **columns,
        )
        if touched != 1:
            raise StateMoved(thing="withdrawal")
        self._record(arrow, withdrawal, after={"error_message": columns.get("error_message")})

    def _record(self, arrow: str, row: Mapping[str, object], after: Mapping[str, object]) -> None:
        self._audit.record(
            f"withdrawal.{arrow}",
            "settlement",
            str(row["settlement_id"]),
            operator_user_id=str(row["operator_user_id"]),
            before={"state": row["state"]},
            after={key: value for key, value in after.items() if value is not None},
        )
