"""What a person may do to a settlement and its legs, and when: one function a rule, pure.

The page asks the same functions which buttons to show, so a button that is there does not answer with a
refusal unless something moved meanwhile. Legs are all legs of the settlement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .errors import ActionNotAllowed, AlreadyPaid, NotStuckYet, OnlyCashOut, OutcomeUnknown, Refusal
from .landing import HoldReason
from .model import Leg, Settlement, SplitRule
from .states import (
    LEGS_BESIDE_SETTLEMENT,
    PAID_LEG_STATES,
    LegState,
    LegType,
    SettlementState,
    SkipReason,
    TxType,
    Word,
)

#: The least age of a claim at which a settlement may be taken out of the engine's hands. A payout in one
#: transaction takes milliseconds, the slow way some seconds a leg; and cutting one is safe, because each
#: leg is paid by compare-and-swap: it only leaves a settlement that says "errored" while it is not.
LEAST_STUCK_MINUTES = 5

#: What stands beside a settlement that a person took out of the engine's hands.
STOPPED_BY_HAND = "stopped_by_hand"
_UNKNOWN = frozenset({LegState.PAYING, LegState.UNRESOLVED})
#: Why a sale is held that may be none: a trial of the machine, or a stamp that somebody forged.
_DOUBTFUL = frozenset({HoldReason.MAINTENANCE, HoldReason.IMPLAUSIBLE_RATE, HoldReason.FIRST_SALE})


class Action(Word):
    """What a person may do to a settlement or a leg. Closed."""

    RETRY = "retry"
    PARTIAL_DISPENSE = "partial_dispense"
    FORCE_RESET = "force_reset"
    DISMISS = "dismiss"
    #: of a failed leg: give it up
    RELEASE_LEG = "release_leg"
    #: of an undispensed leg: the operator keeps the sats
    KEEP = "keep"


def is_stopped(settlement: Settlement) -> bool:
    """Whether nothing more of it is paid by itself: by hand, over a restored copy, or a broken rule.

    Beside what is errored over a failed leg stands no such code; that may go on by itself.
    """
    return settlement.state is SettlementState.ERRORED and settlement.waits_code is not None


def counting(legs: Iterable[Leg]) -> list[Leg]:
    """The legs that the state of their settlement depends on."""
    return [
        leg for leg in legs if leg.state is not LegState.VOIDED and leg.leg_type not in LEGS_BESIDE_SETTLEMENT
    ]


def why_no_retry(settlement: Settlement, legs: Sequence[Leg]) -> Refusal | None:
    """Only an errored settlement, and never what may have been paid. DESIGN §7."""
    if settlement.state is not SettlementState.ERRORED:
        return ActionNotAllowed(thing="settlement", state=settlement.state, action=Action.RETRY)
    states = {leg.state for leg in counting(legs)}
    workable = states & {LegState.FAILED, LegState.PENDING, LegState.PAYING}
    if LegState.UNRESOLVED in states and not workable:
        return OutcomeUnknown()
    return None


def why_leg_not_retried(leg: Leg) -> Refusal | None:
    """A leg that a person names is one that is known to have failed."""
    if leg.state in _UNKNOWN:
        return OutcomeUnknown()
    if leg.state is not LegState.FAILED or leg.leg_type in LEGS_BESIDE_SETTLEMENT:
        return ActionNotAllowed(thing="leg", state=leg.state, action=Action.RETRY)
    return None


def why_leg_not_released(settlement: Settlement, leg: Leg) -> Refusal | None:
    """A failed leg of an errored settlement; where the outcome is not known, the sats may have left."""
    if leg.state in _UNKNOWN:
        return OutcomeUnknown()
    if leg.state is not LegState.FAILED or leg.leg_type in LEGS_BESIDE_SETTLEMENT:
        return ActionNotAllowed(thing="leg", state=leg.state, action=Action.RELEASE_LEG)
    if settlement.state is not SettlementState.ERRORED:
        return ActionNotAllowed(thing="settlement", state=settlement.state, action=Action.RELEASE_LEG)
    return None


def why_leg_not_kept(leg: Leg) -> Refusal | None:
    """Sats that are owed to a customer, once."""
    is_owed = leg.state is LegState.SKIPPED and leg.reason is SkipReason.UNDISPENSED
    if not is_owed or leg.is_kept:
        return ActionNotAllowed(thing="leg", state=leg.state, action=Action.KEEP)
    return None


def why_no_dispense(settlement: Settlement, legs: Sequence[Leg]) -> Refusal | None:
    """Before anything is paid: sats that have arrived cannot be taken back. DESIGN §6."""
    if settlement.tx_type is not TxType.CASH_OUT:
        return OnlyCashOut()
    states = {leg.state for leg in counting(legs)}
    if states & PAID_LEG_STATES:
        return AlreadyPaid()
    if states & _UNKNOWN:
        return OutcomeUnknown()
    may_change = (
        SettlementState.HELD,
        SettlementState.PENDING,
        SettlementState.PROCESSING,
        SettlementState.ERRORED,
    )
    if settlement.state not in may_change:
        return ActionNotAllowed(thing="settlement", state=settlement.state, action=Action.PARTIAL_DISPENSE)
    return None


def why_not_dismissed(settlement: Settlement) -> Refusal | None:
    """Only what may be no sale at all. One that merely waits for its time or for a report is one: its notes
    were some LPs' cash, or are owed to the customer (a partial dispense of nothing, and a refund)."""
    is_doubtful = settlement.state is SettlementState.HELD and settlement.reason in _DOUBTFUL
    if settlement.state is not SettlementState.REJECTED and not is_doubtful:
        return ActionNotAllowed(thing="settlement", state=settlement.state, action=Action.DISMISS)
    return None


