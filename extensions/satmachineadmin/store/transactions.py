"""Transactions: what machines post, written once for each `txid` and moved by compare-and-swap.

What can go wrong: a transaction moved by two hands, a note counted twice, a payment taken for two of them.
Unique indexes stand behind it: one row for a machine's txid, one for a payment, one for a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.concerned import of_machine
from ..core.errors import InvariantViolated, StateMoved, ensure
from ..core.states import TxType
from ..core.transactions import (
    TRANSACTION_ENTRY_STATES,
    DispenseOutcome,
    HeldFor,
    Transaction,
    TransactionState,
    check_transaction_arrow,
)
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

#: What the audit trail keeps of a new transaction. Never a bolt11: it is the customer's.
_GIST = (
    "txid",
    "tx_type",
    "state",
    "currency",
    "exchange_rate",
    "fiat_minor",
    "wire_sats",
    "signer",
    "event_id",
)


def transaction(row: Row) -> Transaction:
    """A row as a value."""
    values = {name: row[name] for name in Transaction.__dataclass_fields__}
    values["tx_type"] = TxType(row["tx_type"])
    values["state"] = TransactionState(row["state"])
    values["held_for"] = None if row["held_for"] is None else HeldFor(row["held_for"])
    values["dispense"] = None if row["dispense"] is None else DispenseOutcome(row["dispense"])
    return Transaction(**values)


class Transactions:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def row(self, transaction_id: str) -> Row | None:
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_transactions WHERE id = :id", id=transaction_id
        )

    async def get(self, transaction_id: str) -> Transaction | None:
        row = await self.row(transaction_id)
        return None if row is None else transaction(row)

    async def called(self, machine_id: str, txid: str) -> Transaction | None:
        """The transaction that a machine names so."""
        row = await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_transactions WHERE machine_id = :machine_id AND txid = :txid",
            machine_id=machine_id,
            txid=txid,
        )
        return None if row is None else transaction(row)

    async def of_payments(self, payment_hashes: Iterable[str]) -> dict[str, Transaction]:
        """Payment hash → the transaction that it pays."""
        return await self._by("payment_hash", payment_hashes)

    async def of_links(self, link_ids: Iterable[str]) -> dict[str, Transaction]:
        """Link of LNbits' withdraw extension → the transaction that it pays."""
        return await self._by("withdraw_link_id", link_ids)

    async def of_settlement(self, settlement_id: str) -> Transaction | None:
        row = await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_transactions WHERE settlement_id = :id", id=settlement_id
        )
        return None if row is None else transaction(row)

    async def _by(self, column: str, values: Iterable[str]) -> dict[str, Transaction]:
        wanted = sorted(set(values))
        if not wanted:
            return {}
        listed, bound = in_list("value", wanted)
        found = await self._sql.all(
            f"SELECT * FROM {SCHEMA}.machine_transactions WHERE {column} IN {listed}", **bound
        )
        return {str(row[column]): transaction(row) for row in found}

    async def open(self, fields: Mapping[str, object]) -> Transaction:
        """Write a new transaction; TableRefused when the machine has one of this txid."""
        ensure(fields["state"] in TRANSACTION_ENTRY_STATES, "a transaction begins in an entry state")
        row = {
            **dict.fromkeys(Transaction.__dataclass_fields__),
            **fields,
            "id": new_id(),
            "created_at": self._now,
            "updated_at": self._now,
        }
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.machine_transactions ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        self._record("opened", row, after={key: row[key] for key in _GIST})
        written = await self.get(str(row["id"]))
        if written is None:
            raise InvariantViolated("a transaction that was written can be read back")
        return written

    async def move(
        self,
        one: Transaction,
        after: TransactionState,
        *,
        said: Mapping[str, object] | None = None,
        **columns: object,
    ) -> Transaction:
        """Compare-and-swap along one arrow, setting further columns; raises StateMoved when too late.

        `said` goes into the event alone.
        """
        arrow = check_transaction_arrow(one.state, after)
        await self._set(one, {**columns, "state": after})
        told = {name: value for name, value in columns.items() if name != "bolt11"}
        self._record(
            arrow, _of(one), before={"state": one.state}, after={"state": after, **told, **(said or {})}
        )
        return await self._again(one)

    async def expect_payment(self, one: Transaction, payment_hash: str | None) -> Transaction:
        """The payment that it lands by, None while nobody has claimed its link: an event of the link."""
        await self._set(one, {"payment_hash": payment_hash})
        return await self._again(one)

    async def amend(self, one: Transaction, event: str, **columns: object) -> Transaction:
        """Set columns of a transaction that stays in its state; raises StateMoved when it did not."""
        await self._set(one, columns)
        said = {name: value for name, value in columns.items() if name != "bolt11"}
        self._record(event, _of(one), after=said)
        return await self._again(one)

    async def _set(self, one: Transaction, columns: Mapping[str, object]) -> None:
        """Nothing else may have changed since `one` was read."""
        updates = ", ".join(f"{column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.machine_transactions SET {updates}, updated_at = :updated_at
            WHERE id = :id AND state = :known_state AND version = :known_version
              AND COALESCE(dispense_version, 0) = :known_dispense
            """,
            **columns,
            updated_at=self._now,
            id=one.id,
            known_state=one.state,
            known_version=one.version,
            known_dispense=one.dispense_version or 0,
        )
        if touched != 1:
            raise StateMoved(thing="transaction")

    async def _again(self, one: Transaction) -> Transaction:
        written = await self.get(one.id)
        if written is None:
            raise InvariantViolated("a transaction does not vanish")
        return written

    async def notes(self, transaction_id: str) -> list[Row]:
        """The banknotes of a cash-in, in the order in which they were taken."""
        return await self._sql.all(
            f"""
            SELECT note_id, denomination_minor, taken_at FROM {SCHEMA}.transaction_notes
            WHERE transaction_id = :id ORDER BY taken_at, note_id
            """,
            id=transaction_id,
        )

    async def add_notes(self, one: Transaction, notes: Sequence[tuple[str, int]]) -> None:
        """Write banknotes (id, value in minor units) that were taken; TableRefused for one twice."""
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.transaction_notes (transaction_id, note_id, denomination_minor, taken_at)
            VALUES (:transaction_id, :note_id, :denomination_minor, :taken_at)
            """,
            [
                {
                    "transaction_id": one.id,
                    "note_id": note_id,
                    "denomination_minor": minor,
                    "taken_at": self._now,
                }
                for note_id, minor in notes
            ],
        )

    async def fiat_since(
        self, machine_id: str, tx_type: TxType, since: int, *, without: str | None = None
    ) -> int:
        """Fiat of the machine's transactions in one direction since an instant, in minor units.

        Cancelled ones do not count, and a cash-out whose invoice is over and was not paid. `without` is
        one that is not to be counted.
        """
        found = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(fiat_minor), 0) FROM {SCHEMA}.machine_transactions
            WHERE machine_id = :id AND created_at > :since AND tx_type = :tx_type AND id <> :without
              AND state <> 'cancelled' AND NOT (state = 'invoiced' AND expires_at <= :now)
            """,
            id=machine_id,
            since=since,
            tx_type=tx_type,
            without=without or "",
            now=self._now,
        )
        return int(found or 0)

    async def owed_sats(self, machine_id: str, *, without: str | None = None) -> int:
        """Sats that customers of cash-ins have not fetched yet, of a machine."""
        found = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(wire_sats), 0) FROM {SCHEMA}.machine_transactions
            WHERE machine_id = :id AND state IN ('collecting', 'held', 'offered') AND id <> :without
            """,
            id=machine_id,
            without=without or "",
        )
        return int(found or 0)

    async def left_collecting(self, before: int, limit: int) -> list[Transaction]:
        """Cash-ins whose last note went in before an instant, and which nobody has ended."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.machine_transactions
            WHERE state = 'collecting' AND updated_at <= :before ORDER BY updated_at, id LIMIT :limit
            """,
            before=before,
            limit=limit,
        )
        return [transaction(row) for row in found]

    def remark(self, one: Transaction, event: str, **said: object) -> None:
        """Note what was done about it, where the transaction itself does not change."""
        self._record(event, _of(one), after=said)

    def _record(
        self,
        event: str,
        row: Mapping[str, object],
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        self._audit.concerned |= {str(row["id"]), of_machine(str(row["machine_id"]))}
        self._audit.record(
            f"transaction.{event}",
            "transaction",
            str(row["id"]),
            operator_user_id=str(row["operator_user_id"]),
            before=before,
            after=after,
        )


def _of(one: Transaction) -> Mapping[str, object]:
    return {"id": one.id, "machine_id": one.machine_id, "operator_user_id": one.operator_user_id}
