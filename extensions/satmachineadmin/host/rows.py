"""Rows of LNbits' payment table as the engine's values."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from ..core.model import HostPayment
from ..store.sql import Row


def host_payment(row: Row) -> HostPayment:
    return HostPayment(
        wallet_id=row["wallet_id"],
        checking_id=row["checking_id"],
        payment_hash=row["payment_hash"],
        amount_msat=row["amount"],
        fee_msat=abs(row["fee"]),
        status=row["status"],
        memo=row["memo"] or "",
        tag=row["tag"],
        external_id=row["external_id"],
        fiat_provider=row["fiat_provider"],
        extra=_extra(row["extra"]),
        created_at=_moment(row["created_at"]),
        updated_at=_moment(row["updated_at"] or row["created_at"]),
    )


def _extra(stored: Any) -> dict[str, object]:
    """What is attached to a payment; what is no JSON object counts as nothing attached."""
    if not stored:
        return {}
    try:
        parsed = json.loads(stored)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _moment(stored: Any) -> datetime:
    """LNbits keeps float epoch seconds on SQLite and naive UTC timestamps on PostgreSQL."""
    if stored is None:
        return datetime.fromtimestamp(0, timezone.utc)
    if isinstance(stored, datetime):
        return stored.replace(tzinfo=timezone.utc)
    return datetime.fromtimestamp(stored, timezone.utc)
