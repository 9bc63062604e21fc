"""What a draft of a commission split would have paid, beside what was paid.

Pure: sales that were planned already are planned once more from their stored facts, by the very
function that planned them, with the draft in place of the rules of then. Nothing is stored and
nothing is paid. Sats are whole; a leg's sats include what the network took of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .errors import ensure
from .model import Leg, PlannedLeg, Settlement, SplitSet
from .planning import counts, operator_legs
from .states import PAID_LEG_STATES, LegState, LegType, SkipReason, TargetKind

#: More sales than these are not replayed at once.
MOST_SALES = 200


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One receiver of commission, and what the draft would have changed for it."""

    #: None: the machine's wallet, where sats stay that nobody is paid
    target: str | None
    target_kind: TargetKind | None
    label: str
    would_sats: int = 0
    #: paid to it
    got_sats: int = 0
    #: planned for it and not paid, or not yet
    open_sats: int = 0

    @property
    def difference_sats(self) -> int:
        """What the draft would have given it beyond what the rules of then gave it."""
        return self.would_sats - self.got_sats - self.open_sats


@dataclass(frozen=True, kw_only=True)
class ReplayedSale:
    """One sale under the draft."""

    settlement: Settlement
    #: the commission that was split: the operator's, less what the host took of it
    shared_sats: int
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """All replayed sales, and their sum by receiver: those of the draft first, in its order."""

    sales: tuple[ReplayedSale, ...]
    recipients: tuple[Recipient, ...]

    @property
    def shared_sats(self) -> int:
        return sum(sale.shared_sats for sale in self.sales)


def replay(sales: Sequence[Settlement], legs: Mapping[str, Sequence[Leg]], draft: SplitSet) -> WhatIf:
    """Plan the commission of these sales anew with a draft. `legs` are theirs, by settlement's id."""
    replayed = tuple(
        _replay_sale(sale, was, draft) for sale in sales if (was := _shares(legs.get(sale.id, ())))
    )
    none_yet = [
        Recipient(target=rule.target, target_kind=rule.target_kind, label=rule.label) for rule in draft.rules
    ]
    return WhatIf(
        sales=replayed,
        recipients=_added_up([*none_yet, *(one for sale in replayed for one in sale.recipients)]),
    )


def _shares(legs: Sequence[Leg]) -> list[Leg]:
    """What became of a sale's commission; nothing where it is not planned, or shared none."""
    return [leg for leg in legs if leg.leg_type is LegType.OPERATOR_SPLIT and counts(leg)]


def _replay_sale(settlement: Settlement, was: Sequence[Leg], draft: SplitSet) -> ReplayedSale:
    would = operator_legs(settlement, draft)
    shared_sats = sum(leg.sats for leg in would)
    ensure(
        shared_sats == sum(leg.sats for leg in was),
        f"the commission of settlement {settlement.id} comes to the same under any rules",
    )
    recipients = [*map(_would_get, would), *map(_has_got, was)]
    return ReplayedSale(settlement=settlement, shared_sats=shared_sats, recipients=_added_up(recipients))


def _would_get(leg: PlannedLeg) -> Recipient:
    return Recipient(target=leg.target, target_kind=leg.target_kind, label=leg.label, would_sats=leg.sats)


def _has_got(leg: Leg) -> Recipient:
    is_paid = leg.state in PAID_LEG_STATES
    # What only gathers is its receiver's all the same; what else is skipped stays where it is.
    is_kept = leg.state is LegState.SKIPPED and leg.reason is not SkipReason.BELOW_MINIMUM
    if is_kept:
        return Recipient(target=None, target_kind=None, label="", open_sats=leg.sats)
    return Recipient(
        target=leg.target,
        target_kind=leg.target_kind,
        label=leg.label,
        got_sats=leg.sats if is_paid else 0,
        open_sats=0 if is_paid else leg.sats,
    )


def _added_up(parts: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """One row a receiver, the first mentioned first; what stays with the machine comes last."""
    sums: dict[str | None, Recipient] = {}
    for part in parts:
        known = sums.get(part.target)
        sums[part.target] = part if known is None else _sum(known, part)
    return tuple(sorted(sums.values(), key=lambda one: one.target is None))


def _sum(one: Recipient, other: Recipient) -> Recipient:
    return replace(
        one,
        would_sats=one.would_sats + other.would_sats,
        got_sats=one.got_sats + other.got_sats,
        open_sats=one.open_sats + other.open_sats,
    )
