"""What holds of every division of a sale, checked against exact arithmetic.

Shared by the Hypothesis tests and the run of a million cases, so it is written for speed: integers
only, an exact share is a pair (numerator, denominator).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from satmachineadmin.core.allocation import allocate, allocate_capped
from satmachineadmin.core.model import LpStake
from satmachineadmin.core.planning import draw

Exact = tuple[int, int]


@dataclass(frozen=True)
class Case:
    currency: str
    fiat_minor: int
    principal_sats: int
    stakes: tuple[LpStake, ...]
    commission_sats: int
    shares_ppm: tuple[int, ...]


def check_case(case: Case) -> bool:
    """Assert all that DESIGN §4.2 and §4.4 promise; True when some cap was reached."""
    check_split(case.commission_sats, case.shares_ppm, allocate(case.commission_sats, case.shares_ppm))
    weights = [stake.balance_minor for stake in case.stakes]
    caps = [
        stake.balance_minor if stake.cap_minor is None else min(stake.balance_minor, stake.cap_minor)
        for stake in case.stakes
    ]
    capped = allocate_capped(case.fiat_minor, weights, caps)
    exact = water_filling(case.fiat_minor, weights, caps)
    check_capped(case.fiat_minor, caps, capped, exact)
    check_draw(case, weights, caps, exact)
    return any(cap > 0 and share == (cap, 1) for cap, share in zip(caps, exact, strict=True))


def check_split(total: int, weights: Sequence[int], shares: Sequence[int]) -> None:
    """Exact sum, nothing negative, each within one unit of `total × weight / Σ weights`."""
    weight_sum = sum(weights)
    assert sum(shares) == total
    for weight, share in zip(weights, shares, strict=True):
        assert share >= 0
        assert abs(share * weight_sum - total * weight) < weight_sum


def check_capped(total: int, caps: Sequence[int], shares: Sequence[int], exact: Sequence[Exact]) -> None:
    """Sums to what fits, never above a cap, each within one unit of its exact water level."""
    assert sum(shares) == min(total, sum(caps))
    for cap, share, (numerator, denominator) in zip(caps, shares, exact, strict=True):
        assert 0 <= share <= cap
        assert abs(share * denominator - numerator) < denominator


def check_draw(case: Case, weights: Sequence[int], caps: Sequence[int], exact: Sequence[Exact]) -> None:
    drawn = draw(case.fiat_minor, case.principal_sats, case.stakes)
    fiat_parts = (*drawn.fiat_minor, drawn.uncovered_minor, drawn.dust_minor)
    sats_parts = (*drawn.sats, drawn.uncovered_sats, drawn.dust_sats)
    check_split(case.principal_sats, fiat_parts, sats_parts)
    assert sum(fiat_parts) == case.fiat_minor
    # Cash and sats go together: nobody gives cash for nothing or gets sats for nothing.
    for fiat_minor, sats in zip(drawn.fiat_minor, drawn.sats, strict=True):
        assert (fiat_minor > 0) == (sats > 0)
    remaining_caps = list(caps)
    for index in drawn.left_out:
        remaining_caps[index] = 0
        # It was left out since its share was below one sat, and only then.
        numerator, denominator = exact[index]
        assert case.principal_sats * (numerator - denominator) < case.fiat_minor * denominator
    offered = water_filling(case.fiat_minor, weights, remaining_caps) if drawn.left_out else exact
    expected_fiat = case.fiat_minor - drawn.uncovered_minor - drawn.dust_minor
    check_capped(expected_fiat, remaining_caps, drawn.fiat_minor, offered)
    if drawn.uncovered_minor + drawn.dust_minor > 0:
        assert list(drawn.fiat_minor) == remaining_caps
    assert drawn.uncovered_minor == max(0, case.fiat_minor - sum(caps))


def water_filling(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[Exact]:
    """The exact shares `min(cap, level × weight)`, found from the smallest cap per weight upwards."""
    exact: list[Exact] = [(0, 1)] * len(weights)
    # 128 bits tell any two ratios of the tests' amounts apart.
    open_ones = sorted(
        (index for index, weight in enumerate(weights) if weight > 0 and caps[index] > 0),
        key=lambda index: (caps[index] << 128) // weights[index],
    )
    weight_sum = sum(weights[index] for index in open_ones)
    left = min(total, sum(caps[index] for index in open_ones))
    for place, index in enumerate(open_ones):
        if caps[index] * weight_sum > left * weights[index]:
            for above in open_ones[place:]:
                exact[above] = (left * weights[above], weight_sum)
            break
        exact[index] = (caps[index], 1)
        left -= caps[index]
        weight_sum -= weights[index]
    return exact


#: currencies of 2, 0 and 3 digits, with the fiat of a usual sale and the sats of one minor unit
CURRENCIES = (("EUR", 20_000, 15), ("JPY", 20_000, 9), ("KWD", 60_000, 4))


def some_amount(rng: Random, typical: int) -> int:
    """Mostly around a typical amount, sometimes a handful, sometimes very large."""
    kind = rng.random()
    if kind < 0.1:
        return 1 + int(rng.random() * 10)
    if kind < 0.95:
        return 1 + int(rng.random() * 2 * typical)
    return 1 + int(rng.random() * 1000 * typical)


def some_stake(rng: Random, fiat_minor: int, names: list[str], index: int) -> LpStake:
    kind = rng.random()
    if kind < 0.07:
        balance = 0
    elif kind < 0.15:
        balance = 1 + int(rng.random() * 5)
    else:
        balance = 1 + int(rng.random() * 2 * fiat_minor)
    cap = int(rng.random() * fiat_minor) if rng.random() < 0.4 else None
    return LpStake(enrolment_id=names[index], label="", balance_minor=balance, cap_minor=cap)


def some_case(rng: Random, names: list[str]) -> Case:
    currency, typical_minor, sats_per_minor = CURRENCIES[int(rng.random() * 3)]
    fiat_minor = some_amount(rng, typical_minor)
    # One sale in ten pays so few sats that some shares come to none.
    few = rng.random() < 0.1
    principal_sats = int(rng.random() * 8) if few else fiat_minor * sats_per_minor
    how_many = 1 + int(rng.random() * 6)
    return Case(
        currency=currency,
        fiat_minor=fiat_minor,
        principal_sats=principal_sats,
        stakes=tuple(some_stake(rng, fiat_minor, names, index) for index in range(how_many)),
        commission_sats=int(rng.random() * 20_000),
        shares_ppm=tuple(1 + int(rng.random() * 500_000) for _ in range(1 + int(rng.random() * 4))),
    )
