"""Rates are compared exactly, and turn sats into fiat and back by rounding half up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.rates import (
    fiat_agrees,
    fiat_of,
    implied_rate,
    is_plausible,
    mean_rate,
    premium_pct,
    sats_of,
)


@pytest.mark.parametrize(
    ("sats", "rate", "currency", "minor"),
    [
        (300_000, "1500", "EUR", 20_000),
        (1, "200", "EUR", 1),  # half a cent
        (1, "201", "EUR", 0),
        (1_000, "7", "JPY", 143),
        (1_000, "3", "KWD", 333_333),
        (0, "1500", "EUR", 0),
    ],
)
def test_sats_cost_fiat(sats: int, rate: str, currency: str, minor: int) -> None:
    assert fiat_of(sats, rate, currency) == minor


@given(
    sats=st.integers(min_value=0, max_value=10**9),
    rate=st.integers(min_value=1, max_value=10**7).map(lambda number: f"{number / 1000:.3f}"),
)
def test_what_is_derived_agrees(sats: int, rate: str) -> None:
    if rate.strip("0.") == "":
        return
    minor = fiat_of(sats, rate, "EUR")
    assert fiat_agrees(sats, minor, rate, "EUR")
    assert fiat_agrees(sats_of(minor, rate, "EUR"), minor, rate, "EUR")


def test_a_rate_is_plausible_up_to_its_tolerance_and_no_further() -> None:
    assert is_plausible(Fraction(1_650), "1500", 100_000)
    assert not is_plausible(Fraction(1_651), "1500", 100_000)
    assert is_plausible(Fraction(1_350), "1500", 100_000)
    assert is_plausible(Fraction(7), None, 0)


def test_the_implied_rate_is_the_given_one_else_what_the_amounts_come_to() -> None:
    assert implied_rate(1_000, 20_000, "7", "EUR") == 7
    assert implied_rate(1_000, 20_000, None, "EUR") == 5
    assert implied_rate(1_000, None, None, "EUR") is None
    assert implied_rate(1_000, 0, None, "EUR") is None


@pytest.mark.parametrize(
    ("sats", "minor", "currency", "rate"),
    [
        (150_000, 10_000, "EUR", "1500"),
        (100, 3, "EUR", "3333.33"),
        (1, 3, "KWD", "333.333"),
        (10**12, 1, "JPY", "1000000000000"),
        (3, 10_000, "JPY", "0.0003"),
        (0, 10_000, "EUR", None),
        (10, 0, "EUR", None),
    ],
)
def test_the_mean_of_several_sales_has_about_six_digits(
    sats: int, minor: int, currency: str, rate: str | None
) -> None:
    assert mean_rate(sats, minor, currency) == rate


@given(
    sats=st.integers(1, 10**9), minor=st.integers(1, 10**9), currency=st.sampled_from(["EUR", "JPY", "KWD"])
)
def test_the_mean_is_right_to_its_last_digit(sats: int, minor: int, currency: str) -> None:
    rate = mean_rate(sats, minor, currency)
    exact = Fraction(sats * 10 ** {"EUR": 2, "JPY": 0, "KWD": 3}[currency], minor)
    if rate is None:
        assert exact < Fraction(1, 10**8)
    else:
        assert abs(Fraction(rate) - exact) <= max(exact / 10**5, Fraction(1, 10**8))


def test_a_premium_is_how_much_more_sats_there_are_for_the_same_cash() -> None:
    assert premium_pct("1500", "1494.1") == "0.39"
    assert premium_pct("1494.1", "1500") == "-0.39"
    assert premium_pct("5", "5") == "0"
    assert premium_pct("5", "10") == "-50"
