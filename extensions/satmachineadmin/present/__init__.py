"""Rows as the JSON of docs/reference/api.md: sats as integers, fiat and percent as decimal strings.

What must not leave is not here: no user id, no key, no preimage, and nothing of where an LP's sats go.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.days import zone_in_use
from ..core.model import Landed
from ..core.states import LegType, SettlementState, WithdrawalState
from ..core.units import format_fiat
from ..store import rows
from ..store.lease import LeaseHolder
from ..store.payers import label_of
from ..store.sql import Row


def iso(seconds: int | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if seconds is None else rows.instant(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def fiat(minor: int | None, currency: str) -> str | None:
    return None if minor is None else format_fiat(minor, currency)


def super_config(row: Row, *, is_platform: bool) -> dict[str, Any]:
    """Operators see whether there is a platform wallet, not which."""
    wallet_id = row["super_fee_wallet_id"]
    return {
        "super_fee_pct": row["super_fee_pct"],
        "super_fee_cash_in_pct": row["super_fee_cash_in_pct"],
        "super_fee_basis": row["super_fee_basis"],
        "super_fee_wallet_id": wallet_id if is_platform or wallet_id is None else "set",
        "operators": row["operators"],
        "fast_way_allowed": bool(row["fast_way_allowed"]),
        "version": row["version"],
        "updated_at": iso(row["updated_at"]),
    }


def operator_settings(row: Row, today: str, channels: Mapping[str, tuple[bool, bool]]) -> dict[str, Any]:
    """Of a way to tell somebody only whether it is there: no address leaves."""
    return {
        "time_zone": row["time_zone"],
        "time_zone_in_use": zone_in_use(row["time_zone"]),
        "today": today,
        "notify_errored": bool(row["notify_errored"]),
        "notify_paused": bool(row["notify_paused"]),
        "notify_disputed": bool(row["notify_disputed"]),
        "channels": [
            {"channel": channel, "is_set": is_set, "is_open": is_open}
            for channel, (is_set, is_open) in channels.items()
        ],
        "updated_at": iso(row["updated_at"]),
    }


def settlement(row: Row) -> dict[str, Any]:
    plain = (
        "id", "machine_id", "machine_name", "state", "reason", "origin", "tx_type", "wire_sats",
        "host_fee_msat", "retained_sats", "currency", "exchange_rate", "corrected_rate",
        "super_fee_pct", "super_fee_basis",
        "super_fee_version", "split_version", "commission_difference_sats", "txid", "payment_hash",
        "error_message", "legs_total", "legs_completed", "legs_failed",
    )  # fmt: skip
    parts = ("principal_sats", "commission_sats", "platform_fee_sats", "operator_fee_sats")
    # Without usable facts only the wire is known; the rest is unknown, not zero.
    is_known = row["tx_type"] is not None
    return {
        **{key: row[key] for key in plain},
        **{key: row[key] if is_known else None for key in parts},
        "is_test": bool(row["is_test"]),
        "split_is_override": None if row["split_is_override"] is None else bool(row["split_is_override"]),
        "payer": label_of(row["payer_wallet_id"]) if row["payer_wallet_id"] else None,
        "fiat_amount": fiat(row["fiat_minor"], row["currency"]),
        "paid_at": iso(row["paid_at"]),
        "landed_at": iso(row["landed_at"]),
        "processed_at": iso(row["processed_at"]),
        "next_try_at": iso(row["next_try_at"]),
        "working_since": iso(_working_since(row)),
        "dispensed_sats": row["dispensed_sats"],
        "dispensed_note": row["dispensed_note"],
        "landed": landed(rows.landed(row), row["currency"]),
    }


def _working_since(row: Row) -> int | None:
    """Since when the engine has had it in its hands."""
    if row["state"] not in (SettlementState.PENDING, SettlementState.PROCESSING):
        return None
    return int(row["landed_at"] if row["claimed_at"] is None else row["claimed_at"])


def landed(figures: Landed | None, currency: str) -> dict[str, Any] | None:
    """The sale as it landed, where a partial dispense has changed its figures since."""
    if figures is None:
        return None
    return {
        "principal_sats": figures.principal_sats,
        "commission_sats": figures.commission_sats,
        "platform_fee_sats": figures.platform_fee_sats,
        "operator_fee_sats": figures.commission_sats - figures.platform_fee_sats,
        "fiat_amount": fiat(figures.fiat_minor, currency),
    }


def leg(row: Row) -> dict[str, Any]:
    # Where an LP's and the platform's sats go is theirs to know.
    is_own_target = row["leg_type"] == LegType.OPERATOR_SPLIT
    plain = (
        "id", "settlement_id", "machine_id", "machine_name", "leg_type", "state", "reason", "sats",
        "fee_msat", "fee_unused_msat", "currency", "share_pct", "client_id", "payment_hash", "error_message",
        "attempt", "note",
    )  # fmt: skip
    return {
        **{key: row[key] for key in plain},
        # An LP's balance that is paid off belongs to no sale.
        "settlement_id": row["settlement_id"] or None,
        "sent_sats": None if row["sent_msat"] is None else row["sent_msat"] // 1000,
        "fiat_amount": fiat(row["fiat_minor"], row["currency"]),
        "recipient": row["label"] or ("platform" if row["leg_type"] == LegType.SUPER_FEE else ""),
        "destination_wallet_id": row["destination_wallet_id"] if is_own_target else None,
        "destination_ln_address": row["destination_ln_address"] if is_own_target else None,
        "payment_hash": row["payment_hash"] if row["completed_at"] else None,
        "created_at": iso(row["created_at"]),
        "completed_at": iso(row["completed_at"]),
        "kept_at": iso(row["kept_at"]),
    }


def failing(row: Row) -> dict[str, Any]:
    """A receiver of the operator's commission that could not be paid."""
    return {
        **{key: row[key] for key in ("target", "target_kind", "label", "error_message")},
        "legs": int(row["legs"]),
        "sats": int(row["sats"]),
        "since": iso(row["since"]),
    }


