"""The slip of paper that a customer takes home."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from .cash import Notes
from .quote import Quote
from .stamp import denomination_text


def receipt_text(
    *, machine_name: str, quote: Quote, bills: tuple[Notes, ...], txid: str, when: datetime
) -> str:
    """The receipt, line by line."""
    notes = ", ".join(
        f"{some.count} x {denomination_text(some.denomination_minor, quote.currency)}" for some in bills
    )
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
