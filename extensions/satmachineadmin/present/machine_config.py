"""What a machine is told of itself, and what its operator is told of its key and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.hearing import HEARTBEAT_SECONDS, is_silent
from ..core.machine_limits import LIMIT_COLUMNS, Left
from ..core.npub import npub_of
from ..core.states import TxType
from ..core.transactions import CLAIM_SECONDS, QUOTE_SECONDS
from ..store.sql import Row
from . import fiat, iso


def config(row: Row, left: Mapping[TxType, Left], *, hint_channel: str, now: int) -> dict[str, Any]:
    """The configuration of a machine, for itself alone."""
    return {
        "machine_id": row["id"],
        "name": row["name"],
        "location": row["location"],
        "npub": _npub(row),
        "currency": row["currency"],
        "version": row["config_version"],
        "active": bool(row["active"]),
        "maintenance": bool(row["maintenance"]),
        "payout_policy": row["payout_policy"],
        "dispense_report_minutes": row["dispense_report_minutes"],
        **{tx_type.value: _direction(row, tx_type, left[tx_type]) for tx_type in TxType},
        "quote_seconds": QUOTE_SECONDS,
        "claim_seconds": CLAIM_SECONDS,
        "heartbeat_seconds": HEARTBEAT_SECONDS,
        "server_time": now,
        "hint_channel": hint_channel,
    }


def _direction(row: Row, tx_type: TxType, left: Left) -> dict[str, Any]:
    currency = row["currency"]
    return {
        "fee_pct": row[f"{tx_type}_fee_pct"],
        "most_per_transaction": fiat(left.transaction_minor, currency),
        "left_this_hour": fiat(left.hour_minor, currency),
        "left_today": fiat(left.day_minor, currency),
    }


def key(row: Row, now: int) -> dict[str, Any]:
    """Whether a machine signs, and what it said last; of a row of the list of machines."""
    return {
        "npub": _npub(row),
        "paired_at": iso(row["paired_at"]),
        "pairing_expires_at": iso(_still(row["pairing_expires_at"], now)),
        "takes_unsigned": bool(row["takes_unsigned"]),
        "seen_at": iso(row["seen_at"] or None),
        "software": row["software"] or None,
        "screen": row["screen"] or None,
        "is_silent": _is_silent(row, now),
        "silent_minutes": row["silent_minutes"],
    }


def _still(expires_at: int | None, now: int) -> int | None:
    """None where it is over."""
    return expires_at if expires_at is not None and expires_at > now else None


def _is_silent(row: Row, now: int) -> bool:
    return bool(row["active"] and row["npub"] is not None) and is_silent(
        silent_minutes=row["silent_minutes"], paired_at=row["paired_at"], heard_at=row["seen_at"], now=now
    )


def limits(row: Row) -> dict[str, Any]:
    """What its operator lets a machine move, by direction."""
    return {
        tx_type.value: {
            name: fiat(row[f"{tx_type}_{column}"], row["currency"]) for name, column in LIMIT_COLUMNS.items()
        }
        for tx_type in TxType
    }


def _npub(row: Row) -> str | None:
    return None if row["npub"] is None else npub_of(row["npub"])