def refund(row: Row, lnurl: str) -> dict[str, Any]:
    """The last link by which a customer may fetch undispensed sats; the link itself while it is open."""
    return {
        "state": row["state"],
        "amount_sats": row["amount_msat"] // 1000,
        "lnurl": lnurl if row["state"] == WithdrawalState.OPEN else None,
        "reason": row["reason"],
        "error_message": row["error_message"],
        "created_at": iso(row["created_at"]),
        "expires_at": iso(row["expires_at"]),
        "paid_at": iso(row["paid_at"]),
    }


_SENTENCES = {
    "settlement.landed": "The payment was found and its facts were written down.",
    "settlement.planned": "It was decided who gets what, and the LPs' cash was reserved.",
    "settlement.waits": "Nothing was paid yet: {sentence}",
    "settlement.processed": "Every leg is paid or kept with its reason.",
    "settlement.errored": "Nothing more is paid for now: {error_message}",
    "settlement.stopped": "The settlement was stopped: {error_message}",
    "settlement.taken_over": "Another process of LNbits goes on with it.",
    "settlement.concluded": "Every leg is paid or kept with its reason.",
    "settlement.released": "The held sale was released.",
    "withdrawal.opened": "A link was made by which the customer gets the undispensed sats back: {reason}",
    "withdrawal.claimed": "The customer's wallet handed in an invoice for the refund.",
    "withdrawal.paid": "The customer has got the undispensed sats back.",
    "withdrawal.came_back": "The refund did not go through, and its link is open again: {error_message}",
    "withdrawal.cancelled": "The link for the refund was cancelled.",
    "withdrawal.expired": "The link for the refund had expired.",
    "settlement.retried": "What had failed is tried again.",
    "settlement.retry_asked": "Failed legs are to be tried again.",
    "settlement.dispensed": "Only a part of the notes came out: {dispensed_note}",
    "settlement.leg_released": "A leg of {sats} sats was given up: {reason}",
    "settlement.leg_kept": "{sats} sats whose notes did not come out are kept: {reason}",
    "settlement.noted": "{text}",
    "settlement.replanned": "It is decided anew who gets what.",
    "settlement.withdrawn": "It is decided anew who gets what.",
    "settlement.facts_supplied": "Its facts were supplied: principal {principal_sats} sats, commission "
    "{commission_sats} sats.",
    "settlement.adopted": "The rejected payment became a sale.",
    "settlement.dismissed": "It was put aside: {error_message}",
    "settlement.corrected": "The rate was corrected to {corrected_rate}: {reason}",
    "settlement.rate_supplied": "The exchange rate {exchange_rate} was supplied.",
    "settlement.reopened": "Sats that had stayed in the machine's wallet are paid out now.",
}


def timeline(events: Sequence[Row], names: dict[str, str]) -> list[dict[str, Any]]:
    """What happened to a settlement, newest first. `names` gives each actor a name to show."""
    shown = []
    for row in events:
        after = json.loads(row["body"])["change"]["after"]
        said = defaultdict(str, {key: value for key, value in after.items() if value is not None})
        sentence = str(_SENTENCES.get(row["event"], row["event"]))
        shown.append(
            {
                "at": iso(row["at"]),
                "event": row["event"],
                "actor": names.get(row["actor"], row["actor"]),
                "sentence": sentence.format_map(said),
            }
        )
    return shown


def sales(by_currency: Sequence[Row]) -> dict[str, Any]:
    """What was sold, over all currencies."""
    return {
        "sales": sum(row["sales"] for row in by_currency),
        "wire_sats": sum(int(row["wire_sats"]) for row in by_currency),
        "commission_sats": sum(int(row["commission_sats"]) for row in by_currency),
        "fiat": [
            {"currency": row["currency"], "amount": fiat(int(row["fiat_minor"]), row["currency"])}
            for row in by_currency
        ],
    }


def runner_detail(state: str, holder: LeaseHolder | None) -> str:
    """What the runner does, in words."""
    if state == "active" and holder is not None:
        return f"paying since {iso(holder.taken_at)}"
    if state == "standby":
        return "another LNbits process on this database pays; this one takes over when it is gone"
    return "nothing is paid: the extension was stopped or has not started yet"
