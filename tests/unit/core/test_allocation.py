"""Splitting exactly: DESIGN §4.2 and §4.4."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satmachineadmin.core.allocation import allocate, allocate_capped
from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import LpStake
from tests.unit.core.allocation_cases import (
    Case,
    check_capped,
    check_case,
    check_split,
    some_case,
    water_filling,
)

SPLITS = [
    (70, (50, 30, 20), (35, 21, 14)),
    (15, (10,) * 10, (2, 2, 2, 2, 2, 1, 1, 1, 1, 1)),
    (10, (1, 1, 1), (4, 3, 3)),
    (1, (1, 2), (0, 1)),
    (5, (0, 1, 0), (0, 5, 0)),
    (0, (1, 2), (0, 0)),
    (0, (0, 0), (0, 0)),
    (0, (), ()),
    (2, (1, 1, 1), (1, 1, 0)),
]


@pytest.mark.parametrize(("total", "weights", "expected"), SPLITS)
def test_an_amount_is_split_by_largest_remainder_with_ties_to_the_earlier(
    total: int, weights: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert allocate(total, weights) == expected


CAPPED_SPLITS = [
    # nobody at the cap: as if there were none
    (70, (50, 30, 20), (50, 30, 20), (35, 21, 14)),
    # what the first leaves goes to the others in proportion
    (100, (50, 30, 20), (10, 90, 90), (10, 54, 36)),
    # what that fills up is offered again
    (100, (50, 30, 20), (10, 20, 90), (10, 20, 70)),
    # more than all can take
    (100, (1, 1), (30, 40), (30, 40)),
    # rounding up never passes a cap
    (5, (1, 1), (2, 9), (2, 3)),
    # a weight of zero takes no part, whatever its cap
    (10, (0, 1), (100, 4), (0, 4)),
    (10, (), (), ()),
    (0, (1, 1), (5, 5), (0, 0)),
]


@pytest.mark.parametrize(("total", "weights", "caps", "expected"), CAPPED_SPLITS)
def test_what_a_capped_share_leaves_is_offered_to_the_others(
    total: int, weights: tuple[int, ...], caps: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert allocate_capped(total, weights, caps) == expected


def test_splitting_something_among_nobody_is_a_bug() -> None:
    with pytest.raises(InvariantViolated):
        allocate(1, (0, 0))


@pytest.mark.parametrize(("total", "weights"), [(-1, (1,)), (1, (2, -1))])
def test_a_negative_amount_or_weight_is_a_bug(total: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(InvariantViolated):
        allocate(total, weights)


def test_a_negative_cap_or_a_missing_one_is_a_bug() -> None:
    with pytest.raises(InvariantViolated):
        allocate_capped(1, (1,), (-1,))
    with pytest.raises(InvariantViolated):
        allocate_capped(1, (1, 1), (1,))


MANY = settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

amounts = st.one_of(st.integers(0, 30), st.integers(0, 10**7), st.integers(0, 21 * 10**14))
balances = st.one_of(st.integers(0, 5), st.integers(0, 10**6), st.integers(0, 10**13))
caps_or_none = st.one_of(st.none(), st.integers(0, 20), st.integers(0, 10**6))
stakes = st.lists(st.tuples(balances, caps_or_none), max_size=7).map(
    lambda pairs: tuple(
        LpStake(enrolment_id=str(index), label="", balance_minor=balance, cap_minor=cap)
        for index, (balance, cap) in enumerate(pairs)
    )
)
shares = st.lists(st.integers(0, 10**6), min_size=1, max_size=7).map(lambda some: (*some, 1))
cases = st.builds(
    Case,
    currency=st.just("EUR"),
    fiat_minor=st.one_of(st.integers(1, 50), st.integers(1, 10**9)),
    principal_sats=amounts,
    stakes=stakes,
    commission_sats=amounts,
    shares_ppm=shares,
)


@MANY
@given(cases)
def test_every_sale_is_divided_exactly_and_never_above_a_balance_or_limit(case: Case) -> None:
    check_case(case)


def test_fifty_thousand_sales_like_those_of_a_day_are_divided_exactly() -> None:
    """Drawn from a seed, which takes less time than letting Hypothesis choose."""
    rng = Random(20261122)
    names = [f"lp{index}" for index in range(10)]
    for number in range(50_000):
        case = some_case(rng, names)
        try:
            check_case(case)
        except AssertionError as error:
            raise AssertionError(f"case {number}: {case}") from error


@settings(max_examples=2_000, deadline=None)
@given(total=amounts, entries=st.lists(st.tuples(amounts, amounts), min_size=1, max_size=9))
def test_caps_that_have_nothing_to_do_with_the_weights_are_kept(
    total: int, entries: list[tuple[int, int]]
) -> None:
    weights = [weight for weight, _ in entries]
    caps = [cap if weight else 0 for weight, cap in entries]

    shares = allocate_capped(total, weights, caps)

    check_capped(total, caps, shares, water_filling(total, weights, caps))
    assert shares == allocate_capped(total, weights, caps)


@settings(max_examples=500, deadline=None)
@given(total=amounts, count=st.integers(1, 40))
def test_equal_shares_differ_by_one_unit_at_most_and_the_earlier_get_it(total: int, count: int) -> None:
    shares = allocate(total, [7] * count)

    check_split(total, [7] * count, shares)
    assert list(shares) == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1
