"""The predecessor's tables, and what their columns were called over time.

That line renamed as it went: `net_sats` became `principal_sats`, `wallet_id` of a split became `target`,
an LP's choices moved from `dca_clients` to `dca_lp`. A column is known by any of its names, the newest
first; what is not named here is kept with its row and means nothing to these books.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..errors import PredecessorUnreadable
from ..units import exact_decimal

#: A row as it is in the predecessor's database.
RawRow = Mapping[str, Any]

MACHINES = "dca_machines"
ENROLMENTS = "dca_clients"
PREFERENCES = "dca_lp"
DEPOSITS = "dca_deposits"
SPLITS = "dca_commission_splits"
SALES = "dca_settlements"
LEGS = "dca_payments"
PLATFORM = "super_config"

_CHOICES = {
    "mode": ("default_dca_mode", "dca_mode"),
    "daily_limit": ("fixed_mode_daily_limit",),
    "ln_address": ("autoforward_ln_address",),
    "forwards": ("autoforward_enabled",),
}
#: table → what a column means → its names, the newest first
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    MACHINES: {
        "operator": ("operator_user_id",),
        "name": ("name",),
        "location": ("location",),
        "npub": ("machine_npub", "npub"),
        "wallet": ("wallet_id",),
        "currency": ("currency", "fiat_code"),
        "is_active": ("is_active", "active"),
        "cash_out_fee": ("operator_cash_out_fee_fraction", "cash_out_fee_fraction"),
        "cash_in_fee": ("operator_cash_in_fee_fraction", "cash_in_fee_fraction"),
    },
    ENROLMENTS: {
        "machine": ("machine_id",),
        "user": ("user_id",),
        "name": ("username",),
        "status": ("status",),
        "wallet": ("wallet_id",),
        **_CHOICES,
    },
    PREFERENCES: {"user": ("user_id",), "wallet": ("dca_wallet_id", "wallet_id"), **_CHOICES},
    DEPOSITS: {
        "enrolment": ("client_id",),
        "amount": ("amount", "amount_fiat"),
        "currency": ("currency", "fiat_code"),
        "status": ("status",),
        "notes": ("notes", "note"),
        "confirmed_at": ("confirmed_at",),
    },
    SPLITS: {
        "operator": ("operator_user_id",),
        "machine": ("machine_id",),
        "target": ("target", "wallet_id"),
        "label": ("label",),
        "share": ("fraction", "share_fraction", "pct", "share_pct", "percentage"),
        "position": ("sort_order", "position"),
    },
    SALES: {
        "machine": ("machine_id",),
        "payment_hash": ("payment_hash",),
        "txid": ("bitspire_txid", "txid"),
        "tx_type": ("tx_type",),
        "wire": ("wire_sats", "gross_sats"),
        "principal": ("principal_sats", "net_sats"),
        "commission": ("fee_sats", "commission_sats"),
        "platform_fee": ("platform_fee_sats",),
        "operator_fee": ("operator_fee_sats",),
        "fiat": ("fiat_amount",),
        "currency": ("currency", "fiat_code"),
        "rate": ("exchange_rate",),
        "status": ("status",),
        "error": ("error_message",),
        "notes": ("notes",),
        "processed_at": ("processed_at",),
    },
    LEGS: {
        "sale": ("settlement_id",),
        "enrolment": ("client_id",),
        "leg_type": ("leg_type",),
        "sats": ("amount_sats", "sats"),
        "fiat": ("amount_fiat", "fiat_amount"),
        "rate": ("exchange_rate",),
        "wallet": ("destination_wallet_id",),
        "ln_address": ("destination_ln_address",),
        "payment_hash": ("payment_hash", "external_payment_hash"),
        "status": ("status",),
        "error": ("error_message",),
    },
    PLATFORM: {
        "fee": ("super_fee_fraction", "super_fee_pct"),
        "wallet": ("super_fee_wallet_id",),
    },
}
#: What a table is of no use without; every one has `id` besides.
NEEDED: Mapping[str, Sequence[str]] = {
    MACHINES: ("operator", "wallet", "currency"),
    ENROLMENTS: ("machine", "user"),
    PREFERENCES: ("user",),
    DEPOSITS: ("enrolment", "amount", "status"),
    SPLITS: ("operator", "target", "share"),
    SALES: ("machine", "payment_hash", "wire", "status"),
    LEGS: ("sale", "leg_type", "sats", "status"),
    PLATFORM: (),
}
_TRUE = frozenset({"1", "true", "t", "yes"})
_TEXT_LIMIT = 2000


def check_columns(table: str, columns: Sequence[str]) -> None:
    """Raises PredecessorUnreadable where a table does not have what it is of no use without."""
    names = COLUMNS[table]
    missing = ["/".join(names[what]) for what in NEEDED[table] if not set(names[what]) & set(columns)]
    if "id" not in columns and table != PREFERENCES:
        missing.append("id")
    if missing:
        raise PredecessorUnreadable(table=table, columns=", ".join(missing))


@dataclass(frozen=True)
class Cells:
    """A row of the predecessor's, read by what its columns mean."""

    table: str
    row: RawRow

    @property
    def id(self) -> str:
        """Of a table of preferences without ids, the user's."""
        return str(self.row.get("id", self.row.get("user_id")))

    def value(self, what: str) -> Any:
        """None where there is no such column, or nothing in it."""
        return next((self.row[name] for name in self._names(what) if self.row.get(name) is not None), None)

    def has(self, what: str) -> bool:
        return any(name in self.row for name in self._names(what))

    def text(self, what: str) -> str:
        """Trimmed, without control characters, and no longer than a note may be."""
        text = str(self.value(what) or "").strip()
        if not text.isprintable():
            text = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
        return text[:_TEXT_LIMIT]

    def number(self, what: str) -> Decimal | None:
        """The exact number; None where there is none, or what is there is none of this world."""
        found = self.value(what)
        if isinstance(found, str):
            found = found.strip()
        return None if found is None or found == "" else exact_decimal(found)

    def flag(self, what: str, *, otherwise: bool) -> bool:
        found = self.value(what)
        return otherwise if found is None else str(found).strip().lower() in _TRUE

    def time(self, *names: str) -> int | None:
        """Epoch seconds of the first of these columns that has an instant; text without a zone is UTC."""
        return next((found for name in names if (found := _instant(self.row.get(name))) is not None), None)

    def _names(self, what: str) -> tuple[str, ...]:
        return COLUMNS[self.table][what]


def cells_of(tables: Mapping[str, Sequence[RawRow]], table: str) -> Iterator[Cells]:
    for row in tables.get(table, ()):
        yield Cells(table, row)


def _instant(value: object) -> int | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return int(aware.timestamp())
    text = str(value if value is not None else "").strip()
    if re.fullmatch(r"[0-9]{9,11}(\.[0-9]+)?", text):
        return int(text.partition(".")[0])
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return _instant(read)
