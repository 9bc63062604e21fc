"""Pairing codes, the keys that machines bind by them, and signed events that were used.

What can go wrong: one code redeemed by two machines, one event used twice. So a code moves by
compare-and-swap, an event's id is a primary key, and both stand in the transaction of what they allow.
"""

from __future__ import annotations

from ..core.errors import PairingClosed, Replayed
from ..core.pairing import OPEN_SECONDS, PairingState
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: An event that is older than its window is refused for that: so long its id is kept.
EVENT_SECONDS = 600


class Pairings:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def open_of(self, machine_id: str) -> Row | None:
        """The code of a machine that can still be redeemed."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.machine_pairings
            WHERE machine_id = :id AND state = 'open' AND expires_at > :now
            """,
            id=machine_id,
            now=self._now,
        )

    async def by_digest(self, digest: str) -> Row | None:
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_pairings WHERE code_digest = :digest", digest=digest
        )

    async def open(self, machine: Row, digest: str, user_id: str) -> None:
        """A new code for a machine; the one before it is of no use any more."""
        await self.close(machine)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.machine_pairings
                (id, machine_id, operator_user_id, code_digest, state, created_by, created_at, expires_at)
            VALUES (:id, :machine_id, :operator, :digest, :state, :user_id, :now, :expires_at)
            """,
            id=new_id(),
            machine_id=machine["id"],
            operator=machine["operator_user_id"],
            digest=digest,
            state=PairingState.OPEN,
            user_id=user_id,
            now=self._now,
            expires_at=self._now + OPEN_SECONDS,
        )
        self._record("machine.pairing_opened", machine)

    async def close(self, machine: Row) -> bool:
        """Take back the machine's open code, if it has one."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.machine_pairings
            SET closed_at = :now, state = CASE WHEN expires_at > :now THEN 'replaced' ELSE 'expired' END
            WHERE machine_id = :id AND state = 'open'
            """,
            id=machine["id"],
            now=self._now,
        )
        if touched:
            self._record("machine.pairing_closed", machine)
        return bool(touched)

    async def redeem(self, pairing: Row, machine: Row, npub: str) -> None:
        """The code is used, and the key is the machine's. Raises PairingClosed when it was too late."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.machine_pairings SET state = 'redeemed', npub = :npub, closed_at = :now
            WHERE id = :id AND state = 'open' AND expires_at > :now
            """,
            id=pairing["id"],
            npub=npub,
            now=self._now,
        )
        if touched != 1:
            raise PairingClosed()
        await self._bind(machine, npub, self._now)
        self._record("machine.paired", machine, before={"npub": machine["npub"]}, after={"npub": npub})

    async def revoke(self, machine: Row, reason: str) -> None:
        """The machine's key is nobody's any more, from this moment on.

        That it was paired stays: what comes without a signature is believed no more than before.
        """
        await self._bind(machine, None, machine["paired_at"])
        self._record(
            "machine.key_revoked", machine, before={"npub": machine["npub"]}, after={"reason": reason}
        )

    async def _bind(self, machine: Row, npub: str | None, paired_at: int | None) -> None:
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines SET npub = :npub, paired_at = :paired_at,
                config_version = config_version + 1, updated_at = :now WHERE id = :id
            """,
            id=machine["id"],
            npub=npub,
            paired_at=paired_at,
            now=self._now,
        )

    async def machine_of_key(self, npub: str) -> Row | None:
        """The machine that has this key (lower-case hex) at this moment."""
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_machines WHERE npub = :npub", npub=npub)

    async def keys(self) -> frozenset[str]:
        """Every machine's key."""
        found = await self._sql.all(f"SELECT npub FROM {SCHEMA}.dca_machines WHERE npub IS NOT NULL")
        return frozenset(str(row["npub"]) for row in found)

    async def use_event(self, event_id: str, created_at: int) -> None:
        """Take a signed event, once; raises Replayed."""
        touched = await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.signed_events (event_id, created_at) VALUES (:id, :created_at)
            ON CONFLICT (event_id) DO NOTHING
            """,
            id=event_id,
            created_at=created_at,
        )
        if touched != 1:
            raise Replayed()

    async def forget_events(self) -> None:
        """Let go of events that are refused for their age."""
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.signed_events WHERE created_at < :before",
            before=self._now - EVENT_SECONDS,
        )

    def _record(
        self, event: str, machine: Row, *, before: Row | None = None, after: Row | None = None
    ) -> None:
        self._audit.record(
            event,
            "machine",
            str(machine["id"]),
            operator_user_id=str(machine["operator_user_id"]),
            before=before,
            after=after,
        )
