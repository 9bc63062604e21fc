"""The predecessor's commission splits: fractions of one at one time, percent at another.

What a column is called does not say which. The shares of a set come to a whole: to one, or to a hundred.
A set that comes to neither is not taken over.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..allocation import allocate
from ..units import WHOLE_PPM, decimal_text
from .columns import Cells
from .records import NotReadable, Unread

#: How far binary fractions may have drifted from a whole, relative to it.
_DRIFT = Fraction(1, 10_000)
LONGEST_LABEL = 60


@dataclass(frozen=True, kw_only=True)
class OldShare:
    id: str
    #: a wallet, an invoice key, a Lightning address or an LNURL, as it was entered
    target: str
    label: str
    share_ppm: int
    #: the same, not rounded
    exact_ppm: Fraction


@dataclass(frozen=True, kw_only=True)
class OldSplit:
    """How an operator shared out its commission: at one machine, or (None) at all others."""

    operator_user_id: str
    machine_id: str | None
    shares: Sequence[OldShare]

    @property
    def row_ids(self) -> list[str]:
        return [one.id for one in self.shares]


def read_splits(rows: Sequence[Cells], unread: list[Unread]) -> list[OldSplit]:
    """Sets by operator and machine; the rows of one that does not come to a whole are unread."""
    sets: dict[tuple[str, str], list[Cells]] = defaultdict(list)
    for cells in rows:
        sets[cells.text("operator"), cells.text("machine")].append(cells)
    found = []
    for (operator, machine_id), lines in sorted(sets.items()):
        lines.sort(key=lambda cells: (cells.number("position") or Decimal(0), cells.id))
        try:
            shares = _shares(lines)
        except NotReadable as problem:
            unread += [Unread(table=cells.table, row_id=cells.id, problem=str(problem)) for cells in lines]
            continue
        found.append(OldSplit(operator_user_id=operator, machine_id=machine_id or None, shares=shares))
    return found


def _shares(lines: Sequence[Cells]) -> list[OldShare]:
    numbers = [cells.number("share") for cells in lines]
    shares = [number for number in numbers if number is not None and number >= 0]
    if len(shares) < len(lines):
        raise NotReadable("A share of this split is no number.")
    total = sum((Fraction(share) for share in shares), Fraction(0))
    if not any(abs(total - whole) <= _DRIFT * whole for whole in (1, 100)):
        raise NotReadable(
            f"The shares of this split come to {decimal_text(total)}: neither to 1 nor to 100 %."
        )
    scale = math.lcm(*(Fraction(share).denominator for share in shares))
    ppm = allocate(WHOLE_PPM, [int(Fraction(share) * scale) for share in shares])
    return [
        OldShare(
            id=cells.id,
            target=cells.text("target"),
            label=cells.text("label")[:LONGEST_LABEL],
            share_ppm=part,
            exact_ppm=Fraction(share) / total * WHOLE_PPM,
        )
        for cells, part, share in zip(lines, ppm, shares, strict=True)
        if part
    ]
