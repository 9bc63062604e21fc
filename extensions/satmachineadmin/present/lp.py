"""Rows as an LP sees them: its own choices, its cash, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.limits import left_of_limit
from ..core.states import CashEntryKind, CashEntryStatus, DcaMode, NoPart
from ..store import rows
from ..store.sql import Row
from . import fiat, iso
from .cash import balance, no_part


def preferences(row: Row | None, gathering_sats: int) -> dict[str, Any]:
    if row is None:
        return {
            "onboarded": False,
            "dca_wallet_id": None,
            "default_dca_mode": DcaMode.FLOW,
            "fixed_mode_daily_limit": None,
            "fixed_mode_currency": None,
            "autoforward_ln_address": None,
            "autoforward_enabled": False,
            "autoforward_min_sats": 0,
            "autoforward_gathering_sats": 0,
            "updated_at": None,
        }
    currency = row["fixed_mode_currency"]
    return {
        "onboarded": True,
        "dca_wallet_id": row["dca_wallet_id"],
        "default_dca_mode": row["default_dca_mode"],
        "fixed_mode_daily_limit": fiat(row["fixed_mode_daily_limit"], currency) if currency else None,
        "fixed_mode_currency": currency,
        "autoforward_ln_address": row["autoforward_ln_address"],
        "autoforward_enabled": bool(row["autoforward_enabled"]),
        "autoforward_min_sats": row["autoforward_min_sats"],
        "autoforward_gathering_sats": gathering_sats,
        "updated_at": iso(row["updated_at"]),
    }


def enrolment(row: Row, operator_name: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "operator_name": operator_name,
        "machine_name": row["machine_name"],
        "currency": row["currency"],
        "status": row["status"],
        "created_at": iso(row["created_at"]),
    }


def offer(row: Row, operator_name: str, *, onboarded: bool) -> dict[str, Any]:
    """What an invitation offers."""
    plain = ("machine_name", "machine_location", "currency")
    return {
        **{key: row[key] for key in plain},
        "operator_name": operator_name,
        "onboarded": onboarded,
        "expires_at": iso(row["invitation_expires_at"]),
    }


def position(row: Row, drawn_today_minor: int) -> dict[str, Any]:
    """An enrolment; `drawn_today_minor` is what the LP gave today of this currency, anywhere."""
    currency = row["currency"]
    limit_minor = None
    if row["default_dca_mode"] == DcaMode.FIXED:
        limit_minor = rows.pace(row).limit_in(currency)
    reason = no_part(row)
    if reason is None and limit_minor is not None and not left_of_limit(limit_minor, drawn_today_minor):
        reason = NoPart.LIMIT_USED
    return {
        "enrolment_id": row["id"],
        "machine_name": row["machine_name"],
        "status": row["status"],
        **balance(row),
        "received_sats": row["received_sats"],
        "fills": row["fills"],
        "takes_part": reason is None,
        "no_part_reason": reason,
        "daily_limit": fiat(limit_minor, currency),
        "drawn_today": None if limit_minor is None else fiat(drawn_today_minor, currency),
    }


def cash_entry(row: Row) -> dict[str, Any]:
    """Cash that was handed over or put right. An operator's notes are its own; a correction says why."""
    plain = ("id", "machine_name", "kind", "status", "currency", "cash_date", "dispute_reason")
    return {
        **{key: row[key] for key in plain},
        "amount": fiat(row["amount_minor"], row["currency"]),
        "can_dispute": row["status"] == CashEntryStatus.PENDING,
        "can_withdraw": row["status"] == CashEntryStatus.DISPUTED,
        "reason": row["notes"] if row["kind"] == CashEntryKind.CORRECTION else None,
        "created_at": iso(row["created_at"]),
        "confirmed_at": iso(row["confirmed_at"]),
    }


def fill(row: Row, passed_on: Sequence[Row]) -> dict[str, Any]:
    """A payment to the LP, or one of its sats to its own address: then `passed_on` are its parts."""
    plain = ("id", "leg_type", "machine_name", "state", "currency", "exchange_rate", "error_message")
    parts = passed_on or [row]
    is_decided = row["completed_at"] is not None
    return {
        **{key: row[key] for key in plain},
        "sats": sum(part["sats"] for part in parts),
        "sent_sats": sum(part["sent_msat"] for part in parts) // 1000 if is_decided else None,
        "fee_msat": sum(part["fee_msat"] for part in parts) if is_decided else None,
        "kept_msat": sum(part["fee_unused_msat"] for part in parts) if is_decided else None,
        "fiat_amount": fiat(row["fiat_minor"], row["currency"]),
        "payment_hash": row["payment_hash"] if is_decided else None,
        "destination_ln_address": row["destination_ln_address"],
        "passes_on": [
            {
                "machine_name": part["machine_name"],
                "sats": part["sats"],
                "arrived_at": iso(part["arrived_at"]),
            }
            for part in passed_on
        ],
        "created_at": iso(row["created_at"]),
        "completed_at": iso(row["completed_at"]),
    }
