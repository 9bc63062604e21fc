"""An LP's statement of a month: the text that its hash is over, and what has changed of it since.

The text is one line for each thing, a JSON object each, so that it can be copied, kept, and compared
line by line: docs/reference/statement.md. What stands on the page is read from the same lines.

What can go wrong: two statements of the same books that differ in a space or in an order. So keys are
sorted, there are no spaces, letters outside of ASCII are escaped, and events stand in the order of time
and id. What a copy does to line ends and blanks at their ends is undone before anything is compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import Refusal, StatementUnreadable
from .months import Month
from .states import Word

VERSION = 1
#: An LP's whole month is some hundred lines.
MOST_LETTERS = 1_000_000
_HEAD, _END = "statement", "end"

Line = Mapping[str, Any]


class Verdict(Word):
    """What became of a statement. Closed."""

    #: the books say the same
    UNCHANGED = "unchanged"
    #: some lines are others by now, or there are more or fewer
    CHANGED = "changed"
    #: it is the statement of another LP
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A line as the statement has it and as the books have it; None where one of them has none."""

    before: Line | None
    after: Line | None


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """A statement that somebody brings."""

    lp_ref: str
    month: Month
    time_zone: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return written(self.lines)


def written(lines: Sequence[Line]) -> str:
    """The canonical text, to the byte; every line ends with a line feed."""
    return "".join(f"{json.dumps(line, sort_keys=True, separators=(',', ':'))}\n" for line in lines)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def head(*, lp_ref: str, month: Month, time_zone: str, since: str, until: str) -> Line:
    """The first line."""
    return {
        "line": _HEAD,
        "version": VERSION,
        "lp": lp_ref,
        "month": month.name,
        "time_zone": time_zone,
        "since": since,
        "until": until,
    }


def closed(lines: Sequence[Line]) -> list[Line]:
    """The lines with the last one, by which one sees that none is missing."""
    return [*lines, {"line": _END, "rows": len(lines)}]


def read(text: str) -> Pasted:
    """A statement from its text. Raises StatementUnreadable."""
    rows = [row.strip() for row in text.strip("\ufeff \r\n\t").splitlines()]
    lines = tuple(_line(number, row) for number, row in enumerate(filter(None, rows), start=1))
    if not lines or lines[0].get("line") != _HEAD:
        raise StatementUnreadable(problem="its first line is missing")
    if lines[0].get("version") != VERSION:
        raise StatementUnreadable(problem="it is of a version that is not known here")
    if lines[-1].get("line") != _END:
        raise StatementUnreadable(problem="its last line is missing")
    first = lines[0]
    try:
        month = Month.parse(str(first.get("month")))
    except Refusal:
        raise StatementUnreadable(problem="it names no month") from None
    return Pasted(
        lp_ref=str(first.get("lp")), month=month, time_zone=str(first.get("time_zone")), lines=lines
    )


def _line(number: int, row: str) -> Line:
    try:
        found = json.loads(row, parse_float=str, parse_constant=str)
        # A half of a character could be read, but stands in no answer.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("line"), str):
        raise StatementUnreadable(problem=f"line {number} is none of a statement")
    return found


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """What two statements of one month do not have in common, in the order of the newer one."""
    old = {_identity(line, index): line for index, line in enumerate(before)}
    new = {_identity(line, index): line for index, line in enumerate(after)}
    found = [Change(before=old.get(key), after=line) for key, line in new.items() if old.get(key) != line]
    gone = [Change(before=line, after=None) for key, line in old.items() if key not in new]
    # How many lines there are says nothing that the lines themselves do not.
    told = [one for one in (*found, *gone) if (one.after or one.before or {}).get("line") != _END]
    return told or [*found, *gone]


def _identity(line: Line, index: int) -> tuple[str, str]:
    """What tells a line from the others of its kind; one line of a kind has none."""
    kind = str(line["line"])
    if kind in (_HEAD, _END):
        return kind, ""
    return kind, str(line.get("id", line.get("key", index)))
