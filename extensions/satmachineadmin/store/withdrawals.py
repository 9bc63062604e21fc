"""Withdrawals: links by which a customer fetches sats with an invoice of its own (LUD-03).

What can go wrong: one link paid twice, or to two people. So a link moves by compare-and-swap along
core.states' arrows, and two unique indexes stand behind it: one open withdrawal a settlement or machine's
transaction, one withdrawal an invoice. Of a link without a leg the payment is written down here, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.concerned import of_machine
from ..core.errors import StateMoved
from ..core.states import WithdrawalState, check_withdrawal_arrow
from ..core.withdrawing import WithdrawalKind
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

#: What a link forgets when its payment is confirmed not to have been made.
_NO_PAYMENT: dict[str, object] = {
    "payment_hash": None,
    "bolt11": None,
    "claimed_at": None,
    "external_id": None,
    "handed_over_at": None,
    "next_try_at": None,
}


class Withdrawals:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def open(self, fields: Mapping[str, object]) -> str:
        """Write a link that waits for an invoice; TableRefused when its settlement or transaction has one
        under way."""
        withdrawal_id = new_id()
        row = {
            "transaction_id": "",
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
        # The event hangs on what people read the timeline of; the secret stays out of it.
        self._record("opened", row, after={"amount_msat": fields["amount_msat"], "reason": fields["reason"]})
        return withdrawal_id

    async def get(self, withdrawal_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.withdrawals WHERE id = :id", id=withdrawal_id)

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
        """The last link that was made for a cash-in, whatever became of it."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.withdrawals
            WHERE transaction_id = :id AND transaction_id <> '' AND kind = 'cash_in'
            ORDER BY created_at DESC, id DESC LIMIT 1
            """,
            id=transaction_id,
        )

    async def known_hashes(self, payment_hashes: Iterable[str]) -> frozenset[str]:
        """Those of the hashes that a link without a leg was paid by, or is to be."""
        listed, values = in_list("hash", sorted(set(payment_hashes)))
        found = await self._sql.all(
            f"""
            SELECT payment_hash FROM {SCHEMA}.withdrawals
            WHERE payment_hash IN {listed} AND kind <> 'refund'
            """,
            **values,
        )
        return frozenset(str(row["payment_hash"]) for row in found)

    async def due(self) -> Row | None:
        """The claimed link without a leg whose turn it is: the one that has waited longest.

        Nothing is handed over while its machine's payouts are paused; what was handed over before is
        always looked up.
        """
        return await self._sql.one(
            f"""
            SELECT withdrawal.* FROM {SCHEMA}.withdrawals AS withdrawal
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = withdrawal.machine_id
            WHERE withdrawal.state = 'claimed' AND withdrawal.kind IN ('cash_in', 'late_refund')
              AND COALESCE(withdrawal.next_try_at, 0) <= :now
              AND (withdrawal.handed_over_at IS NOT NULL OR machine.payouts_paused_at IS NULL)
            ORDER BY COALESCE(withdrawal.next_try_at, withdrawal.claimed_at), withdrawal.id LIMIT 1
            """,
            now=self._now,
        )

    async def move(self, withdrawal: Row, after: WithdrawalState, **columns: object) -> None:
        """Compare-and-swap along one arrow, setting further columns; raises StateMoved when too late."""
        arrow = check_withdrawal_arrow(WithdrawalState(withdrawal["state"]), after)
        await self._set(withdrawal, {**columns, "state": after})
        self._record(arrow, withdrawal, after={"error_message": columns.get("error_message")})

    async def hand_over(self, withdrawal: Row, external_id: str) -> Row:
        """Its payment is about to be made under this name; raises StateMoved when somebody was first."""
        attempt = withdrawal["attempts"] + 1
        columns = {
            "external_id": external_id,
            "handed_over_at": self._now,
            "attempts": attempt,
            "error_message": None,
            "next_try_at": None,
        }
        await self._set(withdrawal, columns)
        self._record("handed_over", withdrawal, after={"attempt": attempt})
        return {**withdrawal, **columns}

    async def take_payment(self, withdrawal: Row, *, payment_hash: str, external_id: str) -> Row:
        """The host's books hold this payment under the link's mark, and these did not: it is the one."""
        is_same = withdrawal["payment_hash"] == payment_hash
        columns = {
            "state": WithdrawalState.CLAIMED,
            "payment_hash": payment_hash,
            "bolt11": withdrawal["bolt11"] if is_same else "",
            "claimed_at": withdrawal["claimed_at"] or self._now,
            "external_id": external_id,
            "handed_over_at": self._now,
            "next_try_at": None,
        }
        await self._set(withdrawal, columns)
        self._record("found", withdrawal, after={"payment_hash": payment_hash})
        return {**withdrawal, **columns}

    async def come_back(self, withdrawal: Row, sentence: str) -> None:
        """It is confirmed that nothing was paid: the customer may hand in another invoice."""
        await self.move(withdrawal, WithdrawalState.OPEN, **_NO_PAYMENT, error_message=sentence)

    async def wait(self, withdrawal: Row, *, sentence: str | None, until: int) -> None:
        """Say why nothing is decided yet and when it is looked at again. Not a move, and no event."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.withdrawals SET error_message = :sentence, next_try_at = :until
            WHERE id = :id AND state = 'claimed'
            """,
            id=withdrawal["id"],
            sentence=sentence,
            until=until,
        )
        self._concern(withdrawal)

    async def extend(self, withdrawal: Row, expires_at: int) -> None:
        """An open link is good until then; raises StateMoved when it is not open any more."""
        await self._set(withdrawal, {"expires_at": expires_at})
        self._concern(withdrawal)

    async def _set(self, withdrawal: Row, columns: Mapping[str, object]) -> None:
        """Nothing else may have moved it since it was read."""
        updates = ", ".join(f"{column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.withdrawals SET {updates}, updated_at = :now
            WHERE id = :id AND state = :known_state AND COALESCE(handed_over_at, 0) = :known_handed_over
              AND COALESCE(payment_hash, '') = :known_hash
            """,
            **columns,
            id=withdrawal["id"],
            now=self._now,
            known_state=withdrawal["state"],
            known_handed_over=withdrawal["handed_over_at"] or 0,
            known_hash=withdrawal["payment_hash"] or "",
        )
        if touched != 1:
            raise StateMoved(thing="withdrawal")

    def _concern(self, row: Mapping[str, object]) -> None:
        """Whose pages show it, and which machine waits for it."""
        self._audit.concerned.add(str(row["operator_user_id"]))
        if row["transaction_id"]:
            self._audit.concerned |= {str(row["transaction_id"]), of_machine(str(row["machine_id"]))}

    def _record(self, arrow: str, row: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Of a cash-in it is an event of its transaction, of a refund one of its settlement."""
        is_cash_in = row["kind"] == WithdrawalKind.CASH_IN
        self._concern(row)
        self._audit.record(
            f"transaction.link_{arrow}" if is_cash_in else f"withdrawal.{arrow}",
            "transaction" if is_cash_in else "settlement",
            str(row["transaction_id"] if is_cash_in else row["settlement_id"]),
            operator_user_id=str(row["operator_user_id"]),
            before={"state": row["state"]},
            after={key: value for key, value in after.items() if value is not None},
        )
