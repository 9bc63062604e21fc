"""Sats that stayed in machines' wallets: which settlements keep some, and how many."""

from __future__ import annotations

from collections.abc import Collection

from .sql import SCHEMA, Row, Sql, in_list


async def settlements(
    sql: Sql, machine_id: str, reasons: Collection[str], limit: int
) -> tuple[list[Row], int, int]:
    """The oldest settlements of a machine with legs kept for one of the reasons, how many there are in
    all, and the sats that those legs keep."""
    listed, values = in_list("reason", sorted(reasons))
    source = f"""{SCHEMA}.dca_payments AS leg
        JOIN {SCHEMA}.dca_settlements AS settlement ON settlement.id = leg.settlement_id
        WHERE leg.machine_id = :machine_id AND leg.state = 'skipped' AND leg.reason IN {listed}"""
    rows = await sql.all(
        f"""
        SELECT settlement.id, settlement.state, settlement.wire_sats, settlement.fiat_minor,
               settlement.currency, settlement.exchange_rate, settlement.paid_at, SUM(leg.sats) AS kept_sats
        FROM {source}
        GROUP BY settlement.id, settlement.state, settlement.wire_sats, settlement.fiat_minor,
                 settlement.currency, settlement.exchange_rate, settlement.paid_at
        ORDER BY settlement.paid_at, settlement.id LIMIT :limit
        """,
        machine_id=machine_id,
        limit=limit,
        **values,
    )
    totals = await sql.one(
        f"SELECT COUNT(DISTINCT settlement.id) AS settlements, SUM(leg.sats) AS sats FROM {source}",
        machine_id=machine_id,
        **values,
    )
    found = totals or {"settlements": 0, "sats": 0}
    return rows, int(found["settlements"]), int(found["sats"] or 0)
