"""Payments of ours in the host's books that no leg of these books explains: they count as paid.

They come of books that are older than the host's, or of somebody who added them; a person accepts them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from ..core.model import HostPayment, Leg
from ..core.outside import attempt_of, carried_by, mark_of
from . import rows
from .sql import SCHEMA, Row, Sql, in_list


class UnknownPayments:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def accepted(self, checking_ids: Collection[str]) -> frozenset[str]:
        """Those that a person accepted as paid."""
        listed, values = in_list("id", checking_ids)
        found = await self._sql.all(
            f"""
            SELECT checking_id FROM {SCHEMA}.unknown_payments
            WHERE checking_id IN {listed} AND accepted_at IS NOT NULL
            """,
            **values,
        )
        return frozenset(str(row["checking_id"]) for row in found)

    async def note(self, machine_id: str, found: Iterable[HostPayment], payees: Mapping[str, str]) -> None:
        """Remember payments that no leg explains, each once; `payees`: hash → the wallet that received it."""
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.unknown_payments
                (checking_id, wallet_id, machine_id, payment_hash, external_id, amount_msat, fee_msat,
                 payee_wallet_id, carries, paid_at, found_at)
            VALUES (:checking_id, :wallet_id, :machine_id, :payment_hash, :external_id, :amount, :fee,
                    :payee, :carries, :paid_at, :now)
            ON CONFLICT DO NOTHING
            """,
            [
                {
                    "checking_id": row.checking_id,
                    "wallet_id": row.wallet_id,
                    "machine_id": machine_id,
                    "payment_hash": row.payment_hash,
                    "external_id": row.external_id or "",
                    "amount": row.amount_msat,
                    "fee": row.fee_msat,
                    "payee": payees.get(row.payment_hash),
                    "carries": json.dumps(carried_by(row)),
                    "paid_at": rows.seconds(row.created_at),
                    "now": self._now,
                }
                for row in found
            ],
        )

    async def of_machine(self, machine_id: str) -> list[Row]:
        """Those of a machine that nobody has accepted."""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.unknown_payments WHERE machine_id = :id AND accepted_at IS NULL
            ORDER BY paid_at, checking_id
            """,
            id=machine_id,
        )

    async def of_sale(self, mark: str) -> list[Row]:
        """Those whose external id begins with the mark of one settlement, accepted or not."""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.unknown_payments
            WHERE SUBSTR(external_id, 1, :length) = :mark ORDER BY external_id
            """,
            mark=mark,
            length=len(mark),
        )

    async def carried(self, machine_id: str) -> list[str]:
        """The external ids of legs that went with payments of a machine which no leg explains."""
        found = await self._sql.all(
            f"SELECT carries FROM {SCHEMA}.unknown_payments WHERE machine_id = :id AND carries <> '[]'",
            id=machine_id,
        )
        return [external_id for row in found for external_id in json.loads(row["carries"])]

    async def unpaid_leg(self, external_id: str) -> Leg | None:
        """The leg of this name, or an earlier attempt at it that these books have still to pay."""
        attempt = attempt_of(external_id)
        if attempt is None:
            return None
        listed, values = in_list("id", [f"{mark_of(external_id)}{one}" for one in range(1, attempt + 1)])
        row = await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments WHERE external_id IN {listed}
            AND (state = 'pending' OR (state = 'skipped' AND reason = 'below_minimum'))
            """,
            **values,
        )
        return None if row is None else rows.leg(row)

    async def accept(self, machine_id: str) -> None:
        """A person takes them as paid: they are out of the differences from now on."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.unknown_payments SET accepted_at = :now
            WHERE machine_id = :id AND accepted_at IS NULL
            """,
            id=machine_id,
            now=self._now,
        )

    async def forget_gone(self, wallet_id: str, still_there: Collection[str]) -> None:
        """Forget unaccepted ones of a wallet that its history does not hold any more, or that are known."""
        found = await self._sql.all(
            f"""
            SELECT checking_id FROM {SCHEMA}.unknown_payments
            WHERE wallet_id = :id AND accepted_at IS NULL
            """,
            id=wallet_id,
        )
        gone = [{"id": row["checking_id"]} for row in found if row["checking_id"] not in still_there]
        await self._sql.run_many(
            f"DELETE FROM {SCHEMA}.unknown_payments WHERE checking_id = :id AND accepted_at IS NULL", gone
        )
