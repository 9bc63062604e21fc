"""Files that are written while they are sent.

What can go wrong: a file that ends in the middle and looks whole. Its first byte leaves long before its
last row is read, so a later failure cannot be an error status any more. So the last line of every file
says `END` and how many rows stand above it; where something went wrong it says `INCOMPLETE` instead, and
where the connection was cut there is no such line at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from loguru import logger

from ..core import spreadsheet

#: The first cell of the last line.
END, INCOMPLETE = "END", "INCOMPLETE"


async def whole_csv(
    name: str, heads: Sequence[str], slices: AsyncIterator[tuple[str, int]]
) -> AsyncIterator[str]:
    """A file with its first line, slices of lines with how many rows each has, and its last line."""
    written = 0
    try:
        yield spreadsheet.BYTE_ORDER_MARK + spreadsheet.line(heads)
        async for lines, rows in slices:
            yield lines
            written += rows
    except Exception as trouble:  # noqa: BLE001 - the outermost loop of a stream: the status is sent already
        logger.exception(f"satmachineadmin: {name}.csv ends early: {trouble!r}")
        yield spreadsheet.line([INCOMPLETE, written, "Something went wrong on the server. Load it again."])
        return
    yield spreadsheet.line([END, written])
