"""Machines, their cash and their wallets as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.earlier import Foreseen
from ..core.landing import Ignored
from ..core.machine_limits import Left
from ..core.model import Facts
from ..core.states import TxType
from ..core.units import format_fiat
from ..store.sql import Row
from ..usecases.earlier import Earlier
from ..usecases.machines import WalletSeen
from . import fiat, iso, machine_config
from .cash import balance
from .reconcile import proof

_PLAIN = (
    "id", "name", "location", "wallet_id", "currency", "npub", "cash_out_fee_pct", "cash_in_fee_pct",
    "reference_rate", "rate_tolerance_pct", "payout_policy", "payout_delay_minutes",
    "dispense_report_minutes", "fallback_commission_pct",
)  # fmt: skip
_CASH = ("confirmed_minor", "pending_minor", "paid_minor", "reserved_minor", "leaving_minor")


def machine(row: Row, wallet_names: Mapping[str, str], now: int) -> dict[str, Any]:
    """A machine; what its wallet holds is what its newest proof says."""
    is_proved = row["balance_msat"] is not None
    return {
        **{key: row[key] for key in _PLAIN},
        "wallet_name": wallet_names.get(row["wallet_id"]),
        "balance_sats": row["balance_msat"] // 1000 if is_proved else None,
        "balance_at": iso(row["proved_at"]),
        "difference_msat": row["balance_msat"] - row["expected_msat"] if is_proved else None,
        "payouts_paused_at": iso(row["payouts_paused_at"]),
        "payouts_paused_reason": row["payouts_paused_reason"],
        "active": bool(row["active"]),
        "maintenance": bool(row["maintenance"]),
        "scan_from": iso(row["scan_from"]),
        "settlements": row["settlements_total"],
        "last_sale_at": iso(row["last_sale_at"]),
        "created_at": iso(row["created_at"]),
        "key": machine_config.key(row, now),
        "limits": machine_config.limits(row),
    }


def cash(by_status: Sequence[Row], currency: str) -> dict[str, Any]:
    """What the LPs of one machine have in it, and how many they are."""
    sums = {name: sum(int(row[name]) for row in by_status) for name in _CASH}
    return {
        "cash": balance({**sums, "currency": currency}),
        "lps": {row["status"]: row["lps"] for row in by_status},
    }


def left(by_direction: Mapping[TxType, Left], currency: str) -> dict[str, Any]:
    """What is left of the limits of an hour and of a day."""
    return {
        "left": {
            tx_type.value: {"hour": fiat(one.hour_minor, currency), "day": fiat(one.day_minor, currency)}
            for tx_type, one in by_direction.items()
        }
    }


def wallet(seen: WalletSeen, names: Mapping[str, str]) -> dict[str, Any]:
    """A wallet that a machine has or had, with its newest proof; none is kept of a closed one."""
    row = seen.row
    return {
        "wallet_id": row["wallet_id"],
        "wallet_name": names.get(row["wallet_id"]),
        "is_current": row["unbound_at"] is None,
        "scan_from": iso(row["scan_from"]),
        "bound_at": iso(row["bound_at"]),
        "unbound_at": iso(row["unbound_at"]),
        "closed_at": iso(row["closed_at"]),
        "ties": None if seen.ties is None else list(seen.ties),
        **proof(row if row["proved_at"] is not None else None),
    }


def earlier(seen: Earlier) -> dict[str, Any]:
    """What a wallet's earlier payments would become, and what confirms that list."""
    return {
        "scan_from": iso(seen.scan_from),
        "until": iso(seen.until),
        "total": len(seen.foreseen),
        "data": [_foreseen(one) for one in seen.foreseen],
        "confirmation": seen.confirmation,
    }


def _foreseen(one: Foreseen) -> dict[str, Any]:
    payment = one.payment
    facts = None if isinstance(one.verdict, Ignored) else one.verdict.facts
    return {
        "payment_hash": payment.payment_hash,
        "paid_at": iso(int(payment.updated_at.timestamp())),
        "is_lightning_inbound": payment.is_lightning_inbound,
        "amount_msat": abs(payment.amount_msat),
        "becomes": one.becomes,
        "reason": one.verdict.reason,
        "principal_sats": facts.principal_sats if facts else None,
        "fee_sats": facts.commission_sats if facts else None,
        "fiat_amount": _fiat(facts),
        "currency": facts.currency if facts else None,
        "exchange_rate": facts.exchange_rate if facts else None,
    }


def _fiat(facts: Facts | None) -> str | None:
    if facts is None or facts.fiat_minor is None:
        return None
    return format_fiat(facts.fiat_minor, facts.currency)
