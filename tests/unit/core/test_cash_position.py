"""The cash in a machine: totals, what is whose, and how long the notes last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from satmachineadmin.core.cash_position import (
    CashMovementKind,
    CashPosition,
    CashUnitKind,
    Notes,
    Reported,
    Unit,
    bills_of,
    cash_position,
    together,
)

TODAY = date(2026, 11, 22)
FIFTY, TWENTY = 50_00, 20_00


def unit(minor: int = FIFTY, expected: int | None = 90, **fields: Any) -> Unit:
    one = Unit(
        unit=CashUnitKind.CASSETTE,
        denomination_minor=minor,
        expected=expected,
        reported=expected,
        difference=None if expected is None else 0,
        capacity=500,
        base=expected,
        base_at=None,
        refilled=0,
        dispensed=0,
        taken=0,
        stayed_then_minor=0,
    )
    return replace(one, **fields)


def box(minor: int = FIFTY, expected: int | None = 30, **fields: Any) -> Unit:
    return unit(minor, expected, unit=CashUnitKind.BOX, **fields)


def given(minor: int, *by_days_ago: int) -> list[Notes]:
    """Notes that came out, today's first."""
    return moved(CashMovementKind.DISPENSED, minor, *by_days_ago)


def moved(kind: CashMovementKind, minor: int, *by_days_ago: int) -> list[Notes]:
    return [
        Notes(kind=kind, denomination_minor=minor, days_ago=days, count=count)
        for days, count in enumerate(by_days_ago)
    ]


def seen(*units: Unit, notes: list[Notes] | None = None, stayed: int = 0) -> CashPosition:
    return cash_position(units, notes or [], stayed_minor=stayed, today=TODAY)


def test_totals_are_of_all_notes_and_unknown_while_something_was_never_counted() -> None:
    position = seen(unit(FIFTY, 90, reported=88), unit(TWENTY, 10), box(TWENTY, 3))
    assert (position.expected_minor, position.reported_minor) == (4_760_00, 4_660_00)
    position = seen(unit(FIFTY, 90, reported=None), unit(TWENTY, None, reported=None))
    assert (position.expected_minor, position.reported_minor) == (None, None)
    position = seen()
    assert (position.expected_minor, position.reported_minor, position.operators_own_minor) == (None, None, 0)


def test_an_empty_unit_that_a_reporting_machine_does_not_report_is_not_there() -> None:
    gone = unit(TWENTY, 0, reported=None)
    assert [one.unit.denomination_minor for one in seen(unit(), gone).units] == [FIFTY]
    silent = unit(FIFTY, 90, reported=None)
    assert len(seen(silent, gone).units) == 2
    for missing in (unit(TWENTY, 4, reported=None), unit(TWENTY, None, reported=None)):
        assert len(seen(unit(), missing).units) == 2


def test_the_operators_own_is_what_is_in_the_box_and_what_stayed_since_all_cassettes_were_emptied() -> None:
    assert seen(unit(), box(FIFTY, 2), box(TWENTY, 1)).operators_own_minor == 120_00
    assert seen(box(FIFTY, None, taken=3), box(TWENTY, -1)).operators_own_minor == 150_00
    emptied, not_emptied = unit(FIFTY, stayed_then_minor=80_00), unit(TWENTY, stayed_then_minor=30_00)
    assert seen(emptied, not_emptied, stayed=100_00).operators_own_minor == 70_00
    assert (
        seen(emptied, replace(not_emptied, stayed_then_minor=100_00), stayed=100_00).operators_own_minor
        == 20_00
    )
    # More of them came out after all.
    assert seen(emptied, stayed=50_00).operators_own_minor == 0
    assert seen(stayed=50_00).operators_own_minor == 50_00


@pytest.mark.parametrize(
    ("by_days_ago", "a_day", "runs_out"),
    [
        ((4, 4), None, None),
        ((4, 0, 4), None, None),
        ((4, 4, 4), "4", date(2026, 12, 14)),
        ((4, 0, 4, 0, 5), "2.6", date(2026, 12, 26)),
        ((1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), "0.2", None),
        ((100, 100, 100), "100", TODAY),
    ],
)
def test_a_cassette_lasts_as_long_as_its_notes_at_the_mean_of_the_last_days(
    by_days_ago: tuple[int, ...], a_day: str | None, runs_out: date | None
) -> None:
    """From the first of these days with notes on; at least three days with notes say something, and nobody
    looks further ahead than a year."""
    (one,) = seen(unit(expected=90), notes=given(FIFTY, *by_days_ago)).units
    assert (one.notes_a_day, one.runs_out_on) == (a_day, runs_out)


def test_the_fewer_notes_of_both_counts_run_out_and_others_lend_only_their_days() -> None:
    notes = given(FIFTY, 4, 4, 4) + given(TWENTY, 0, 0, 3)
    fifty, twenty, ten = seen(
        unit(FIFTY, 90, reported=8), unit(TWENTY, 2, reported=None), unit(10_00, 5), notes=notes
    ).units
    assert (fifty.notes_a_day, fifty.runs_out_on) == ("4", date(2026, 11, 24))
    assert (twenty.notes_a_day, twenty.runs_out_on) == ("1", date(2026, 11, 24))
    assert (ten.notes_a_day, ten.runs_out_on) == ("0", None)
    (unknown,) = seen(unit(FIFTY, None), notes=notes).units
    assert (unknown.notes_a_day, unknown.runs_out_on) == ("4", None)
    (empty,) = seen(unit(FIFTY, -2, reported=None), notes=notes).units
    assert empty.runs_out_on == TODAY


def test_the_box_is_full_by_the_notes_of_all_denominations_together() -> None:
    notes = moved(CashMovementKind.TAKEN, FIFTY, 6, 6, 6) + moved(CashMovementKind.TAKEN, TWENTY, 4, 4, 4)
    fits = {"capacity": 100}
    fifty, twenty = box(FIFTY, 30, **fits), box(TWENTY, 20, reported=30, **fits)
    position = seen(fifty, twenty, notes=notes)
    assert position.box_full_on == date(2026, 11, 26)
    assert [one.notes_a_day for one in position.units] == ["6", "4"]
    assert seen(box(FIFTY, 100, **fits), notes=notes).box_full_on == TODAY
    assert seen(box(FIFTY, 30, capacity=None), notes=notes).box_full_on is None
    assert seen(fifty, notes=notes[:2]).box_full_on is None


def test_cassettes_of_one_denomination_are_one_and_what_fits_is_only_known_of_all() -> None:
    def said(kind: CashUnitKind, count: int, capacity: int | None) -> Reported:
        return Reported(unit=kind, denomination_minor=FIFTY, count=count, capacity=capacity)

    cassette, inside = CashUnitKind.CASSETTE, CashUnitKind.BOX
    both = together(
        [said(cassette, 1, 500), said(inside, 7, 900), said(cassette, 2, 300), said(inside, 1, 900)]
    )
    assert both == {
        ("cassette", FIFTY): said(cassette, 3, 800),
        ("box", FIFTY): said(inside, 8, 900),
    }
    assert together([said(cassette, 1, None), said(cassette, 2, 300)])["cassette", FIFTY].capacity is None


def test_the_notes_that_a_transaction_named_are_read_from_its_row() -> None:
    text = '[{"denomination": "50.00", "count": 3}, {"denomination": "20.00", "count": 1}]'
    assert bills_of(text, "EUR") == ((FIFTY, 3), (TWENTY, 1))
    assert bills_of(None, "EUR") == ()
