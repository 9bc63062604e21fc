"""The banknotes that are physically in a paired machine: cassettes that pay out, a box that takes in.

What is promised to a customer is not kept in here: it follows from the journal, so that a machine that was
switched off in the middle of a sale neither loses notes nor promises one twice.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .cash import CannotDispense, Notes, make_change, total_minor
from .journal import Entry, Stage
from .stamp import denomination_text

#: Notes that fit into one cassette, and into the box of all denominations together.
CASSETTE_CAPACITY = 500
BOX_CAPACITY = 1000


class Till:
    """The notes of one machine, kept in a file where there is one."""

    def __init__(self, cassettes: Sequence[Notes], path: Path | None = None) -> None:
        if not cassettes:
            raise ValueError("a machine has at least one cassette")
        self._path = path
        self._cassettes = Counter({some.denomination_minor: some.count for some in cassettes})
        self._box: Counter[int] = Counter()
        if path is not None and path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            self._cassettes = Counter({int(minor): count for minor, count in kept["cassettes"]})
            self._box = Counter({int(minor): count for minor, count in kept["box"]})

    @property
    def cassettes(self) -> tuple[Notes, ...]:
        """What is in the cassettes, the largest notes first; an empty cassette is one too."""
        return _piles(self._cassettes)

    @property
    def box(self) -> tuple[Notes, ...]:
        """What was taken in, the largest notes first."""
        return _piles(self._box)

    @property
    def box_room(self) -> int:
        """How many more notes the box takes."""
        return max(0, BOX_CAPACITY - sum(self._box.values()))

    def on_offer(self, entries: Iterable[Entry]) -> tuple[Notes, ...]:
        """What can be sold: the cassettes less what open sales have been promised."""
        left = Counter(self._cassettes)
        for entry in entries:
            if entry.stage in (Stage.SELLING, Stage.DISPENSING):
                for some in entry.bills:
                    left[some.denomination_minor] -= some.count
                left.update(entry.given)
        return _piles(Counter({minor: max(0, count) for minor, count in left.items()}))

    def notes_for(self, amount_minor: int, entries: Iterable[Entry]) -> tuple[Notes, ...]:
        """Notes on offer worth this amount; raises CannotDispense."""
        return make_change(amount_minor, self.on_offer(entries))

    def check_offer(self, bills: Sequence[Notes], entries: Iterable[Entry]) -> None:
        """Raises CannotDispense unless these very notes are on offer."""
        offered = {some.denomination_minor: some.count for some in self.on_offer(entries)}
        wanted = Counter[int]()
        for some in bills:
            wanted[some.denomination_minor] += some.count
        if not total_minor(bills) or any(offered.get(minor, 0) < count for minor, count in wanted.items()):
            raise CannotDispense(total_minor(bills))

    def give(self, minor: int) -> None:
        """One note has left a cassette."""
        if self._cassettes[minor] < 1:
            raise RuntimeError("a note came out of an empty cassette")
        self._cassettes[minor] -= 1
        self._keep()

    def take(self, minor: int) -> None:
        """One note has gone into the box."""
        self._box[minor] += 1
        self._keep()

    def fill(self, full: Sequence[Notes]) -> tuple[Notes, ...]:
        """Somebody brings notes: each cassette holds at least so many afterwards. Gives what was added."""
        held = Counter(self._cassettes)
        for some in full:
            minor = some.denomination_minor
            self._cassettes[minor] = max(self._cassettes[minor], some.count)
        self._keep()
        return tuple(some for some in _piles(self._cassettes - held) if some.count)

    def empty_box(self) -> tuple[Notes, ...]:
        """Somebody takes away what customers put in; gives it."""
        taken = self.box
        self._box.clear()
        self._keep()
        return taken

    def cash_units(self, currency: str) -> list[dict[str, Any]]:
        """All of it as the heartbeat tells it."""
        units = (("cassette", self.cassettes, CASSETTE_CAPACITY), ("box", self.box, BOX_CAPACITY))
        return [
            {
                "unit": unit,
                "denomination": denomination_text(some.denomination_minor, currency),
                "count": some.count,
                "capacity": capacity,
            }
            for unit, piles, capacity in units
            for some in piles
        ]

    def _keep(self) -> None:
        if self._path is None:
            return
        kept = {"cassettes": list(self._cassettes.items()), "box": list(self._box.items())}
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(kept), encoding="utf-8")
        os.replace(beside, self._path)


def _piles(counts: Counter[int]) -> tuple[Notes, ...]:
    return tuple(
        Notes(denomination_minor=minor, count=counts[minor]) for minor in sorted(counts, reverse=True)
    )
