"""Moving over as JSON: what would happen, what did, and what was sold before.

What the predecessor kept as a binary fraction is told by the decimal text that it was written as.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..store.sql import Row
from ..usecases.moving import Move
from . import iso


def preview(seen: Move, *, is_active: bool) -> dict[str, Any]:
    return {
        "confirmation": seen.confirmation,
        "is_empty": seen.plan.is_empty,
        "is_active": is_active,
        **seen.report(),
    }


def move(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "source": row["source"],
        "created_at": iso(row["created_at"]),
        **json.loads(row["report"]),
    }


def earlier_sale(row: Row) -> dict[str, Any]:
    plain = (
        "id", "machine_id", "machine_name", "payment_hash", "txid", "tx_type", "wire_sats", "principal_sats",
        "commission_sats", "platform_fee_sats", "operator_fee_sats", "fiat_amount", "currency",
        "exchange_rate", "status", "error_message", "notes",
    )  # fmt: skip
    return {**{key: row[key] for key in plain}, "paid_at": _moment(row)}


def earlier_sale_with_legs(row: Row, legs: Sequence[Row]) -> dict[str, Any]:
    return {**earlier_sale(row), "legs": [_leg(leg) for leg in legs]}


def earlier_payout(row: Row) -> dict[str, Any]:
    """What an LP got of a sale of before, or what was passed on of it."""
    plain = ("id", "machine_name", "leg_type", "sats", "fiat_amount", "currency", "exchange_rate", "status")
    return {**{key: row[key] for key in plain}, "payment_hash": row["payment_hash"], "paid_at": _moment(row)}


def _leg(row: Row) -> dict[str, Any]:
    plain = (
        "id", "leg_type", "sats", "fiat_amount", "currency", "exchange_rate", "payment_hash", "status",
        "error_message",
    )  # fmt: skip
    return {**{key: row[key] for key in plain}, "recipient": row["label"], "paid_at": _moment(row)}


def _moment(row: Row) -> str | None:
    """None where the predecessor kept no instant."""
    return iso(row["paid_at"] or None)
