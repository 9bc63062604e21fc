"""The machine's stamp: the facts of a sale, written into the invoice's `extra`.

Where exactness matters a number travels as decimal text, because JSON numbers become floats on the
way; sats are integers. Whoever reads it must still check it: anyone with an invoice key can write one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cash import Notes
from .money import format_minor
from .quote import Quote

#: How a machine of this make signs its invoices.
SOURCE = "bitspire"


def denomination_text(denomination_minor: int, currency: str) -> str:
    """A note's value as people write it: "50", "0.5"."""
    text = format_minor(denomination_minor, currency)
    return text.rstrip("0").rstrip(".") if "." in text else text


def describe_notes(notes: Sequence[Notes], currency: str) -> list[dict[str, Any]]:
    """Notes as they go over the wire: [{"denomination": "50", "count": 4}]."""
    return [
        {
            "denomination": denomination_text(some.denomination_minor, currency),
            "count": some.count,
        }
        for some in notes
    ]


def cash_out_stamp(
    *,
    quote: Quote,
    txid: str,
    bills: Sequence[Notes],
    cassettes: Sequence[Notes],
    npub: str | None,
) -> dict[str, Any]:
    """The stamp of a cash-out. `bills` are to come out, `cassettes` is what stays on offer."""
    return {
        "source": SOURCE,
        "type": "cash_out",
        "principal_sats": quote.principal_sats,
        "fee_sats": quote.fee_sats,
        "exchange_rate": format(quote.exchange_rate, "f"),
        "currency": quote.currency,
        "fiat_amount": quote.fiat_amount,
        "txid": txid,
        "machine_npub": npub,
        "bills": describe_notes(bills, quote.currency),
        "cassettes": describe_notes(cassettes, quote.currency),
    }
