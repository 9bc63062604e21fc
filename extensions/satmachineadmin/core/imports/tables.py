"""CSV as spreadsheets write it, read into records: a name for each cell, and where it stands.

What can go wrong: a column that means something else than we think, a line that is shifted by a stray
separator, a file so large that reading it holds up everybody. So every column has to be known, a line has
no more cells than the header, and files, rows and cells are bounded. A file that cannot be read as a whole
is left out as a whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..states import Word

MOST_FILES = 8
#: Rows of all files together: they are written in one transaction.
MOST_ROWS = 500
LONGEST_CELL = 2000
_SEPARATORS = ",;\t"


class ImportKind(Word):
    """What a file brings. Closed."""

    MACHINES = "machines"
    LPS = "lps"
    OPENING_BALANCES = "opening_balances"
    SPLITS = "splits"


#: The columns of each kind, and whether a file of it must have them.
COLUMNS: Mapping[ImportKind, Mapping[str, bool]] = {
    ImportKind.MACHINES: {
        "machine": True,
        "wallet": True,
        "currency": True,
        "location": False,
        "npub": False,
        "cash_out_fee_pct": False,
        "cash_in_fee_pct": False,
        "reference_rate": False,
        "rate_tolerance_pct": False,
        "fallback_commission_pct": False,
        "payout_policy": False,
        "payout_delay_minutes": False,
        "dispense_report_minutes": False,
    },
    ImportKind.LPS: {"machine": True, "lp": True, "username": False},
    ImportKind.OPENING_BALANCES: {
        "machine": True,
        "lp": True,
        "amount": True,
        "cash_date": False,
        "notes": False,
    },
    ImportKind.SPLITS: {"machine": True, "target": True, "share_pct": True, "label": False},
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands: a row is named by the line that it begins at."""

    file: str
    line: int
    kind: ImportKind | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row: the text of its cells by the names of their columns, trimmed; what is not there is empty."""

    place: Place
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a row, or with a whole file at its first line."""

    place: Place
    #: None where it is about the row as a whole
    column: str | None
    sentence: str


def read_files(files: Sequence[tuple[str, str]]) -> tuple[list[Record], list[Fault]]:
    """The rows of files (name, text), in the order in which they build on each other."""
    records: list[Record] = []
    faults: list[Fault] = []
    for name, text in files:
        found, wrong = _read_file(name, text)
        records += found
        faults += wrong
    if len(records) > MOST_ROWS:
        place = Place(file=files[0][0], line=1)
        sentence = f"These files have {len(records)} rows; {MOST_ROWS} are read at once. Split them."
        return [], [Fault(place=place, column=None, sentence=sentence)]
    in_order = list(ImportKind)
    records.sort(key=lambda record: in_order.index(_kind(record)))
    return records, faults


def _kind(record: Record) -> ImportKind:
    return record.place.kind or ImportKind.MACHINES


def _read_file(name: str, text: str) -> tuple[list[Record], list[Fault]]:
    text = text.removeprefix("\ufeff")
    try:
        lines = _lines(text)
    except csv.Error as problem:
        return [], [_of_file(name, f"It is no CSV that can be read: {problem}.")]
    if not lines:
        return [], [_of_file(name, "It is empty.")]
    (first_line, header), *rows = lines
    columns = [cell.strip().lower().replace(" ", "_") for cell in header]
    kind = _recognise(columns)
    if kind is None:
        kinds = "; ".join(f"{one}: {', '.join(_needed(one))}" for one in ImportKind)
        return [], [_of_file(name, f"Its first line names no columns that we know. Needed are, for {kinds}.")]
    wrong = _wrong_header(kind, columns)
    if wrong is not None:
        place = Place(file=name, line=first_line, kind=kind)
        return [], [Fault(place=place, column=wrong[0], sentence=wrong[1])]
    records: list[Record] = []
    faults: list[Fault] = []
    for line, cells in rows:
        place = Place(file=name, line=line, kind=kind)
        cells = [cell.strip().replace("\r\n", "\n") for cell in cells]
        fault = _wrong_cells(place, columns, cells)
        if fault is not None:
            faults.append(fault)
            continue
        named = dict.fromkeys(COLUMNS[kind], "")
        named.update(zip(columns, cells, strict=False))
        records.append(Record(place=place, cells=named))
    return records, faults


def _of_file(name: str, sentence: str) -> Fault:
    return Fault(place=Place(file=name, line=1), column=None, sentence=sentence)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Each row that is not empty, with the line that it begins at. Raises csv.Error."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            lines.append((begins, cells))
        begins = reader.line_num + 1
    return lines


def _needed(kind: ImportKind) -> list[str]:
    return [column for column, is_needed in COLUMNS[kind].items() if is_needed]


def _recognise(columns: Sequence[str]) -> ImportKind | None:
    """The kind whose needed columns are all there; the more it needs, the surer it is."""
    kinds = sorted(ImportKind, key=lambda kind: -len(_needed(kind)))
    return next((kind for kind in kinds if set(_needed(kind)) <= set(columns)), None)


def _wrong_header(kind: ImportKind, columns: Sequence[str]) -> tuple[str, str] | None:
    for column in columns:
        if column not in COLUMNS[kind]:
            known = ", ".join(COLUMNS[kind])
            shown = column[:40] or "without a name"
            return shown, f"There is no such column for {kind.replace('_', ' ')}; known are {known}."
        if columns.count(column) > 1:
            return column, "This column is there twice."
    return None


def _wrong_cells(place: Place, columns: Sequence[str], cells: Sequence[str]) -> Fault | None:
    if any(cells[len(columns) :]):
        sentence = f"It has {len(cells)} cells, the first line names {len(columns)} columns."
        return Fault(place=place, column=None, sentence=sentence)
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > LONGEST_CELL:
            return Fault(place=place, column=column, sentence=f"It is longer than {LONGEST_CELL} characters.")
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in cell.replace("\n", "")):
            return Fault(place=place, column=column, sentence="It holds control characters.")
    return None
