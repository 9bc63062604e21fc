"""What an LP got for its cash and what was passed on of it: a page of its legs, the newest first.

What can go wrong: an LP at several machines whose legs would all have to be put in one order. So the newest
of each enrolment are read from an index, no more than pages can be turned to, and those are put in order.
"""

from __future__ import annotations

from . import lists, paging
from .sql import SCHEMA, Row, Sql

# What gathers is told in one sum; what went together, and what was tried again, is one row.
_SHOWN = f"""leg.leg_type IN ('dca', 'settlement', 'autoforward') AND leg.carrier_id IS NULL
    AND NOT (leg.leg_type = 'autoforward' AND leg.state = 'skipped')
    AND NOT (leg.state = 'voided' AND EXISTS (
        SELECT 1 FROM {SCHEMA}.dca_payments AS newer WHERE newer.settlement_id = leg.settlement_id
        AND newer.leg_key = leg.leg_key AND (newer.plan_version > leg.plan_version
            OR (newer.plan_version = leg.plan_version AND newer.attempt > leg.attempt))))"""
#: Enrolments of one LP that are looked at, the newest first.
_ENROLMENTS = 200


async def page(sql: Sql, user_id: str, *, limit: int, offset: int) -> tuple[list[Row], int]:
    """The rows of a page, and how many there are, of more than `paging.COUNTED` only that many."""
    enrolments = await sql.all(
        f"""
        SELECT id FROM {SCHEMA}.dca_clients WHERE user_id = :user ORDER BY created_at DESC, id LIMIT :limit
        """,
        user=user_id,
        limit=_ENROLMENTS,
    )
    if not enrolments:
        return [], 0
    each = " UNION ALL ".join(newest_of(number) for number in range(len(enrolments)))
    values = {f"client_{number}": row["id"] for number, row in enumerate(enrolments)}
    rows = await sql.all(
        f"""
        SELECT {lists.LEGS.select}
        FROM (SELECT id FROM ({each}) AS newest ORDER BY created_at DESC, id DESC
              LIMIT :limit OFFSET :offset) AS wanted
        CROSS JOIN {lists.LEGS.source} WHERE leg.id = wanted.id ORDER BY leg.created_at DESC, leg.id DESC
        """,
        **values,
        deep=offset + limit,
        limit=limit,
        offset=offset,
    )
    if len(rows) < limit and (rows or not offset):
        return rows, min(offset + len(rows), paging.COUNTED)
    counted = f"SELECT COUNT(*) FROM ({each}) AS counted"
    return rows, min(paging.COUNTED, int(await sql.value(counted, **values, deep=paging.COUNTED)))


def newest_of(number: int) -> str:
    """The newest rows of one enrolment."""
    return f"""SELECT id, created_at FROM (
        SELECT leg.id, leg.created_at FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id = :client_{number} AND {_SHOWN}
        ORDER BY leg.created_at DESC, leg.id DESC LIMIT :deep) AS newest_{number}"""
