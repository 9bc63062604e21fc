"""Fiat in minor units, exact rounding, and the texts that go over the wire.

A machine that computes with floats disagrees with its operator's books sooner or later, so fiat is
an integer of the currency's minor unit in here and rates are `Decimal`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

#: Currencies whose ISO 4217 exponent is not 2.
_MINOR_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


class NotAnAmount(ValueError):
    """The text is not a positive amount of the currency."""


def minor_digits(currency: str) -> int:
    """How many decimals an amount of the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency.upper(), 2)


def parse_minor(text: str, currency: str) -> int:
    """The amount in minor units: ("200", "EUR") is 20000. Refuses more digits than there are."""
    try:
        amount = Decimal(text.strip())
        minor = amount.scaleb(minor_digits(currency))
        whole = int(minor)
    except (ArithmeticError, ValueError):
        raise NotAnAmount(f"{text!r} is not an amount of {currency}") from None
    if whole != minor or whole <= 0:
        raise NotAnAmount(f"{text!r} is not a positive amount of {currency}")
    return whole


def format_minor(amount_minor: int, currency: str) -> str:
    """The amount as the decimal text of the wire: (20000, "EUR") is "200.00"."""
    return format(Decimal(amount_minor).scaleb(-minor_digits(currency)), "f")


def round_half_up(value: Fraction) -> int:
    """The nearest integer of a value that is not negative; a half goes up."""
    if value < 0:
        raise ValueError("only amounts that are not negative are rounded here")
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
