"""Who gets what of one settlement: decided purely, exactly, and before anything is paid.

What can go wrong: a sat that nobody owns, an LP who gives more cash than it has, the same cash given
twice, a share of nothing that still draws cash. So every sat of a settlement is in a leg, paid or
skipped with its reason, and `check_conservation` refuses a plan where the sum differs (DESIGN §4.6).

Sats are whole, fiat is in minor units of the machine's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .allocation import allocate, allocate_capped
from .commission import operator_split, whole_sats_above
from .errors import ensure
from .model import Leg, LpStake, Plan, PlanInput, PlannedLeg, Settlement, SplitRule, SplitSet
from .states import LEGS_BESIDE_SETTLEMENT, LegState, LegType, SkipReason, TxType


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How the cash of one sale, and with it the principal, falls on the LPs. DESIGN §4.4."""

    #: cash and sats of each stake, in the order of the stakes; both zero or both above zero
    fiat_minor: tuple[int, ...]
    sats: tuple[int, ...]
    #: cash that belongs to no LP
    uncovered_minor: int
    uncovered_sats: int
    #: cash of LPs whose share came to no whole sat
    dust_minor: int
    dust_sats: int
    #: places of the stakes that were taken out because their share came to no whole sat
    left_out: tuple[int, ...]


def plan(given: PlanInput) -> Plan:
    """All legs of a settlement, in the order platform, operator's split, LPs."""
    settlement = given.settlement
    ensure(not settlement.is_test, "a test sale draws nobody's cash: its release makes it a real one")
    legs = (
        *_platform_legs(settlement, given.platform_wallet_id),
        *operator_legs(settlement, given.split_set),
        *_principal_legs(settlement, given.stakes),
    )
    check_conservation(settlement, legs)
    return Plan(
        settlement_id=settlement.id,
        version=settlement.plan_version + 1,
        split_set_id=given.split_set.id if given.split_set else None,
        legs=legs,
    )


def host_fee_rest_msat(settlement: Settlement) -> int:
    """The fraction of a sat that rounding the host's fee up to whole sats left in the wallet."""
    return -settlement.host_fee_msat % 1000


def conservation_gap_msat(settlement: Settlement, legs: Iterable[PlannedLeg | Leg]) -> int:
    """What the legs leave unexplained of a settlement, in msat: zero where the books are right.

    Cash-out: wire − host fee − its rounding − Σ legs, paid or not. Cash-in: commission − Σ legs; its
    principal has left. Voided legs and those beside the settlement do not count. DESIGN §4.6.
    """
    counting = [leg for leg in legs if counts(leg)]
    legs_msat = 1000 * sum(leg.sats for leg in counting)
    if settlement.tx_type is TxType.CASH_IN:
        return 1000 * settlement.commission_sats - legs_msat
    taken_msat = settlement.host_fee_msat + host_fee_rest_msat(settlement)
    return 1000 * settlement.wire_sats - taken_msat - legs_msat


def check_conservation(settlement: Settlement, legs: Sequence[PlannedLeg | Leg]) -> None:
    """Raise InvariantViolated unless the legs account for every millisatoshi. DESIGN §4.6."""
    counting = [leg for leg in legs if counts(leg)]
    ensure(all(leg.sats >= 0 for leg in counting), "no leg is negative")
    if settlement.tx_type is TxType.CASH_IN:
        holds_no_principal = all(leg.leg_type is not LegType.DCA for leg in counting)
        ensure(holds_no_principal, "the principal of a cash-in has left: no leg pays it out")
    gap_msat = conservation_gap_msat(settlement, legs)
    ensure(gap_msat == 0, f"the legs of settlement {settlement.id} miss its sats by {gap_msat} msat")


def draw(fiat_minor: int, principal_sats: int, stakes: Sequence[LpStake]) -> Draw:
    """Cash first, then sats. DESIGN §4.4.

    The cash is drawn from the balances in proportion to balance, none above its balance or daily
    limit; then the principal is split over the cash drawn and the uncovered rest. A share of no
    whole sat draws no cash: it is taken out and its cash offered to the others. Every round takes
    out at least one stake, so it ends.
    """
    weights = [max(0, stake.balance_minor) for stake in stakes]
    caps = [_most_cash(stake) for stake in stakes]
    left_out: list[int] = []
    dust_capacity_minor = 0
    while True:
        fiat = allocate_capped(fiat_minor, weights, caps)
        rest_minor = fiat_minor - sum(fiat)
        # What the others could not take of a stake that was taken out is dust, not uncovered.
        dust_minor = min(rest_minor, dust_capacity_minor)
        *sats, uncovered_sats, dust_sats = allocate(
            principal_sats, (*fiat, rest_minor - dust_minor, dust_minor)
        )
        empty = [index for index, share in enumerate(sats) if share == 0 and fiat[index] > 0]
        if not empty:
            return Draw(
                fiat_minor=fiat,
                sats=tuple(sats),
                uncovered_minor=rest_minor - dust_minor,
                uncovered_sats=uncovered_sats,
                dust_minor=dust_minor,
                dust_sats=dust_sats,
                left_out=tuple(sorted(left_out)),
            )
        left_out += empty
        for index in empty:
            dust_capacity_minor += caps[index]
            caps[index] = 0


def _platform_legs(settlement: Settlement, wallet_id: str | None) -> tuple[PlannedLeg, ...]:
    sats = settlement.platform_fee_sats
    if sats == 0:
        return ()
    if wallet_id is None:
        return (_skipped(LegType.SUPER_FEE, "super_fee", sats, SkipReason.NO_PLATFORM_WALLET),)
    return (platform_leg(sats, wallet_id),)


