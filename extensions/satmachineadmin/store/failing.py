"""Receivers of an operator's commission that could not be paid, one row a receiver."""

from __future__ import annotations

from .sql import SCHEMA, Row, Sql

#: Receivers that are told at once.
MOST = 20


async def targets(sql: Sql, operator_user_id: str) -> list[Row]:
    """Each with how many of its shares have failed, since when, and why the newest has; the oldest first.

    Found by the index of legs by state: what has failed is decided by somebody, so it stays little.
    """
    return await sql.all(
        f"""
        SELECT target, target_kind, label, error_message, legs, sats, since FROM (
            SELECT leg.target, leg.target_kind, leg.label, leg.error_message,
                   COUNT(*) OVER (PARTITION BY leg.target) AS legs,
                   SUM(leg.sats) OVER (PARTITION BY leg.target) AS sats,
                   MIN(leg.created_at) OVER (PARTITION BY leg.target) AS since,
                   ROW_NUMBER() OVER (
                       PARTITION BY leg.target ORDER BY leg.updated_at DESC, leg.id DESC
                   ) AS place
            FROM {SCHEMA}.dca_payments AS leg
            WHERE leg.operator_user_id = :operator AND leg.state = 'failed'
              AND leg.leg_type = 'operator_split'
        ) AS failed
        WHERE place = 1 ORDER BY since, target LIMIT :limit
        """,
        operator=operator_user_id,
        limit=MOST,
    )
