"""Commission splits in versions: a default per operator, an override per machine."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.model import SplitRule, SplitSet
from ..core.units import format_percent
from . import rows
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: `machine_id` of an operator's default set: never NULL, so that a unique index can hold it.
DEFAULT = ""


class Splits:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def in_force(self, operator_user_id: str, machine_id: str | None) -> SplitSet | None:
        """The machine's own set, else the operator's default, else None."""
        row = await self._row_in_force(operator_user_id, machine_id)
        if row is None:
            return None
        rules = await self._sql.all(
            f"SELECT * FROM {SCHEMA}.dca_commission_splits WHERE set_id = :id ORDER BY position",
            id=row["id"],
        )
        return SplitSet(
            id=row["id"],
            version=row["version"],
            machine_id=row["machine_id"] or None,
            rules=tuple(rows.split_rule(rule) for rule in rules),
        )

    async def made_at(self, set_id: str) -> int | None:
        made_at: int | None = await self._sql.value(
            f"SELECT created_at FROM {SCHEMA}.split_sets WHERE id = :id", id=set_id
        )
        return made_at

    async def version(self, set_id: str | None) -> int | None:
        """The version number of a set, for the reader of a settlement."""
        if set_id is None:
            return None
        version: int | None = await self._sql.value(
            f"SELECT version FROM {SCHEMA}.split_sets WHERE id = :id", id=set_id
        )
        return version

    async def _row_in_force(self, operator_user_id: str, machine_id: str | None) -> Row | None:
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.split_sets
            WHERE operator_user_id = :operator AND machine_id IN (:machine, '') AND retired_at IS NULL
            ORDER BY machine_id DESC LIMIT 1
            """,
            operator=operator_user_id,
            machine=machine_id or DEFAULT,
        )

    async def replace(
        self, operator_user_id: str, machine_id: str | None, rules: Sequence[SplitRule], *, by: str
    ) -> str:
        """Retire the set in force and write the next version of it, as a whole."""
        scope = machine_id or DEFAULT
        newest = await self._sql.value(
            f"""
            SELECT MAX(version) FROM {SCHEMA}.split_sets
            WHERE operator_user_id = :operator AND machine_id = :machine
            """,
            operator=operator_user_id,
            machine=scope,
        )
        await self._retire(operator_user_id, scope)
        set_id = new_id()
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.split_sets
                (id, operator_user_id, machine_id, version, created_by, created_at)
            VALUES (:id, :operator, :machine, :version, :by, :now)
            """,
            id=set_id,
            operator=operator_user_id,
            machine=scope,
            version=(newest or 0) + 1,
            by=by,
            now=self._now,
        )
        lines: list[dict[str, object]] = [
            {
                "set_id": set_id,
                "position": rule.position,
                "target": rule.target,
                "target_kind": rule.target_kind,
                "wallet_id": rule.wallet_id,
                "label": rule.label,
                "share_pct": format_percent(rule.share_ppm),
            }
            for rule in rules
        ]
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.dca_commission_splits
                (set_id, position, target, target_kind, wallet_id, label, share_pct)
            VALUES (:set_id, :position, :target, :target_kind, :wallet_id, :label, :share_pct)
            """,
            lines,
        )
        self._audit.record(
            "split.replaced",
            "split_set",
            set_id,
            operator_user_id=operator_user_id,
            after={"machine_id": machine_id, "splits": lines},
        )
        return set_id

    async def back_to_default(self, operator_user_id: str, machine_id: str) -> None:
        """Retire a machine's own set."""
        if await self._retire(operator_user_id, machine_id):
            self._audit.record(
                "split.back_to_default", "machine", machine_id, operator_user_id=operator_user_id
            )

    async def _retire(self, operator_user_id: str, scope: str) -> bool:
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.split_sets SET retired_at = :now
            WHERE operator_user_id = :operator AND machine_id = :machine AND retired_at IS NULL
            """,
            operator=operator_user_id,
            machine=scope,
            now=self._now,
        )
        return touched > 0
