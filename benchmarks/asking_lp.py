"""What an LP asks of full books: every list with its filters and pages, figures, charts and statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.harness.shop import LP

from .asking import DEEPEST, LONGEST, Asker, Filters, Question

#: Every answer of this LP begins with it, so that `--only LP:` asks for nothing else.
PREFIX = "LP: "
_PERIODS = ("week", "month", "quarter", "year", "all")


@dataclass(frozen=True, kw_only=True)
class KnownLp:
    """What is asked for by its id, a day in the middle of the books, and the newest month that is over."""

    enrolment_ids: Sequence[str]
    hash_of_a_fill: str
    hash_of_a_forward: str
    one_day: str
    month: str
    #: the statement of that month
    text: str

    @property
    def days(self) -> list[Filters]:
        """One day, half of the books, and all of one month."""
        return [
            {"since": self.one_day, "until": self.one_day},
            {"since": self.one_day},
            {"until": self.one_day},
            {"since": f"{self.month}-01", "until": f"{self.month}-28"},
            {"until": "2001-01-01"},
        ]


def questions(known: KnownLp) -> list[Question]:
    """Everything that an LP's pages ask for."""
    plain = ("preferences", "enrolments", "summary", "positions", "statements")
    return [
        *[_question(name) for name in plain],
        _question("preferences/history", _paged({}, deepest=200)),
        _question("chart", [{"period": period} for period in _PERIODS]),
        _cash(known),
        _transactions(known),
        _question("statement", [{"month": known.month}]),
        _question("statement/check", body={"text": known.text}),
    ]


def _question(name: str, ways: Sequence[Filters] = ({},), *, body: Filters | None = None) -> Question:
    return Question(name=PREFIX + name, path=f"{LP}/{name}", filters=ways, asker=Asker.LP, body=body)


def _paged(filters: Filters, deepest: int = DEEPEST) -> list[Filters]:
    """First page, deepest page, longest page."""
    pages: list[Filters] = [{}, {"limit": LONGEST}, {"offset": deepest}]
    return [{**filters, **page} for page in [*pages, {"offset": deepest, "limit": LONGEST}]]


def _cash(known: KnownLp) -> Question:
    places = [{"enrolment_id": one} for one in known.enrolment_ids]
    kinds = [{"kind": kind} for kind in ("deposit", "correction", "cash_returned", "moved")]
    states = [{"status": status} for status in ("pending", "confirmed", "disputed", "cancelled")]
    mixed = [{**places[0], **kinds[0], **states[1], **known.days[0]}]
    filters = [{}, *places, *kinds, *states, *known.days, *mixed]
    return _question("cash", [way for one in filters for way in _paged(one, deepest=300)])


def _transactions(known: KnownLp) -> Question:
    places = [{"enrolment_id": one} for one in known.enrolment_ids]
    kinds = [{"leg_type": kind} for kind in ("dca", "settlement", "autoforward")]
    words = ("pending", "paying", "completed", "failed", "unresolved", "voided", "skipped")
    states = [{"state": word} for word in words]
    mixed = [
        {**places[0], **kind, **state} for kind in kinds for state in ({"state": "completed"}, states[3])
    ]
    of_days = [{**day, **kind} for day in known.days for kind in kinds]
    filters = [{}, *places, *kinds, *states, *known.days, *mixed, *of_days]
    found = [{"search": one} for one in (known.hash_of_a_fill, known.hash_of_a_forward, "0" * 64)]
    return _question("transactions", [*[way for one in filters for way in _paged(one)], *found])
