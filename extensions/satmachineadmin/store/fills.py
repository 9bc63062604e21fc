"""What an LP got for its cash and what was passed on of it: pages of its legs, and all of them in order.

What can go wrong: an LP at several machines whose legs would all have to be put in one order. So of each
enrolment no more are read from an index than pages can be turned to, and those are put in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.states import LegState, LegType
from . import lists, paging
from .sql import SCHEMA, Row, Sql, in_list

#: To the letter the condition of the index `legs_of_lps`. What went with another leg is told with that one.
_OF_LPS = "leg.leg_type IN ('dca', 'settlement', 'autoforward') AND leg.carrier_id IS NULL"
# What gathers is told in one sum.
_NOT_GATHERING = "NOT (leg.leg_type = 'autoforward' AND leg.state = 'skipped')"
# What was tried again is one row. The index has not what this reads, so only voided legs are asked for it.
_NOT_TRIED_AGAIN = f"""NOT EXISTS (
        SELECT 1 FROM {SCHEMA}.dca_payments AS newer WHERE newer.settlement_id = leg.settlement_id
        AND newer.leg_key = leg.leg_key AND (newer.plan_version > leg.plan_version
            OR (newer.plan_version = leg.plan_version AND newer.attempt > leg.attempt)))"""
_NOT_VOIDED = f"{_OF_LPS} AND {_NOT_GATHERING} AND leg.state <> 'voided'"
_VOIDED = f"{_OF_LPS} AND leg.state = 'voided' AND {_NOT_TRIED_AGAIN}"
_SHOWN = f"{_OF_LPS} AND {_NOT_GATHERING} AND (leg.state <> 'voided' OR {_NOT_TRIED_AGAIN})"
#: To the letter the condition of the index `paid_of_lps`: what LPs got and passed on, by time.
PAID = "leg.leg_type IN ('dca', 'settlement', 'autoforward') AND leg.state = 'completed'"
#: Enrolments of one LP that are looked at, the newest first.
_ENROLMENTS = 200
_SELECT = f"""{lists.LEGS.select}, sale.paid_at AS sold_at, sale.waits_code AS sale_waits_code"""
_SOURCE = f"""{lists.LEGS.source}
    LEFT JOIN {SCHEMA}.dca_settlements AS sale ON sale.id = leg.settlement_id"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which of an LP's legs."""

    leg_type: LegType | None = None
    state: LegState | None = None
    #: made from an instant on, and before another
    since: int | None = None
    until: int | None = None

    def conditions(self) -> tuple[str, dict[str, object]]:
        """What holds for every one of them. Words of ours are no parameters: indexes are chosen by them."""
        if self.state is None:
            return self._met(_SHOWN), self._values()
        return self._met(_VOIDED if self.state is LegState.VOIDED else _NOT_VOIDED), self._values()

    def parts(self) -> list[str]:
        """The same in parts that have no leg in common: first what the index alone can tell."""
        if self.state is None:
            return [self._met(_NOT_VOIDED), self._met(_VOIDED)]
        return [self.conditions()[0]]

    def _met(self, shown: str) -> str:
        met = [
            shown,
            f"leg.leg_type = '{self.leg_type}'" if self.leg_type else "",
            f"leg.state = '{self.state}'" if self.state else "",
            "leg.created_at >= :since" if self.since is not None else "",
            "leg.created_at < :until" if self.until is not None else "",
        ]
        return " AND ".join(filter(None, met))

    def _values(self) -> dict[str, object]:
        values = {"since": self.since, "until": self.until}
        return {name: value for name, value in values.items() if value is not None}


async def enrolments_of(sql: Sql, user_id: str) -> list[str]:
    """The ids of an LP's enrolments, the newest first."""
    found = await sql.all(
        f"""
        SELECT id FROM {SCHEMA}.dca_clients WHERE user_id = :user ORDER BY created_at DESC, id LIMIT :limit
        """,
        user=user_id,
        limit=_ENROLMENTS,
    )
    return [str(row["id"]) for row in found]


async def page(
    sql: Sql, enrolment_ids: Sequence[str], wanted: Wanted, *, limit: int, offset: int
) -> tuple[list[Row], int]:
    """The rows of a page, the newest first, and how many there are, of more than `paging.COUNTED` only
    that many."""
    if not enrolment_ids:
        return [], 0
    met, values = wanted.conditions()
    each = _newest_of_each(enrolment_ids, met)
    values |= {f"client_{number}": enrolment for number, enrolment in enumerate(enrolment_ids)}
    rows = await sql.all(
        f"""
        SELECT {_SELECT}
        FROM (SELECT id FROM ({each}) AS newest ORDER BY created_at DESC, id DESC
              LIMIT :limit OFFSET :offset) AS wanted
        CROSS JOIN {_SOURCE} WHERE leg.id = wanted.id ORDER BY leg.created_at DESC, leg.id DESC
        """,
        **values,
        deep=offset + limit,
        limit=limit,
        offset=offset,
    )
    if len(rows) < limit and (rows or not offset):
        return rows, min(offset + len(rows), paging.COUNTED)
    total = 0
    for part in wanted.parts():
        if total < paging.COUNTED:
            counted = f"SELECT COUNT(*) FROM ({_newest_of_each(enrolment_ids, part)}) AS counted"
            total += int(await sql.value(counted, **values, deep=paging.COUNTED))
    return rows, min(paging.COUNTED, total)


def _newest_of_each(enrolment_ids: Sequence[str], met: str) -> str:
    """The newest rows of every enrolment."""
    return " UNION ALL ".join(newest_of(number, met) for number in range(len(enrolment_ids)))


