"""A month of the books: per machine, LP and partner what was there, what came and went, what is there.

What can go wrong: a month whose closing is not the opening of the next, because something that is of an
earlier month was written or changed later. So a closed month is frozen, the next one begins with exactly
its closings, and what has changed of earlier months since is said as such in the open one: `corrected`.
Always `opening + came − went + corrected = closing`.

Everything is taken from the journal (core/journal.py): the closing of a month is its balance of that day.
"""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from .errors import InvalidInput, Refusal, ensure
from .journal import SAT, Entry
from .states import Word

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
#: What one payment was for, taken together: a cash-in's principal and commission have different signs.
_OF_ONE_WIRE = ("Income:Principal", "Income:Commission", "Income:Undispensed", "Liabilities:Customers")
#: What the first month follows.
NO_MONTH = "0" * 64


class MonthNotOver(Refusal):
    """The month {month} is not over yet: close it when it is."""

    code = "month_not_over"
    status = 409


class EarlierMonthOpen(Refusal):
    """The month {earlier} comes before {month} and is still open: close it first."""

    code = "earlier_month_open"
    status = 409


class MonthClosed(Refusal):
    """The month {month} is closed already. What changed since is said in the first open month."""

    code = "month_closed"
    status = 409


class Subject(Word):
    """Who or what a line of a month is about. Closed; in the order of the page."""

    #: the machine's wallet, and the banknotes in it
    MACHINE = "machine"
    #: what is left of an LP's cash, and the sats that it has received
    LP = "lp"
    #: the sats that a partner has received
    PARTNER = "partner"


@dataclass(frozen=True, kw_only=True)
class Month:
    """A calendar month."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Month:
        """A month, written `2026-11`. Raises InvalidInput."""
        if not _MONTH.fullmatch(text) or not "1970" <= text[:4] <= "9000":
            raise InvalidInput(field="month", problem='write the month as "2026-11"')
        return cls(name=text)

    @property
    def first_day(self) -> str:
        return f"{self.name}-01"

    @property
    def last_day(self) -> str:
        year, month = (int(part) for part in self.name.split("-"))
        return date(year, month, monthrange(year, month)[1]).isoformat()

    @property
    def next(self) -> Month:
        year, month = (int(part) for part in self.name.split("-"))
        return Month(name=f"{year + month // 12:04d}-{month % 12 + 1:02d}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What became of one thing of a machine, LP or partner. Sats in millisatoshi, fiat in minor units."""

    subject: Subject
    #: names of machine and LP or partner, as they were
    machine: str
    name: str
    #: tells those of one name apart
    key: str
    #: `SAT` or the currency
    unit: str
    opening: int
    came: int
    went: int
    #: what has changed of closed months since they were closed
    corrected: int
    closing: int


class MonthWalk:
    """Adds up the journal's entries, in any order, for one month."""

    def __init__(self, month: Month, frozen: Mapping[str, Line] | None) -> None:
        """`frozen` are the lines of the month before by their key, where it is closed."""
        self._month = month
        self._frozen = frozen
        self._before: dict[str, int] = defaultdict(int)
        self._came: dict[str, int] = defaultdict(int)
        self._went: dict[str, int] = defaultdict(int)
        self._known: dict[str, tuple[Subject, str, str, str]] = {}

    def take(self, entry: Entry) -> None:
        """Add an entry; what is of later days does not count."""
        if entry.day > self._month.last_day:
            return
        for key, said, came, went in _flows(entry):
            self._known[key] = said
            if entry.day < self._month.first_day:
                self._before[key] += came - went
            else:
                self._came[key] += came
                self._went[key] += went

    def lines(self, names: Mapping[str, str]) -> list[Line]:
        """The month, by subject and name; `names` of segments as people know them."""
        frozen = self._frozen or {}
        found = [self._line(key, frozen, names) for key in {*self._known, *frozen}]
        order = list(Subject)
        moved = [line for line in found if line.opening or line.came or line.went or line.corrected]
        return sorted(
            moved, key=lambda one: (one.machine, order.index(one.subject), one.name, one.unit, one.key)
        )

    def _line(self, key: str, frozen: Mapping[str, Line], names: Mapping[str, str]) -> Line:
        before = frozen.get(key)
        if key in self._known:
            subject, machine, name, unit = self._known[key]
            # A partner is known by its label alone.
            machine, name = names.get(machine, machine), names.get(name, name[:-9])
        else:
            ensure(before is not None, "a line is of this month or of the one before")
            line = before or frozen[key]
            subject, machine, name, unit = line.subject, line.machine, line.name, line.unit
        known = self._before[key]
        opening = known if self._frozen is None else (before.closing if before else 0)
        came, went = self._came[key], self._went[key]
        return Line(
            subject=subject,
            machine=machine,
            name=name,
            key=key,
            unit=unit,
            opening=opening,
            came=came,
            went=went,
            corrected=known - opening,
            closing=known + came - went,
        )


