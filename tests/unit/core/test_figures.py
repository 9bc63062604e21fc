"""Periods are compared day by day, currencies are never added up, and no sale is lost among the others."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.figures import (
    KEPT_DAYS,
    DayFigures,
    Figures,
    Period,
    compared,
    folded,
    of_machines,
    summed,
)

TODAY = date(2026, 11, 22)
amounts = st.integers(0, 10**12)
figures = st.builds(Figures, **{field.name: amounts for field in fields(Figures)})
rows = st.lists(
    st.builds(
        DayFigures,
        machine_id=st.sampled_from(["plaza", "market", "station"]),
        day=st.dates(date(2026, 9, 1), TODAY).map(date.isoformat),
        currency=st.sampled_from(["EUR", "GTQ"]),
        figures=figures,
    ),
    max_size=20,
)


def test_figures_are_added_and_taken_away_field_by_field() -> None:
    one = Figures.of(range(1, 8))

    assert one == Figures(
        sales=1, fiat_minor=2, wire_sats=3, commission_sats=4, operator_fee_sats=5, lps_sats=6,
        retained_sats=7,
    )  # fmt: skip
    assert one + one == Figures.of(range(2, 16, 2))
    assert one + one - one == one


@pytest.mark.parametrize(
    ("period", "since", "before_since", "before_until"),
    [
        (Period.TODAY, date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 21)),
        (Period.WEEK, date(2026, 11, 16), date(2026, 11, 9), date(2026, 11, 15)),
        (Period.MONTH, date(2026, 10, 24), date(2026, 9, 24), date(2026, 10, 23)),
    ],
)
def test_a_period_ends_today_and_follows_one_of_the_same_length(
    period: Period, since: date, before_since: date, before_until: date
) -> None:
    found = compared(TODAY, period)

    assert (found.since, found.until) == (since, TODAY)
    assert (found.before_since, found.before_until) == (before_since, before_until)
    assert (TODAY - found.before_since).days + 1 == 2 * period.days <= KEPT_DAYS


@given(rows)
def test_currencies_and_days_stay_apart(found: list[DayFigures]) -> None:
    since, until = date(2026, 10, 1), date(2026, 10, 31)
    sums = summed(found, since, until)

    for currency in ("EUR", "GTQ"):
        inside = [
            row.figures.sales for row in found if row.currency == currency and row.day.startswith("2026-10")
        ]
        assert sums.get(currency, Figures()).sales == sum(inside)
        assert (currency in sums) == bool(inside)


@given(rows, st.sets(st.sampled_from(["plaza", "market", "station"])))
def test_what_is_told_in_one_comes_to_the_same(found: list[DayFigures], shown: set[str]) -> None:
    told = folded(found, shown)

    assert {row.machine_id for row in told} <= shown | {None}
    assert [row.day for row in told] == sorted(row.day for row in told)
    assert len({(row.day, row.currency, row.machine_id) for row in told}) == len(told)
    first, last = date(2026, 9, 1), TODAY
    assert summed(told, first, last) == summed(found, first, last)
    of_shown = {key: value for key, value in of_machines(found, first, last).items() if key[0] in shown}
    assert of_machines(told, first, last) == of_shown