def platform_leg(sats: int, wallet_id: str) -> PlannedLeg:
    """The platform's fee on its way to the platform's wallet."""
    return PlannedLeg(
        leg_type=LegType.SUPER_FEE,
        key="super_fee",
        state=LegState.PENDING,
        sats=sats,
        target=wallet_id,
        destination_wallet_id=wallet_id,
    )


def operator_legs(settlement: Settlement, split_set: SplitSet | None) -> tuple[PlannedLeg, ...]:
    """The operator's commission, less what the host took of it, over the operator's rules."""
    sats = (
        settlement.commission_sats - settlement.platform_fee_sats - settlement.host_fee_from_commission_sats
    )
    ensure(sats >= 0, "the operator's commission is not negative")
    if sats == 0:
        return ()
    if split_set is None or not split_set.rules:
        return (_skipped(LegType.OPERATOR_SPLIT, "split", sats, SkipReason.NO_SPLIT_RULES),)
    return split_legs(sats, split_set.rules)


def split_legs(sats: int, rules: Sequence[SplitRule]) -> tuple[PlannedLeg, ...]:
    """A commission over the rules, a leg each; a share of nothing makes none."""
    return tuple(
        PlannedLeg(
            leg_type=LegType.OPERATOR_SPLIT,
            key=f"split:{rule.position}",
            state=LegState.PENDING,
            sats=share_sats,
            target=rule.target,
            target_kind=rule.target_kind,
            destination_wallet_id=rule.wallet_id,
            label=rule.label,
            share_ppm=rule.share_ppm,
        )
        for rule, share_sats in zip(rules, operator_split(sats, rules), strict=True)
        if share_sats > 0
    )


def _principal_legs(settlement: Settlement, stakes: Sequence[LpStake]) -> tuple[PlannedLeg, ...]:
    """What becomes of the principal of a cash-out; a cash-in's has left the machine's wallet."""
    if settlement.tx_type is not TxType.CASH_OUT:
        ensure(settlement.tx_type is TxType.CASH_IN, "a planned settlement knows its direction")
        return ()
    sats = settlement.principal_sats - settlement.host_fee_from_principal_sats
    ensure(sats >= 0, "the principal is not negative")
    owed = _retained(owed_sats(settlement), SkipReason.UNDISPENSED)
    return (*_lp_legs(settlement, sats, stakes), *owed)


def owed_sats(settlement: Settlement) -> int:
    """What there is of the sats that a customer paid for notes that did not come out."""
    undispensed_sats = settlement.wire_sats - settlement.principal_sats - settlement.commission_sats
    # What the host took beyond the commission and the principal that are left was never here.
    host_fee_sats = whole_sats_above(settlement.host_fee_msat)
    shared_sats = settlement.host_fee_from_commission_sats + settlement.host_fee_from_principal_sats
    return undispensed_sats - (host_fee_sats - shared_sats)


def _lp_legs(settlement: Settlement, sats: int, stakes: Sequence[LpStake]) -> tuple[PlannedLeg, ...]:
    if sats == 0:
        return ()
    if settlement.fiat_minor is None or settlement.exchange_rate is None:
        return _retained(sats, SkipReason.NO_EXCHANGE_RATE)
    if not stakes:
        return _retained(sats, SkipReason.NO_LP)
    if all(stake.balance_minor <= 0 for stake in stakes):
        return _retained(sats, SkipReason.NO_LP_BALANCE)
    if settlement.fiat_minor == 0:
        # No notes came out, so no LP's cash stands behind these sats.
        return _retained(sats, SkipReason.UNCOVERED)
    return cash_legs(settlement.fiat_minor, sats, stakes)


def cash_legs(fiat_minor: int, sats: int, stakes: Sequence[LpStake]) -> tuple[PlannedLeg, ...]:
    """Principal for the LPs whose cash it is; what no LP has cash for is kept with its reason."""
    drawn = draw(fiat_minor, sats, stakes)
    paid = tuple(
        PlannedLeg(
            leg_type=LegType.DCA,
            key=f"dca:{stake.enrolment_id}",
            state=LegState.PENDING,
            sats=share_sats,
            fiat_minor=share_minor,
            enrolment_id=stake.enrolment_id,
            label=stake.label,
        )
        for stake, share_minor, share_sats in zip(stakes, drawn.fiat_minor, drawn.sats, strict=True)
        if share_sats > 0
    )
    return (
        *paid,
        *_retained(drawn.uncovered_sats, SkipReason.UNCOVERED, drawn.uncovered_minor),
        *_retained(drawn.dust_sats, SkipReason.DUST, drawn.dust_minor),
    )


def _retained(sats: int, reason: SkipReason, fiat_minor: int | None = None) -> tuple[PlannedLeg, ...]:
    """Principal that stays in the machine's wallet; no leg where there is none."""
    ensure(sats >= 0, "what is retained is not negative")
    if sats == 0:
        return ()
    return (_skipped(LegType.DCA, f"dca:{reason}", sats, reason, fiat_minor),)


def _skipped(
    leg_type: LegType, key: str, sats: int, reason: SkipReason, fiat_minor: int | None = None
) -> PlannedLeg:
    return PlannedLeg(
        leg_type=leg_type,
        key=key,
        state=LegState.SKIPPED,
        sats=sats,
        reason=reason,
        fiat_minor=fiat_minor,
    )


def _most_cash(stake: LpStake) -> int:
    """The most that an LP gives of one sale: its balance, or what is left of its daily limit."""
    limits = [stake.balance_minor]
    if stake.cap_minor is not None:
        limits.append(stake.cap_minor)
    return max(0, min(limits))


def counts(leg: PlannedLeg | Leg) -> bool:
    """Whether a leg accounts for sats of its settlement."""
    return leg.state is not LegState.VOIDED and leg.leg_type not in LEGS_BESIDE_SETTLEMENT
