"""An LP's chart: what it had got, what cash was left, and what each fill cost, over a span of time.

Steps are equal lengths of time, not days: nothing here depends on a calendar. What stood at the end of a
step is what stands now less what came after it, so nothing before the span is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .states import Word

_DAY = 86_400
#: Points of a line: more than a phone's screen can show.
STEPS = 120
#: So many fills are told one by one; of more, those of a step together.
MOST_FILLS = 300


class Span(Word):
    """How far a chart looks back."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"

    def seconds(self, *, all_seconds: int) -> int:
        """Its length; `all_seconds` is how long ago the first thing happened."""
        days = {Span.WEEK: 7, Span.MONTH: 30, Span.QUARTER: 90, Span.YEAR: 365}
        return days[self] * _DAY if self in days else max(_DAY, all_seconds)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The steps of a chart: the last one ends at `until`, which is not in it."""

    until: int
    step_seconds: int

    @classmethod
    def of(cls, span: Span, *, now: int, first_at: int) -> Scale:
        """The steps up to now; what happens in this very second is in."""
        seconds = span.seconds(all_seconds=now - first_at)
        return cls(until=now + 1, step_seconds=max(1, -(-seconds // STEPS)))

    @property
    def since(self) -> int:
        return self.until - STEPS * self.step_seconds

    def end(self, step: int) -> int:
        """The last instant of a step."""
        return self.since + (step + 1) * self.step_seconds - 1


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What happened in one step in one currency."""

    step: int
    currency: str
    sats: int = 0
    #: of cash that became sats, and of entries that came to count, in minor units
    turned_minor: int = 0
    entered_minor: int = 0
    fills: int = 0


def sats_over_time(total_sats: int, moved: Iterable[Moved]) -> list[int]:
    """What had been received at the end of each step; `total_sats` by now."""
    by_step: dict[int, int] = defaultdict(int)
    for one in moved:
        by_step[one.step] += one.sats
    return _backwards(total_sats, by_step)


def cash_over_time(left_minor: int, currency: str, moved: Iterable[Moved]) -> list[int]:
    """What cash had not become sats at the end of each step; `left_minor` is left now."""
    by_step: dict[int, int] = defaultdict(int)
    for one in moved:
        if one.currency == currency:
            by_step[one.step] += one.entered_minor - one.turned_minor
    return _backwards(left_minor, by_step)


def fills_together(currency: str, moved: Sequence[Moved]) -> list[Moved]:
    """The steps in which there were fills."""
    return [one for one in moved if one.currency == currency and one.fills]


def _backwards(value: int, changes: dict[int, int]) -> list[int]:
    values = [0] * STEPS
    for step in reversed(range(STEPS)):
        values[step] = value
        value -= changes.get(step, 0)
    return values
