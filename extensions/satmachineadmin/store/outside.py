"""Legs with a payment of their own, one at a time: which is next, what gathers, what goes together."""

from __future__ import annotations

from collections.abc import Collection

from ..core.model import Leg
from ..core.states import LegType
from . import rows
from .sql import SCHEMA, Sql, in_list

_OPEN = "state IN ('pending', 'paying', 'unresolved')"
_OUTSIDE = "target_kind IN ('ln_address', 'lnurl', 'invoice')"
#: Legs that wait for company; what an older copy of these books does not know to be paid is not among them.
GATHERS = """
    leg.state = 'skipped' AND leg.reason = 'below_minimum' AND COALESCE(leg.error_code, '') <> 'paid_before'
"""
_BESIDE = "leg_type IN ('autoforward', 'settlement')"
#: Legs of `settlement` that are not decided yet: those paid with it, and those that leave this LNbits.
PAID_AT_ONCE_AND_OPEN = f"""
    settlement_id = settlement.id AND {_OPEN} AND NOT {_BESIDE}
    AND (target_kind IS NULL OR NOT {_OUTSIDE})
"""
OUTSIDE_AND_OPEN = f"settlement_id = settlement.id AND {_OPEN} AND NOT {_BESIDE} AND {_OUTSIDE}"


class OutsideLegs:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def due(self, leg_types: Collection[LegType]) -> Leg | None:
        """The leg whose turn it is: the one that has waited longest, so that none holds up another.

        A leg of a settlement comes after all that are paid at once, and not while its machine's
        payouts stand still; what was handed over before is always looked up. What passes on a balance
        that was paid off belongs to no settlement.
        """
        listed, values = in_list("type", sorted(leg_types))
        row = await self._sql.one(
            f"""
            SELECT leg.* FROM {SCHEMA}.dca_payments AS leg
            LEFT JOIN {SCHEMA}.dca_settlements AS settlement ON settlement.id = leg.settlement_id
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = leg.machine_id
            WHERE leg.{_OPEN} AND leg.leg_type IN {listed} AND leg.carrier_id IS NULL
            AND (leg.{_OUTSIDE} OR leg.{_BESIDE})
            AND (leg.next_try_at IS NULL OR leg.next_try_at <= :now)
            AND (leg.state <> 'pending' OR (machine.payouts_paused_at IS NULL AND (leg.{_BESIDE} OR (
                settlement.state = 'processing'
                AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.dca_payments WHERE {PAID_AT_ONCE_AND_OPEN})))))
            ORDER BY COALESCE(leg.next_try_at, leg.created_at), leg.id LIMIT 1
            """,
            now=self._now,
            **values,
        )
        return None if row is None else rows.leg(row)

    async def gathered(self, target: str, payer_wallet_id: str, limit: int) -> list[Leg]:
        """Legs that the target took no amount as small as, the oldest first; their settlements are fine."""
        found = await self._sql.all(
            f"""
            SELECT leg.* FROM {SCHEMA}.dca_payments AS leg
            JOIN {SCHEMA}.dca_settlements AS settlement ON settlement.id = leg.settlement_id
            WHERE {GATHERS} AND leg.target = :target
            AND leg.payer_wallet_id = :payer AND settlement.state IN ('processing', 'processed')
            ORDER BY leg.created_at, leg.id LIMIT :limit
            """,
            target=target,
            payer=payer_wallet_id,
            limit=limit,
        )
        return [rows.leg(row) for row in found]

    async def carried_by(self, leg_id: str) -> list[Leg]:
        """The legs that go with another's payment and wait for what becomes of it."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments
            WHERE carrier_id = :id AND state IN ('paying', 'unresolved') ORDER BY created_at, id
            """,
            id=leg_id,
        )
        return [rows.leg(row) for row in found]

    async def moved_at(self, leg_id: str) -> int:
        """When the leg last moved, in epoch seconds."""
        return int(
            await self._sql.value(f"SELECT updated_at FROM {SCHEMA}.dca_payments WHERE id = :id", id=leg_id)
        )

    async def note_address(self, leg: Leg, address: str) -> None:
        """Keep for the LP where its sats went. Not a move, and no event: only the LP may know."""
        await self._sql.run(
            f"UPDATE {SCHEMA}.dca_payments SET destination_ln_address = :address WHERE id = :id",
            id=leg.id,
            address=address,
        )

    async def wait(self, leg: Leg, *, code: str, sentence: str, until: int) -> None:
        """Say why nothing happens to it now and when it is looked at again. Not a move."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_payments
            SET error_code = :code, error_message = :sentence, next_try_at = :until
            WHERE id = :id AND state = :state
            """,
            id=leg.id,
            state=leg.state,
            code=code,
            sentence=sentence,
            until=until,
        )

    async def put_off(self, target: str, *, code: str, sentence: str, until: int) -> None:
        """A target that does not answer is not asked for the next leg either: each would cost its time."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_payments
            SET error_code = :code, error_message = :sentence, next_try_at = :until
            WHERE state = 'pending' AND {_OUTSIDE} AND target = :target
            AND COALESCE(next_try_at, 0) < :until
            """,
            target=target,
            code=code,
            sentence=sentence,
            until=until,
        )
