"""What a sale costs: exact amounts, computed once, before anything is asked of the host."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .money import format_minor, round_half_up


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The offer that the customer sees: so many banknotes for so many sats."""

    #: what comes out of the cassettes, in the currency's minor unit
    fiat_minor: int
    currency: str
    #: sats per one unit of fiat, the very text that goes into the stamp
    exchange_rate: Decimal
    #: fiat × rate, rounded half up
    principal_sats: int
    #: the commission on top, rounded half up
    fee_sats: int

    @property
    def wire_sats(self) -> int:
        """What the customer pays over Lightning."""
        return self.principal_sats + self.fee_sats

    @property
    def fiat_amount(self) -> str:
        """The fiat as decimal text: "200.00"."""
        return format_minor(self.fiat_minor, self.currency)


def quote_cash_out(*, fiat_minor: int, currency: str, exchange_rate: Decimal, fee_pct: Decimal) -> Quote:
    """The quote of a cash-out at this rate with a commission of `fee_pct` percent."""
    if fiat_minor <= 0 or exchange_rate <= 0 or fee_pct < 0:
        raise ValueError("a quote needs fiat and a rate above zero, and no negative commission")
    fiat = Fraction(format_minor(fiat_minor, currency))
    principal_sats = round_half_up(fiat * Fraction(exchange_rate))
    return Quote(
        fiat_minor=fiat_minor,
        currency=currency,
        exchange_rate=exchange_rate,
        principal_sats=principal_sats,
        fee_sats=round_half_up(principal_sats * Fraction(fee_pct) / 100),
    )