def _flows(entry: Entry) -> Iterator[tuple[str, tuple[Subject, str, str, str], int, int]]:
    """What an entry brings and takes: key, what it is about, came, went."""
    wallets: dict[str, int] = defaultdict(int)
    others: dict[str, int] = defaultdict(int)
    for (account, unit), amount in entry.amounts.items():
        kind, _, rest = account.partition(":")
        group, _, tail = rest.partition(":")
        segments = tail.split(":")
        if unit == SAT and f"{kind}:{group}" == "Assets:Wallet":
            wallets[segments[0]] += amount
        elif unit == SAT:
            if kind == "Income":
                # Of a sale that is paid out to the last sat, nothing stays in the wallet it went through.
                wallets[segments[0]] += 0
            is_wire = f"{kind}:{group}" in _OF_ONE_WIRE
            others["wire" if is_wire else account] += amount
        said = _said(kind, group, segments, unit)
        if said is not None:
            value = -amount if kind == "Liabilities" else amount
            yield (_key(*said), said, max(0, value), max(0, -value))
    # A payment between two machines' wallets comes to one and goes from the other.
    for segment, net in wallets.items():
        went = sum(amount for amount in others.values() if amount > 0) if len(wallets) == 1 else max(0, -net)
        about = (Subject.MACHINE, segment, "", SAT)
        yield (_key(*about), about, net + went, went)


def _said(kind: str, group: str, segments: list[str], unit: str) -> tuple[Subject, str, str, str] | None:
    """What an account is about, if a month has a line for it."""
    if (kind, group) == ("Assets", "Cash"):
        return Subject.MACHINE, segments[0], "", unit
    if (kind, group) in (("Liabilities", "LP"), ("Expenses", "LPs")):
        return Subject.LP, segments[0], segments[1], unit
    if (kind, group) == ("Expenses", "Partners"):
        return Subject.PARTNER, segments[0], segments[1], unit
    return None


def _key(subject: Subject, machine: str, name: str, unit: str) -> str:
    """The same however somebody is renamed: the letters that end a segment are those of its id."""
    return f"{subject}:{machine[-8:]}:{name[-8:]}:{unit}"


def canonical(month: Month, *, time_zone: str, previous: str, lines: list[Line]) -> str:
    """The text that a closed month is kept as, to the byte: JSON, keys sorted, no spaces, in ASCII."""
    content = {
        "version": 1,
        "month": month.name,
        "time_zone": time_zone,
        "previous": previous,
        "lines": [asdict(line) for line in lines],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def read_canonical(text: str) -> list[Line]:
    """The lines of a closed month."""
    return [Line(**{**line, "subject": Subject(line["subject"])}) for line in json.loads(text)["lines"]]


def month_hash(text: str) -> str:
    """The seal of a closed month: SHA-256 over its text, which names the month before by its own."""
    return hashlib.sha256(text.encode()).hexdigest()
