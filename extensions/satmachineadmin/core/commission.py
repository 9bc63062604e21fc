"""Who gets which part of a commission: the platform, the operator's targets, the host.

Everything in whole sats; rates in parts per million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .allocation import allocate
from .errors import ensure
from .model import PlatformFee, SplitRule
from .states import FeeBasis
from .units import WHOLE_PPM, round_half_up


@dataclass(frozen=True, kw_only=True)
class HostFeeShares:
    """What a host fee on an incoming payment takes from whom, in whole sats."""

    from_commission_sats: int
    from_principal_sats: int
    #: the platform's fee, lowered only when nothing else was left to take from
    platform_fee_sats: int


def platform_fee_sats(commission_sats: int, principal_sats: int, fee: PlatformFee) -> int:
    """The platform's share of one commission, rounded half up. DESIGN §4.3.

    A share of the principal is clipped to the commission: the platform never takes LPs' sats.
    """
    ensure(commission_sats >= 0 and principal_sats >= 0, "amounts of a sale are not negative")
    basis_sats = commission_sats if fee.basis is FeeBasis.COMMISSION else principal_sats
    return min(_share(basis_sats, fee.ppm), commission_sats)


def expected_commission(principal_sats: int, fee_ppm: int) -> int:
    """The commission that a machine with this fee charges on a principal, rounded half up."""
    return _share(principal_sats, fee_ppm)


def operator_split(operator_fee_sats: int, rules: Sequence[SplitRule]) -> tuple[int, ...]:
    """The operator's commission over its rules, in their order: exact sum. DESIGN §4.2, §4.3."""
    ensure(sum(rule.share_ppm for rule in rules) == WHOLE_PPM, "the shares of a split sum to 100 %")
    return allocate(operator_fee_sats, [rule.share_ppm for rule in rules])


def absorb_host_fee(
    *, host_fee_msat: int, principal_sats: int, commission_sats: int, platform_fee_sats: int
) -> HostFeeShares:
    """Take what the host kept of an incoming payment from the parts of the sale. DESIGN §4.6.

    Legs are whole sats, so the fee is rounded up; the fraction of a sat that this leaves stays in
    the machine's wallet (`planning.host_fee_rest_msat`). The operator's commission gives first, then
    the principal. The platform's fee, computed on the commission as it landed, gives only when both
    are used up: never more is paid than what has arrived.
    """
    ensure(0 <= platform_fee_sats <= commission_sats, "the platform's fee is part of the commission")
    fee_sats = whole_sats_above(host_fee_msat)
    ensure(fee_sats <= principal_sats + commission_sats, "the host keeps no more than what arrived")
    from_operator = min(fee_sats, commission_sats - platform_fee_sats)
    from_principal = min(fee_sats - from_operator, principal_sats)
    from_platform = fee_sats - from_operator - from_principal
    return HostFeeShares(
        from_commission_sats=from_operator + from_platform,
        from_principal_sats=from_principal,
        platform_fee_sats=platform_fee_sats - from_platform,
    )


def whole_sats_above(amount_msat: int) -> int:
    """The smallest number of whole sats that holds an amount of msat."""
    ensure(amount_msat >= 0, "a fee is not negative")
    return -(-amount_msat // 1000)


def _share(sats: int, ppm: int) -> int:
    return round_half_up(Fraction(sats * ppm, WHOLE_PPM))
