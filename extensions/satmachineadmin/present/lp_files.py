"""What an LP takes along as a file: its own records, and a form that tax programs read.

An LP's address is in none of them: files are handed on. Texts that others wrote are made harmless for
spreadsheets (core/spreadsheet.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from ..core import spreadsheet
from ..core.days import clock_of
from ..core.spreadsheet import harmless
from ..core.states import CashEntryKind, CashEntryStatus, LegState, LegType
from ..core.units import format_fiat
from ..store import rows
from ..store.sql import Row
from ..usecases.files import whole_csv
from ..usecases.lp_views import Fill
from . import fiat, iso

Cell = str | int | None

TRANSACTIONS = (
    "created_local", "created_utc", "completed_local", "completed_utc", "id", "machine_name", "leg_type",
    "state", "sats", "sent_sats", "fee_msat", "kept_msat", "fiat_amount", "currency", "exchange_rate",
    "payment_hash", "error_message",
)  # fmt: skip
CASH = (
    "created_local", "created_utc", "confirmed_local", "confirmed_utc", "id", "machine_name", "kind",
    "status", "amount", "currency", "cash_date", "reason", "dispute_reason",
)  # fmt: skip
EARLIER = (
    "paid_local", "paid_utc", "id", "machine_name", "leg_type", "status", "sats", "fiat_amount", "currency",
    "exchange_rate", "payment_hash",
)  # fmt: skip
#: Koinly's universal format: https://support.koinly.io/en/articles/9489976
KOINLY = (
    "Date", "Sent Amount", "Sent Currency", "Received Amount", "Received Currency", "Fee Amount",
    "Fee Currency", "Net Worth Amount", "Net Worth Currency", "Label", "Description", "TxHash",
)  # fmt: skip
_MSAT_PER_BITCOIN = 100_000_000_000


def transactions(slices: AsyncIterator[list[Fill]], time_zone: str) -> AsyncIterator[str]:
    """What the LP got and passed on."""
    lines = _lines(slices, lambda one: _transaction(one, time_zone))
    return whole_csv("transactions", TRANSACTIONS, lines)


def cash(slices: AsyncIterator[list[Row]], time_zone: str) -> AsyncIterator[str]:
    """The LP's cash."""
    return whole_csv("cash", CASH, _lines(slices, lambda row: _cash(row, time_zone)))


def earlier(slices: AsyncIterator[list[Row]], time_zone: str) -> AsyncIterator[str]:
    """What the LP got before these books were moved over."""
    return whole_csv("earlier", EARLIER, _lines(slices, lambda row: _earlier(row, time_zone)))


async def koinly(entries: AsyncIterator[list[Row]], fills: AsyncIterator[list[Fill]]) -> AsyncIterator[str]:
    """Both for Koinly, which takes every line for a transaction: there is no last line, and a file that
    breaks off is none. No mark of byte order stands before the heads."""
    yield spreadsheet.line(KOINLY)
    async for lines, _rows in _lines(entries, _koinly_cash):
        yield lines
    async for lines, _rows in _lines(fills, _koinly_transaction):
        yield lines


async def _lines(
    slices: AsyncIterator[list[Any]], line_of: Callable[[Any], str | None]
) -> AsyncIterator[tuple[str, int]]:
    """Lines and how many there are, slice by slice; what has no line is left out."""
    async for records in slices:
        lines = [line for line in map(line_of, records) if line is not None]
        yield "".join(lines), len(lines)


def _transaction(one: Fill, time_zone: str) -> str:
    """A line of what the LP got and passed on."""
    row = one.row
    parts = one.parts or [row]
    is_decided = row["completed_at"] is not None
    return spreadsheet.line(
        [
            *_twice(row["created_at"], time_zone),
            *_twice(row["completed_at"], time_zone),
            row["id"],
            harmless(row["machine_name"]),
            row["leg_type"],
            row["state"],
            sum(part["sats"] for part in parts),
            sum(part["sent_msat"] for part in parts) // 1000 if is_decided else None,
            sum(part["fee_msat"] for part in parts) if is_decided else None,
            sum(part["fee_unused_msat"] for part in parts) if is_decided else None,
            fiat(row["fiat_minor"], row["currency"]),
            row["currency"],
            row["exchange_rate"],
            row["payment_hash"] if is_decided else None,
            _text(row["error_message"]),
        ]
    )


