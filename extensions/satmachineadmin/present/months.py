"""Months as JSON and CSV: amounts as decimal strings, sats with three decimals only where they have any."""

from __future__ import annotations

from typing import Any

from ..core import spreadsheet
from ..core.journal_text import number_text
from ..core.months import Line, Month
from ..usecases.months import Months, Statement
from . import iso

_AMOUNTS = ("opening", "came", "went", "corrected", "closing")
_HEADS = ("month", "subject", "machine", "name", "unit", *_AMOUNTS)


def months(known: Months) -> list[dict[str, Any]]:
    """All months, the newest first."""
    return [
        {
            "month": month.name,
            "is_over": month.last_day < known.today,
            "can_close": month == known.to_close,
            "closed_at": iso(known.closed[month.name]["closed_at"]) if month.name in known.closed else None,
        }
        for month in known.months
    ]


def statement(found: Statement) -> dict[str, Any]:
    """One month with its figures."""
    return {
        "month": found.month.name,
        "since": found.month.first_day,
        "until": found.month.last_day,
        "time_zone": found.time_zone,
        "closed_at": iso(found.closed_at),
        "hash": found.hash,
        "previous": found.previous,
        "lines": [_line(line) for line in found.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    plain = {"subject": line.subject, "machine": line.machine, "name": line.name, "unit": line.unit}
    return {**plain, **{name: number_text(getattr(line, name), line.unit) for name in _AMOUNTS}}


def csv_text(found: Statement) -> str:
    """A month as a file, with its hash and, as in every file, a last line that says that it is whole."""
    records = [spreadsheet.line(_HEADS), *(_record(found.month, line) for line in found.lines)]
    if found.hash is not None:
        records.append(spreadsheet.line(["HASH", found.hash]))
    end = spreadsheet.line(["END", len(found.lines)])
    return spreadsheet.BYTE_ORDER_MARK + "".join([*records, end])


def _record(month: Month, line: Line) -> str:
    said = [line.subject, spreadsheet.harmless(line.machine), spreadsheet.harmless(line.name), line.unit]
    return spreadsheet.line(
        [month.name, *said, *(number_text(getattr(line, name), line.unit) for name in _AMOUNTS)]
    )