def newest_of(number: int, met: str = _SHOWN) -> str:
    """The newest rows of one enrolment."""
    return f"""SELECT id, created_at FROM (
        SELECT leg.id, leg.created_at FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id = :client_{number} AND {met}
        ORDER BY leg.created_at DESC, leg.id DESC LIMIT :deep) AS newest_{number}"""


async def by_hash(sql: Sql, enrolment_ids: Sequence[str], wanted: Wanted, payment_hash: str) -> list[Row]:
    """The leg that a payment of this hash is for: found by the hash, then looked whose it is."""
    clients, values = in_list("client", enrolment_ids)
    met, more = wanted.conditions()
    return await sql.all(
        f"""
        SELECT {_SELECT}
        FROM (SELECT id FROM {SCHEMA}.dca_payments WHERE payment_hash = :payment_hash) AS wanted
        CROSS JOIN {_SOURCE} WHERE leg.id = wanted.id AND leg.client_id IN {clients} AND {met}
        """,
        payment_hash=payment_hash,
        **values,
        **more,
    )


async def after(
    sql: Sql, enrolment_ids: Sequence[str], wanted: Wanted, place: tuple[int, str] | None, limit: int
) -> list[Row]:
    """The next rows behind a place (instant of making, id), the oldest first."""
    met, values = wanted.conditions()
    if place is not None:
        met += " AND (leg.created_at, leg.id) > (:after_at, :after_id)"
        values |= {"after_at": place[0], "after_id": place[1]}
    each = " UNION ALL ".join(
        f"""SELECT id, created_at FROM (
            SELECT leg.id, leg.created_at FROM {SCHEMA}.dca_payments AS leg
            WHERE leg.client_id = :client_{number} AND {met}
            ORDER BY leg.created_at, leg.id LIMIT :limit) AS next_{number}"""
        for number in range(len(enrolment_ids))
    )
    if not each:
        return []
    values |= {f"client_{number}": enrolment for number, enrolment in enumerate(enrolment_ids)}
    return await sql.all(
        f"""
        SELECT {_SELECT}
        FROM (SELECT id FROM ({each}) AS next ORDER BY created_at, id LIMIT :limit) AS wanted
        CROSS JOIN {_SOURCE} WHERE leg.id = wanted.id ORDER BY leg.created_at, leg.id
        """,
        **values,
        limit=limit,
    )


async def waiting(sql: Sql, enrolment_ids: Sequence[str], limit: int) -> tuple[list[Row], int]:
    """What is neither paid nor called off, the newest first, and how many there are.

    By the indexes of what is open and of what failed: both have few rows, however old the books are. SQLite
    would walk over all of the LP's legs instead.
    """
    clients, values = in_list("client", enrolment_ids)
    is_open, failed = ("INDEXED BY legs_open", "INDEXED BY failed_of_lps") if sql.is_sqlite else ("", "")
    own = f"leg.client_id IN {clients} AND {_NOT_VOIDED}"
    open_or_failed = f"""
        SELECT leg.id FROM {SCHEMA}.dca_payments AS leg {is_open}
        WHERE leg.state IN ('pending', 'paying', 'unresolved') AND {own}
        UNION ALL
        SELECT leg.id FROM {SCHEMA}.dca_payments AS leg {failed} WHERE leg.state = 'failed' AND {own}"""
    rows = await sql.all(
        f"""
        SELECT {_SELECT} FROM ({open_or_failed}) AS wanted
        CROSS JOIN {_SOURCE} WHERE leg.id = wanted.id
        ORDER BY leg.created_at DESC, leg.id DESC LIMIT :limit
        """,
        **values,
        limit=limit,
    )
    if len(rows) < limit:
        return rows, len(rows)
    counted = f"SELECT COUNT(*) FROM ({open_or_failed}) AS counted"
    return rows, int(await sql.value(counted, **values))


@dataclass(frozen=True, kw_only=True)
class DayOf:
    """A day at a machine: from an instant on and before another."""

    machine_id: str
    since: int
    until: int


@dataclass(frozen=True, kw_only=True)
class Sold:
    """What a machine sold on a day."""

    sales: int
    principal_sats: int
    fiat_minor: int


async def sold(sql: Sql, days: Sequence[DayOf]) -> dict[DayOf, Sold]:
    """The cash-outs of these days, each by an index; no tests, and none whose rate nobody vouches for."""
    if not days:
        return {}
    one_day = f"""
        SELECT {{n}} AS number, COUNT(*) AS sales, COALESCE(SUM(principal_sats), 0) AS principal_sats,
               COALESCE(SUM(fiat_minor), 0) AS fiat_minor
        FROM {SCHEMA}.dca_settlements
        WHERE machine_id = :machine_{{n}} AND paid_at >= :since_{{n}} AND paid_at < :until_{{n}}
          AND tx_type = 'cash_out' AND fiat_minor > 0 AND NOT is_test
          AND state IN ('pending', 'processing', 'processed', 'errored')"""
    values: dict[str, object] = {}
    for number, day in enumerate(days):
        values |= {
            f"machine_{number}": day.machine_id,
            f"since_{number}": day.since,
            f"until_{number}": day.until,
        }
    rows = await sql.all(
        " UNION ALL ".join(one_day.format(n=number) for number in range(len(days))), **values
    )
    return {
        days[int(row["number"])]: Sold(
            sales=int(row["sales"]),
            principal_sats=int(row["principal_sats"]),
            fiat_minor=int(row["fiat_minor"]),
        )
        for row in rows
    }
