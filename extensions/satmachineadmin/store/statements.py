"""What an LP's statement of a month is made of: its enrolments, and what happened to each meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .fills import PAID
from .sql import SCHEMA, Row, Sql, in_list


@dataclass(frozen=True, kw_only=True)
class Since:
    """What an LP's cash at a machine changed by, in minor units."""

    #: confirmed entries, with their signs
    entered_minor: int
    #: what became sats
    turned_minor: int


async def enrolments(sql: Sql, user_id: str) -> list[Row]:
    """Where the LP takes part, or did: with the totals of today."""
    return await sql.all(
        f"""
        SELECT client.*, machine.name AS machine_name, machine.currency
        FROM {SCHEMA}.dca_clients AS client
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = client.machine_id
        WHERE client.user_id = :user AND client.accepted_at IS NOT NULL
        ORDER BY client.created_at, client.id
        """,
        user=user_id,
    )


async def sums_since(sql: Sql, enrolment_ids: list[str], since: int) -> dict[str, Since]:
    """By enrolment, what became of its cash from an instant on."""
    listed, values = in_list("client", enrolment_ids)
    entries = await sql.all(
        f"""
        SELECT client_id, SUM(amount_minor) AS entered_minor FROM {SCHEMA}.dca_deposits
        WHERE client_id IN {listed} AND status = 'confirmed' AND confirmed_at >= :since GROUP BY client_id
        """,
        since=since,
        **values,
    )
    turned = await sql.all(
        f"""
        SELECT leg.client_id, SUM(leg.fiat_minor) AS turned_minor
        FROM {SCHEMA}.dca_payments AS leg
        WHERE leg.client_id IN {listed} AND {PAID} AND leg.leg_type <> 'autoforward'
          AND leg.completed_at >= :since
        GROUP BY leg.client_id
        """,
        since=since,
        **values,
    )
    found = {key: Since(entered_minor=0, turned_minor=0) for key in enrolment_ids}
    for row in entries:
        found[row["client_id"]] = replace(found[row["client_id"]], entered_minor=int(row["entered_minor"]))
    for row in turned:
        found[row["client_id"]] = replace(found[row["client_id"]], turned_minor=int(row["turned_minor"]))
    return found


async def cash(sql: Sql, enrolment_ids: list[str], since: int, until: int) -> list[Row]:
    """Cash entries that came to count between two instants, in the order in which they did."""
    listed, values = in_list("client", enrolment_ids)
    return await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_deposits
        WHERE client_id IN {listed} AND status = 'confirmed'
          AND confirmed_at >= :since AND confirmed_at < :until
        ORDER BY confirmed_at, id
        """,
        since=since,
        until=until,
        **values,
    )


async def legs(sql: Sql, enrolment_ids: list[str], since: int, until: int) -> list[Row]:
    """What was paid to the LP and passed on between two instants, in the order in which it was."""
    listed, values = in_list("client", enrolment_ids)
    return await sql.all(
        f"""
        SELECT leg.id, leg.client_id, leg.leg_type, leg.sent_msat, leg.fee_msat, leg.fee_unused_msat,
               leg.fiat_minor, leg.currency, leg.exchange_rate, leg.completed_at,
               COALESCE(leg.payment_hash, carrier.payment_hash) AS payment_hash
        FROM {SCHEMA}.dca_payments AS leg
        LEFT JOIN {SCHEMA}.dca_payments AS carrier ON carrier.id = leg.carrier_id
        WHERE leg.client_id IN {listed} AND {PAID}
          AND leg.completed_at >= :since AND leg.completed_at < :until
        ORDER BY leg.completed_at, leg.id
        """,
        since=since,
        until=until,
        **values,
    )
