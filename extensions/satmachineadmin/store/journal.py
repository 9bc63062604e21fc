"""What the journal is made of: everything of an operator, in slices by an index, each of one instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..core.journal import Outcome
from . import rows
from .sql import SCHEMA, Row, Sql, in_list

#: Where the first slice begins.
START = (0, "")


async def machines(sql: Sql, operator_user_id: str) -> list[Row]:
    """The operator's machines."""
    return await sql.all(
        f"SELECT * FROM {SCHEMA}.dca_machines WHERE operator_user_id = :operator ORDER BY created_at, id",
        operator=operator_user_id,
    )


async def wallets(sql: Sql, operator_user_id: str) -> list[Row]:
    """Every wallet that is, or was and is not closed, some machine's of the operator."""
    return await sql.all(
        f"""
        SELECT wallet.wallet_id, wallet.machine_id, wallet.scan_from, proof.balance_msat, proof.host_rows
        FROM {SCHEMA}.machine_wallets AS wallet
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = wallet.machine_id
        LEFT JOIN {SCHEMA}.machine_proofs AS proof
          ON proof.wallet_id = wallet.wallet_id AND proof.machine_id = wallet.machine_id
        WHERE machine.operator_user_id = :operator AND wallet.closed_at IS NULL
        ORDER BY wallet.bound_at, wallet.id
        """,
        operator=operator_user_id,
    )


async def enrolments(sql: Sql, operator_user_id: str) -> list[Row]:
    """The operator's LPs, with what is kept of their cash."""
    return await sql.all(
        f"""
        SELECT client.*, machine.currency FROM {SCHEMA}.dca_clients AS client
        JOIN {SCHEMA}.dca_machines AS machine ON machine.id = client.machine_id
        WHERE client.operator_user_id = :operator ORDER BY client.created_at, client.id
        """,
        operator=operator_user_id,
    )


async def sales(
    sql: Sql, operator_user_id: str, after: tuple[int, str], limit: int
) -> list[tuple[Row, list[Outcome]]]:
    """The next settlements with their legs, those beside them left out."""
    found = await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_settlements
        WHERE operator_user_id = :operator AND (paid_at, id) > (:paid_at, :id)
        ORDER BY paid_at, id LIMIT :limit
        """,
        operator=operator_user_id,
        paid_at=after[0],
        id=after[1],
        limit=limit,
    )
    listed, values = in_list("id", [row["id"] for row in found])
    legs = await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_payments
        WHERE settlement_id IN {listed} AND leg_type NOT IN ('autoforward', 'settlement')
        ORDER BY plan_version, position, attempt
        """,
        **values,
    )
    legs_of: dict[str, list[Outcome]] = defaultdict(list)
    for leg in legs:
        legs_of[leg["settlement_id"]].append(outcome(leg))
    return [(row, legs_of[row["id"]]) for row in found]


async def cash(sql: Sql, operator_user_id: str, after: tuple[int, str], limit: int) -> Sequence[Row]:
    """The next cash entries that count, with whether they correct the rate of a sale."""
    return await sql.all(
        f"""
        SELECT entry.*, sale.id IS NOT NULL AS is_of_sale FROM {SCHEMA}.dca_deposits AS entry
        LEFT JOIN {SCHEMA}.dca_settlements AS sale ON sale.id = entry.related_id
        WHERE entry.operator_user_id = :operator AND entry.status = 'confirmed'
          AND (entry.created_at, entry.id) > (:created_at, :id)
        ORDER BY entry.created_at, entry.id LIMIT :limit
        """,
        operator=operator_user_id,
        created_at=after[0],
        id=after[1],
        limit=limit,
    )


async def payoffs(sql: Sql, operator_user_id: str, after: tuple[int, str], limit: int) -> Sequence[Row]:
    """The next balances that the operator paid off, or pays off."""
    return await sql.all(
        f"""
        SELECT * FROM {SCHEMA}.dca_payments
        WHERE operator_user_id = :operator AND leg_type = 'settlement'
          AND (created_at, id) > (:created_at, :id)
        ORDER BY created_at, id LIMIT :limit
        """,
        operator=operator_user_id,
        created_at=after[0],
        id=after[1],
        limit=limit,
    )


def outcome(leg: Row) -> Outcome:
    """A leg and what it came to; what was only handed over is not paid."""
    is_paid = leg["state"] in ("completed", "refunded")
    return Outcome(
        leg=rows.leg(leg),
        sent_msat=leg["sent_msat"] if is_paid else 0,
        fee_msat=leg["fee_msat"] if is_paid else 0,
        unused_msat=leg["fee_unused_msat"] if is_paid else 0,
    )
