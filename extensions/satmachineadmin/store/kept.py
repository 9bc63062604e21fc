"""Sats that stayed in machines' wallets: which settlements keep some, and how many."""

from __future__ import annotations

from collections.abc import Collection

from ..core.model import Leg
from . import rows as read
from .sql import SCHEMA, Row, Sql, in_list


async def settlements(
    sql: Sql, machine_id: str, reasons: Collection[str], limit: int
) -> tuple[list[Row], int, int]:
    """The settlements of a machine that have kept legs for one of the reasons for longest, how many there
    are in all, and the sats that those legs keep. By legs_of_kept."""
    listed, values = in_list("reason", sorted(reasons))
    source = f"""{SCHEMA}.dca_payments
        WHERE machine_id = :machine_id AND state = 'skipped' AND reason IN {listed}"""
    rows = await sql.all(
        f"""
        SELECT settlement.*, keeping.kept_sats
        FROM (SELECT settlement_id, SUM(sats) AS kept_sats, MIN(created_at) AS kept_since FROM {source}
              GROUP BY settlement_id ORDER BY MIN(created_at), settlement_id LIMIT :limit) AS keeping
        CROSS JOIN {SCHEMA}.dca_settlements AS settlement WHERE settlement.id = keeping.settlement_id
        ORDER BY keeping.kept_since, settlement.id
        """,
        machine_id=machine_id,
        limit=limit,
        **values,
    )
    totals = await sql.one(
        f"SELECT COUNT(DISTINCT settlement_id) AS settlements, SUM(sats) AS sats FROM {source}",
        machine_id=machine_id,
        **values,
    )
    found = totals or {"settlements": 0, "sats": 0}
    return rows, int(found["settlements"]), int(found["sats"] or 0)


async def legs_of(sql: Sql, settlement_ids: Collection[str]) -> dict[str, list[Leg]]:
    """All legs of some settlements, by settlement, in the order of their plans."""
    listed, values = in_list("id", settlement_ids)
    found = await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_payments WHERE settlement_id IN {listed}
        ORDER BY settlement_id, plan_version, position, attempt
        """,
        **values,
    )
    legs: dict[str, list[Leg]] = {settlement_id: [] for settlement_id in settlement_ids}
    for row in found:
        legs[str(row["settlement_id"])].append(read.leg(row))
    return legs
