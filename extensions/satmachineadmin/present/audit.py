"""Events of the audit trail as JSON. What may be shown is listed by name: everything else stays inside.

Wallets, keys, user ids, invoices and preimages are not in the list, nor is anything that a later
change of the code writes into an event until somebody decides that it may leave.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from ..core.machine_limits import LIMIT_COLUMNS
from ..core.states import TxType
from ..core.units import format_fiat
from ..store.sql import Row
from ..usecases.audit import Verified
from . import iso

#: Values of `before` and `after` that an operator may see of its own things.
SHOWN = frozenset(
    {
        "active", "amount_msat", "attempt", "cash_date", "cash_in_fee_pct", "cash_out_fee_pct", "code",
        "commission_sats", "count", "currency", "difference", "dispense", "dispensed_sats", "dispute_reason",
        "error_code", "error_message", "exchange_rate", "held_for", "fallback_commission_pct",
        "fee_msat", "fee_unused_msat", "hash", "kind", "label", "leg_key",
        "leg_type", "location", "maintenance", "name", "notes", "npub", "operator_fee_sats", "payment_hash",
        "payout_delay_minutes", "payout_policy", "plan_version", "platform_fee_sats", "principal_sats",
        "rate_tolerance_pct", "reason", "reference_rate", "sats", "sent_msat", "sentence", "silent_minutes",
        "state", "status", "takes_unsigned", "tx_type", "txid", "unit", "username", "waits_code", "wire_sats",
    }
)  # fmt: skip
#: Fiat in minor units, shown as the decimal string of its currency.
_FIAT = {
    "amount_minor": "amount",
    "denomination_minor": "denomination",
    "fiat_minor": "fiat_amount",
    "dispensed_minor": "dispensed_amount",
    "stayed_minor": "stayed_amount",
}
#: The same, where none is known to be none.
_LIMITS = {
    f"{tx_type}_{column}": f"{tx_type}_{name}" for tx_type in TxType for name, column in LIMIT_COLUMNS.items()
}
#: Subjects that are people.
_PEOPLE = ("operator", "lp")


def event(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """One event; `names` gives each actor a name to show."""
    change = json.loads(row["body"])["change"]
    return {
        "id": row["seq"],
        "at": iso(row["at"]),
        "actor": names.get(row["actor"], row["actor"]),
        "event": row["event"],
        "subject_kind": row["subject_kind"],
        "subject_id": subject_of(row),
        "before": shown(change["before"], currency=currency_of(change)),
        "after": shown(change["after"], currency=currency_of(change)),
    }


def subject_of(row: Row) -> str | None:
    """What an event is about; of a person nothing, because its id is a password in some LNbits."""
    return None if row["subject_kind"] in _PEOPLE else str(row["subject_id"])


def currency_of(change: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The currency that either side of a change names."""
    found: str | None = change["after"].get("currency") or change["before"].get("currency")
    return found


def shown(
    fields: Mapping[str, Any], names: Collection[str] = SHOWN, *, currency: str | None
) -> dict[str, Any]:
    """Those of the values that have one of the names, and amounts of fiat in units of their currency."""
    found = {key: value for key, value in fields.items() if key in names}
    if currency is None:
        return found
    for key, name in _FIAT.items():
        if fields.get(key) is not None:
            found[name] = format_fiat(fields[key], currency)
    for key, name in _LIMITS.items():
        if key in fields:
            found[name] = None if fields[key] is None else format_fiat(fields[key], currency)
    return found


def verdict(found: Verified) -> dict[str, Any]:
    """Whether the trail is whole, and where it first is not."""
    head, broken = found.verdict.head, found.verdict.broken
    return {
        "ok": broken is None,
        "events": head.seq,
        "own_events": found.own_events,
        "verified_at": iso(found.verified_at),
        "last_sound_at": iso(found.verdict.head_at),
        "broken_seq": broken.seq if broken else None,
        "fault": broken.fault if broken else None,
        "detail": broken.sentence if broken else None,
    }
