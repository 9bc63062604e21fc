"""Settlements: landed once, moved only along the arrows of core.states, each move with its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.errors import InvariantViolated, StateMoved, ensure
from ..core.model import Due, Facts, HostPayment, Landing, Machine, PlatformFee, Settlement
from ..core.progress import Progress
from ..core.states import SETTLEMENT_ENTRY_STATES, Origin, SettlementState, check_settlement_arrow
from ..core.units import format_percent
from . import outside, rows
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: What the audit trail keeps of a landing.
_GIST = (
    "state",
    "reason",
    "tx_type",
    "wire_sats",
    "principal_sats",
    "commission_sats",
    "platform_fee_sats",
    "operator_fee_sats",
    "fiat_minor",
    "currency",
    "exchange_rate",
    "payment_hash",
    "wallet_id",
    "is_test",
    "next_try_at",
)


class Settlements:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def row(self, settlement_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_settlements WHERE id = :id", id=settlement_id)

    async def get(self, settlement_id: str) -> Settlement | None:
        row = await self.row(settlement_id)
        return None if row is None else rows.settlement(row)

    async def due(self, limit: int) -> list[Due]:
        """Settlements that want to be planned, paid or tried again now, the oldest first.

        Not one that only waits for payments outside, which end it themselves; nor one whose machine's
        payouts are paused, but for what is with the host.
        """
        found = await self._sql.all(
            f"""
            SELECT id, wallet_id, state, processing_claim FROM {SCHEMA}.dca_settlements AS settlement
            WHERE (COALESCE(waits_code, '') <> 'payouts_paused'
                   OR EXISTS (SELECT 1 FROM {SCHEMA}.dca_payments
                              WHERE settlement_id = settlement.id AND state = 'paying'))
              AND ((state = 'pending' AND (next_try_at IS NULL OR next_try_at <= :now))
               OR (state = 'errored' AND next_try_at <= :now)
               OR (state = 'processing' AND (next_try_at IS NULL OR next_try_at <= :now)
                   AND (EXISTS (SELECT 1 FROM {SCHEMA}.dca_payments WHERE {outside.PAID_AT_ONCE_AND_OPEN})
                    OR NOT EXISTS (SELECT 1 FROM {SCHEMA}.dca_payments WHERE {outside.OUTSIDE_AND_OPEN}))))
            ORDER BY landed_at, id LIMIT :limit
            """,
            now=self._now,
            limit=limit,
        )
        return [
            Due(
                settlement_id=row["id"],
                wallet_id=row["wallet_id"],
                state=SettlementState(row["state"]),
                claim=row["processing_claim"],
            )
            for row in found
        ]

    async def overdue_holds(self, limit: int) -> list[str]:
        """Held sales whose time is over, the longest overdue first."""
        found = await self._sql.all(
            f"""
            SELECT id FROM {SCHEMA}.dca_settlements
            WHERE state = 'held' AND next_try_at <= :now ORDER BY next_try_at, id LIMIT :limit
            """,
            now=self._now,
            limit=limit,
        )
        return [str(row["id"]) for row in found]

    async def overdue_hold(self, settlement_id: str) -> Settlement | None:
        """A held sale whose time is over; None when somebody has decided on it meanwhile."""
        row = await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.dca_settlements
            WHERE id = :id AND state = 'held' AND next_try_at <= :now
            """,
            id=settlement_id,
            now=self._now,
        )
        return None if row is None else rows.settlement(row)

    async def land(
        self,
        machine: Machine,
        payment: HostPayment,
        landing: Landing,
        fee: PlatformFee,
        *,
        payer_wallet_id: str | None = None,
    ) -> Settlement:
        """Write the facts of a sale down, once: (wallet, payment hash) is a unique index."""
        ensure(landing.state in SETTLEMENT_ENTRY_STATES, "a settlement lands in an entry state")
        settlement_id = new_id()
        paid_at = rows.seconds(payment.updated_at)
        row = {
            **_facts(payment, landing, machine),
            "id": settlement_id,
            "machine_id": machine.id,
            "operator_user_id": machine.operator_user_id,
            "wallet_id": payment.wallet_id,
            "payment_hash": payment.payment_hash,
            "state": landing.state,
            "reason": landing.reason,
            "origin": landing.facts.origin if landing.facts else Origin.STAMP,
            "super_fee_pct": format_percent(fee.ppm),
            "super_fee_basis": fee.basis,
            "super_fee_version": fee.version,
            "plan_version": 0,
            "retained_sats": 0,
            "legs_total": 0,
            "legs_completed": 0,
            "legs_failed": 0,
            "is_test": landing.is_test,
            "next_try_at": _held_until(landing, paid_at),
            "payer_wallet_id": payer_wallet_id,
            "paid_at": paid_at,
            "landed_at": self._now,
            "updated_at": self._now,
        }
        columns = sorted(row)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_settlements ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **row,
        )
        self._audit.record(
            "settlement.landed",
            "settlement",
            settlement_id,
            operator_user_id=machine.operator_user_id,
            after={key: row.get(key) for key in _GIST},
        )
        landed = await self.get(settlement_id)
        if landed is None:
            raise InvariantViolated("a landed settlement can be read back")
        return landed

    async def move(
        self,
        settlement: Settlement,
        after: SettlementState,
        *,
        progress: Progress | None = None,
        **columns: object,
    ) -> None:
        """Compare-and-swap along one arrow, setting further columns; raises StateMoved when too late.

        `progress` is kept beside the move where it is known; it is no news of its own. An errored
        settlement is tried again only where its mover says when; a pending one counts from now on.
        """
        arrow = check_settlement_arrow(settlement.state, after)
        if after is SettlementState.ERRORED:
            columns.setdefault("next_try_at", None)
        if after is SettlementState.PENDING:
            columns.setdefault("claimed_at", self._now)
        counts = _counts(progress) if progress else {}
        updates = "".join(f", {column} = :{column}" for column in {**columns, **counts})
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements SET state = :after, updated_at = :now{updates}
            WHERE id = :id AND state = :before
            """,
            id=settlement.id,
            before=settlement.state,
            after=after,
            now=self._now,
            **columns,
            **counts,
        )
        if touched != 1:
            raise StateMoved(thing="settlement")
        self._audit.record(
            f"settlement.{arrow}",
            "settlement",
            settlement.id,
            operator_user_id=settlement.operator_user_id,
            before={"state": settlement.state},
            after={"state": after, **columns},
        )

    async def adopt(self, settlement: Settlement, facts: Facts, fee: PlatformFee) -> None:
        """Write the facts that the operator supplied, under the platform's fee of this moment, and let the
        rejected settlement go on."""
        await self.amend(
            settlement,
            "facts_supplied",
            **_sums(facts),
            origin=facts.origin,
            super_fee_pct=format_percent(fee.ppm),
            super_fee_basis=fee.basis,
            super_fee_version=fee.version,
        )
        await self.move(settlement, SettlementState.PENDING, reason=None)

    async def amend(
        self,
        settlement: Settlement,
        event: str,
        *,
        said: Mapping[str, object] | None = None,
        **columns: object,
    ) -> None:
        """Change facts of a settlement that stays in its state; raises StateMoved when it did not.

        `said` is what the audit trail keeps beside the facts, a person's reason for instance.
        """
        row = await self.row(settlement.id)
        updates = ", ".join(f"{column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements SET {updates}, updated_at = :now
            WHERE id = :id AND state = :state
            """,
            id=settlement.id,
            state=settlement.state,
            now=self._now,
            **columns,
        )
        if row is None or touched != 1:
            raise StateMoved(thing="settlement")
        self._audit.record(
            f"settlement.{event}",
            "settlement",
            settlement.id,
            operator_user_id=settlement.operator_user_id,
            before={column: row[column] for column in columns},
            after={**(said or {}), **columns},
        )

    def remark(self, settlement: Settlement, event: str, **said: object) -> None:
        """Note what a person said or decided about it, where the settlement itself does not change."""
        self._audit.record(
            f"settlement.{event}",
            "settlement",
            settlement.id,
            operator_user_id=settlement.operator_user_id,
            after=said,
        )

    async def wait(self, settlement: Settlement, *, code: str, sentence: str, until: int | None) -> None:
        """Say why nothing happens now and when it is tried again (None: when a person has acted).

        Not a move; noted when it is news.
        """
        row = await self.row(settlement.id)
        if row is not None and row["waits_code"] != code:
            self._audit.record(
                "settlement.waits",
                "settlement",
                settlement.id,
                operator_user_id=settlement.operator_user_id,
                after={"code": code, "sentence": sentence},
            )
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements
            SET waits_code = :code, error_message = :sentence, next_try_at = :until, updated_at = :now
            WHERE id = :id AND state = :state
            """,
            id=settlement.id,
            state=settlement.state,
            code=code,
            sentence=sentence,
            until=until,
            now=self._now,
        )

    async def take_over(self, settlement_id: str, before: str | None, claim: str) -> None:
        """From now on this process works on it; nothing where another one took it meanwhile."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements
            SET processing_claim = :claim, claimed_at = :now, updated_at = :now
            WHERE id = :id AND state = 'processing' AND COALESCE(processing_claim, '') = :before
            """,
            id=settlement_id,
            before=before or "",
            claim=claim,
            now=self._now,
        )
        row = await self.row(settlement_id)
        if touched and before and row is not None:
            self._audit.record(
                "settlement.taken_over",
                "settlement",
                settlement_id,
                operator_user_id=row["operator_user_id"],
                before={"processing_claim": before},
                after={"processing_claim": claim},
            )

    async def look_again(self, settlement: Settlement, *, at: int | None, tries: int) -> None:
        """When an errored settlement is looked at by itself; None: only a person goes on."""
        statement = f"UPDATE {SCHEMA}.dca_settlements SET next_try_at = :at, tries = :tries"
        await self._sql.run(
            f"{statement} WHERE id = :id AND state = 'errored'", id=settlement.id, at=at, tries=tries
        )

    async def note_progress(self, settlement: Settlement, progress: Progress) -> None:
        """Keep how far the payout has come, where no state moves."""
        counts = _counts(progress)
        updates = ", ".join(f"{column} = :{column}" for column in counts)
        statement = f"UPDATE {SCHEMA}.dca_settlements SET {updates}, updated_at = :now WHERE id = :id"
        await self._sql.run(statement, id=settlement.id, now=self._now, **counts)


def _held_until(landing: Landing, paid_at: int) -> int | None:
    """When a held sale is looked at again: the time counts from the sale, however late it was found."""
    return None if landing.hold_minutes is None else paid_at + 60 * landing.hold_minutes


def _counts(progress: Progress) -> dict[str, int]:
    """The columns that lists show, so that none has to count legs."""
    return {
        "legs_total": progress.total,
        "legs_completed": progress.completed,
        "legs_failed": progress.failed + progress.unresolved,
        "retained_sats": progress.retained_sats,
    }


def _facts(payment: HostPayment, landing: Landing, machine: Machine) -> dict[str, object]:
    """The columns that hold what the payment and its stamp said."""
    facts = landing.facts
    if facts is None:
        nothing = dict.fromkeys(
            (
                "principal_sats",
                "commission_sats",
                "platform_fee_sats",
                "operator_fee_sats",
                "host_fee_from_commission_sats",
                "host_fee_from_principal_sats",
            ),
            0,
        )
        return {
            **nothing,
            "tx_type": None,
            "wire_sats": abs(payment.amount_msat) // 1000,
            "host_fee_msat": payment.fee_msat if payment.is_lightning_inbound else 0,
            "currency": machine.currency,
        }
    stamp = facts.stamp
    return {
        **_sums(facts),
        "wire_sats": facts.wire_sats,
        "host_fee_msat": facts.host_fee_msat,
        "txid": stamp.txid,
        "machine_npub": stamp.machine_npub,
        "nostr_sender_pubkey": stamp.nostr_sender_pubkey,
        "nostr_event_id": stamp.nostr_event_id,
        "bills": stamp.bills,
        "cassettes": stamp.cassettes,
    }


def _sums(facts: Facts) -> dict[str, Any]:
    """The columns that hold what was sold for how much."""
    return {
        "tx_type": facts.tx_type,
        "principal_sats": facts.principal_sats,
        "commission_sats": facts.commission_sats,
        "platform_fee_sats": facts.platform_fee_sats,
        "operator_fee_sats": facts.operator_fee_sats,
        "host_fee_from_commission_sats": facts.host_fee_from_commission_sats,
        "host_fee_from_principal_sats": facts.host_fee_from_principal_sats,
        "commission_difference_sats": facts.commission_difference_sats,
        "fiat_minor": facts.fiat_minor,
        "currency": facts.currency,
        "exchange_rate": facts.exchange_rate,
    }
