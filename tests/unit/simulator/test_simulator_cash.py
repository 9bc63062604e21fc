"""Change making and the cassettes: exact, or refused; never the same note twice."""

from __future__ import annotations

import itertools

import pytest

from simulator.cash import CannotDispense, CashBox, Notes, make_change, total_minor
from simulator.config import MachineConfig, parse_cassettes


def cassettes(text: str) -> tuple[Notes, ...]:
    return parse_cassettes(text, "EUR")


def as_text(notes: tuple[Notes, ...]) -> str:
    return ",".join(f"{some.denomination_minor // 100}:{some.count}" for some in notes)


@pytest.mark.parametrize(
    ("amount", "at_hand", "notes"),
    [
        (200, "50:10,20:10,10:10", "50:4"),
        (180, "50:10,20:10,10:10", "50:3,20:1,10:1"),
        # greedy would take the fifty and be stuck with ten
        (60, "50:10,20:10", "20:3"),
        (110, "50:10,20:10", "50:1,20:3"),
        # the large ones run out
        (250, "50:2,20:10", "50:1,20:10"),
        # the order of the cassettes does not matter
        (70, "20:10,50:10", "50:1,20:1"),
    ],
)
def test_change_is_exact_and_prefers_large_notes(amount: int, at_hand: str, notes: str) -> None:
    assert as_text(make_change(amount * 100, cassettes(at_hand))) == notes


@pytest.mark.parametrize(
    ("amount", "at_hand"), [(30, "50:10,20:10"), (5, "10:9"), (1000, "50:10,20:10"), (0, "50:1")]
)
def test_an_amount_that_cannot_be_made_is_refused(amount: int, at_hand: str) -> None:
    with pytest.raises(CannotDispense):
        make_change(amount * 100, cassettes(at_hand))


def test_change_is_found_exactly_when_there_is_some() -> None:
    """Held against trying every combination of a small machine."""
    at_hand = cassettes("50:2,20:3,15:2")
    possible = {
        total_minor(
            [
                Notes(denomination_minor=some.denomination_minor, count=count)
                for some, count in zip(at_hand, counts, strict=True)
            ]
        )
        for counts in itertools.product(range(3), range(4), range(3))
    }
    for amount_minor in range(100, 20_000, 100):
        try:
            found = make_change(amount_minor, at_hand)
        except CannotDispense:
            assert amount_minor not in possible
        else:
            assert total_minor(found) == amount_minor


def test_a_large_hopeless_amount_is_refused_quickly() -> None:
    with pytest.raises(CannotDispense):
        make_change(100_001, [Notes(denomination_minor=d, count=500) for d in (10, 20, 50, 100)])


def test_notes_set_aside_are_not_offered_again_until_put_back() -> None:
    box = CashBox(cassettes("50:1"))
    notes = box.set_aside(5_000)
    with pytest.raises(CannotDispense):
        box.set_aside(5_000)
    box.put_back(notes)
    assert box.value_minor == 5_000


def test_a_note_without_a_cassette_is_refused_and_nothing_changes() -> None:
    box = CashBox(cassettes("50:1"))
    with pytest.raises(ValueError, match="no cassette"):
        box.put_back(cassettes("50:1,20:1"))
    assert box.value_minor == 5_000


@pytest.mark.parametrize("text", ["50", "50:", ":5", "50:-1", "fifty:1", "50:1,,20:1"])
def test_a_cassette_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        cassettes(text)


def test_a_machine_out_of_the_box_can_pay_out_every_multiple_of_ten() -> None:
    box = CashBox(MachineConfig().cassettes)
    for amount_minor in range(1_000, 50_000, 1_000):
        assert total_minor(make_change(amount_minor, box.cassettes)) == amount_minor
