"""Acts that are done once: each key is written in the very transaction that has the effect.

What can go wrong: a request is sent again because its answer was lost, or twice by a double click, in
one process or in two. So the key commits with what the request changed, or neither does; the writer lock
lets one in at a time, and the second one finds the key. A request that was refused, or whose process
died before the commit, has changed nothing, and its key is free.

The answer is made after the commit, from the books, and stored before anybody gets it. A process that
dies between the two leaves a key without an answer: whoever asks again gets one made from the books as
they are then.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from ..core.acts import KEPT_SECONDS
from ..core.errors import RequestReused, RequestRunning, ensure
from .sql import SCHEMA, Row, Sql

#: Old keys that are forgotten at once: a few milliseconds of work.
_MOST_FORGOTTEN = 500


@dataclass(kw_only=True)
class Act:
    """One request with a key, while it is worked on."""

    #: a digest of user, method, path and key
    id: str
    user_id: str
    key: str
    content_digest: str
    #: an earlier request with this key had its effect; this one only asks for the answer
    is_done: bool = False
    #: whether the step that may write is under way
    is_acting: bool = False
    #: whether the key is written
    is_recorded: bool = False
    #: what the effect made, for the answer
    made_id: str | None = None
    #: the request is over: what it may have left running is no part of it
    is_over: bool = False

    def require_same(self, row: Row) -> None:
        """Raise RequestReused where the key belongs to another content."""
        if row["content_digest"] != self.content_digest:
            raise RequestReused()


#: The act that this task and the steps that it runs are working on.
under_way: ContextVar[Act | None] = ContextVar("act", default=None)


def act_of(actor: str) -> Act | None:
    """The act that a transaction of this actor belongs to."""
    act = under_way.get()
    return act if act is not None and not act.is_over and act.user_id == actor else None


class Acts:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def row(self, act_id: str) -> Row | None:
        """What is known of an act that was done, if it is not too old."""
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.idempotency_keys WHERE id = :id AND recorded_at > :cutoff",
            id=act_id,
            cutoff=self._now - KEPT_SECONDS,
        )

    async def require_new(self, act: Act) -> None:
        """Raise where somebody else has done it since it was looked for: this request does nothing."""
        ensure(act.is_acting and not act.is_done, "what a request with a key writes, it writes by once()")
        row = await self.row(act.id)
        if row is not None:
            act.require_same(row)
            raise RequestRunning()

    async def record(self, act: Act, made_id: str | None) -> None:
        """Write the key beside the effect. One act, one transaction: a second one is refused."""
        ensure(not act.is_recorded, "what a request with a key changes, it changes in one transaction")
        await self._sql.run(f"DELETE FROM {SCHEMA}.idempotency_keys WHERE id = :id", id=act.id)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.idempotency_keys (id, content_digest, made_id, recorded_at)
            VALUES (:id, :content_digest, :made_id, :now)
            """,
            id=act.id,
            content_digest=act.content_digest,
            made_id=made_id,
            now=self._now,
        )

    async def keep_answer(self, act: Act, status: int, sealed: str) -> None:
        """The first answer stays the answer."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.idempotency_keys SET status = :status, answer = :answer
            WHERE id = :id AND answer IS NULL
            """,
            id=act.id,
            status=status,
            answer=sealed,
        )

    async def forget_old(self) -> None:
        """Keys whose time is over, the oldest first, some at a time."""
        await self._sql.run(
            f"""
            DELETE FROM {SCHEMA}.idempotency_keys WHERE id IN (
                SELECT id FROM {SCHEMA}.idempotency_keys WHERE recorded_at <= :cutoff
                ORDER BY recorded_at LIMIT {_MOST_FORGOTTEN})
            """,
            cutoff=self._now - KEPT_SECONDS,
        )
