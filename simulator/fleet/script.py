"""What a day brings, written before it begins: the same seed writes the same day, to the last note.

Pure: no clock, no network, no state but the generator. Only whole numbers are drawn from it, so that the
script is the same on every Python and every computer.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from ..faults import Dispenser
from ..rates import RandomWalk


class Fault(str, Enum):
    """What may go wrong in an act."""

    #: some notes come out, or none
    PARTIAL = "partial"
    #: requests and answers get lost
    NETWORK = "network"
    #: every post is sent twice
    DUPLICATES = "duplicates"
    #: the machine says what is not so
    LIES = "lies"
    #: somebody on the line sends the last request again
    REPLAYS = "replays"


class Lie(str, Enum):
    """What a machine may try; each has to be refused."""

    #: another amount for a transaction that has one
    OTHER_AMOUNT = "other_amount"
    #: notes for an invoice that nobody has paid
    EARLY_REPORT = "early_report"
    #: a rate far from all the others
    WILD_RATE = "wild_rate"
    #: fewer notes than it has told already
    FEWER_NOTES = "fewer_notes"
    #: another outcome than it has reported
    OTHER_OUTCOME = "other_outcome"


#: The lies that fit a direction, and the code of the refusal each must meet.
LIES_OF_CASH_OUT = (Lie.OTHER_AMOUNT, Lie.EARLY_REPORT, Lie.WILD_RATE, Lie.OTHER_OUTCOME)
REFUSED_WITH = {
    Lie.OTHER_AMOUNT: "ratchet",
    Lie.EARLY_REPORT: "not_paid",
    Lie.WILD_RATE: "implausible_rate",
    Lie.FEWER_NOTES: "ratchet",
    Lie.OTHER_OUTCOME: "ratchet",
}


@dataclass(frozen=True, kw_only=True)
class Act:
    """One customer at one machine."""

    machine: int
    #: after the beginning of the day
    at_ms: int
    is_cash_out: bool
    #: the notes that come out or go in, in minor units, in order
    notes: tuple[int, ...]
    #: sats per one unit of fiat
    rate: Decimal
    #: the customer does not pay, or does not use the link
    walks_away: bool = False
    fault: Fault | None = None
    dispenser: Dispenser = Dispenser.COMPLETE
    lie: Lie | None = None
    #: requests that never arrive, and answers that do not
    dropped: int = 0
    lost: int = 0

    @property
    def minor(self) -> int:
        return sum(self.notes)


def write_script(
    *,
    seed: int,
    machines: int,
    day_ms: int,
    acts_each: int,
    faults: Collection[Fault],
    denominations: Sequence[int],
    walk: RandomWalk,
    most_notes: int = 5,
) -> tuple[Act, ...]:
    """All acts of the day in their order. `walk` gives the rates and moves once an act."""
    if machines < 1 or day_ms < 1 or acts_each < 1 or most_notes < 1 or not denominations:
        raise ValueError("a day has machines, time, customers and notes")
    drawing = random.Random(seed)
    times = sorted(
        (drawing.randrange(day_ms), machine) for machine in range(machines) for _ in range(acts_each)
    )
    choice = sorted(set(faults), key=list(Fault).index)
    return tuple(
        _act(drawing, machine, at_ms, walk.step(), choice, tuple(denominations), most_notes)
        for at_ms, machine in times
    )


def _act(
    drawing: random.Random,
    machine: int,
    at_ms: int,
    rate: Decimal,
    faults: Sequence[Fault],
    denominations: Sequence[int],
    most_notes: int,
) -> Act:
    is_cash_out = drawing.randrange(3) > 0
    count = 1 + drawing.randrange(most_notes)
    notes = sorted((denominations[drawing.randrange(len(denominations))] for _ in range(count)), reverse=True)
    # every second act has a fault, where there are any
    fault = faults[drawing.randrange(len(faults))] if faults and drawing.randrange(2) else None
    if fault is Fault.PARTIAL and not is_cash_out:
        fault = None
    act = Act(
        machine=machine,
        at_ms=at_ms,
        is_cash_out=is_cash_out,
        notes=tuple(notes),
        rate=rate,
        fault=fault,
        walks_away=fault is None and not drawing.randrange(12),
    )
    return _with_fault(drawing, act)


def _with_fault(drawing: random.Random, act: Act) -> Act:
    if act.fault is Fault.PARTIAL:
        kinds = (Dispenser.PARTIAL, Dispenser.FAILED)
        return replace(act, dispenser=kinds[drawing.randrange(2)])
    if act.fault is Fault.NETWORK:
        return replace(act, dropped=drawing.randrange(3), lost=1 + drawing.randrange(2))
    if act.fault is Fault.LIES:
        lies = LIES_OF_CASH_OUT if act.is_cash_out else (Lie.FEWER_NOTES,)
        return replace(act, lie=lies[drawing.randrange(len(lies))])
    return act
