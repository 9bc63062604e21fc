"""Files for an accountant: everything that is an operator's own, line by line, for any range of days.

No file holds a connection: a slice is read, the connection given back, the lines sent, and so on from
where the slice ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from ..core import spreadsheet
from ..core.days import span_of
from ..core.errors import InvalidInput
from ..present.exports import Table
from ..store import exports
from ..store.books import ENGINE, Store
from ..store.exports import Wanted
from ..usecases.cash_out import MACHINE
from ..usecases.files import whole_csv
from ..usecases.permissions import may

#: Rows of a slice: some ten milliseconds of reading, some hundred kilobytes of text.
SLICE = 500

NameOf = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file that can be written: everything that may be refused has been looked at."""

    table: Table
    wanted: Wanted
    time_zone: str


async def open_export(
    store: Store,
    user_id: str,
    table: Table,
    *,
    since: date | None,
    until: date | None,
    machine_id: str | None,
) -> Export:
    """What a file is about. Raises InvalidInput, and NotFound for a machine that is not there."""
    for field, value in (("since", since), ("until", until)):
        if value is not None and not table.has_range:
            raise InvalidInput(field=field, problem="this report is what stands now, whatever the day")
    if machine_id is not None and table.extract.machine is None:
        raise InvalidInput(field="machine_id", problem="this report is of all machines")
    async with store.reading() as books:
        if machine_id is not None:
            may(user_id, "read", await books.machines.row(machine_id), "machine")
        settings = await books.operators.settings(user_id)
    span = span_of(since, until, settings["time_zone"])
    wanted = Wanted(owner_id=user_id, machine_id=machine_id, since=span.since, until=span.until)
    return Export(table=table, wanted=wanted, time_zone=span.time_zone)


def csv_lines(store: Store, export: Export, name_of: NameOf) -> AsyncIterator[str]:
    """The file, some hundred lines at a time; `name_of` gives a user a name to show."""
    return whole_csv(export.table.name, export.table.heads(), _slices(store, export, name_of))


async def _slices(store: Store, export: Export, name_of: NameOf) -> AsyncIterator[tuple[str, int]]:
    """Lines and how many rows they hold, slice by slice."""
    table, wanted = export.table, export.wanted
    names: dict[str, str] = {ENGINE: ENGINE, MACHINE: MACHINE}
    while True:
        async with store.reading() as books:
            rows = await exports.read(books.sql, table.extract, wanted, SLICE)
        people = {str(row[column]) for row in rows for column in table.people if row[column]}
        for person in people - set(names):
            names[person] = await name_of(person)
        lines = (spreadsheet.line(table.cells(row, names, export.time_zone)) for row in rows)
        yield "".join(lines), len(rows)
        if len(rows) < SLICE:
            return
        wanted = exports.behind(wanted, table.extract, rows[-1])
