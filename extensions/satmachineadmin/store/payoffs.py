"""Balances that operators pay off: legs that belong to no sale, written with the cash they reserve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..core.errors import ensure
from ..core.model import Leg, Minted
from ..core.states import LegState, LegType
from . import rows
from .audit import Audit
from .ids import new_id
from .operators import Operators
from .sql import SCHEMA, Row, Sql

#: A leg of this kind belongs to no settlement.
NO_SETTLEMENT = ""


class Payoffs:
    def __init__(self, sql: Sql, audit: Audit, now: int, operators: Operators) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now
        self._operators = operators

    async def row(self, leg_id: str) -> Row | None:
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments
            WHERE id = :id AND leg_type = 'settlement' AND settlement_id = ''
            """,
            id=leg_id,
        )

    async def get(self, leg_id: str) -> Leg | None:
        row = await self.row(leg_id)
        return None if row is None else rows.leg(row)

    async def called(self, external_id: str) -> Leg | None:
        """The payoff that has this name in the host's books."""
        row = await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments
            WHERE external_id = :external_id AND leg_type = 'settlement' AND settlement_id = ''
            """,
            external_id=external_id,
        )
        return None if row is None else rows.leg(row)

    async def written_at(self, leg_id: str) -> datetime:
        row = await self.row(leg_id)
        ensure(row is not None, "a payoff exists")
        return rows.instant(int((row or {})["created_at"]))

    async def due(self, limit: int) -> list[Row]:
        """Those to be paid or looked up now, the oldest first: leg, its operator and its machine.

        While a machine's payouts stand still, nothing new is paid for it. What the host was handed over
        is always looked up; without a record of what was handed over there is nothing to look for.
        """
        return await self._sql.all(
            f"""
            SELECT leg.id, leg.operator_user_id, leg.machine_id, leg.payer_wallet_id
            FROM {SCHEMA}.dca_payments AS leg
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = leg.machine_id
            WHERE leg.leg_type = 'settlement' AND leg.settlement_id = ''
              AND leg.state IN ('pending', 'paying', 'unresolved')
              AND (leg.state <> 'pending' OR machine.payouts_paused_at IS NULL)
              AND (leg.state = 'pending' OR leg.sent_msat IS NOT NULL)
              AND (leg.next_try_at IS NULL OR leg.next_try_at <= :now)
            ORDER BY leg.created_at, leg.id LIMIT :limit
            """,
            now=self._now,
            limit=limit,
        )

    async def add(self, fields: Mapping[str, object], minted: Minted, *, notes: str) -> str:
        """Write the leg. `fields`: whose balance, how much, at which rate, from which wallet."""
        leg_id = new_id()
        # It uses up the LP's daily limit as a sale does.
        day = await self._operators.day(str(fields["operator_user_id"]))
        own = {"id": leg_id, "leg_key": f"balance:{leg_id}", "attempt": 1, "drawn_on": day}
        await self._write({**fields, **own}, minted)
        self._audit.record(
            "balance.settled",
            "enrolment",
            str(fields["client_id"]),
            operator_user_id=str(fields["operator_user_id"]),
            after={"leg_id": leg_id, "notes": notes, **_gist(fields)},
        )
        return leg_id

    async def add_attempt(self, failed: Row, minted: Minted) -> str:
        """Beside a failed leg that was voided, the same anew."""
        kept = (
            "machine_id", "operator_user_id", "client_id", "label", "currency", "exchange_rate", "fiat_minor",
            "sats", "payer_wallet_id", "leg_key", "drawn_on",
        )  # fmt: skip
        leg_id = new_id()
        fields = {name: failed[name] for name in kept}
        await self._write({**fields, "id": leg_id, "attempt": failed["attempt"] + 1}, minted)
        return leg_id

    async def _write(self, fields: Mapping[str, object], minted: Minted) -> None:
        line: dict[str, object] = {
            **fields,
            "settlement_id": NO_SETTLEMENT,
            "leg_type": LegType.SETTLEMENT,
            "plan_version": 1,
            "position": 0,
            "state": LegState.PENDING,
            "external_id": f"sm1:{fields['leg_key']}:{fields['attempt']}",
            "payment_hash": minted.payment_hash,
            "preimage": minted.preimage,
            "bolt11": minted.bolt11,
            "created_at": self._now,
            "updated_at": self._now,
        }
        columns = sorted(line)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_payments ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            **line,
        )
        self._audit.record(
            "leg.planned",
            "leg",
            str(line["id"]),
            operator_user_id=str(line["operator_user_id"]),
            after={"state": line["state"], "attempt": line["attempt"], **_gist(line)},
        )

    async def wait(self, leg_id: str, *, code: str, sentence: str, until: int) -> None:
        """Nothing is paid now: say why, and when it is tried again."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_payments SET error_code = :code, error_message = :sentence,
                next_try_at = :until, updated_at = :now WHERE id = :id
            """,
            id=leg_id,
            code=code,
            sentence=sentence,
            until=until,
            now=self._now,
        )


def _gist(fields: Mapping[str, object]) -> dict[str, object]:
    """What the audit trail keeps: no invoice, no receiver."""
    names = ("client_id", "label", "sats", "fiat_minor", "currency", "exchange_rate", "payer_wallet_id")
    return {name: fields[name] for name in names}
