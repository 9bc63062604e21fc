"""Partial dispense: DESIGN §4.5, figure by figure."""

from __future__ import annotations

from dataclasses import asdict, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satmachineadmin.core.dispense import (
    Scaled,
    landed_figures,
    parse_fraction,
    scale_by_fraction,
    scale_by_sats,
    undispensed_sats,
)
from satmachineadmin.core.errors import InvalidFraction, InvariantViolated
from satmachineadmin.core.model import Settlement
from satmachineadmin.core.planning import plan
from satmachineadmin.core.states import SkipReason

from .builders import plan_input, settlement, split_set, stake

HALF = Fraction(1, 2)


def after(before: Settlement, scaled: Scaled) -> Settlement:
    """The settlement once a partial dispense was stored."""
    figures = asdict(scaled)
    del figures["dispensed_sats"]
    return replace(before, **figures, landed=landed_figures(before))


def sale(principal: int, commission: int, platform: int, **changes: object) -> Settlement:
    return settlement(
        wire_sats=principal + commission, principal_sats=principal, commission_sats=commission,
        platform_fee_sats=platform, operator_fee_sats=commission - platform, **changes,
    )  # fmt: skip


def test_the_platform_keeps_the_ratio_that_is_stored() -> None:
    """100 of commission landed 30/70, halved: 15/35, whatever the platform's fee is by now."""
    scaled = scale_by_fraction(sale(1000, 100, 30, fiat_minor=20_000), HALF)

    assert scaled == Scaled(
        principal_sats=500, commission_sats=50, platform_fee_sats=15, operator_fee_sats=35,
        host_fee_from_commission_sats=0, host_fee_from_principal_sats=0, fiat_minor=10_000,
        dispensed_sats=550,
    )  # fmt: skip


def test_no_commission_means_no_platform_fee() -> None:
    scaled = scale_by_fraction(sale(1000, 0, 0), HALF)
    assert (scaled.commission_sats, scaled.platform_fee_sats, scaled.operator_fee_sats) == (0, 0, 0)


def test_each_amount_is_rounded_half_up() -> None:
    scaled = scale_by_fraction(sale(1001, 101, 31, fiat_minor=20_001), HALF)
    # 500.5, 50.5, 51 × 31/101 = 15.65, 10 000.5
    assert (scaled.principal_sats, scaled.commission_sats) == (501, 51)
    assert (scaled.platform_fee_sats, scaled.operator_fee_sats, scaled.fiat_minor) == (16, 35, 10_001)


def test_an_unknown_fiat_amount_stays_unknown() -> None:
    assert scale_by_fraction(sale(1000, 100, 30, fiat_minor=None), HALF).fiat_minor is None


def test_fiat_that_became_known_after_a_scaling_is_scaled_like_the_rest() -> None:
    """Half of the principal at 5 sats a euro: the whole sale was 200.00."""
    before = sale(1000, 100, 30, fiat_minor=None)
    half = replace(after(before, scale_by_fraction(before, HALF)), fiat_minor=10_000)
    assert scale_by_fraction(half, Fraction("0.1")).fiat_minor == 2_000


def test_sats_are_a_part_of_the_wire_and_stored_as_given() -> None:
    scaled = scale_by_sats(sale(1000, 100, 30, fiat_minor=20_000), 275)
    assert (scaled.principal_sats, scaled.commission_sats, scaled.fiat_minor) == (250, 25, 5_000)
    assert scaled.dispensed_sats == 275


def test_nothing_dispensed_leaves_everything_to_the_customer() -> None:
    before = sale(1000, 100, 30, fiat_minor=20_000)
    legs = plan(plan_input(settlement=after(before, scale_by_sats(before, 0)))).legs
    assert [(leg.reason, leg.sats) for leg in legs] == [(SkipReason.UNDISPENSED, 1100)]


def test_scaling_again_starts_from_what_landed() -> None:
    before = sale(1000, 100, 30, fiat_minor=20_000)
    once = after(before, scale_by_fraction(before, Fraction("0.1")))
    assert scale_by_fraction(once, HALF) == scale_by_fraction(before, HALF)
    assert landed_figures(once) == landed_figures(before)


def test_a_host_fee_that_nothing_else_can_bear_is_not_promised_to_the_customer() -> None:
    """40 sats of the wire never arrived: of 1100 the wallet holds 1060, whoever they belong to."""
    before = sale(
        1000, 100, 30, fiat_minor=20_000, host_fee_msat=39_500, host_fee_from_commission_sats=40,
    )  # fmt: skip
    nothing = after(before, scale_by_sats(before, 0))
    (owed,) = plan(plan_input(settlement=nothing)).legs
    assert (owed.reason, owed.sats) == (SkipReason.UNDISPENSED, 1060)

    half = after(before, scale_by_fraction(before, HALF))
    assert (half.host_fee_from_commission_sats, half.host_fee_from_principal_sats) == (35, 5)


@pytest.mark.parametrize(
    ("text", "value"), [("0", Fraction(0)), ("0.5", HALF), ("0.000000000001", Fraction(1, 10**12))]
)
def test_a_fraction_is_read_exactly(text: str, value: Fraction) -> None:
    assert parse_fraction(text) == value


@pytest.mark.parametrize(
    "text", ["1", "1.0", "-0", "-0.1", ".5", "0.", "00.5", "0,5", "5e-1", "50", "50%", "", "NaN", "٠.٥",
             "0.0000000000001"],
)  # fmt: skip
def test_what_is_no_part_of_the_whole_is_refused(text: str) -> None:
    with pytest.raises(InvalidFraction):
        parse_fraction(text)


def test_the_whole_is_not_a_part() -> None:
    with pytest.raises(InvariantViolated):
        scale_by_fraction(sale(1000, 100, 30), Fraction(1))


@settings(deadline=None)
@given(
    principal=st.integers(0, 10**9),
    commission=st.integers(0, 10**8),
    ratio=st.fractions(0, 1),
    fee_share=st.fractions(0, 1),
    fractions=st.lists(st.fractions(0, Fraction(999_999, 1_000_000)), min_size=1, max_size=4),
    balances=st.lists(st.integers(0, 10**6), max_size=4),
)
def test_repeated_partial_dispenses_conserve_every_millisatoshi(
    principal: int,
    commission: int,
    ratio: Fraction,
    fee_share: Fraction,
    fractions: list[Fraction],
    balances: list[int],
) -> None:
    """However often, in whatever order: the plan accounts for the wire, and only the last one counts."""
    if principal + commission == 0:
        return
    landed = sale(
        principal, commission, int(commission * ratio), fiat_minor=principal // 15,
        host_fee_msat=int((principal + commission) * 1000 * fee_share),
    )  # fmt: skip
    current = landed
    for fraction in fractions:
        scaled = scale_by_fraction(current, fraction)
        assert 0 <= scaled.platform_fee_sats <= scaled.commission_sats
        current = after(current, scaled)
        stakes = tuple(stake(str(place), minor) for place, minor in enumerate(balances))
        # plan() itself refuses a plan that does not account for every millisatoshi
        legs = plan(plan_input(settlement=current, split_set=split_set(1_000_000), stakes=stakes)).legs
        assert all(leg.sats > 0 for leg in legs)
        assert undispensed_sats(current, scaled) >= 0
    assert current == after(landed, scale_by_fraction(landed, fractions[-1]))
