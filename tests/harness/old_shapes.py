"""The shapes that the predecessor's tables went through: what each column means, by its name at the time.

A column is written `name TYPE`, and behind `=` what stands in it (harness/old_shop.py knows the values).
What stands behind nothing is a column that these books do not know.
"""

from __future__ import annotations

Shape = dict[str, tuple[str, ...]]

_MACHINES = (
    "id TEXT PRIMARY KEY = id", "operator_user_id TEXT = operator", "machine_npub TEXT = npub",
    "wallet_id TEXT = wallet", "name TEXT = name", "location TEXT = location", "fiat_code TEXT = currency",
    "is_active BOOLEAN = is_active", "created_at TIMESTAMP = created_at",
)  # fmt: skip
_DEPOSITS = (
    "id TEXT PRIMARY KEY = id", "client_id TEXT = enrolment", "machine_id TEXT = machine",
    "amount REAL = amount", "currency TEXT = currency", "status TEXT = status", "notes TEXT = notes",
    "created_at TIMESTAMP = created_at", "confirmed_at TIMESTAMP = confirmed_at",
)  # fmt: skip
_LEGS = (
    "id TEXT PRIMARY KEY = id", "settlement_id TEXT = sale", "client_id TEXT = enrolment",
    "machine_id TEXT = machine", "leg_type TEXT = leg_type", "destination_wallet_id TEXT = wallet",
    "destination_ln_address TEXT = ln_address", "amount_sats BIGINT = sats", "amount_fiat REAL = fiat",
    "exchange_rate REAL = rate", "external_payment_hash TEXT = payment_hash", "status TEXT = status",
    "error_message TEXT = error", "created_at TIMESTAMP = created_at",
)  # fmt: skip
_LP = (
    "user_id TEXT PRIMARY KEY = user", "dca_wallet_id TEXT = wallet", "default_dca_mode TEXT = mode",
    "fixed_mode_daily_limit REAL = daily_limit", "autoforward_ln_address TEXT = ln_address",
    "autoforward_enabled BOOLEAN = forwards", "created_at TIMESTAMP = created_at",
    "updated_at TIMESTAMP = updated_at",
)  # fmt: skip


def _clients(*choices: str) -> tuple[str, ...]:
    return (
        "id TEXT PRIMARY KEY = id", "machine_id TEXT = machine", "user_id TEXT = user", *choices,
        "username TEXT = name", "status TEXT = status", "created_at TIMESTAMP = created_at",
        "updated_at TIMESTAMP = updated_at",
    )  # fmt: skip


def _splits(target: str, share: str) -> tuple[str, ...]:
    return (
        "id TEXT PRIMARY KEY = id", "operator_user_id TEXT = operator", "machine_id TEXT = machine", target,
        "label TEXT = label", share, "sort_order INTEGER = position", "created_at TIMESTAMP = created_at",
    )  # fmt: skip


def _sales(wire: str, commission: str, principal: str) -> tuple[str, ...]:
    return (
        "id TEXT PRIMARY KEY = id", "machine_id TEXT = machine", "payment_hash TEXT = payment_hash",
        "bitspire_event_id TEXT", "bitspire_txid TEXT = txid", f"{wire} BIGINT = wire",
        "fiat_amount REAL = fiat", "fiat_code TEXT = currency", "exchange_rate REAL = rate",
        f"{principal} BIGINT = principal", f"{commission} BIGINT = commission",
        "platform_fee_sats BIGINT = platform_fee", "operator_fee_sats BIGINT = operator_fee",
        "tx_type TEXT = tx_type", "status TEXT = status", "error_message TEXT = error", "notes TEXT = notes",
        "processed_at TIMESTAMP = processed_at", "created_at TIMESTAMP = created_at",
    )  # fmt: skip


_CHOICES_ON_CLIENTS = (
    "wallet_id TEXT = wallet", "dca_mode TEXT = mode", "fixed_mode_daily_limit REAL = daily_limit",
    "autoforward_ln_address TEXT = ln_address", "autoforward_enabled BOOLEAN = forwards",
)  # fmt: skip
SHAPES: dict[str, Shape] = {
    # `net_sats`, choices on each enrolment, splits by wallet and in percent
    "net": {
        "super_config": ("id TEXT PRIMARY KEY = id", "super_fee_pct REAL = fee"),
        "dca_machines": _MACHINES,
        "dca_clients": _clients(*_CHOICES_ON_CLIENTS),
        "dca_deposits": _DEPOSITS,
        "dca_commission_splits": _splits("wallet_id TEXT = target", "pct REAL = percent"),
        "dca_settlements": _sales("gross_sats", "commission_sats", "net_sats"),
        "dca_payments": _LEGS,
    },
    # `principal_sats`, an LP's choices in a table of their own, fractions, still by wallet
    "principal": {
        "super_config": ("id TEXT PRIMARY KEY = id", "super_fee_fraction REAL = fee"),
        "dca_machines": _MACHINES,
        "dca_clients": _clients(),
        "dca_lp": _LP,
        "dca_deposits": _DEPOSITS,
        "dca_commission_splits": _splits("wallet_id TEXT = target", "fraction REAL = fraction"),
        "dca_settlements": _sales("gross_sats", "commission_sats", "principal_sats"),
        "dca_payments": _LEGS,
    },
    # the newest: `wire_sats`, `fee_sats`, a `target` of whatever kind, machines with fees of their own
    "wire": {
        "super_config": (
            "id TEXT PRIMARY KEY = id", "super_fee_fraction REAL = fee", "super_fee_wallet_id TEXT = wallet",
        ),
        "dca_machines": (
            *_MACHINES, "operator_cash_in_fee_fraction REAL = cash_in_fee",
            "operator_cash_out_fee_fraction REAL = cash_out_fee",
        ),
        "dca_clients": _clients(),
        "dca_lp": _LP,
        "dca_deposits": _DEPOSITS,
        "dca_commission_splits": _splits("target TEXT = target", "fraction REAL = fraction"),
        "dca_settlements": _sales("wire_sats", "fee_sats", "principal_sats"),
        "dca_payments": _LEGS,
        "dca_telemetry": ("id TEXT PRIMARY KEY = id", "payload TEXT"),
    },
}  # fmt: skip
