"""CORRECT: the rate of a paid sale was wrong, so the LPs gave more or less cash than their sats cost.

Sats are not pulled back. What is put right is the cash: at the right rate the sats that were paid cost so
much fiat, split over the LPs in proportion to their sats, and the difference to what each has given is
booked on its balance. A second correction starts from what the first has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .allocation import allocate
from .errors import ensure
from .model import Leg
from .rates import fiat_of
from .states import LegState, LegType


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """An LP's part in a sale, as the books have it now."""

    enrolment_id: str
    label: str
    #: what it was paid
    sats: int
    #: the cash it gave for that, corrections included
    drawn_minor: int


@dataclass(frozen=True, kw_only=True)
class LpCorrection:
    """The same at the right rate."""

    enrolment_id: str
    label: str
    sats: int
    drawn_minor: int
    right_minor: int
    #: what the LP could still give and does not have; 0 where it suffices
    short_minor: int

    @property
    def change_minor(self) -> int:
        """What its balance gains; negative where it had given too little."""
        return self.drawn_minor - self.right_minor


def drawn_by(legs: Iterable[Leg], corrected_minor: Mapping[str, int]) -> tuple[Drawn, ...]:
    """Each LP's completed legs of one sale together, less what corrections gave back, by first leg."""
    sats: dict[str, int] = {}
    minor: dict[str, int] = {}
    labels: dict[str, str] = {}
    for leg in legs:
        lp = leg.enrolment_id
        if lp is None or leg.leg_type is not LegType.DCA or leg.state is not LegState.COMPLETED:
            continue
        sats[lp] = sats.get(lp, 0) + leg.sats
        minor[lp] = minor.get(lp, 0) + (leg.fiat_minor or 0)
        labels[lp] = leg.label
    return tuple(
        Drawn(
            enrolment_id=lp,
            label=labels[lp],
            sats=sats[lp],
            drawn_minor=minor[lp] - corrected_minor.get(lp, 0),
        )
        for lp in sats
    )


def correct(
    drawn: Sequence[Drawn], exchange_rate: str, currency: str, remaining_minor: Mapping[str, int]
) -> tuple[LpCorrection, ...]:
    """What each LP should have given at this rate. The sum is what all the sats cost, exactly."""
    right_minor = fiat_of(sum(one.sats for one in drawn), exchange_rate, currency)
    shares = allocate(right_minor, [one.sats for one in drawn]) if drawn else ()
    ensure(all(one.drawn_minor >= 0 for one in drawn), "no LP has given less than nothing")
    return tuple(
        LpCorrection(
            enrolment_id=one.enrolment_id,
            label=one.label,
            sats=one.sats,
            drawn_minor=one.drawn_minor,
            right_minor=share,
            short_minor=max(0, share - one.drawn_minor - remaining_minor[one.enrolment_id]),
        )
        for one, share in zip(drawn, shares, strict=True)
    )
