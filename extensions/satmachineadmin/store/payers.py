"""Wallets whose unstamped payments an operator always takes for top-ups."""

from __future__ import annotations

from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql


def label_of(wallet_id: str) -> str:
    """How an operator recognizes a stranger's wallet: never by its id."""
    return f"wallet …{wallet_id[-4:]}"


class Payers:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def wallet_ids(self, operator_user_id: str) -> frozenset[str]:
        """The wallets that this operator remembers."""
        found = await self._sql.all(
            f"SELECT wallet_id FROM {SCHEMA}.known_payers WHERE operator_user_id = :operator",
            operator=operator_user_id,
        )
        return frozenset(str(row["wallet_id"]) for row in found)

    async def all(self, operator_user_id: str, limit: int) -> list[Row]:
        """What the operator remembers, the newest first."""
        return await self._sql.all(
            f"""
            SELECT id, operator_user_id, label, created_at FROM {SCHEMA}.known_payers
            WHERE operator_user_id = :operator ORDER BY created_at DESC, id LIMIT :limit
            """,
            operator=operator_user_id,
            limit=limit,
        )

    async def row(self, payer_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.known_payers WHERE id = :id", id=payer_id)

    async def remember(self, operator_user_id: str, wallet_id: str, label: str) -> None:
        """From now on; a wallet that is remembered already stays as it is."""
        payer_id = new_id()
        touched = await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.known_payers (id, operator_user_id, wallet_id, label, created_at)
            VALUES (:id, :operator, :wallet_id, :label, :now)
            ON CONFLICT (operator_user_id, wallet_id) DO NOTHING
            """,
            id=payer_id,
            operator=operator_user_id,
            wallet_id=wallet_id,
            label=label,
            now=self._now,
        )
        if touched:
            self._audit.record(
                "payer.remembered",
                "payer",
                payer_id,
                operator_user_id=operator_user_id,
                after={"label": label},
            )

    async def forget(self, payer: Row) -> None:
        """From now on its payments are suspects again."""
        await self._sql.run(f"DELETE FROM {SCHEMA}.known_payers WHERE id = :id", id=payer["id"])
        self._audit.record(
            "payer.forgotten",
            "payer",
            payer["id"],
            operator_user_id=payer["operator_user_id"],
            before={"label": payer["label"]},
        )