def why_no_reset(settlement: Settlement, age_seconds: int, threshold_minutes: int) -> Refusal | None:
    """Only what the engine has had in its hands for too long; `age_seconds` counts from its claim."""
    if settlement.state not in (SettlementState.PENDING, SettlementState.PROCESSING):
        return ActionNotAllowed(thing="settlement", state=settlement.state, action=Action.FORCE_RESET)
    if age_seconds < 60 * threshold_minutes:
        return NotStuckYet(minutes=age_seconds // 60, threshold_minutes=threshold_minutes)
    return None


def actions_of(settlement: Settlement, legs: Sequence[Leg], age_seconds: int) -> list[Action]:
    """What a person may do to the settlement now."""
    refusals = {
        Action.RETRY: why_no_retry(settlement, legs),
        Action.PARTIAL_DISPENSE: why_no_dispense(settlement, legs),
        Action.FORCE_RESET: why_no_reset(settlement, age_seconds, LEAST_STUCK_MINUTES),
        Action.DISMISS: why_not_dismissed(settlement),
    }
    return [action for action, refusal in refusals.items() if refusal is None]


def leg_actions(settlement: Settlement, leg: Leg) -> list[Action]:
    """What a person may do to one leg now."""
    refusals = {
        Action.RELEASE_LEG: why_leg_not_released(settlement, leg),
        Action.KEEP: why_leg_not_kept(leg),
    }
    return [action for action, refusal in refusals.items() if refusal is None]


def rule_now(leg: Leg, rules: Sequence[SplitRule]) -> SplitRule | None:
    """Where a failed share of the commission goes when a person tries it again; None: where it went.

    A receiver that still stands in the rules keeps what was its own, wherever it stands by now. Else the
    rule in the same place has taken its place; where there is none, nobody else has a claim to it.
    """
    if leg.leg_type is not LegType.OPERATOR_SPLIT or any(rule.target == leg.target for rule in rules):
        return None
    in_place = [rule for rule in rules if leg.key == f"split:{rule.position}"]
    return in_place[0] if in_place else None
