"""Prices out of a seeded random walk: the same seed gives the same day, offline, to the last digit."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_EVEN, Context, Decimal

SATS_PER_BITCOIN = 100_000_000

#: A rate is sent with this many significant digits: exact as text, and far finer than a sat.
RATE_DIGITS = 8

_RATE_CONTEXT = Context(prec=RATE_DIGITS, rounding=ROUND_HALF_EVEN)
_WALK_CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PRICE_STEP = Decimal("0.01")
#: a step is drawn in millionths of the volatility
_STEPS = 10**6


def sats_per_unit(price: Decimal) -> Decimal:
    """The rate, in sats per one unit of fiat, at a price of one bitcoin; 66653.33 is 1500.3000."""
    return _RATE_CONTEXT.divide(Decimal(SATS_PER_BITCOIN), price)


def price_of(rate: Decimal) -> Decimal:
    """The price of one bitcoin at a rate in sats per one unit of fiat."""
    return _WALK_CONTEXT.divide(Decimal(SATS_PER_BITCOIN), rate).quantize(_PRICE_STEP)


class RandomWalk:
    """The price of one bitcoin, moving by at most `volatility` (a share, "0.003") at each step.

    Only integers are drawn from the generator, so the walk is the same on every Python and machine.
    """

    def __init__(self, seed: int, start_price: Decimal, volatility: Decimal) -> None:
        if start_price < _PRICE_STEP:
            raise ValueError("a price starts above zero")
        if not 0 <= volatility < 1:
            raise ValueError("volatility is a share between 0 and 1")
        self._random = random.Random(seed)
        self._volatility = volatility
        self._price = start_price.quantize(_PRICE_STEP)

    @property
    def price(self) -> Decimal:
        """The price of one bitcoin in units of fiat, with two decimals."""
        return self._price

    @property
    def rate(self) -> Decimal:
        """Sats per one unit of fiat at this price, with a bounded number of digits."""
        return sats_per_unit(self._price)

    def move_to(self, price: Decimal) -> None:
        """Goes on from another price: that of yesterday, say."""
        self._price = max(_PRICE_STEP, price.quantize(_PRICE_STEP))

    def step(self) -> Decimal:
        """Moves the price once; gives the new rate."""
        drawn = Decimal(self._random.randint(-_STEPS, _STEPS)).scaleb(-6)
        moved = _WALK_CONTEXT.multiply(self._price, 1 + self._volatility * drawn)
        self._price = max(_PRICE_STEP, moved.quantize(_PRICE_STEP))
        return self.rate
