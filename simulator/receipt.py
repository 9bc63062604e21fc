"""The slip of paper that a customer takes home."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from .answers import Transaction
from .cash import Notes
from .journal import Entry, counted
from .money import format_minor
from .quote import Quote
from .stamp import denomination_text


def receipt_text(
    *, machine_name: str, quote: Quote, bills: tuple[Notes, ...], txid: str, when: datetime
) -> str:
    """The receipt, line by line."""
    notes = _in_words(bills, quote.currency)
    return (
        f"{machine_name}\n"
        f"{when:%Y-%m-%d %H:%M:%S} UTC\n"
        f"cash out     {quote.fiat_amount} {quote.currency}  ({notes})\n"
        f"rate         {quote.exchange_rate:f} sat per {quote.currency}\n"
        f"principal    {quote.principal_sats} sat\n"
        f"commission   {quote.fee_sats} sat\n"
        f"paid         {quote.wire_sats} sat\n"
        f"transaction  {txid}\n"
    )


def write_receipt(directory: Path, txid: str, text: str) -> Path:
    """Writes the receipt into a file named after the transaction."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{txid}.txt"
    path.write_text(text, encoding="utf-8")
    return path


def slip(machine_name: str, entry: Entry, transaction: Transaction, when: datetime) -> list[tuple[str, str]]:
    """The lines of a paired machine's receipt, label and value, by the server's figures."""
    is_sale = transaction.tx_type == "cash_out"
    currency = entry.currency
    lines = [
        ("machine", machine_name),
        ("time", f"{when:%Y-%m-%d %H:%M:%S} UTC"),
        ("rate", f"{entry.exchange_rate} sat per {currency}"),
        ("principal", f"{transaction.principal_sats} sat"),
        ("commission", f"{transaction.fee_sats} sat"),
    ]
    if is_sale:
        lines.insert(2, ("asked for", f"{format_minor(entry.asked_minor, currency)} {currency}"))
        lines.append(("you paid", f"{transaction.wire_sats} sat"))
        lines.append(("came out", f"{format_minor(entry.given_minor, currency)} {currency}"))
        notes = counted(entry.given)
    else:
        lines.insert(2, ("you gave", f"{format_minor(entry.taken_minor, currency)} {currency}"))
        lines.append(("you get", f"{transaction.wire_sats} sat"))
        notes = counted(entry.taken)
    if notes:
        lines.append(("notes", _in_words(notes, currency)))
    lines.append(("number", entry.txid))
    return lines


def slip_text(lines: list[tuple[str, str]]) -> str:
    """The receipt as text."""
    return "".join(f"{label:<13}{value}\n" for label, value in lines)


def _in_words(notes: tuple[Notes, ...], currency: str) -> str:
    return ", ".join(
        f"{some.count} x {denomination_text(some.denomination_minor, currency)}" for some in notes
    )
