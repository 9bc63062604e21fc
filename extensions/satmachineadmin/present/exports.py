"""What an accountant gets of each list as CSV: its columns, in their order.

Named one by one, so that nothing leaves that nobody decided on: no wallet, address, user id, key or
preimage, and nothing of where an LP's or the platform's sats go. Every time stands there twice, on the
operator's clock and in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..core import spreadsheet
from ..core.days import clock_of
from ..core.units import format_fiat
from ..store import exports, rows
from ..store.exports import Extract
from ..store.sql import Row
from . import audit, fiat, iso
from .audit import SHOWN
from .cash import no_part

#: user id → a name for a person
Names = Mapping[str, str]
Cell = str | int | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A list as CSV."""

    #: as it stands in the address and in the file's name
    name: str
    extract: Extract
    #: columns that are the row's own text, number or word
    plain: tuple[str, ...]
    #: columns that are instants in epoch seconds
    times: tuple[str, ...]
    #: columns that are worked out
    more: Mapping[str, Callable[[Row, Names], Cell]]
    #: columns in which people are named by their user id
    people: tuple[str, ...] = ()
    #: whether a range of days is about it; else it is what stands now
    has_range: bool = True

    def heads(self) -> list[str]:
        """The first line."""
        twice = [f"{name.removesuffix('_at')}_{kind}" for name in self.times for kind in ("local", "utc")]
        return [*twice, *self.plain, *self.more]

    def cells(self, row: Row, names: Names, time_zone: str) -> list[Cell]:
        """One line."""
        return [
            *(cell for name in self.times for cell in _twice(row[name], time_zone)),
            *(_plain(row[name]) for name in self.plain),
            *(work_out(row, names) for work_out in self.more.values()),
        ]


def _twice(seconds: int | None, time_zone: str) -> tuple[Cell, Cell]:
    if seconds is None:
        return None, None
    return clock_of(rows.instant(seconds), time_zone), iso(seconds)


def _plain(value: object) -> Cell:
    """A number as it is, a text so that no spreadsheet executes it."""
    if value is None or isinstance(value, int):
        return value
    return spreadsheet.harmless(str(value))


def _of_fiat(column: str) -> Callable[[Row, Names], Cell]:
    return lambda row, names: fiat(row[column], row["currency"])


def _yes(column: str) -> Callable[[Row, Names], Cell]:
    return lambda row, names: "yes" if row[column] else "no"


def _known(column: str) -> Callable[[Row, Names], Cell]:
    """Of a payment without usable facts only the wire is known; the rest is unknown, not zero."""
    return lambda row, names: row[column] if row["tx_type"] is not None else None


def _name(column: str) -> Callable[[Row, Names], Cell]:
    return lambda row, names: _plain(names.get(row[column], row[column])) if row[column] else None


def _recipient(row: Row, _names: Names) -> Cell:
    return _plain(row["label"] or ("platform" if row["leg_type"] == "super_fee" else None))


def _remaining(row: Row, _names: Names) -> Cell:
    return format_fiat(rows.balance(row).remaining_minor, row["currency"])


def _reserved(row: Row, _names: Names) -> Cell:
    """What is held for sats on their way; what is about to be taken out stands beside it."""
    return format_fiat(row["reserved_minor"] - row["leaving_minor"], row["currency"])


def _change(side: str) -> Callable[[Row, Names], Cell]:
    """What an event says of before or after, as JSON; a machine's key stays here."""

    def work_out(row: Row, _names: Names) -> Cell:
        change = json.loads(row["body"])["change"]
        shown = audit.shown(change[side], SHOWN - {"npub"}, currency=audit.currency_of(change))
        return _plain(json.dumps(shown, ensure_ascii=False)) if shown else None

    return work_out


