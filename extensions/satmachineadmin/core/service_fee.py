"""The host's service fee on an internal payment, to the millisatoshi as the host itself takes it.

LNbits computes `int(amount_msat / 100 * percent)` with binary doubles, so what it takes can be 1 msat
off the decimal result. A leg's books have to match the host's rows exactly (DESIGN §4.6), and the
slow way of paying lets the host compute the fee, so its arithmetic is repeated here step by step
with integers: a product of two doubles, rounded to the nearest double, cut to an integer.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from .errors import ensure
from .host_facts import HostLimits

#: a double keeps 53 significant bits
_SIGNIFICANT_BITS = 53


@dataclass(frozen=True, kw_only=True)
class FeeShare:
    """How a leg's sats fall on receiver, host and machine's wallet: they add up to the leg."""

    sent_msat: int
    fee_msat: int
    fee_unused_msat: int


def service_fee_msat(amount_msat: int, limits: HostLimits) -> int:
    """What the host takes on top of an internal payment of whole sats, in msat."""
    ensure(amount_msat >= 0, "the amount of a payment is not negative")
    ensure(amount_msat % 1000 == 0, "an internal payment is a whole number of sats")
    if not limits.service_fee_on_internal:
        return 0
    return service_fee_of_any_msat(amount_msat, limits)


def service_fee_of_any_msat(amount_msat: int, limits: HostLimits) -> int:
    """The same on a payment that leaves the host, which never goes free."""
    if not limits.service_fee_wallet_id:
        return 0
    percent = nearest_double(Fraction(limits.service_fee_percent))
    # amount / 100 is a whole number here, and exact as a double.
    fee_msat = int(nearest_double(Fraction(amount_msat, 100) * percent))
    max_msat = limits.service_fee_max_sats * 1000
    return min(fee_msat, max_msat) if max_msat > 0 else fee_msat


def share_leg(leg_sats: int, limits: HostLimits) -> FeeShare:
    """The leg bears the host's fee: the largest whole-sat amount that leaves room for its own fee.

    What neither is sent nor taken stays in the machine's wallet as `fee_unused`.
    """
    leg_msat = leg_sats * 1000

    def cost_msat(sats: int) -> int:
        return sats * 1000 + service_fee_msat(sats * 1000, limits)

    # The cost grows with every sat, so the last amount that fits is found by halving.
    sent_msat = 1000 * (bisect_right(range(leg_sats + 1), leg_msat, key=cost_msat) - 1)
    # Nothing is sent where only the fee would fit, and then nothing is taken either.
    fee_msat = service_fee_msat(sent_msat, limits)
    return FeeShare(sent_msat=sent_msat, fee_msat=fee_msat, fee_unused_msat=leg_msat - sent_msat - fee_msat)


def nearest_double(value: Fraction) -> Fraction:
    """The double nearest to a non-negative value, ties to even, as IEEE 754 rounds."""
    if value == 0:
        return value
    # Scale so that the integer part has 53 bits; bit lengths say so up to one.
    shift = _SIGNIFICANT_BITS - value.numerator.bit_length() + value.denominator.bit_length()
    if value * _power_of_two(shift) >= 1 << _SIGNIFICANT_BITS:
        shift -= 1
    # `round` of a Fraction takes ties to even.
    return round(value * _power_of_two(shift)) * _power_of_two(-shift)


def _power_of_two(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)
