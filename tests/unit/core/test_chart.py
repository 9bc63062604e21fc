"""An LP's chart: steps of equal length, and what stood at the end of each, worked out backwards."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.chart import STEPS, Moved, Scale, Span, cash_over_time, sats_over_time

_NOW = 1_800_000_000
_STEPS = st.integers(0, STEPS - 1)


def test_the_last_step_ends_now_and_the_first_begins_before_the_span() -> None:
    for span, seconds in ((Span.WEEK, 7 * 86_400), (Span.YEAR, 365 * 86_400), (Span.ALL, 1_000_000)):
        scale = Scale.of(span, now=_NOW, first_at=_NOW - 1_000_000)
        assert scale.end(STEPS - 1) == _NOW
        assert 0 <= _NOW + 1 - seconds - scale.since <= STEPS, span


def test_everything_of_an_lp_that_began_just_now_is_a_day() -> None:
    assert Scale.of(Span.ALL, now=_NOW, first_at=_NOW).step_seconds == 720


@given(st.integers(0, 10**9), st.lists(st.tuples(_STEPS, st.integers(1, 10**6))))
def test_sats_only_grow_and_end_with_what_there_is(before: int, fills: list[tuple[int, int]]) -> None:
    moved = [Moved(step=step, currency="EUR", sats=sats, fills=1) for step, sats in fills]

    line = sats_over_time(before + sum(sats for _step, sats in fills), moved)

    by_step = [sum(sats for at, sats in fills if at == step) for step in range(STEPS)]
    assert line == [before + sum_ for sum_ in accumulate(by_step)]


@given(st.lists(st.tuples(_STEPS, st.integers(0, 500), st.integers(-500, 500))))
def test_cash_over_time_is_entries_less_what_was_turned(steps: list[tuple[int, int, int]]) -> None:
    moved = [Moved(step=at, currency="EUR", turned_minor=out, entered_minor=in_) for at, out, in_ in steps]
    strange = Moved(step=0, currency="JPY", entered_minor=7)
    left = 10_000 + sum(in_ - out for _at, out, in_ in steps)

    line = cash_over_time(left, "EUR", [*moved, strange])

    assert line[-1] == left
    for step in range(1, STEPS):
        change = sum(in_ - out for at, out, in_ in steps if at == step)
        assert line[step] - line[step - 1] == change
