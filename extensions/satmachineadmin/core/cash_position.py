"""The banknotes in a machine: how many these books expect, and what the machine says it holds.

What can go wrong: a note is counted twice because a machine says the same thing again, or what a machine
reports quietly becomes what is expected, and nobody ever learns that notes are missing. So what is expected
moves by named movements alone, each booked once; a report is laid beside it and changes nothing, but for the
first one, with which the books of a unit begin. Only a person's count puts them right.

Counts are notes; fiat is in minor units of the machine's currency.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .states import Word
from .units import fixed_point, parse_fiat

DAY_SECONDS = 86_400
#: What the outlook looks back on.
WINDOW_DAYS = 14
WINDOW_SECONDS = WINDOW_DAYS * DAY_SECONDS
#: Notes of fewer days than that say nothing.
LEAST_DAYS = 3
#: Whatever lasts longer than that is not worth a forecast.
FARTHEST_DAYS = 366
#: More kinds of notes than that no machine has: what one reports beyond is left out.
MOST_UNITS = 64


class CashUnitKind(Word):
    """Where notes are. Closed: docs/reference/states.md."""

    #: it pays notes out, of one denomination
    CASSETTE = "cassette"
    #: it takes notes in, of all denominations
    BOX = "box"


class CashMovementKind(Word):
    """What moved notes, or began the books of a unit. Closed: docs/reference/states.md."""

    #: the machine said for the first time how many there are
    FIRST_REPORT = "first_report"
    #: the operator put notes in
    REFILLED = "refilled"
    #: the operator took all of them out, and counted them
    EMPTIED = "emptied"
    #: the machine gave them to a customer
    DISPENSED = "dispensed"
    #: the machine took them from a customer
    TAKEN = "taken"


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What a machine says of a cassette, or of one denomination in its box."""

    unit: CashUnitKind
    denomination_minor: int
    count: int
    #: notes that fit; of a box, of all denominations together
    capacity: int | None = None


def bills_of(text: str | None, currency: str) -> tuple[tuple[int, int], ...]:
    """The notes that a transaction named (JSON text of its row): (value in minor units, count) each."""
    return tuple(
        (parse_fiat(some["denomination"], currency), int(some["count"])) for some in json.loads(text or "[]")
    )


def together(units: Iterable[Reported]) -> dict[tuple[str, int], Reported]:
    """By unit and denomination: two cassettes of one denomination are one unit. What fits into a box is said
    once for each denomination in it, what fits into a cassette is its own."""
    said: dict[tuple[str, int], Reported] = {}
    for unit in units:
        name = (str(unit.unit), unit.denomination_minor)
        other = said.get(name)
        said[name] = unit if other is None else _both(other, unit)
    return said


