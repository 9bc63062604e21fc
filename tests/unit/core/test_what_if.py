"""A draft of a commission split, tried on sales that were planned already."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import Leg, PlannedLeg, Settlement, SplitSet
from satmachineadmin.core.planning import operator_legs
from satmachineadmin.core.states import LegState, LegType, SkipReason, TargetKind
from satmachineadmin.core.units import WHOLE_PPM
from satmachineadmin.core.what_if import ReplayedSale, WhatIf, replay

from .builders import leg, settlement, split_set


def sale(commission_sats: int = 100, *, sale_id: str = "s1") -> Settlement:
    """Of the commission the platform has 30 %."""
    platform = commission_sats * 30 // 100
    return settlement(
        id=sale_id,
        commission_sats=commission_sats,
        platform_fee_sats=platform,
        operator_fee_sats=commission_sats - platform,
        plan_version=1,
    )


def stored(planned: PlannedLeg, state: LegState = LegState.COMPLETED) -> Leg:
    """A planned share as it stands in the books."""
    return leg(
        planned.key,
        planned.sats,
        leg_type=planned.leg_type,
        key=planned.key,
        state=state,
        reason=planned.reason,
        target=planned.target,
        target_kind=planned.target_kind,
        label=planned.label,
        enrolment_id=None,
    )


def shares(of: Settlement, rules: SplitSet | None) -> list[Leg]:
    return [stored(planned) for planned in operator_legs(of, rules)]


def test_a_draft_is_held_against_what_everybody_got() -> None:
    """70 sats: 35 / 21 / 14 were paid; 60 / 40 would have been 42 / 28."""
    was = {"s1": shares(sale(), split_set(500_000, 300_000, 200_000))}

    found = replay([sale()], was, split_set(600_000, 400_000))

    rows = [(one.target, one.would_sats, one.got_sats, one.difference_sats) for one in found.recipients]
    assert rows == [("w0", 42, 35, 7), ("w1", 28, 21, 7), ("w2", 0, 14, -14)]
    assert found.shared_sats == 70


def test_what_was_not_paid_is_told_apart_from_what_was() -> None:
    was = shares(sale(), split_set(500_000, 500_000))
    was[1] = replace(was[1], state=LegState.FAILED)

    found = replay([sale()], {"s1": was}, split_set(500_000, 500_000))

    assert [(one.got_sats, one.open_sats, one.difference_sats) for one in found.recipients] == [
        (35, 0, 0),
        (0, 35, 0),
    ]


def test_what_gathers_is_its_receivers_and_what_stayed_is_nobodys() -> None:
    """A share below a target's minimum waits for it; one that was given up stays in the machine's wallet."""
    was = shares(sale(), split_set(500_000, 500_000))
    gathering = replace(was[0], state=LegState.SKIPPED, reason=SkipReason.BELOW_MINIMUM)
    given_up = replace(was[1], state=LegState.SKIPPED, reason=SkipReason.RELEASED)

    found = replay([sale()], {"s1": [gathering, given_up]}, split_set(WHOLE_PPM))

    assert [(one.target, one.would_sats, one.open_sats) for one in found.recipients] == [
        ("w0", 70, 35),
        (None, 0, 35),
    ]


def test_commission_without_rules_would_have_been_paid_out_by_a_draft() -> None:
    found = replay([sale()], {"s1": shares(sale(), None)}, split_set(WHOLE_PPM))

    (first, nobody) = found.recipients
    assert (first.target, first.difference_sats) == ("w0", 70)
    assert (nobody.target, nobody.difference_sats) == (None, -70)


def test_a_leg_that_was_replaced_or_is_somebody_elses_does_not_count() -> None:
    was = shares(sale(), split_set(WHOLE_PPM))
    voided = replace(was[0], id="old", state=LegState.VOIDED)
    platform = leg("fee", 30, leg_type=LegType.SUPER_FEE, key="super_fee", state=LegState.COMPLETED)

    found = replay([sale()], {"s1": [voided, platform, *was]}, split_set(WHOLE_PPM))

    assert [(one.target, one.got_sats) for one in found.recipients] == [("w0", 70)]


def test_a_sale_whose_commission_was_never_split_is_not_replayed() -> None:
    found = replay([sale()], {}, split_set(WHOLE_PPM))

    assert found.sales == ()
    assert [(one.target, one.would_sats) for one in found.recipients] == [("w0", 0)]


def test_legs_that_are_not_the_sales_commission_are_a_bug() -> None:
    was = [replace(one, sats=one.sats + 1) for one in shares(sale(), split_set(WHOLE_PPM))]

    with pytest.raises(InvariantViolated, match="comes to the same"):
        replay([sale()], {"s1": was}, split_set(WHOLE_PPM))


_SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=8).map(
    lambda parts: [WHOLE_PPM - (len(parts) - 1) * 1000, *[1000] * (len(parts) - 1)]
)


@given(commissions=st.lists(st.integers(1, 10_000), min_size=1, max_size=6), before=_SHARES, after=_SHARES)
def test_no_sat_is_won_or_lost_by_a_draft(
    commissions: list[int], before: list[int], after: list[int]
) -> None:
    """What the draft gives is what was given, sale by sale and in all; the rules of then change nothing."""
    sales = [sale(sats, sale_id=f"s{index}") for index, sats in enumerate(commissions)]
    was = {one.id: shares(one, split_set(*before)) for one in sales}

    found = replay(sales, was, split_set(*after))
    same = replay(sales, was, split_set(*before))

    parts: list[ReplayedSale | WhatIf] = [*found.sales, found]
    for part in parts:
        assert sum(one.would_sats for one in part.recipients) == part.shared_sats
        assert sum(one.difference_sats for one in part.recipients) == 0
    assert all(one.difference_sats == 0 for one in same.recipients)
    assert {one.target_kind for one in found.recipients} <= {TargetKind.WALLET}
