"""Links by which LPs are invited: one use, one week, and only one open for an enrolment.

Whoever holds a link may become the LP, so of the secret in it only a hash is kept: neither these tables
nor a backup, log or export of them tells it. A link that is lost is replaced, never shown again.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from ..core.states import InvitationState
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: How long a link may be used.
VALID_SECONDS = 7 * 24 * 3600
_TOKEN = re.compile(r"[0-9A-Za-z_-]{32}")


def new_token() -> str:
    """The secret of a link: 192 random bits."""
    return secrets.token_urlsafe(24)


class Invitations:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def make(self, enrolment_id: str, token: str) -> None:
        """A link with this secret; an older one of the enrolment is of no use any more."""
        await self.close(enrolment_id, InvitationState.REPLACED)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.invitations (id, client_id, token_hash, created_at, expires_at)
            VALUES (:id, :client_id, :token_hash, :now, :expires_at)
            """,
            id=new_id(),
            client_id=enrolment_id,
            token_hash=_hash(token),
            now=self._now,
            expires_at=self._now + VALID_SECONDS,
        )

    async def renew(self, enrolment: Row, token: str) -> None:
        """The same for an LP that was invited before."""
        await self.make(enrolment["id"], token)
        self._audit.record(
            "enrolment.link_replaced",
            "enrolment",
            enrolment["id"],
            operator_user_id=enrolment["operator_user_id"],
            after={"expires_at": self._now + VALID_SECONDS},
        )

    async def by_token(self, token: str) -> Row | None:
        """The invitation of a link."""
        if not _TOKEN.fullmatch(token):
            return None
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.invitations WHERE token_hash = :token_hash", token_hash=_hash(token)
        )

    def state(self, invitation: Row) -> InvitationState:
        """Where a link stands now."""
        if invitation["closed_as"] is not None:
            return InvitationState(invitation["closed_as"])
        is_over = invitation["expires_at"] <= self._now
        return InvitationState.EXPIRED if is_over else InvitationState.OPEN

    async def close(self, enrolment_id: str, closed_as: InvitationState) -> None:
        """Nobody can use the open link of this enrolment any more, if there is one."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.invitations SET closed_at = :now, closed_as = :closed_as
            WHERE client_id = :client_id AND closed_at IS NULL
            """,
            client_id=enrolment_id,
            closed_as=closed_as,
            now=self._now,
        )


def _hash(token: str) -> str:
    """The secret has 192 random bits: a plain hash of it can be neither guessed nor reversed."""
    return hashlib.sha256(token.encode()).hexdigest()
