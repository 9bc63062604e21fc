"""What an exchange rate is compared with: the amounts of its own sale, and the machine's other sales.

A rate decides how much of the LPs' cash a sale draws. So it has to agree with principal and fiat, and a
person looks at one that is far from what the machine sold at lately (DESIGN §5). All exact: a rate is
decimal text in sats per one unit of fiat.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .model import Machine
from .units import (
    WHOLE_PPM,
    currency_digits,
    fixed_point,
    median_of,
    parse_rate,
    rate_fraction,
    round_half_up,
    without_spare_zeros,
)

#: Of a rate that is worked out, so many digits are told: it is no rate of any one sale.
_SHOWN_DIGITS = 6


def fiat_of(sats: int, exchange_rate: str, currency: str) -> int:
    """What so many sats cost at a rate, in minor units, rounded half up."""
    return round_half_up(Fraction(sats, _sats_per_minor(exchange_rate, currency)))


def sats_of(fiat_minor: int, exchange_rate: str, currency: str) -> int:
    """What so much fiat buys at a rate, in whole sats, rounded half up."""
    return round_half_up(fiat_minor * _sats_per_minor(exchange_rate, currency))


def minor_of_sats(sats: int, exchange_rate: str, currency: str) -> int:
    """The most fiat, in whole minor units, that buys no more than so many sats."""
    exact = Fraction(sats, _sats_per_minor(exchange_rate, currency))
    return exact.numerator // exact.denominator


def fiat_agrees(
    principal_sats: int, fiat_minor: int | None, exchange_rate: str | None, currency: str
) -> bool:
    """principal = fiat × rate, within one minor unit plus one sat; True where one is not known. DESIGN §5.

    The machine rounds its fiat to minor units and its principal to sats; nothing else may differ.
    """
    if fiat_minor is None or exchange_rate is None:
        return True
    sats_per_minor = _sats_per_minor(exchange_rate, currency)
    difference = principal_sats - fiat_minor * sats_per_minor
    return -(sats_per_minor + 1) <= difference <= sats_per_minor + 1


def implied_rate(
    principal_sats: int, fiat_minor: int | None, exchange_rate: str | None, currency: str
) -> Fraction | None:
    """Sats per one unit of fiat: as given, or what principal and fiat come to."""
    if exchange_rate is not None:
        return rate_fraction(exchange_rate)
    if not fiat_minor:
        return None
    return Fraction(principal_sats * 10 ** currency_digits(currency), fiat_minor)


def reference_for(machine: Machine, recent_rates: Sequence[str], host_rate: str | None) -> str | None:
    """What a rate at this machine is compared with: the median of its last sales, else the rate that
    its operator entered, else the host's."""
    if recent_rates:
        return median_of(recent_rates)
    return machine.reference_rate or host_rate


def is_plausible(rate: Fraction | None, reference_rate: str | None, tolerance_ppm: int) -> bool:
    """True where there is nothing to compare, or the rates are no further apart than tolerated."""
    if rate is None or reference_rate is None:
        return True
    reference = rate_fraction(reference_rate)
    return abs(rate - reference) * WHOLE_PPM <= reference * tolerance_ppm


def mean_rate(sats: int, fiat_minor: int, currency: str) -> str | None:
    """What one unit of fiat came to over several sales, weighted by their fiat: to about six digits.

    None where there was no fiat or no sat.
    """
    if fiat_minor <= 0 or sats <= 0:
        return None
    rate = Fraction(sats * 10 ** currency_digits(currency), fiat_minor)
    decimals = max(0, _SHOWN_DIGITS - len(str(int(rate)))) if rate >= 1 else _SHOWN_DIGITS + 2
    scaled = round_half_up(rate * 10**decimals)
    return parse_rate(fixed_point(scaled, decimals)) if scaled else None


def premium_pct(rate: str, compared: str) -> str:
    """How much more sats a rate gives than another one, in percent with at most two decimals: "-1.25"."""
    hundredths = round_half_up((Fraction(rate_fraction(rate), rate_fraction(compared)) - 1) * 10_000)
    return without_spare_zeros(fixed_point(hundredths, 2))


def _sats_per_minor(exchange_rate: str, currency: str) -> Fraction:
    return rate_fraction(exchange_rate) * Fraction(1, 10 ** currency_digits(currency))
