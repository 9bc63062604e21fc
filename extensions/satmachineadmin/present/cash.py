"""LPs and their cash as an operator sees them: never a user, a wallet or an address of theirs."""

from __future__ import annotations

from typing import Any

from ..core.limits import why_no_part
from ..core.states import WAITING_CASH_STATUSES, CashEntryKind, CashEntryStatus, EnrolmentStatus, NoPart
from ..core.units import format_percent
from ..store import rows
from ..store.lp_figures import LpFigures
from ..store.sql import Row
from . import fiat, iso

#: What is not corrected: a correction, and what the predecessor's sales had drawn.
_FINAL = (CashEntryKind.CORRECTION, CashEntryKind.EARLIER)


def balance(row: Row) -> dict[str, Any]:
    """An enrolment's cash: `remaining` is what is confirmed, less the three after it."""
    currency, cash = row["currency"], rows.balance(row)
    return {
        "currency": currency,
        "confirmed": fiat(cash.confirmed_minor, currency),
        "pending": fiat(cash.pending_minor, currency),
        "paid": fiat(cash.paid_minor, currency),
        "reserved": fiat(cash.reserved_minor - cash.leaving_minor, currency),
        "leaving": fiat(cash.leaving_minor, currency),
        "remaining": fiat(cash.remaining_minor, currency),
    }


def client(row: Row, figures: LpFigures, now: int) -> dict[str, Any]:
    plain = (
        "id", "machine_id", "machine_name", "lp_ref", "username", "status", "currency", "received_sats",
        "fills",
    )  # fmt: skip
    # That an LP has used up its limit for today would tell the limit.
    reason = no_part(row)
    expires_at = row["invitation_expires_at"]
    link = None if expires_at is None else {"expires_at": iso(expires_at), "is_expired": expires_at <= now}
    return {
        **{key: row[key] for key in plain},
        "onboarded": bool(row["onboarded"]),
        "takes_part": reason is None,
        "no_part_reason": reason,
        "balance": balance(row),
        "share_pct": None if figures.share_ppm is None else format_percent(figures.share_ppm),
        "days_left": figures.days_left,
        "invitation": link,
        "accepted_at": iso(row["accepted_at"]),
        "created_at": iso(row["created_at"]),
    }


def no_part(row: Row) -> NoPart | None:
    """Why an enrolment takes no part in its machine's sales; None when it does."""
    pace = rows.pace(row) if row["onboarded"] else None
    return why_no_part(EnrolmentStatus(row["status"]), pace, row["currency"])


def cash_entry(row: Row) -> dict[str, Any]:
    plain = (
        "id", "client_id", "username", "machine_id", "machine_name", "kind", "status", "currency",
        "cash_date", "notes", "dispute_reason",
    )  # fmt: skip
    currency, kind = row["currency"], row["kind"]
    is_pending = row["status"] == CashEntryStatus.PENDING
    has_accepted = row["lp_status"] != EnrolmentStatus.INVITED
    corrected_minor = row["corrected_minor"]
    comes_to = None if corrected_minor is None else row["amount_minor"] + int(corrected_minor)
    # What is corrected is another entry, or a sale.
    is_entrys = row["related_machine_id"] is not None
    moved_to = {"username": row["related_username"], "machine_name": row["related_machine_name"]}
    return {
        **{key: row[key] for key in plain},
        "amount": fiat(row["amount_minor"], currency),
        "corrected_amount": fiat(comes_to, currency),
        "related_entry_id": row["related_id"] if is_entrys else None,
        "settlement_id": None if is_entrys else row["related_id"],
        "counterpart": moved_to if kind == CashEntryKind.MOVED else None,
        "can_confirm": is_pending and has_accepted,
        "waits_for_lp": is_pending and not has_accepted,
        "can_cancel": row["status"] in WAITING_CASH_STATUSES,
        "can_correct": row["status"] == CashEntryStatus.CONFIRMED
        and kind not in _FINAL
        and not row["counters_waiting"],
        "disputed_at": iso(row["disputed_at"]),
        "created_at": iso(row["created_at"]),
        "confirmed_at": iso(row["confirmed_at"]),
        "closed_at": iso(row["closed_at"]),
    }
