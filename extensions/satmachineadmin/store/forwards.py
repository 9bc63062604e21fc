"""What an LP has its sats passed on by: which arrivals wait, which gather, which are called off.

A received leg is passed on at most once: `leg_sources.source_leg_id` is a primary key, and its row is
written together with the leg that passes it on.
"""

from __future__ import annotations

from ..core.model import Arrival, Leg, Stem
from ..core.states import LegState, LegType, SkipReason
from . import rows
from .fills import PAID
from .legs import Legs
from .outside import GATHERS
from .sql import SCHEMA, Row, Sql

#: So far back arrivals are looked at again: clocks step, and a transaction may end after a later one.
_OVERLAP_SECONDS = 900
#: The cursor moves on when it is this far behind, so that not every look writes.
_BEHIND_SECONDS = 300


class Forwards:
    def __init__(self, sql: Sql, legs: Legs, now: int) -> None:
        self._sql = sql
        self._legs = legs
        self._now = now

    async def arrived(self, limit: int, *, is_start: bool) -> list[Arrival]:
        """What LPs who forward have received and nothing passes on yet, the oldest first.

        By each LP's cursor, with an overlap; at a start everything since the LP's consent. SQLite keeps
        the order of a CROSS JOIN; it would begin with all that LPs ever got.
        """
        found = await self._sql.all(
            f"""
            SELECT leg.*, lp.user_id AS lp_user_id, lp.autoforward_min_sats
            FROM {SCHEMA}.dca_lp AS lp CROSS JOIN {SCHEMA}.dca_clients AS client
            CROSS JOIN {SCHEMA}.dca_payments AS leg
            WHERE client.user_id = lp.user_id AND leg.client_id = client.id
              AND leg.completed_at > lp.autoforward_since
              AND leg.completed_at >= lp.forwarded_until - :overlap
              AND lp.autoforward_enabled AND lp.autoforward_ln_address IS NOT NULL
              AND {PAID} AND leg.leg_type <> 'autoforward'
              AND leg.sent_msat >= 1000 AND leg.destination_wallet_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.leg_sources WHERE source_leg_id = leg.id)
            ORDER BY leg.completed_at, leg.id LIMIT :limit
            """,
            overlap=self._now if is_start else _OVERLAP_SECONDS,
            limit=limit,
        )
        return [
            Arrival(
                leg=rows.leg(row),
                sats=row["sent_msat"] // 1000,
                lp_user_id=row["lp_user_id"],
                min_sats=row["autoforward_min_sats"],
            )
            for row in found
        ]

    async def is_behind(self) -> bool:
        """Whether some LP's cursor should move on."""
        behind = await self._sql.value(
            f"""
            SELECT COUNT(*) FROM {SCHEMA}.dca_lp
            WHERE autoforward_enabled AND forwarded_until < :now - {_BEHIND_SECONDS}
            """,
            now=self._now,
        )
        return bool(behind)

    async def advance(self) -> None:
        """Everything that has arrived until now was looked at; raise the cursors, never lower them."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_lp SET forwarded_until = :now
            WHERE autoforward_enabled AND forwarded_until < :now
            """,
            now=self._now,
        )

    async def write(self, stem: Stem, arrival: Arrival, *, gathers: str | None) -> Leg:
        """Pass on what arrived, from the wallet where it did; `gathers` says why it does not go at once."""
        source = arrival.leg
        leg = await self._legs.write_beside(
            stem,
            leg_type=LegType.AUTOFORWARD,
            # By what the arrival is called in the host's books: the same again after books were restored.
            leg_key=f"forward:{source.external_id}",
            state=LegState.PENDING if gathers is None else LegState.SKIPPED,
            reason=None if gathers is None else SkipReason.BELOW_MINIMUM,
            error_message=gathers,
            sats=arrival.sats,
            client_id=source.enrolment_id,
            label=source.label,
            payer_wallet_id=source.destination_wallet_id,
        )
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.leg_sources (source_leg_id, leg_id, created_at)
            VALUES (:source, :leg, :now)
            """,
            source=source.id,
            leg=leg.id,
            now=self._now,
        )
        return leg

    async def gathered(self, lp_user_id: str, payer_wallet_id: str, limit: int) -> list[Leg]:
        """What waits in this wallet until enough has gathered, the oldest first."""
        found = await self._sql.all(
            f"""
            SELECT leg.* FROM {SCHEMA}.dca_payments AS leg
            JOIN {SCHEMA}.dca_clients AS client ON client.id = leg.client_id
            WHERE {GATHERS} AND leg.target IS NULL
              AND leg.leg_type = 'autoforward' AND leg.payer_wallet_id = :payer AND client.user_id = :user_id
            ORDER BY leg.created_at, leg.id LIMIT :limit
            """,
            payer=payer_wallet_id,
            user_id=lp_user_id,
            limit=limit,
        )
        return [rows.leg(row) for row in found]

    async def gathered_sats(self, lp_user_id: str, payer_wallet_id: str | None = None) -> int:
        """How many sats wait in this wallet, or in all of the LP's."""
        wallet = "" if payer_wallet_id is None else "AND leg.payer_wallet_id = :payer"
        found = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(leg.sats), 0) FROM {SCHEMA}.dca_clients AS client
            JOIN {SCHEMA}.dca_payments AS leg ON leg.client_id = client.id
            WHERE client.user_id = :user_id AND {GATHERS}
              AND leg.target IS NULL AND leg.leg_type = 'autoforward' {wallet}
            """,
            user_id=lp_user_id,
            **({} if payer_wallet_id is None else {"payer": payer_wallet_id}),
        )
        return int(found)

    async def is_put_off(self, payer_wallet_id: str) -> bool:
        """Whether something from this wallet failed and is tried again by itself later."""
        found = await self._sql.value(
            f"""
            SELECT COUNT(*) FROM {SCHEMA}.dca_payments
            WHERE state = 'pending' AND leg_type = 'autoforward' AND payer_wallet_id = :payer
              AND next_try_at > :now
            """,
            payer=payer_wallet_id,
            now=self._now,
        )
        return bool(found)

    async def owner(self, leg: Leg) -> Row | None:
        """The preferences of the LP whose sats a leg passes on."""
        return await self._sql.one(
            f"""
            SELECT lp.* FROM {SCHEMA}.dca_clients AS client
            JOIN {SCHEMA}.dca_lp AS lp ON lp.user_id = client.user_id WHERE client.id = :id
            """,
            id=leg.enrolment_id,
        )

    async def unpaid(self, lp_user_id: str) -> list[Leg]:
        """What the LP wants passed on and nobody has been asked to pay yet."""
        found = await self._sql.all(
            f"""
            SELECT leg.* FROM {SCHEMA}.dca_payments AS leg
            JOIN {SCHEMA}.dca_clients AS client ON client.id = leg.client_id
            WHERE client.user_id = :user_id AND leg.leg_type = 'autoforward'
              AND (leg.state = 'pending' OR ({GATHERS}))
            ORDER BY leg.created_at, leg.id
            """,
            user_id=lp_user_id,
        )
        return [rows.leg(row) for row in found]

    async def addresses_due(self) -> list[Row]:
        """The preferences of LPs whose new address has waited long enough."""
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.dca_lp
            WHERE autoforward_next_at IS NOT NULL AND autoforward_next_at <= :now ORDER BY user_id
            """,
            now=self._now,
        )
