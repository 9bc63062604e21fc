"""So many at once and then one after each pause, for each name, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core import throttle
from satmachineadmin.core.throttle import Throttle

MOST, SECONDS = 6, 3
PAUSE_MS = SECONDS * 1000 // MOST


def test_so_many_are_taken_at_once_and_the_next_after_a_pause() -> None:
    asked = Throttle(MOST, SECONDS)

    assert [asked.take("a", 0) for _ in range(MOST)] == [0] * MOST
    assert asked.take("a", 0) == 1
    assert asked.take("a", PAUSE_MS - 1) == 1
    assert asked.take("a", PAUSE_MS) == 0
    assert asked.take("a", PAUSE_MS) == 1


def test_a_name_does_not_wait_for_another_one() -> None:
    asked = Throttle(1, 60)
    asked.take("a", 0)

    assert asked.take("a", 1) == 60
    assert asked.take("b", 1) == 0


def test_to_ask_how_long_to_wait_takes_nothing() -> None:
    asked = Throttle(1, 60)

    assert [asked.wait_seconds("a", 0) for _ in range(3)] == [0, 0, 0]


@given(st.lists(st.integers(0, 2_000), max_size=60))
def test_in_no_time_are_more_taken_than_it_allows(pauses: list[int]) -> None:
    asked, now, taken = Throttle(MOST, SECONDS), 0, []
    for pause in pauses:
        now += pause
        wait = asked.take("a", now)
        if wait == 0:
            taken.append(now)

    for first, begin in enumerate(taken):
        for last, end in enumerate(taken[first:], start=first):
            assert last - first + 1 <= MOST + (end - begin) // PAUSE_MS


@given(st.lists(st.integers(0, 2_000), max_size=60))
def test_who_waits_as_long_as_it_was_told_is_let_in(pauses: list[int]) -> None:
    asked, now = Throttle(MOST, SECONDS), 0
    for pause in pauses:
        now += pause
        now += asked.take("a", now) * 1000
        assert asked.wait_seconds("a", now + PAUSE_MS) == 0


def test_the_longest_unheard_of_is_forgotten_first() -> None:
    asked = Throttle(1, 60)
    for number in range(throttle.MOST_NAMES):
        asked.take(f"name {number}", number)
    asked.take("name 0", 60_001)
    asked.take("one more", 60_002)

    assert len(asked._until) == throttle.MOST_NAMES
    assert asked.wait_seconds("name 0", 60_002) > 0
    assert asked.wait_seconds("name 1", 60_002) == 0
