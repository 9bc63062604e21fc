"""Files for an accountant: everything that is an operator's own, line by line, for any range of days.

What can go wrong: a file that ends in the middle and looks whole. Its first byte leaves long before its
last row is read, so a later failure cannot be an error status any more. So the last line of every file
says `END` and how many rows stand above it; where something went wrong it says `INCOMPLETE` instead, and
where the connection was cut there is no such line at all.

No file holds a connection: a slice is read, the connection given back, the lines sent, and so on from
where the slice ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from loguru import logger

from ..core import spreadsheet
from ..core.days import span_of
from ..core.errors import InvalidInput
from ..present.exports import Table
from ..store import exports
from ..store.books import ENGINE, Store
from ..store.exports import Wanted
from ..usecases.permissions import may

#: Rows of a slice: some ten milliseconds of reading, some hundred kilobytes of text.
SLICE = 500
#: The first cell of the last line.
END, INCOMPLETE = "END", "INCOMPLETE"

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


async def csv_lines(store: Store, export: Export, name_of: NameOf) -> AsyncIterator[str]:
    """The file, some hundred lines at a time; `name_of` gives a user a name to show."""
    written = 0
    try:
        yield spreadsheet.BYTE_ORDER_MARK + spreadsheet.line(export.table.heads())
        async for lines, rows in _slices(store, export, name_of):
            yield lines
            written += rows
    except Exception as trouble:  # noqa: BLE001 - the outermost loop of a stream: the status is sent already
        logger.exception(f"satmachineadmin: {export.table.name}.csv ends early: {trouble!r}")
        yield spreadsheet.line([INCOMPLETE, written, "Something went wrong on the server. Load it again."])
        return
    yield spreadsheet.line([END, written])


async def _slices(store: Store, export: Export, name_of: NameOf) -> AsyncIterator[tuple[str, int]]:
    """Lines and how many rows they hold, slice by slice."""
    table, wanted = export.table, export.wanted
    names: dict[str, str] = {ENGINE: ENGINE}
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
        wanted = replace(wanted, after=table.extract.place(rows[-1]))
