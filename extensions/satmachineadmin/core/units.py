"""Reading and writing amounts: percentages, fiat, exchange rates, numbers from parsed JSON.

What can go wrong here is quiet: a binary fraction taken for a decimal one, an amount of yen read as
cents, a rate that a rounding context has cut. So everything is text, `int`, `Fraction` or an
unrounded `Decimal` (DESIGN §4.1), and what is not written plainly is refused, never guessed.

Units: `*_ppm` parts per million (3 % = 30 000), `*_minor` the currency's minor unit, a rate is the
exact decimal text of sats per one unit of fiat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Real

from .errors import (
    InvalidFiat,
    InvalidPercent,
    InvalidRate,
    TooManyDigits,
    UnknownCurrency,
)

#: all the bitcoin there will ever be; in msat it still fits a BIGINT
MAX_SATS = 21_000_000 * 100_000_000

#: the largest amount of fiat in minor units: thousands of them still add up within a BIGINT
MAX_MINOR = 10**15

#: parts per million in a whole
WHOLE_PPM = 1_000_000

_PPM_PER_PERCENT = 10_000

#: ISO 4217 active codes by the number of digits of their minor unit. Codes without a minor unit
#: (gold, testing, "no currency") are left out: nobody hands out banknotes of them.
_CODES_BY_DIGITS = {
    0: """BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF""",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN
        BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
        GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP
        LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
        NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
        SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER
        ZAR ZMW ZWG""",
    3: """BHD IQD JOD KWD LYD OMR TND""",
    4: """CLF UYW""",
}
_DIGITS_BY_CODE = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}

_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?")
_FIAT = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
#: a JSON number printed in full has 17 significant digits; 24 decimals hold one of a very weak currency
_RATE_DECIMALS = 24
_RATE = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,24})?")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")

#: So many decimals a number may have that is told exactly; one without an end is cut after fewer.
_MOST_DECIMALS, _CUT_DECIMALS = 40, 12

#: powers of ten beyond which a number cannot be an amount or a rate, and costs memory as a fraction
_LARGEST_POWER = 40


def parse_percent(text: str) -> int:
    """The parts per million of a percentage: "2.5" is 25 000 ppm. At most four decimals."""
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise InvalidPercent(text=text)
    whole, decimals = match[1], match[2] or ""
    ppm = int(whole) * _PPM_PER_PERCENT + int(decimals.ljust(4, "0"))
    if ppm > WHOLE_PPM:
        raise InvalidPercent(text=text)
    return ppm


def format_percent(ppm: int) -> str:
    """The shortest text of a percentage: 300 000 ppm is "30", 25 000 ppm is "2.5"."""
    return without_spare_zeros(fixed_point(ppm, 4))


def currency_digits(currency: str) -> int:
    """How many decimals one unit of the currency has (ISO 4217): EUR 2, JPY 0, KWD 3."""
    try:
        return _DIGITS_BY_CODE[currency]
    except KeyError:
        raise UnknownCurrency(currency=currency) from None


def parse_fiat(text: str, currency: str) -> int:
    """The minor units of an amount: "200.00" EUR is 20 000. Never negative."""
    digits = currency_digits(currency)
    match = _FIAT.fullmatch(text)
    decimals = (match[2] or "") if match else ""
    if match is None or len(decimals) > digits:
        raise InvalidFiat(text=text, currency=currency, digits=digits)
    whole = match[1].lstrip("0") or "0"
    # Compared as text first: turning a million digits into an int takes seconds.
    if len(whole) > len(str(MAX_MINOR)):
        raise TooManyDigits(text=text[:40])
    minor: int = int(whole) * 10**digits + int(decimals.ljust(digits, "0") or "0")
    if minor > MAX_MINOR:
        raise TooManyDigits(text=text)
    return minor


def format_fiat(minor: int, currency: str) -> str:
    """The amount with all the decimals of its currency: 20 000 EUR cents is "200.00"."""
    return fixed_point(minor, currency_digits(currency))


def parse_rate(text: str) -> str:
    """The exchange rate (sats per one unit of fiat) without spare zeros, exact and above zero."""
    if _RATE.fullmatch(text) is None:
        raise InvalidRate(text=text[:40])
    canonical = without_spare_zeros(text)
    whole, dot, decimals = canonical.partition(".")
    canonical = (whole.lstrip("0") or "0") + dot + decimals
    if canonical == "0":
        raise InvalidRate(text=text)
    return canonical


def rate_fraction(text: str) -> Fraction:
    """The exact value of an exchange rate, in sats per one unit of fiat."""
    return Fraction(parse_rate(text))


def rate_from_json(value: object) -> str | None:
    """The canonical text of a rate that arrived in parsed JSON; None when it is not one."""
    number = exact_decimal(value)
    if number is None:
        return None
    try:
        return parse_rate(format(number, "f"))
    except InvalidRate:
        return None


def median_of(rates: Sequence[str]) -> str:
    """The middle one of some exchange rates; between the two middle ones of an even number, to the
    24 decimals that a rate has at most."""
    ordered = sorted(rate_fraction(rate) for rate in rates)
    lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    scaled = round_half_up((lower + upper) * Fraction(10**_RATE_DECIMALS, 2))
    return without_spare_zeros(fixed_point(scaled, _RATE_DECIMALS))


def round_half_up(value: Fraction) -> int:
    """The nearest integer; exactly between two, the larger one."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def exact_decimal(value: object) -> Decimal | None:
    """The decimal number that a parsed JSON value was written as, or None when it is not a number.

    JSON numbers with decimals arrive as binary fractions. Their `repr` is the shortest decimal text
    that leads to the same one, hence what was sent (DESIGN §4.1).
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, int):
        # Compared before it is printed: Python refuses to print an int of thousands of digits.
        return Decimal(value) if abs(value) < 10**_LARGEST_POWER else None
    if not isinstance(value, (Real, Decimal)):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
    except InvalidOperation:
        return None
    return number if _is_of_this_world(number) else None


def minor_from_json(value: object, currency: str) -> int | None:
    """The minor units of a fiat amount in parsed JSON; None when negative, too large or too precise."""
    return _scaled_integer(value, 10 ** currency_digits(currency), MAX_MINOR)


def sats_from_json(value: object) -> int | None:
    """Whole, non-negative sats in parsed JSON, else None."""
    return _scaled_integer(value, 1, MAX_SATS)


def _scaled_integer(value: object, scale: int, largest: int) -> int | None:
    number = exact_decimal(value)
    if number is None:
        return None
    # A Fraction, since Decimal arithmetic rounds to 28 digits.
    scaled = Fraction(number) * scale
    is_usable = scaled.denominator == 1 and 0 <= scaled <= largest
    return scaled.numerator if is_usable else None


def _is_of_this_world(number: Decimal) -> bool:
    """False for NaN, infinities, and what would take a fraction of hundreds of digits."""
    if not number.is_finite():
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_LARGEST_POWER and number.adjusted() < _LARGEST_POWER


def decimal_text(number: Fraction) -> str:
    """A number as a person reads it: exactly, or cut after twelve decimals with `…` where it goes on."""
    has_end = number * 10**_MOST_DECIMALS % 1 == 0
    decimals = _MOST_DECIMALS if has_end else _CUT_DECIMALS
    text = without_spare_zeros(fixed_point(int(abs(number) * 10**decimals), decimals))
    return ("-" if number < 0 else "") + text + ("" if has_end else "…")


def fixed_point(value: int, digits: int) -> str:
    """`value` × 10^-digits, with all its decimals."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def without_spare_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
