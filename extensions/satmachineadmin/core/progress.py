"""How far the payout of a settlement has come, counted from its legs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from .states import LEGS_BESIDE_SETTLEMENT, PAID_LEG_STATES, LegState, LegType


class Counted(Protocol):
    """A leg, planned or stored."""

    @property
    def leg_type(self) -> LegType: ...
    @property
    def state(self) -> LegState: ...
    @property
    def sats(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Numbers of legs; voided ones and those beside the settlement do not count."""

    #: legs that are meant to be paid
    total: int
    completed: int
    failed: int
    unresolved: int
    #: legs that may still move by themselves
    under_way: int
    #: sats that stay in the machine's wallet, each with its reason
    retained_sats: int


def progress_of(legs: Iterable[Counted]) -> Progress:
    """Count all legs of one settlement."""
    counting = [
        leg for leg in legs if leg.state is not LegState.VOIDED and leg.leg_type not in LEGS_BESIDE_SETTLEMENT
    ]
    states = [leg.state for leg in counting]
    return Progress(
        total=len(states) - states.count(LegState.SKIPPED),
        completed=sum(state in PAID_LEG_STATES for state in states),
        failed=states.count(LegState.FAILED),
        unresolved=states.count(LegState.UNRESOLVED),
        under_way=states.count(LegState.PENDING) + states.count(LegState.PAYING),
        retained_sats=sum(leg.sats for leg in counting if leg.state is LegState.SKIPPED),
    )
