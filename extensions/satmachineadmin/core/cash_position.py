"""The banknotes in a machine: how many these books expect, and what the machine says it holds.

What can go wrong: a note is counted twice because a machine says the same thing again, or what a machine
reports quietly becomes what is expected, and nobody ever learns that notes are missing. So what is expected
moves by named movements alone, each booked once; a report is laid beside it and changes nothing, but for the
first one, with which the books of a unit begin. Only a person's count puts them right.

Counts are notes; fiat is in minor units of the machine's currency.
"""

from __future__ import annotations

from dataclasses import dataclass

from .states import Word

DAY_SECONDS = 86_400
#: What the outlook looks back on.
WINDOW_SECONDS = 14 * DAY_SECONDS


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