def _both(one: Reported, other: Reported) -> Reported:
    capacity: int | None = None
    if one.capacity is not None and other.capacity is not None:
        is_box = one.unit is CashUnitKind.BOX
        capacity = max(one.capacity, other.capacity) if is_box else one.capacity + other.capacity
    return replace(one, count=one.count + other.count, capacity=capacity)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A cassette, or one denomination in the box, as the books have it."""

    unit: CashUnitKind
    denomination_minor: int
    #: None: nobody has counted yet, neither the machine nor a person
    expected: int | None
    #: None: the machine has not reported it, or does not any more
    reported: int | None
    #: reported less expected; None where one is not known, or notes have moved after the report
    difference: int | None
    capacity: int | None
    #: with how many the books of it began, and when
    base: int | None
    base_at: int | None
    #: what moved since, or ever where there is no base
    refilled: int
    dispensed: int
    taken: int
    #: cash that had stayed in the machine when it was last emptied
    stayed_then_minor: int

    @property
    def fewest(self) -> int | None:
        """The lesser of what is expected and reported: a machine runs out of real notes."""
        return min(self._known(), default=None)

    @property
    def most(self) -> int | None:
        """The greater of the two: a box is full of real notes."""
        return max(self._known(), default=None)

    def _known(self) -> list[int]:
        return [count for count in (self.expected, self.reported) if count is not None]


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Notes that customers got or gave on one day."""

    kind: CashMovementKind
    denomination_minor: int
    #: days of 24 hours, back from now
    days_ago: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A unit and what the last days say of it."""

    unit: Unit
    #: decimal text; None where too few days are known
    notes_a_day: str | None
    #: of a cassette: the day on which it will be empty; None where nobody can say
    runs_out_on: date | None


@dataclass(frozen=True, kw_only=True)
class CashPosition:
    """The cash in a machine."""

    units: tuple[Outlook, ...]
    #: None while something in it was never counted
    expected_minor: int | None
    #: None while the machine has reported nothing
    reported_minor: int | None
    #: what belongs to no LP
    operators_own_minor: int
    box_full_on: date | None


def cash_position(
    units: Iterable[Unit], notes: Sequence[Notes], *, stayed_minor: int, today: date
) -> CashPosition:
    """What is in a machine, and how long that lasts. `stayed_minor` is what of its cash has ever stayed there
    although the sale had been paid out.

    A unit of which nothing is expected, and which a reporting machine does not report, is not there any more.
    """
    known = list(units)
    is_reported = any(unit.reported is not None for unit in known)
    there = [unit for unit in known if not (is_reported and unit.reported is None and unit.expected == 0)]
    given = _pace(notes, CashMovementKind.DISPENSED)
    taken = _pace(notes, CashMovementKind.TAKEN)
    expected = [_value(unit, unit.expected) for unit in there if unit.expected is not None]
    reported = [_value(unit, unit.reported) for unit in there if unit.reported is not None]
    return CashPosition(
        units=tuple(_outlook(unit, given, taken, today) for unit in there),
        expected_minor=sum(expected) if there and len(expected) == len(there) else None,
        reported_minor=sum(reported) if reported else None,
        operators_own_minor=_in_box(there) + _stayed(there, stayed_minor),
        box_full_on=_box_full_on(there, taken, today),
    )


@dataclass(frozen=True, kw_only=True)
class _Pace:
    """How many notes of which denomination moved in how many days."""

    days: int
    notes: dict[int, int]

    def a_day(self, minor: int) -> str:
        """Notes a day as decimal text, rounded half up to a tenth."""
        tenths = (self.notes.get(minor, 0) * 10 * 2 + self.days) // (2 * self.days)
        return fixed_point(tenths, 1).removesuffix(".0")

    def day_after(self, count: int, moving: int, today: date) -> date | None:
        """The day on which so many notes will have moved, of those that move so many in these days."""
        if count <= 0:
            return today
        if moving == 0:
            return None
        days = count * self.days // moving
        return None if days > FARTHEST_DAYS else today + timedelta(days=days)


def _pace(notes: Sequence[Notes], kind: CashMovementKind) -> _Pace | None:
    """From the first day of the last 14 on which any notes moved; None where they did on too few days."""
    moved = [one for one in notes if one.kind is kind and one.count > 0]
    days = {one.days_ago for one in moved}
    if len(days) < LEAST_DAYS:
        return None
    sums: dict[int, int] = {}
    for one in moved:
        sums[one.denomination_minor] = sums.get(one.denomination_minor, 0) + one.count
    return _Pace(days=max(days) + 1, notes=sums)


def _outlook(unit: Unit, given: _Pace | None, taken: _Pace | None, today: date) -> Outlook:
    minor = unit.denomination_minor
    if unit.unit is CashUnitKind.BOX:
        return Outlook(unit=unit, notes_a_day=taken.a_day(minor) if taken else None, runs_out_on=None)
    runs_out_on: date | None = None
    if given is not None and unit.fewest is not None and given.notes.get(minor):
        runs_out_on = given.day_after(unit.fewest, given.notes[minor], today)
    return Outlook(unit=unit, notes_a_day=given.a_day(minor) if given else None, runs_out_on=runs_out_on)


def _box_full_on(units: Sequence[Unit], taken: _Pace | None, today: date) -> date | None:
    """By what fits of all denominations together, where it is known."""
    box = [unit for unit in units if unit.unit is CashUnitKind.BOX]
    capacity = max((unit.capacity for unit in box if unit.capacity is not None), default=None)
    if capacity is None or taken is None:
        return None
    free = capacity - sum(unit.most or 0 for unit in box)
    return taken.day_after(free, sum(taken.notes.values()), today)


def _value(unit: Unit, count: int | None) -> int:
    return unit.denomination_minor * (count or 0)


def _in_box(units: Sequence[Unit]) -> int:
    """Cash of cash-ins: no LP has a part in it. Where the box was never counted, what it is known to have
    taken."""
    total = 0
    for unit in units:
        if unit.unit is CashUnitKind.BOX:
            total += max(0, _value(unit, unit.taken if unit.expected is None else unit.expected))
    return total


def _stayed(units: Sequence[Unit], stayed_minor: int) -> int:
    """Notes of sales that were paid out although they did not come out: it is not known in which cassette
    they are, so they are in the machine until all cassettes have been emptied since."""
    cassettes = [unit.stayed_then_minor for unit in units if unit.unit is CashUnitKind.CASSETTE]
    return max(0, stayed_minor - min(cassettes, default=0))
