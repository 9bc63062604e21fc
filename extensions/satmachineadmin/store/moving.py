"""What was taken over from the predecessor: which rows, what they became, and the sales of before."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

#: Rows of one statement: a statement binds no more than some ten thousand values.
SLICE = 500


@dataclass(frozen=True, kw_only=True)
class MovedRow:
    """A row of the predecessor's; without an id that it became, a later run may take it over."""

    table: str
    row_id: str
    became_id: str | None
    problem: str
    #: as it was, JSON
    body: str


class Moving:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def moved(self) -> dict[tuple[str, str], str]:
        """(table, id) of every row that was taken over → what it became."""
        found = await self._sql.all(
            f"""
            SELECT source_table, row_id, became_id FROM {SCHEMA}.moved_rows WHERE became_id IS NOT NULL
            """
        )
        return {(row["source_table"], row["row_id"]): str(row["became_id"]) for row in found}

    async def keep(self, move_id: str, rows: Sequence[MovedRow]) -> None:
        """Write rows down; one that was taken over stays what it became."""
        if rows:
            await self._sql.run_many(
                f"""
                INSERT INTO {SCHEMA}.moved_rows (source_table, row_id, became_id, problem, body, move_id)
                VALUES (:source_table, :row_id, :became_id, :problem, :body, :move_id)
                ON CONFLICT (source_table, row_id) DO UPDATE SET became_id = excluded.became_id,
                    problem = excluded.problem, body = excluded.body, move_id = excluded.move_id
                WHERE moved_rows.became_id IS NULL
                """,
                [
                    {
                        "source_table": row.table,
                        "row_id": row.row_id,
                        "became_id": row.became_id,
                        "problem": row.problem,
                        "body": row.body,
                        "move_id": move_id,
                    }
                    for row in rows
                ],
            )

    async def begin(self, source: str, digest: str, report: Mapping[str, object], *, by: str) -> str:
        """Note that a move is made, and what was told of it before; its id."""
        move_id = new_id()
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.moves (id, source, digest, report, moved_by, created_at)
            VALUES (:id, :source, :digest, :report, :by, :now)
            """,
            id=move_id,
            source=source,
            digest=digest,
            report=json.dumps(dict(report)),
            by=by,
            now=self._now,
        )
        self._audit.record(
            "predecessor.moved",
            "move",
            move_id,
            operator_user_id=by,
            after={"source": source, "digest": digest, "counts": report["counts"]},
        )
        return move_id

    async def made(self) -> list[Row]:
        """Every move with its report, the newest first; they are few."""
        return await self._sql.all(f"SELECT * FROM {SCHEMA}.moves ORDER BY created_at DESC, id")

    async def sources(self) -> set[str]:
        """What something was taken over from."""
        found = await self._sql.all(f"SELECT DISTINCT source FROM {SCHEMA}.moves")
        return {str(row["source"]) for row in found}

    async def machines_of(self, wallet_ids: Collection[str]) -> list[Row]:
        """The machines that hold these wallets now."""
        return await self._in_slices(
            "wallet",
            wallet_ids,
            f"""
            SELECT id, operator_user_id, currency, wallet_id FROM {SCHEMA}.dca_machines
            WHERE wallet_id IN {{listed}} ORDER BY created_at, id
            """,
        )

    async def enrolments_at(self, machine_ids: Collection[str]) -> list[Row]:
        """The LPs of these machines, and whether each has any cash entry."""
        return await self._in_slices(
            "machine",
            machine_ids,
            f"""
            SELECT client.id, client.machine_id, client.user_id,
                   EXISTS (SELECT 1 FROM {SCHEMA}.dca_deposits AS entry WHERE entry.client_id = client.id)
                       AS has_cash
            FROM {SCHEMA}.dca_clients AS client WHERE client.machine_id IN {{listed}}
            ORDER BY client.created_at, client.id
            """,
        )

    async def chosen_among(self, user_ids: Collection[str]) -> set[str]:
        """Those of the users that have preferences here."""
        found = await self._in_slices(
            "user", user_ids, f"SELECT user_id FROM {SCHEMA}.dca_lp WHERE user_id IN {{listed}}"
        )
        return {str(row["user_id"]) for row in found}

    async def add_sales(self, sales: Sequence[Row]) -> None:
        await self._add("earlier_sales", sales)

    async def add_legs(self, legs: Sequence[Row]) -> None:
        await self._add("earlier_legs", legs)

    async def settled_before(self, wallet_id: str, payment_hashes: Collection[str]) -> set[str]:
        """Those of a wallet's payments that the predecessor had for sales: none is settled again."""
        found = await self._in_slices(
            "hash",
            payment_hashes,
            f"""
            SELECT payment_hash FROM {SCHEMA}.earlier_sales
            WHERE payment_hash IN {{listed}} AND wallet_id = :wallet
            """,
            wallet=wallet_id,
        )
        return {str(row["payment_hash"]) for row in found}

    async def sales_of(self, wallet_ids: Collection[str]) -> dict[tuple[str, str], str]:
        """(wallet, payment hash) of every sale of these books in some wallets → its state."""
        found = await self._in_slices(
            "wallet",
            wallet_ids,
            f"""
            SELECT wallet_id, payment_hash, state FROM {SCHEMA}.dca_settlements
            WHERE wallet_id IN {{listed}}
            """,
        )
        return {(str(row["wallet_id"]), str(row["payment_hash"])): str(row["state"]) for row in found}

    async def _add(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            columns = sorted(rows[0])
            await self._sql.run_many(
                f"""
                INSERT INTO {SCHEMA}.{table} ({", ".join(columns)})
                VALUES ({", ".join(":" + column for column in columns)}) ON CONFLICT (id) DO NOTHING
                """,
                rows,
            )

    async def _in_slices(
        self, name: str, values: Collection[str], statement: str, **more: object
    ) -> list[Row]:
        ordered = sorted(values)
        found: list[Row] = []
        for start in range(0, len(ordered), SLICE):
            listed, bound = in_list(name, ordered[start : start + SLICE])
            found += await self._sql.all(statement.format(listed=listed), **bound, **more)
        return found
