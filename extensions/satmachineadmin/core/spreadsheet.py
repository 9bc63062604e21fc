"""CSV that a spreadsheet shows and does not execute.

What can go wrong: a text that somebody else wrote (a note, a machine's name, an error from outside)
begins like a formula, and the accountant's spreadsheet runs it; or a separator, a quote or a line end
inside of a text moves everything behind it into other columns. So text that would be taken for a formula
gets an apostrophe in front (OWASP, "CSV injection") and is otherwise left as it is; numbers are written
as they are; quoting follows RFC 4180.

An apostrophe goes in front of further apostrophes, too, where a formula follows them: who takes the first
one off again has the text as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: What spreadsheets take for the beginning of a formula, in the forms of other keyboards too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")

#: Tells programs for spreadsheets that what follows is UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def harmless(text: str) -> str:
    """The text as a spreadsheet may have it: nothing that it would execute."""
    begins = text.lstrip("' \u00a0\ufeff")
    is_formula = text.startswith(_FORMULA) or begins.startswith(_FORMULA)
    return f"'{text}" if is_formula else text


def line(cells: Iterable[str | int | None]) -> str:
    """One record with its line end. Cells of text have been made harmless; `None` is an empty cell."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(["" if cell is None else cell for cell in cells])
    return written.getvalue()
