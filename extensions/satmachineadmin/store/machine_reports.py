"""What is known of machines by hearing from them: when, and what they last said of themselves.

None of it is in the audit trail, which would grow by an event a minute for each machine.
"""

from __future__ import annotations

from ..core.states import MatterKind
from .audit import Audit
from .sql import SCHEMA, Row, Sql

#: Machines that are looked at in one round; the others come in the next one.
_AT_ONCE = 100


class MachineReports:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def of(self, machine_id: str) -> Row | None:
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_reports WHERE machine_id = :id", id=machine_id
        )

    async def heard(self, machine_id: str) -> None:
        """The machine has asked for something just now."""
        await self._write(machine_id, {"seen_at": self._now})

    async def said(self, machine: Row, *, software: str | None, screen: str | None) -> None:
        """What the machine says of itself; None is as before."""
        given = {"software": software, "screen": screen}
        said = {name: text for name, text in given.items() if text is not None}
        before = await self.of(machine["id"])
        if before is None or any(before[name] != text for name, text in said.items()):
            self._audit.concerned.add(str(machine["operator_user_id"]))
        await self._write(machine["id"], {"seen_at": self._now, **said})

    async def flooded(self, machine_id: str) -> None:
        """The machine asks for more than it may."""
        await self._write(machine_id, {"flooded_at": self._now})

    async def _write(self, machine_id: str, values: Row) -> None:
        """Set columns of a machine's row, the only one that it has."""
        row = {"seen_at": 0, "software": "", "screen": "", **values}
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.machine_reports (machine_id, {", ".join(row)})
            VALUES (:machine_id, {", ".join(":" + column for column in row)})
            ON CONFLICT (machine_id) DO UPDATE
            SET {", ".join(f"{column} = excluded.{column}" for column in values)}
            """,
            machine_id=machine_id,
            **row,
        )

    async def silent(self, since: int) -> list[Row]:
        """Paired machines that are on, unheard of for longer than their operators allow, with `heard_at`.

        A machine is given its time from its pairing on, and from `since`, when somebody began to listen.
        Those whose matter is open already are left out.
        """
        return await self._sql.all(
            f"""
            SELECT machine.*, COALESCE(report.seen_at, 0) AS heard_at
            FROM {SCHEMA}.dca_machines AS machine
            LEFT JOIN {SCHEMA}.machine_reports AS report ON report.machine_id = machine.id
            WHERE machine.active AND machine.npub IS NOT NULL
              AND machine.paired_at + machine.silent_minutes * 60 <= :now
              AND COALESCE(report.seen_at, 0) + machine.silent_minutes * 60 <= :now
              AND :since + machine.silent_minutes * 60 <= :now
              AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.worklist AS matter
                              WHERE matter.kind = 'machine_silent' AND matter.subject_id = machine.id
                                AND matter.closed_at IS NULL)
            ORDER BY machine.id LIMIT {_AT_ONCE}
            """,
            now=self._now,
            since=since,
        )

    async def calmed(self, quiet_seconds: int) -> list[tuple[str, str]]:
        """Open matters (kind, machine) that are none any more without a word of the machine's: a flood that
        is over for so long, and silence or a clock where nobody is expected to be heard."""
        found = await self._sql.all(
            f"""
            SELECT matter.kind, matter.subject_id
            FROM {SCHEMA}.worklist AS matter
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = matter.subject_id
            LEFT JOIN {SCHEMA}.machine_reports AS report ON report.machine_id = machine.id
            WHERE matter.closed_at IS NULL AND (
                (matter.kind = 'machine_floods' AND COALESCE(report.flooded_at, 0) <= :before)
                OR (matter.kind IN ('machine_silent', 'clock_skew')
                    AND (machine.npub IS NULL OR NOT machine.active)))
            ORDER BY matter.id LIMIT {_AT_ONCE}
            """,
            before=self._now - quiet_seconds,
        )
        return [(MatterKind(row["kind"]), str(row["subject_id"])) for row in found]
