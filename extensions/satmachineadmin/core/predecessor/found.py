"""Everything that a predecessor's database holds, read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import records
from .columns import (
    COLUMNS,
    DEPOSITS,
    ENROLMENTS,
    LEGS,
    MACHINES,
    PLATFORM,
    PREFERENCES,
    SALES,
    SPLITS,
    Cells,
    RawRow,
    cells_of,
    check_columns,
)
from .records import NotReadable, Unread
from .shares import OldSplit, read_splits

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found:
    """The rows by what they mean, in the order of their ids; and those that mean nothing."""

    #: where it was found: a schema, or a file's name
    where: str
    machines: Sequence[records.OldMachine]
    enrolments: Sequence[records.OldEnrolment]
    #: one for each user: the latest
    choices: Sequence[records.OldChoices]
    deposits: Sequence[records.OldDeposit]
    splits: Sequence[OldSplit]
    sales: Sequence[records.OldSale]
    legs: Sequence[records.OldLeg]
    unread: Sequence[Unread]
    #: table → its rows, of every table of that line's, also of those that are only counted
    counts: Mapping[str, int]
    #: every row as it is: (table, id) → its columns
    raw: Mapping[tuple[str, str], RawRow]
    #: what the platform had set, as text; it is shown and not taken over
    platform_fee: str
    #: changes with any row
    digest: str


def read(where: str, tables: Mapping[str, Sequence[RawRow]], columns: Mapping[str, Sequence[str]]) -> Found:
    """`tables` are the rows of all tables by name, `columns` their columns.

    Raises PredecessorUnreadable where a table lacks a column without which it says nothing.
    """
    known = [table for table in COLUMNS if table in columns]
    for table in known:
        check_columns(table, columns[table])
    raw = {(table, Cells(table, row).id): row for table in known for row in tables[table]}
    unread: list[Unread] = []

    def each(table: str, reads: Callable[[Cells], T]) -> list[T]:
        return list(_each(tables, table, reads, unread))

    machines = each(MACHINES, records.machine)
    splits = read_splits(list(cells_of(tables, SPLITS)), unread)
    [*platform] = cells_of(tables, PLATFORM)
    return Found(
        where=where,
        machines=machines,
        enrolments=each(ENROLMENTS, records.enrolment),
        choices=_latest_choices(tables),
        deposits=each(DEPOSITS, records.deposit),
        splits=splits,
        sales=each(SALES, records.sale),
        legs=each(LEGS, records.leg),
        unread=tuple(unread),
        counts={table: len(rows) for table, rows in sorted(tables.items())},
        raw=raw,
        platform_fee=next(map(_platform_fee, platform), ""),
        digest=_digest(where, raw),
    )


def _each(
    tables: Mapping[str, Sequence[RawRow]], table: str, reads: Callable[[Cells], T], unread: list[Unread]
) -> Iterable[T]:
    for cells in sorted(cells_of(tables, table), key=lambda cells: cells.id):
        try:
            yield reads(cells)
        except NotReadable as problem:
            unread.append(Unread(table=table, row_id=cells.id, problem=str(problem)))


def _latest_choices(tables: Mapping[str, Sequence[RawRow]]) -> list[records.OldChoices]:
    """A row of `dca_lp` is a user's; before there was that table, the latest of the user's enrolments."""
    latest: dict[str, tuple[tuple[bool, int, str], records.OldChoices]] = {}
    for table in (ENROLMENTS, PREFERENCES):
        for cells in cells_of(tables, table):
            chosen = records.choices(cells)
            if chosen is None:
                continue
            rank = (table == PREFERENCES, cells.time("updated_at", "created_at") or 0, cells.id)
            if chosen.user_id not in latest or latest[chosen.user_id][0] < rank:
                latest[chosen.user_id] = rank, chosen
    return [chosen for _user, (_rank, chosen) in sorted(latest.items())]


def _platform_fee(cells: Cells) -> str:
    """As a person reads it; in percent where the column says that it is a fraction."""
    fee = cells.number("fee")
    if fee is None or "super_fee_fraction" not in cells.row:
        return cells.text("fee")
    return f"{records.percent_of(fee)} %"


def _digest(where: str, raw: Mapping[tuple[str, str], RawRow]) -> str:
    rows = [[table, row_id, records.raw_json(row)] for (table, row_id), row in sorted(raw.items())]
    return hashlib.sha256(json.dumps([where, rows], sort_keys=True).encode()).hexdigest()
