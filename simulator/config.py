"""What one machine is: its name, its notes, its commission. Frozen, so a sale cannot change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from .cash import Notes
from .money import parse_minor


def parse_cassettes(text: str, currency: str) -> tuple[Notes, ...]:
    """Cassettes as a person writes them: "50:100,20:100" is a hundred fifties and twenties."""
    cassettes = []
    for part in text.split(","):
        denomination, colon, count = part.strip().partition(":")
        if not colon or not count.isdecimal():
            raise ValueError(f"{part!r} is not a cassette; write denomination:count, as in 50:100")
        cassettes.append(Notes(denomination_minor=parse_minor(denomination, currency), count=int(count)))
    return tuple(cassettes)


@dataclass(frozen=True, kw_only=True)
class MachineConfig:
    """All that makes one machine differ from another."""

    #: what customers and receipts call it; also in the invoice's memo
    name: str = "Plaza"
    #: ISO 4217 code of its banknotes
    currency: str = "EUR"
    #: commission on a cash-out, in percent of the principal
    cash_out_fee_pct: Decimal = Decimal(6)
    #: what is in its cassettes when it is switched on
    cassettes: tuple[Notes, ...] = field(
        default_factory=lambda: parse_cassettes("50:200,20:200,10:200", "EUR")
    )
    #: how long a customer may take to pay
    invoice_expiry_seconds: int = 120
    #: its Nostr key, once it is paired; null in the stamp until then
    npub: str | None = None
    #: where receipts are written, one text file each; none are written without
    receipts_dir: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.cash_out_fee_pct < 100:
            raise ValueError("the commission is a percentage from 0 up to, not including, 100")
        if self.invoice_expiry_seconds < 1:
            raise ValueError("an invoice lives at least one second")
