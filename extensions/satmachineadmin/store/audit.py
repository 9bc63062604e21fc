"""The audit trail: append-only, each event carrying the hash of the one before.

Events are collected while a transaction runs and written just before it commits, in one statement.
Writers are serial, so the head that was read cannot move meanwhile; `UNIQUE(prev)` would refuse a fork.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.concerned import MACHINES, of_machine
from ..core.searching import WRITTEN, words_of
from ..core.trail import GENESIS, Mark, TrailVerdict, TrailWalk, event_hash
from .sql import SCHEMA, Row, Sql

#: Events of one slice of a verification: a few milliseconds of work between two pauses.
_SLICE = 1000


class Audit:
    """The events of one transaction."""

    def __init__(self, sql: Sql, *, now: int, actor: str) -> None:
        self._sql = sql
        self._now = now
        self._actor = actor
        self._waiting: list[dict[str, Any]] = []
        #: operators, LPs, enrolments and machines that see what was changed here
        self.concerned: set[str] = set()

    def record(
        self,
        event: str,
        subject_kind: str,
        subject_id: str,
        *,
        operator_user_id: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Note who did what to which thing; written with the transaction, or not at all."""
        self.concerned.add(operator_user_id)
        if subject_kind == "machine":
            self.concerned |= {MACHINES, of_machine(subject_id)}
        self._waiting.append(
            {
                "event": event,
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "operator_user_id": operator_user_id,
                "change": {"before": dict(before or {}), "after": dict(after or {})},
            }
        )

    @property
    def is_waiting(self) -> bool:
        """Whether there are events that are not written yet."""
        return bool(self._waiting)

    async def flush(self) -> None:
        """Chain the collected events to the stored ones and write them."""
        if not self._waiting:
            return
        head = await self._sql.one(f"SELECT seq, hash FROM {SCHEMA}.audit_events ORDER BY seq DESC LIMIT 1")
        seq, prev = (int(head["seq"]), str(head["hash"])) if head else (0, GENESIS)
        rows: list[dict[str, object]] = []
        for waiting in self._waiting:
            seq += 1
            fields = {"seq": seq, "at": self._now, "actor": self._actor, **waiting, "prev": prev}
            body = json.dumps(fields, sort_keys=True, separators=(",", ":"))
            prev_of_row, prev = prev, event_hash(body)
            rows.append(
                {key: value for key, value in fields.items() if key != "change"}
                | {"body": body, "prev": prev_of_row, "hash": prev}
            )
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.audit_events
                (seq, at, actor, event, subject_kind, subject_id, operator_user_id, body, prev, hash)
            VALUES
                (:seq, :at, :actor, :event, :subject_kind, :subject_id, :operator_user_id, :body,
                 :prev, :hash)
            """,
            rows,
        )
        await self._index_words()
        self._waiting.clear()

    async def _index_words(self) -> None:
        """Let sales be found by the words that people wrote about them."""
        words = [
            {"owner": event["operator_user_id"], "settlement": event["subject_id"], "word": word}
            for event in self._waiting
            for word in words_of(_written(event))
        ]
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.settlement_words (operator_user_id, word, settlement_id)
            VALUES (:owner, :word, :settlement) ON CONFLICT DO NOTHING
            """,
            words,
        )


def _written(event: Mapping[str, Any]) -> str:
    """What a person wrote, if this is such an event."""
    name = WRITTEN.get(event["event"])
    return str(event["change"]["after"].get(name) or "") if name else ""


async def timeline(sql: Sql, subject_id: str, limit: int) -> list[Row]:
    """The newest events of one thing, newest first."""
    return await sql.all(
        f"""
        SELECT at, actor, event, body FROM {SCHEMA}.audit_events
        WHERE subject_id = :subject_id ORDER BY seq DESC LIMIT :limit
        """,
        subject_id=subject_id,
        limit=limit,
    )


async def events_of(sql: Sql, operator_user_id: str, *, until: int) -> int:
    """How many events up to one are of what is an operator's; from the index alone."""
    return int(
        await sql.value(
            f"""
            SELECT COUNT(*) FROM {SCHEMA}.audit_events
            WHERE operator_user_id = :operator AND seq <= :until
            """,
            operator=operator_user_id,
            until=until,
        )
    )


async def verify(sql: Sql) -> TrailVerdict:
    """Walk along the whole trail, slice by slice, to its end or to the first broken link.

    Each slice is a statement of its own, so nobody waits for a long trail, and what is written
    meanwhile is read too.
    """
    walk = TrailWalk(await _newest_mark(sql))
    while True:
        events = await sql.all(
            f"SELECT * FROM {SCHEMA}.audit_events WHERE seq > :after ORDER BY seq LIMIT :limit",
            after=walk.next_after,
            limit=_SLICE,
        )
        if not walk.go_on(events) or len(events) < _SLICE:
            return walk.end()


async def _newest_mark(sql: Sql) -> Mark | None:
    row = await sql.one(f"SELECT seq, hash FROM {SCHEMA}.audit_marks ORDER BY seq DESC LIMIT 1")
    return None if row is None else Mark(seq=row["seq"], hash=row["hash"])


async def set_mark(sql: Sql, head: Mark, now: int) -> None:
    """Remember how far the trail was found sound, so that a shorter or another one is noticed."""
    newest = await _newest_mark(sql)
    if newest is None or newest.seq < head.seq:
        await sql.run(
            f"INSERT INTO {SCHEMA}.audit_marks (seq, hash, verified_at) VALUES (:seq, :hash, :now)",
            seq=head.seq,
            hash=head.hash,
            now=now,
        )
