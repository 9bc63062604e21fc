"""Cassettes with banknotes: what can be paid out, what is promised, what is left.

Notes are set aside before the invoice is shown: a machine that sells the same note to two customers
has taken sats for cash that it does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


class CannotDispense(Exception):
    """The amount cannot be made out of the notes that are in the cassettes."""

    def __init__(self, amount_minor: int) -> None:
        super().__init__(f"{amount_minor} minor units cannot be made out of the notes at hand")
        self.amount_minor = amount_minor


@dataclass(frozen=True, kw_only=True)
class Notes:
    """So many notes of one denomination: the content of a cassette, or a part of a payout."""

    denomination_minor: int
    count: int

    def __post_init__(self) -> None:
        if self.denomination_minor <= 0 or self.count < 0:
            raise ValueError("a note has a value, and there are never less than none")

    @property
    def value_minor(self) -> int:
        return self.denomination_minor * self.count


def total_minor(notes: Sequence[Notes]) -> int:
    """The value of all the notes."""
    return sum(some.value_minor for some in notes)


def make_change(amount_minor: int, cassettes: Sequence[Notes]) -> tuple[Notes, ...]:
    """Notes worth exactly `amount_minor`, the largest first; raises CannotDispense.

    Greedy where greedy works; where it does not (60 out of fifties and twenties), larger notes are
    given up one by one. What was found hopeless is remembered, so that this stays quick.
    """
    if amount_minor <= 0:
        raise CannotDispense(amount_minor)
    largest_first = sorted(cassettes, key=lambda some: -some.denomination_minor)
    hopeless: set[tuple[int, int]] = set()

    def search(position: int, rest: int) -> list[Notes] | None:
        if rest == 0:
            return []
        if position == len(largest_first) or (position, rest) in hopeless:
            return None
        here = largest_first[position]
        for count in range(min(here.count, rest // here.denomination_minor), -1, -1):
            below = search(position + 1, rest - count * here.denomination_minor)
            if below is not None:
                return [replace(here, count=count), *below] if count else below
        hopeless.add((position, rest))
        return None

    found = search(0, amount_minor)
    if found is None:
        raise CannotDispense(amount_minor)
    return tuple(found)


class CashBox:
    """The cassettes of one machine. Notes that were set aside are no longer on offer."""

    def __init__(self, cassettes: Sequence[Notes]) -> None:
        if not cassettes:
            raise ValueError("a machine has at least one cassette")
        if len({some.denomination_minor for some in cassettes}) != len(cassettes):
            raise ValueError("one cassette for each denomination")
        self._counts = {some.denomination_minor: some.count for some in cassettes}

    @property
    def cassettes(self) -> tuple[Notes, ...]:
        """What is on offer, the largest notes first."""
        return tuple(
            Notes(denomination_minor=denomination, count=self._counts[denomination])
            for denomination in sorted(self._counts, reverse=True)
        )

    @property
    def value_minor(self) -> int:
        """The value of all notes on offer."""
        return total_minor(self.cassettes)

    def set_aside(self, amount_minor: int) -> tuple[Notes, ...]:
        """Takes notes of exactly this value off the offer; raises CannotDispense."""
        notes = make_change(amount_minor, self.cassettes)
        for some in notes:
            self._counts[some.denomination_minor] -= some.count
        return notes

    def put_back(self, notes: Sequence[Notes]) -> None:
        """Puts notes on offer again, or new ones into the cassettes."""
        unknown = [some for some in notes if some.denomination_minor not in self._counts]
        if unknown:
            raise ValueError(f"there is no cassette for {unknown[0].denomination_minor}")
        for some in notes:
            self._counts[some.denomination_minor] += some.count
