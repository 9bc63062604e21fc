"""SWEEP: pay what had stayed in the machine's wallet, once the cause is gone. Decided purely.

What can go wrong: the same sats paid twice, an LP drawn upon for more cash than it has, more cash drawn
for one sale than came out of the machine. So the skipped legs that are swept are named, the new ones sum
to exactly their sats, and the cash behind them is the part of the sale's fiat that no other leg has.

A settlement is swept with its own rate and fiat, over the rules and the balances as they stand now.
Not swept this way: `cash_in`, `undispensed` (the customer's), `below_minimum` (goes by itself),
`fee_unused` and `released` (a person decided). `dust` goes along when other principal of its sale does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from .errors import ensure
from .model import Leg, LpStake, PlanInput, PlannedLeg, Settlement
from .planning import cash_legs, check_conservation, counts, platform_leg, split_legs
from .states import LegState, LegType, SettlementState, SkipReason

#: Principal that is for LPs as soon as their cash is known.
_PRINCIPAL = frozenset(
    {SkipReason.NO_EXCHANGE_RATE, SkipReason.NO_LP, SkipReason.NO_LP_BALANCE, SkipReason.UNCOVERED}
)
#: Reasons that can pass.
SWEEPABLE = _PRINCIPAL | {SkipReason.NO_PLATFORM_WALLET, SkipReason.NO_SPLIT_RULES, SkipReason.DUST}


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A skipped leg that cannot be swept now, and why, for a person."""

    leg_id: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Which skipped legs are voided and what is written in their place."""

    version: int
    swept: tuple[Leg, ...]
    #: pending ones, and what is kept of the swept ones all the same
    legs: tuple[PlannedLeg, ...]
    stuck: tuple[Stuck, ...]

    @property
    def paid_sats(self) -> int:
        """What goes out."""
        return sum(leg.sats for leg in self.legs if leg.state is LegState.PENDING)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Skipped legs that are swept together, with what takes their place; none of it when `why` is set."""

    old: tuple[Leg, ...]
    new: tuple[PlannedLeg, ...] = ()
    why: str | None = None


def why_not_now(settlement: Settlement, legs: Sequence[Leg]) -> str | None:
    """Why nothing of this settlement can be swept while it stands like this; None when it can."""
    if settlement.state not in (SettlementState.PROCESSED, SettlementState.ERRORED):
        return f"The sale is {settlement.state}: sweep it when it is paid out."
    if any(leg.state in (LegState.PENDING, LegState.PAYING) and counts(leg) for leg in legs):
        return "Legs of the sale are still on their way."
    return None


def plan_sweep(given: PlanInput, legs: Sequence[Leg], wanted: Collection[str] | None = None) -> Sweep:
    """What a sweep of the skipped legs does, or of those with the `wanted` ids.

    `legs` are all legs of the settlement. What would pay nothing is left as it is.
    """
    settlement = given.settlement
    version = settlement.plan_version + 1
    kept = [leg for leg in legs if leg.state is LegState.SKIPPED and counts(leg)]
    asked = [leg for leg in kept if wanted is None or leg.id in wanted]
    parts = list(_parts(given, legs, asked))
    done = [part for part in parts if part.why is None]
    swept = tuple(leg for part in done for leg in part.old)
    new = tuple(
        replace(leg, key=f"swept{version}:{leg.key}") for leg in (leg for part in done for leg in part.new)
    )
    ensure(sum(leg.sats for leg in new) == sum(leg.sats for leg in swept), "a sweep keeps every sat")
    if swept:
        swept_ids = {leg.id for leg in swept}
        check_conservation(settlement, [*(leg for leg in legs if leg.id not in swept_ids), *new])
    return Sweep(
        version=version,
        swept=swept,
        legs=new,
        stuck=tuple(
            Stuck(leg_id=leg.id, why=part.why) for part in parts if part.why is not None for leg in part.old
        ),
    )


def stakes_after(stakes: Sequence[LpStake], sweep: Sweep) -> tuple[LpStake, ...]:
    """What is left of the LPs' cash once a sweep has reserved its part."""
    drawn = {leg.enrolment_id: leg.fiat_minor or 0 for leg in sweep.legs if leg.enrolment_id}
    return tuple(
        replace(
            stake,
            balance_minor=stake.balance_minor - drawn.get(stake.enrolment_id, 0),
            cap_minor=None if stake.cap_minor is None else stake.cap_minor - drawn.get(stake.enrolment_id, 0),
        )
        for stake in stakes
    )


def cash_behind(settlement: Settlement, legs: Sequence[Leg], pool: Sequence[Leg]) -> int | None:
    """The fiat of the sale that no leg outside of `pool` has; None while the sale's is not known."""
    if settlement.fiat_minor is None or settlement.exchange_rate is None:
        return None
    ids = {leg.id for leg in pool}
    elsewhere = sum(leg.fiat_minor or 0 for leg in legs if leg.id not in ids and counts(leg))
    free_minor = max(0, settlement.fiat_minor - elsewhere)
    if any(leg.fiat_minor is None for leg in pool):
        return free_minor
    return min(free_minor, sum(leg.fiat_minor or 0 for leg in pool))


def _parts(given: PlanInput, legs: Sequence[Leg], asked: Sequence[Leg]) -> Iterator[_Part]:
    """The asked legs in the parts that belong together, each decided on."""
    principal = tuple(leg for leg in asked if leg.reason in _PRINCIPAL)
    dust = tuple(leg for leg in asked if leg.reason is SkipReason.DUST)
    for leg in asked:
        if leg.reason is SkipReason.NO_PLATFORM_WALLET:
            yield _to_platform(given, leg)
        elif leg.reason is SkipReason.NO_SPLIT_RULES:
            yield _over_rules(given, leg)
        elif leg.reason not in SWEEPABLE:
            yield _Part(old=(leg,), why="What was kept for this reason is not swept.")
    if principal:
        yield _to_lps(given, legs, (*principal, *dust))
    elif dust:
        yield _Part(old=dust, why="A share below one sat goes only with other principal of its sale.")


def _to_platform(given: PlanInput, leg: Leg) -> _Part:
    if given.platform_wallet_id is None:
        return _Part(old=(leg,), why="The platform has still no wallet.")
    return _Part(old=(leg,), new=(platform_leg(leg.sats, given.platform_wallet_id),))


def _over_rules(given: PlanInput, leg: Leg) -> _Part:
    if given.split_set is None or not given.split_set.rules:
        return _Part(old=(leg,), why="There are still no rules for splitting the commission.")
    return _Part(old=(leg,), new=split_legs(leg.sats, given.split_set.rules))


def _to_lps(given: PlanInput, legs: Sequence[Leg], pool: tuple[Leg, ...]) -> _Part:
    """Principal over the LPs' cash as it stands now."""
    fiat_minor = cash_behind(given.settlement, legs, pool)
    if fiat_minor is None:
        return _Part(old=pool, why="The exchange rate is still not known: supply it first.")
    if fiat_minor == 0:
        return _Part(old=pool, why="No banknotes stand behind these sats.")
    new = cash_legs(fiat_minor, sum(leg.sats for leg in pool), given.stakes)
    if not any(leg.state is LegState.PENDING for leg in new):
        return _Part(old=pool, why="No LP has cash for it.")
    ensure(sum(leg.fiat_minor or 0 for leg in new) <= fiat_minor, "a sweep draws no more cash than was left")
    ensure(all(leg.leg_type is LegType.DCA for leg in new), "principal is for LPs")
    return _Part(old=pool, new=new)
