"""What the program noticed and cannot decide: one open row a matter, until it is closed.

A person closes it, by accepting it with a reason; or the program does, when it is gone. What was
accepted stays accepted while its figures are the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from ..core.errors import StateMoved
from ..core.notices import Untold
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

#: Who closes a matter that is gone.
_ENGINE = "engine"
#: Matters that are told of at once; the others are told of in the next round.
_UNTOLD = 100
#: The same matter that comes again is told of after a day.
_TOLD_AGAIN_SECONDS = 86_400


class Worklist:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def open(
        self,
        kind: str,
        subject_id: str,
        *,
        operator_user_id: str,
        machine_id: str,
        detail: str,
        figures: Mapping[str, object] | None = None,
        fingerprint: str = "",
    ) -> bool:
        """Put a matter before the operator; True when it is news.

        A matter that is open already stays one row, with the newest figures.
        """
        values = {
            "detail": detail,
            "figures": json.dumps(dict(figures or {}), sort_keys=True),
            "fingerprint": fingerprint,
            "kind": kind,
            "subject": subject_id,
        }
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.worklist SET detail = :detail, figures = :figures, fingerprint = :fingerprint
            WHERE kind = :kind AND subject_id = :subject AND closed_at IS NULL
            """,
            **values,
        )
        if touched:
            return False
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.worklist
                (id, operator_user_id, machine_id, kind, subject_id, detail, figures, fingerprint, opened_at)
            VALUES (:id, :operator, :machine, :kind, :subject, :detail, :figures, :fingerprint, :now)
            """,
            id=new_id(),
            operator=operator_user_id,
            machine=machine_id,
            now=self._now,
            **values,
        )
        self._audit.concerned.add(operator_user_id)
        return True

    async def has_untold(self) -> bool:
        """Whether there is an open matter that nobody was told of yet."""
        found = await self._sql.value(
            f"SELECT 1 FROM {SCHEMA}.worklist WHERE told_at IS NULL AND closed_at IS NULL LIMIT 1"
        )
        return found is not None

    async def take_untold(self) -> list[Untold]:
        """Open matters that nobody was told of, the oldest first; from now on they count as told.

        One that comes and goes, and was told within a day, is not told again.
        """
        found = await self._sql.all(
            f"""
            SELECT matter.id, matter.operator_user_id, matter.kind, machine.name AS machine_name,
                   (SELECT MAX(earlier.told_at) FROM {SCHEMA}.worklist AS earlier
                    WHERE earlier.subject_id = matter.subject_id AND earlier.kind = matter.kind) AS told_last
            FROM {SCHEMA}.worklist AS matter
            LEFT JOIN {SCHEMA}.dca_machines AS machine ON machine.id = matter.machine_id
            WHERE matter.told_at IS NULL AND matter.closed_at IS NULL
            ORDER BY matter.opened_at, matter.id LIMIT :limit
            """,
            limit=_UNTOLD,
        )
        listed, values = in_list("id", [row["id"] for row in found])
        await self._sql.run(
            f"UPDATE {SCHEMA}.worklist SET told_at = :now WHERE id IN {listed}", now=self._now, **values
        )
        return [
            Untold(user_id=row["operator_user_id"], kind=row["kind"], machine_name=row["machine_name"])
            for row in found
            if row["told_last"] is None or row["told_last"] <= self._now - _TOLD_AGAIN_SECONDS
        ]

    async def row(self, matter_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.worklist WHERE id = :id", id=matter_id)

    async def open_of_machine(self, machine_id: str, kinds: Collection[str]) -> list[Row]:
        """Open matters of one machine, of some kinds."""
        listed, values = in_list("kind", kinds)
        return await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.worklist
            WHERE machine_id = :machine AND closed_at IS NULL AND kind IN {listed} ORDER BY opened_at, id
            """,
            machine=machine_id,
            **values,
        )

    async def accepted(self, fingerprints: Iterable[str]) -> frozenset[str]:
        """Those of the fingerprints that a person accepted as they are."""
        listed, values = in_list("mark", fingerprints)
        found = await self._sql.all(
            f"SELECT fingerprint FROM {SCHEMA}.worklist WHERE is_accepted AND fingerprint IN {listed}",
            **values,
        )
        return frozenset(str(row["fingerprint"]) for row in found)

    async def close(self, kind: str, subject_id: str) -> None:
        """It is gone by itself."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.worklist SET closed_at = :now, closed_by = :by, close_reason = ''
            WHERE kind = :kind AND subject_id = :subject AND closed_at IS NULL
            """,
            kind=kind,
            subject=subject_id,
            by=_ENGINE,
            now=self._now,
        )
        if touched:
            operators = await self._sql.all(
                f"""
                SELECT DISTINCT operator_user_id FROM {SCHEMA}.worklist
                WHERE kind = :kind AND subject_id = :subject AND closed_at = :now
                """,
                kind=kind,
                subject=subject_id,
                now=self._now,
            )
            self._audit.concerned.update(str(row["operator_user_id"]) for row in operators)

    async def decide(self, matter: Row, *, by: str, reason: str, is_accepted: bool = True) -> None:
        """A person takes it as it is, or denies it; raises StateMoved when it is closed already."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.worklist
            SET closed_at = :now, closed_by = :by, close_reason = :reason, is_accepted = :accepted
            WHERE id = :id AND closed_at IS NULL
            """,
            id=matter["id"],
            by=by,
            reason=reason,
            accepted=is_accepted,
            now=self._now,
        )
        if touched != 1:
            raise StateMoved(thing="matter")
        self._audit.record(
            "matter.accepted" if is_accepted else "matter.denied",
            "matter",
            matter["id"],
            operator_user_id=matter["operator_user_id"],
            before={"kind": matter["kind"], "subject_id": matter["subject_id"], "detail": matter["detail"]},
            after={"reason": reason},
        )
