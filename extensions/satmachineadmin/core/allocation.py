"""Splitting a whole number of indivisible units (sats, cents) exactly.

Rounding each share on its own loses or invents units, and letting the last share absorb the
difference can make it negative: fifteen sats over ten equal shares would give nine times 2 and one
−3. So every share is floored, and the units left over go one by one to the largest remainders, ties
to the earlier (DESIGN §4.2). The sum is exact by construction.
"""

from __future__ import annotations

from collections.abc import Sequence

from .errors import ensure


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` units in proportion to `weights`: exact sum, each within one unit of its exact share.

    Entries of weight zero receive nothing. DESIGN §4.2.
    """
    ensure(total >= 0, "an amount to split is not negative")
    ensure(all(weight >= 0 for weight in weights), "a weight is not negative")
    weight_sum = sum(weights)
    if total == 0:
        return (0,) * len(weights)
    ensure(weight_sum > 0, "somebody takes part where there is something to split")
    shares, remainders = [], []
    for weight in weights:
        share, remainder = divmod(total * weight, weight_sum)
        shares.append(share)
        remainders.append(remainder)
    spare = total - sum(shares)
    if spare:
        # `sorted` is stable, so of equal remainders the earlier comes first.
        by_remainder = sorted(range(len(shares)), key=remainders.__getitem__, reverse=True)
        for index in by_remainder[:spare]:
            shares[index] += 1
    ensure(sum(shares) == total, "what is split sums exactly")
    return tuple(shares)


def allocate_capped(total: int, weights: Sequence[int], caps: Sequence[int]) -> tuple[int, ...]:
    """`total` units in proportion to `weights`, none above its cap; what a full one leaves is offered
    to the others again. Sums to the smaller of `total` and what the caps hold. DESIGN §4.4.

    Exact shares are those of water filling: `min(cap, level × weight)` at one common level. The full
    ones get exactly their cap. Every other exact share lies below its cap, which is an integer, so
    rounding it up cannot exceed the cap.
    """
    ensure(len(weights) == len(caps), "every weight has its cap")
    ensure(all(cap >= 0 for cap in caps), "a cap is not negative")
    ensure(total >= 0, "an amount to split is not negative")
    shares = [0] * len(weights)
    open_ones = [index for index, weight in enumerate(weights) if weight > 0]
    left = min(total, sum(caps[index] for index in open_ones))
    while open_ones:
        weight_sum = sum(weights[index] for index in open_ones)
        # Taking out a full one only raises the level for the rest, so it stays full for good.
        full = [index for index in open_ones if caps[index] * weight_sum <= left * weights[index]]
        if not full:
            break
        for index in full:
            shares[index] = caps[index]
            left -= caps[index]
        filled = set(full)
        open_ones = [index for index in open_ones if index not in filled]
    open_shares = allocate(left, [weights[index] for index in open_ones])
    for index, share in zip(open_ones, open_shares, strict=True):
        shares[index] = share
    ensure(all(share <= cap for share, cap in zip(shares, caps, strict=True)), "no share exceeds its cap")
    return tuple(shares)
