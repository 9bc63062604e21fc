"""Machines, and the periods in which a wallet was a machine's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..core.model import Machine
from . import rows
from .audit import Audit
from .ids import new_id
from .machine_wallets import bind
from .sql import SCHEMA, Row, Sql, in_list


class Machines:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def get(self, machine_id: str) -> Machine | None:
        row = await self.row(machine_id)
        return None if row is None else rows.machine(row)

    async def row(self, machine_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_machines WHERE id = :id", id=machine_id)

    async def ids(self, operator_user_id: str | None = None) -> list[str]:
        """The machines of one operator, or all of them."""
        only = "WHERE operator_user_id = :operator" if operator_user_id else ""
        found = await self._sql.all(
            f"SELECT id FROM {SCHEMA}.dca_machines {only} ORDER BY id",
            **({"operator": operator_user_id} if operator_user_id else {}),
        )
        return [str(row["id"]) for row in found]

    async def names(self, machine_ids: Collection[str]) -> dict[str, str]:
        """Machines' names, by id."""
        listed, values = in_list("id", machine_ids)
        found = await self._sql.all(
            f"SELECT id, name FROM {SCHEMA}.dca_machines WHERE id IN {listed}", **values
        )
        return {str(row["id"]): str(row["name"]) for row in found}

    async def wallet_owner(self, wallet_id: str) -> str | None:
        """The id of the machine that holds or held this wallet and has not closed it."""
        machine_id: str | None = await self._sql.value(
            f"SELECT machine_id FROM {SCHEMA}.machine_wallets WHERE wallet_id = :id AND closed_at IS NULL",
            id=wallet_id,
        )
        return machine_id

    async def has_npub(self, npub: str) -> bool:
        """Whether some machine is paired with this key."""
        found = await self._sql.value(
            f"SELECT COUNT(*) FROM {SCHEMA}.dca_machines WHERE npub = :npub", npub=npub
        )
        return bool(found)

    async def bound_wallets(self) -> list[Row]:
        """Every wallet that is scanned: bound ones, and former ones until they are closed."""
        return await self._sql.all(
            f"""
            SELECT wallet_id, machine_id, scan_from FROM {SCHEMA}.machine_wallets
            WHERE closed_at IS NULL ORDER BY bound_at, id
            """
        )

    async def all_wallet_ids(self) -> frozenset[str]:
        """Wallets that are or ever were a machine's: no payout may go there."""
        found = await self._sql.all(f"SELECT DISTINCT wallet_id FROM {SCHEMA}.machine_wallets")
        return frozenset(str(row["wallet_id"]) for row in found)

    async def cash(self, machine_id: str) -> list[Row]:
        """The LPs of a machine and their cash, summed by the status of their enrolments."""
        return await self._sql.all(
            f"""
            SELECT status, COUNT(*) AS lps, SUM(confirmed_minor) AS confirmed_minor,
                   SUM(pending_minor) AS pending_minor, SUM(paid_minor) AS paid_minor,
                   SUM(reserved_minor) AS reserved_minor, SUM(leaving_minor) AS leaving_minor
            FROM {SCHEMA}.dca_clients WHERE machine_id = :id GROUP BY status ORDER BY status
            """,
            id=machine_id,
        )

    async def has_books(self, machine_id: str) -> bool:
        """Whether cash, a note or a sale was ever booked at this machine: its currency stands then."""
        found = await self._sql.value(
            f"""
            SELECT CASE WHEN EXISTS (SELECT 1 FROM {SCHEMA}.dca_settlements WHERE machine_id = :id)
                          OR EXISTS (SELECT 1 FROM {SCHEMA}.dca_clients AS client
                                     JOIN {SCHEMA}.dca_deposits AS entry ON entry.client_id = client.id
                                     WHERE client.machine_id = :id)
                          OR EXISTS (SELECT 1 FROM {SCHEMA}.machine_transactions WHERE machine_id = :id)
                          OR EXISTS (SELECT 1 FROM {SCHEMA}.cash_movements WHERE machine_id = :id)
                        THEN 1 ELSE 0 END
            """,
            id=machine_id,
        )
        return bool(found)

    async def gets_payouts(self, wallet_id: str) -> bool:
        """Whether a commission, the platform's fee or an LP's sats are paid into this wallet."""
        found = await self._sql.value(
            f"""
            SELECT CASE WHEN EXISTS (SELECT 1 FROM {SCHEMA}.super_config WHERE super_fee_wallet_id = :id)
                          OR EXISTS (SELECT 1 FROM {SCHEMA}.dca_lp WHERE dca_wallet_id = :id)
                          OR EXISTS (SELECT 1 FROM {SCHEMA}.split_sets AS splits
                                     JOIN {SCHEMA}.dca_commission_splits AS line ON line.set_id = splits.id
                                     WHERE splits.retired_at IS NULL AND line.wallet_id = :id)
                        THEN 1 ELSE 0 END
            """,
            id=wallet_id,
        )
        return bool(found)

    async def add(
        self, fields: Mapping[str, object], *, scan_from: int, noted: Mapping[str, object] | None = None
    ) -> str:
        """Write a machine and bind its wallet; unique indexes refuse a wallet or npub taken twice.

        `noted` goes into the trail beside it.
        """
        machine_id = new_id()
        row = {
            **fields,
            "id": machine_id,
            "config_version": 1,
            "settlements_total": 0,
            "last_sale_at": None,
            "created_at": self._now,
            "updated_at": self._now,
        }
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_machines ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        await bind(self._sql, machine_id, str(fields["wallet_id"]), scan_from=scan_from, now=self._now)
        self._audit.record(
            "machine.added",
            "machine",
            machine_id,
            operator_user_id=str(fields["operator_user_id"]),
            after={**fields, "scan_from": scan_from, **(noted or {})},
        )
        return machine_id

    async def change(
        self, machine_id: str, fields: Mapping[str, object], *, noted: Mapping[str, object] | None = None
    ) -> None:
        """Set fields of a machine; its configuration's version grows where something is another value.

        `noted` is what the event says besides: the currency of amounts, for one.
        """
        before = await self.row(machine_id)
        if before is None:
            return
        fields = {name: value for name, value in fields.items() if value != before[name]}
        if not fields:
            return
        updates = ", ".join(f"{column} = :{column}" for column in fields)
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines
            SET {updates}, config_version = config_version + 1, updated_at = :now WHERE id = :id
            """,
            **fields,
            now=self._now,
            id=machine_id,
        )
        self._audit.record(
            "machine.changed",
            "machine",
            machine_id,
            operator_user_id=before["operator_user_id"],
            before={key: before[key] for key in fields},
            after={**(noted or {}), **fields},
        )

    async def pause_payouts(self, machine_id: str, reason: str) -> None:
        """Let nothing more be paid for this machine until somebody has looked; landing goes on."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines SET payouts_paused_at = :now, payouts_paused_reason = :reason
            WHERE id = :id AND payouts_paused_at IS NULL
            """,
            id=machine_id,
            reason=reason,
            now=self._now,
        )
        if touched:
            await self._note_pause(machine_id, "machine.payouts_paused", {"reason": reason})

    async def resume_payouts(self, machine_id: str) -> None:
        """Pay again, and at once what has waited for it."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines SET payouts_paused_at = NULL, payouts_paused_reason = NULL
            WHERE id = :id AND payouts_paused_at IS NOT NULL
            """,
            id=machine_id,
        )
        if not touched:
            return
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements
            SET waits_code = NULL, error_message = NULL, next_try_at = NULL
            WHERE machine_id = :id AND waits_code = 'payouts_paused' AND state IN ('pending', 'processing')
            """,
            id=machine_id,
        )
        await self._note_pause(machine_id, "machine.payouts_resumed", {})

    async def _note_pause(self, machine_id: str, event: str, after: Mapping[str, object]) -> None:
        row = await self.row(machine_id)
        operator = "" if row is None else str(row["operator_user_id"])
        self._audit.record(event, "machine", machine_id, operator_user_id=operator, after=after)

    async def count_sale(self, machine_id: str, paid_at: int) -> None:
        """Keep the machine's totals, so that no list has to sum over history."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines SET settlements_total = settlements_total + 1,
                last_sale_at = CASE WHEN last_sale_at > :paid_at THEN last_sale_at ELSE :paid_at END
            WHERE id = :id
            """,
            id=machine_id,
            paid_at=paid_at,
        )

    async def recent_rates(self, machine_id: str, count: int) -> list[str]:
        """The exchange rates of the newest sales that were accepted, newest first."""
        found = await self._sql.all(
            f"""
            SELECT COALESCE(corrected_rate, exchange_rate) AS exchange_rate FROM {SCHEMA}.dca_settlements
            WHERE machine_id = :id AND exchange_rate IS NOT NULL
              AND state IN ('pending', 'processing', 'processed', 'errored')
            ORDER BY paid_at DESC LIMIT :count
            """,
            id=machine_id,
            count=count,
        )
        return [str(row["exchange_rate"]) for row in found]