def _cash(row: Row, time_zone: str) -> str:
    """A line of the LP's cash."""
    reason = row["notes"] if row["kind"] == CashEntryKind.CORRECTION else None
    return spreadsheet.line(
        [
            *_twice(row["created_at"], time_zone),
            *_twice(row["confirmed_at"], time_zone),
            row["id"],
            harmless(row["machine_name"]),
            row["kind"],
            row["status"],
            fiat(row["amount_minor"], row["currency"]),
            row["currency"],
            row["cash_date"],
            _text(reason),
            _text(row["dispute_reason"]),
        ]
    )


def _earlier(row: Row, time_zone: str) -> str:
    """A line of what the predecessor paid; its words are its own."""
    plain = ("leg_type", "status", "sats", "fiat_amount", "currency", "exchange_rate", "payment_hash")
    return spreadsheet.line(
        [
            *_twice(row["paid_at"] or None, time_zone),
            row["id"],
            harmless(row["machine_name"]),
            *(harmless(value) if isinstance(value, str) else value for value in map(row.get, plain)),
        ]
    )


def _koinly_transaction(one: Fill) -> str | None:
    """A fill is a trade of cash for bitcoin, what is passed on leaves; None for what was not paid."""
    row = one.row
    if row["state"] != LegState.COMPLETED:
        return None
    parts = one.parts or [row]
    sent = _bitcoin(sum(part["sent_msat"] for part in parts))
    if row["leg_type"] == LegType.AUTOFORWARD:
        fee = sum(part["fee_msat"] for part in parts)
        moved = [sent, "BTC", None, None, _bitcoin(fee) if fee else None, "BTC" if fee else None]
        what = "passed on"
    else:
        given = [fiat(row["fiat_minor"], row["currency"]), row["currency"]]
        moved = [*given, sent, "BTC", None, None]
        what = "sats for cash" if row["leg_type"] == LegType.DCA else "balance paid off"
    description = harmless(f"{row['machine_name']}: {what}")
    return _koinly_line(row["completed_at"], moved, description, row["payment_hash"])


def _koinly_cash(row: Row) -> str | None:
    """Cash that came to count or left; None for what is not confirmed."""
    if row["status"] != CashEntryStatus.CONFIRMED or not row["amount_minor"]:
        return None
    amount = [format_fiat(abs(row["amount_minor"]), row["currency"]), row["currency"]]
    moved = [None, None, *amount] if row["amount_minor"] > 0 else [*amount, None, None]
    words = row["kind"].replace("_", " ")
    description = harmless(f"{row['machine_name']}: cash, {words}")
    return _koinly_line(row["confirmed_at"], [*moved, None, None], description, None)


def _koinly_line(moment: int, moved: Sequence[Cell], description: str, payment_hash: str | None) -> str:
    date = rows.instant(moment).strftime("%Y-%m-%d %H:%M:%S UTC")
    return spreadsheet.line([date, *moved, None, None, None, description, payment_hash])


def _bitcoin(msat: int) -> str:
    """Exact, with eight decimals, or with eleven where there are parts of a sat."""
    whole, rest = divmod(msat, _MSAT_PER_BITCOIN)
    digits = f"{rest:011d}"
    return f"{whole}.{digits[:8] if digits.endswith('000') else digits}"


def _twice(seconds: int | None, time_zone: str) -> tuple[Cell, Cell]:
    if seconds is None:
        return None, None
    return clock_of(rows.instant(seconds), time_zone), iso(seconds)


def _text(text: str | None) -> Cell:
    return None if text is None else harmless(text)