#: The one list that leaves as a file with all the filters of its page.
SALES = Table(
    name="sales",
    extract=exports.SALES,
    times=("paid_at", "landed_at", "processed_at"),
    plain=(
        "id", "machine_name", "state", "reason", "tx_type", "origin", "currency", "exchange_rate",
        "corrected_rate", "wire_sats", "host_fee_msat", "retained_sats", "dispensed_sats",
        "commission_difference_sats", "split_version", "legs_total", "legs_completed", "legs_failed", "txid",
        "payment_hash", "error_message", "dispensed_note",
    ),
    more={
        "fiat_amount": _of_fiat("fiat_minor"),
        **{
            name: _known(name)
            for name in ("principal_sats", "commission_sats", "platform_fee_sats", "operator_fee_sats")
        },
        "is_test": _yes("is_test"),
    },
)  # fmt: skip
_LEGS = Table(
    name="legs",
    extract=exports.LEGS,
    times=("created_at", "completed_at", "kept_at"),
    plain=(
        "id", "settlement_id", "machine_name", "leg_type", "state", "reason", "share_pct", "attempt",
        "currency", "exchange_rate", "sats", "fee_msat", "fee_unused_msat", "sent_msat", "error_message",
        "note",
    ),
    more={
        "recipient": _recipient,
        "fiat_amount": _of_fiat("fiat_minor"),
        "payment_hash": lambda row, names: row["payment_hash"] if row["completed_at"] else None,
    },
)  # fmt: skip
_CASH = Table(
    name="cash",
    extract=exports.CASH,
    times=("created_at", "confirmed_at", "closed_at", "disputed_at"),
    plain=(
        "id",
        "machine_name",
        "username",
        "kind",
        "status",
        "cash_date",
        "currency",
        "notes",
        "related_id",
        "act_id",
        "dispute_reason",
    ),
    more={
        "amount": _of_fiat("amount_minor"),
        "recorded_by": _name("created_by"),
        "confirmed_by": _name("confirmed_by"),
    },
    people=("created_by", "confirmed_by"),
)  # fmt: skip
_LPS = Table(
    name="lps",
    extract=exports.CLIENTS,
    times=("created_at", "accepted_at"),
    plain=("id", "lp_ref", "username", "machine_name", "status", "currency", "received_sats", "fills"),
    more={
        **{name: _of_fiat(f"{name}_minor") for name in ("confirmed", "pending", "paid", "leaving")},
        "reserved": _reserved,
        "remaining": _remaining,
        "onboarded": _yes("onboarded"),
        "no_part_reason": lambda row, names: no_part(row),
    },
    has_range=False,
)
_MACHINES = Table(
    name="machines",
    extract=exports.MACHINES,
    times=("created_at", "scan_from", "last_sale_at", "proved_at", "payouts_paused_at"),
    plain=(
        "id", "name", "location", "currency", "cash_out_fee_pct", "cash_in_fee_pct", "reference_rate",
        "rate_tolerance_pct", "fallback_commission_pct", "payout_policy", "payout_delay_minutes",
        "dispense_report_minutes", "settlements_total", "balance_msat", "payouts_paused_reason",
    ),
    more={"active": _yes("active"), "maintenance": _yes("maintenance")},
    has_range=False,
)  # fmt: skip
_WORKLIST = Table(
    name="worklist",
    extract=exports.MATTERS,
    times=("opened_at", "closed_at"),
    plain=("id", "kind", "machine_name", "settlement_id", "detail", "close_reason"),
    more={"is_accepted": _yes("is_accepted"), "closed_by": _name("closed_by")},
    people=("closed_by",),
)
_TRANSACTIONS = Table(
    name="transactions",
    extract=exports.TRANSACTIONS,
    times=("created_at", "paid_at", "expires_at"),
    plain=(
        "id", "txid", "machine_name", "tx_type", "state", "currency", "exchange_rate", "principal_sats",
        "commission_sats", "wire_sats", "held_for", "dispense", "settlement_id",
    ),
    more={"fiat_amount": _of_fiat("fiat_minor"), "dispensed_amount": _of_fiat("dispensed_minor")},
)  # fmt: skip
_EARLIER_SALES = Table(
    name="earlier-sales",
    extract=exports.EARLIER_SALES,
    times=("paid_at",),
    plain=(
        "id", "txid", "machine_name", "tx_type", "status", "currency", "fiat_amount", "exchange_rate",
        "wire_sats", "principal_sats", "commission_sats", "platform_fee_sats", "operator_fee_sats",
        "payment_hash", "error_message", "notes",
    ),
    more={},
)  # fmt: skip
_EARLIER_LEGS = Table(
    name="earlier-legs",
    extract=exports.EARLIER_LEGS,
    times=("paid_at",),
    plain=(
        "id", "sale_id", "machine_name", "leg_type", "status", "label", "sats", "fiat_amount", "currency",
        "exchange_rate", "payment_hash", "error_message",
    ),
    more={},
)  # fmt: skip
_AUDIT = Table(
    name="audit",
    extract=exports.EVENTS,
    times=("at",),
    plain=("seq", "event", "subject_kind", "hash"),
    more={
        "subject_id": lambda row, names: audit.subject_of(row),
        "actor": _name("actor"),
        "before": _change("before"),
        "after": _change("after"),
    },
    people=("actor",),
)
TABLES = (
    SALES,
    _LEGS,
    _CASH,
    _LPS,
    _MACHINES,
    _TRANSACTIONS,
    _WORKLIST,
    _AUDIT,
    _EARLIER_SALES,
    _EARLIER_LEGS,
)
