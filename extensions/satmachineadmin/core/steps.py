"""How the whole sats of a sale came about: each share's exact value, and the unit that rounding gave it.

What can go wrong: a page that explains an amount by arithmetic that was not the one that made it. So
nothing is explained that does not come out: the shares of one split are worked out again from what is
stored, and where one of them is not its exact share or the whole sat above it, none of them is explained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .model import Leg, PlatformFee, Settlement
from .states import FeeBasis, LegType
from .units import WHOLE_PPM, round_half_up


@dataclass(frozen=True, kw_only=True)
class Share:
    """A leg as it was written: of a plan, and with a weight in the split of that plan."""

    leg: Leg
    plan_version: int
    share_ppm: int | None


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """An exact amount, cut to whole millisatoshi to be shown, and the whole sats that it became."""

    exact_msat: int
    #: sats above the exact amount's whole ones: 0 or 1, the unit that rounding gave
    units: int


def platform_rounding(settlement: Settlement, fee: PlatformFee) -> Rounding | None:
    """The platform's fee by the share that the sale landed with; None where it is not that share.

    After a partial dispense it keeps the ratio that it landed with. A host's fee can have lowered it.
    """
    landed = settlement.landed
    if landed is not None and landed.commission_sats:
        ratio = Fraction(landed.platform_fee_sats, landed.commission_sats)
        exact = settlement.commission_sats * ratio
    else:
        of_principal = fee.basis is FeeBasis.PRINCIPAL
        basis_sats = settlement.principal_sats if of_principal else settlement.commission_sats
        exact = Fraction(basis_sats * fee.ppm, WHOLE_PPM)
    is_it = round_half_up(exact) == settlement.platform_fee_sats
    return _rounding(settlement.platform_fee_sats, exact) if is_it else None


def roundings(shares: Iterable[Share]) -> dict[str, Rounding]:
    """Leg id → how it was rounded, of every split that can be worked out again.

    Tried again, a leg is the same share; swept, what was kept is split anew, under the next version.
    """
    splits: dict[tuple[LegType, int], dict[str, list[Share]]] = defaultdict(lambda: defaultdict(list))
    for share in shares:
        if share.leg.leg_type in (LegType.OPERATOR_SPLIT, LegType.DCA):
            splits[share.leg.leg_type, share.plan_version][share.leg.key].append(share)
    found: dict[str, Rounding] = {}
    for (leg_type, _version), by_key in splits.items():
        found |= _of_split(leg_type, by_key)
    return found


def _of_split(leg_type: LegType, by_key: Mapping[str, Sequence[Share]]) -> dict[str, Rounding]:
    """Each key is one share, however often it was tried."""
    firsts = [attempts[0] for attempts in by_key.values()]
    weights = [one.share_ppm if leg_type is LegType.OPERATOR_SPLIT else one.leg.fiat_minor for one in firsts]
    known = [weight for weight in weights if weight is not None]
    whole = WHOLE_PPM if leg_type is LegType.OPERATOR_SPLIT else sum(known)
    if len(known) < len(weights) or whole == 0:
        return {}
    total = sum(one.leg.sats for one in firsts)
    found: dict[str, Rounding] = {}
    for weight, attempts in zip(known, by_key.values(), strict=True):
        rounding = _rounding(attempts[0].leg.sats, Fraction(total * weight, whole))
        if rounding is None:
            return {}
        found |= {attempt.leg.id: rounding for attempt in attempts}
    return found


def _rounding(sats: int, exact: Fraction) -> Rounding | None:
    units = sats - exact.numerator // exact.denominator
    if units not in (0, 1) or (units == 1 and exact.denominator == 1):
        return None
    return Rounding(exact_msat=int(exact * 1000), units=units)
