"""Commission splits in versions: a default per operator, an override per machine."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..core.model import Leg, Settlement, SplitRule, SplitSet
from ..core.units import format_percent
from . import rows
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

#: `machine_id` of an operator's default set: never NULL, so that a unique index can hold it.
DEFAULT = ""


async def rules_of(sql: Sql, set_ids: Collection[str]) -> dict[str, list[Row]]:
    """The lines of some sets, in their order, by the set's id."""
    listed, values = in_list("id", set_ids)
    found = await sql.all(
        f"SELECT * FROM {SCHEMA}.dca_commission_splits WHERE set_id IN {listed} ORDER BY set_id, position",
        **values,
    )
    lines: dict[str, list[Row]] = {}
    for row in found:
        lines.setdefault(str(row["set_id"]), []).append(row)
    return lines


async def sales_to_replay(
    sql: Sql, operator_user_id: str, machine_id: str | None, limit: int
) -> list[Settlement]:
    """The newest planned sales that a set is for: of one machine, or of those without a set of their own."""
    scope = (
        "machine_id = :machine"
        if machine_id
        else f"""NOT EXISTS (
            SELECT 1 FROM {SCHEMA}.split_sets AS own WHERE own.operator_user_id = sale.operator_user_id
            AND own.machine_id = sale.machine_id AND own.retired_at IS NULL)"""
    )
    found = await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_settlements AS sale
        WHERE operator_user_id = :operator AND {scope} AND plan_version > 0
          AND state IN ('processing', 'processed', 'errored')
          AND commission_sats > platform_fee_sats + host_fee_from_commission_sats
        ORDER BY paid_at DESC, id LIMIT :limit
        """,
        operator=operator_user_id,
        limit=limit,
        **({"machine": machine_id} if machine_id else {}),
    )
    return [rows.settlement(row) for row in found]


async def shares_of(sql: Sql, settlement_ids: Collection[str]) -> dict[str, list[Leg]]:
    """The shares of the commission of some settlements, by settlement, in the order of their plans."""
    listed, values = in_list("id", settlement_ids)
    found = await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_payments
        WHERE settlement_id IN {listed} AND leg_type = 'operator_split'
        ORDER BY settlement_id, plan_version, position, attempt
        """,
        **values,
    )
    legs: dict[str, list[Leg]] = {}
    for row in found:
        legs.setdefault(str(row["settlement_id"]), []).append(rows.leg(row))
    return legs


class Splits:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def in_force(self, operator_user_id: str, machine_id: str | None) -> SplitSet | None:
        """The machine's own set, else the operator's default, else None."""
        row = await self.row_in_force(operator_user_id, machine_id)
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

    async def all_in_force(self, operator_user_id: str) -> list[SplitSet]:
        """The operator's default and every machine's own set."""
        found = await self._sql.all(
            f"""
            SELECT id, version, machine_id FROM {SCHEMA}.split_sets
            WHERE operator_user_id = :operator AND retired_at IS NULL ORDER BY machine_id
            """,
            operator=operator_user_id,
        )
        rules = await rules_of(self._sql, [str(row["id"]) for row in found])
        return [
            SplitSet(
                id=row["id"],
                version=row["version"],
                machine_id=row["machine_id"] or None,
                rules=tuple(rows.split_rule(rule) for rule in rules.get(row["id"], ())),
            )
            for row in found
        ]

    async def row_in_force(self, operator_user_id: str, machine_id: str | None) -> Row | None:
        """The set that `in_force` reads, for people."""
        return await self._sql.one(
            f"""
            SELECT splits.*, machine.name AS machine_name FROM {SCHEMA}.split_sets AS splits
            LEFT JOIN {SCHEMA}.dca_machines AS machine ON machine.id = splits.machine_id
            WHERE splits.operator_user_id = :operator AND splits.machine_id IN (:machine, '')
              AND splits.retired_at IS NULL
            ORDER BY splits.machine_id DESC LIMIT 1
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
