"""What an LP's chart is drawn from, added up by the database over one index."""

from __future__ import annotations

from collections.abc import Collection

from ..core.chart import MOST_FILLS, Moved, Scale
from .fills import PAID
from .sql import SCHEMA, Row, Sql, in_list

_FILLS = f"{PAID} AND leg.leg_type <> 'autoforward'"


async def moved(sql: Sql, enrolment_ids: Collection[str], scale: Scale) -> list[Moved]:
    """What happened in each step, the earliest first."""
    clients, values = in_list("client", enrolment_ids)
    values |= {"since": scale.since, "length": scale.step_seconds}
    turned = await sql.all(
        f"""
        SELECT (leg.completed_at - :since) / :length AS step, leg.currency, COUNT(*) AS fills,
               SUM(leg.sent_msat / 1000) AS sats, SUM(leg.fiat_minor) AS turned_minor
        FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id IN {clients} AND {_FILLS} AND leg.completed_at >= :since
        GROUP BY 1, 2 ORDER BY step
        """,
        **values,
    )
    entered = await sql.all(
        f"""
        SELECT (entry.confirmed_at - :since) / :length AS step, entry.currency,
               SUM(entry.amount_minor) AS entered_minor
        FROM {SCHEMA}.dca_deposits AS entry
        WHERE entry.client_id IN {clients} AND entry.status = 'confirmed' AND entry.confirmed_at >= :since
        GROUP BY 1, 2
        """,
        **values,
    )
    return [_moved(row, "fills", "sats", "turned_minor") for row in turned] + [
        _moved(row, "entered_minor") for row in entered
    ]


def _moved(row: Row, *names: str) -> Moved:
    counted = {name: int(row[name] or 0) for name in names}
    return Moved(step=int(row["step"]), currency=row["currency"], **counted)


async def single_fills(sql: Sql, enrolment_ids: Collection[str], since: int) -> list[Row]:
    """Each fill from an instant on, the earliest first: one more than are told one by one, if there are."""
    clients, values = in_list("client", enrolment_ids)
    return await sql.all(
        f"""
        SELECT leg.completed_at, leg.currency, leg.fiat_minor, leg.sent_msat / 1000 AS sats
        FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id IN {clients} AND {_FILLS} AND leg.completed_at >= :since
        ORDER BY leg.completed_at, leg.id LIMIT :most
        """,
        since=since,
        most=MOST_FILLS + 1,
        **values,
    )
