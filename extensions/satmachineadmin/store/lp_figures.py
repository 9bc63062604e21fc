"""What an LP's enrolment has behind it and before it: for pages, from kept totals and one index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..core.outlook import WINDOW_SECONDS, days_left, share_ppm
from . import rows
from .fills import PAID
from .sql import SCHEMA, Row, Sql, in_list


@dataclass(frozen=True, kw_only=True)
class LpFigures:
    """Beside the balance of an enrolment."""

    #: of the cash that takes part in the machine's sales, in parts per million; None: it takes no part
    share_ppm: int | None
    #: whole days until its cash is used up; None: too few sales to say
    days_left: int | None


async def figures(sql: Sql, enrolments: Sequence[Row], now: int) -> dict[str, LpFigures]:
    """The figures of a page of enrolments, by id."""
    machine_cash = await _machine_cash(sql, {row["machine_id"] for row in enrolments})
    drawn = await _drawn(sql, [row["id"] for row in enrolments], now - WINDOW_SECONDS)
    found = {}
    for row in enrolments:
        remaining = rows.balance(row).remaining_minor
        takes_part = row["status"] == "active" and row["onboarded"]
        sales, drawn_minor = drawn.get(row["id"], (0, 0))
        found[row["id"]] = LpFigures(
            share_ppm=share_ppm(remaining, machine_cash.get(row["machine_id"], 0)) if takes_part else None,
            days_left=days_left(
                remaining, drawn_minor, sales=sales, seconds=now - (row["accepted_at"] or now)
            ),
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What LPs gave in the last days, and since when they could have."""

    sales: int = 0
    fiat_minor: int = 0
    seconds: int = 0

    def lasts(self, remaining_minor: int) -> int | None:
        """For how many days what is left lasts at that pace; None where nobody can say."""
        return days_left(remaining_minor, self.fiat_minor, sales=self.sales, seconds=self.seconds)


async def outlook(sql: Sql, enrolments: Sequence[Row], now: int) -> dict[str, Drawn]:
    """What each of these enrolments gave in the last days."""
    drawn = await _drawn(sql, [row["id"] for row in enrolments], now - WINDOW_SECONDS)
    return {
        row["id"]: Drawn(
            sales=drawn.get(row["id"], (0, 0))[0],
            fiat_minor=drawn.get(row["id"], (0, 0))[1],
            seconds=now - (row["accepted_at"] or now),
        )
        for row in enrolments
    }


async def _machine_cash(sql: Sql, machine_ids: Collection[str]) -> dict[str, int]:
    """The cash that takes part in each machine's sales."""
    listed, values = in_list("machine", machine_ids)
    found = await sql.all(
        f"""
        SELECT client.machine_id,
               SUM(client.confirmed_minor - client.paid_minor - client.reserved_minor) AS remaining_minor
        FROM {SCHEMA}.dca_clients AS client JOIN {SCHEMA}.dca_lp AS lp ON lp.user_id = client.user_id
        WHERE client.machine_id IN {listed} AND client.status = 'active'
        GROUP BY client.machine_id
        """,
        **values,
    )
    return {str(row["machine_id"]): int(row["remaining_minor"]) for row in found}


async def _drawn(sql: Sql, enrolment_ids: Collection[str], since: int) -> dict[str, tuple[int, int]]:
    """Of each LP: in how many sales since an instant it gave cash, and how much. By paid_of_lps."""
    listed, values = in_list("client", enrolment_ids)
    found = await sql.all(
        f"""
        SELECT leg.client_id, COUNT(DISTINCT leg.settlement_id) AS sales, SUM(leg.fiat_minor) AS drawn_minor
        FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id IN {listed} AND {PAID} AND leg.leg_type = 'dca' AND leg.completed_at >= :since
        GROUP BY leg.client_id
        """,
        since=since,
        **values,
    )
    return {str(row["client_id"]): (int(row["sales"]), int(row["drawn_minor"] or 0)) for row in found}


async def gathered_with(sql: Sql, leg_ids: Collection[str]) -> list[Row]:
    """What had arrived that these forwarding legs passed on, the legs that went with them included."""
    if not leg_ids:
        return []
    listed, values = in_list("leg", leg_ids)
    return await sql.all(
        f"""
        SELECT COALESCE(leg.carrier_id, leg.id) AS leg_id, leg.sats, leg.sent_msat, leg.fee_msat,
               leg.fee_unused_msat, arrived.completed_at AS arrived_at, machine.name AS machine_name
        FROM {SCHEMA}.dca_payments AS leg
        JOIN {SCHEMA}.dca_payments AS arrived
          ON arrived.external_id = SUBSTR(leg.leg_key, LENGTH('forward:') + 1)
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = leg.machine_id
        WHERE leg.id IN {listed} OR leg.carrier_id IN {listed}
        ORDER BY arrived.completed_at, leg.id
        """,
        **values,
    )
