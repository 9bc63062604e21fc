"""Finding the rows of a page without reading the others.

What can go wrong: a list that takes the longer the older the books are. So the ids of a page are found first,
over an index that has everything that lists filter and sort by (migrations.py, `LIST_INDEXES`), and only
those rows are read and joined to what else is shown; rows are counted as far as anybody can turn pages;
and a text is looked for in the newest rows, of those that the other filters leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .sql import Row, Sql

#: Deeper pages cost the database a walk over everything before them.
MAX_OFFSET = 10_000
MAX_LIMIT = 200
#: As many as pages can be turned through, and one that says that there are more.
COUNTED = MAX_OFFSET + 1
#: Rows in which a text is looked for, as in a search for sales (searching.py).
SEARCHED = 2_000


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Which rows are wanted, as parts of a statement."""

    #: what is read of each row, and from where
    select: str
    source: str
    #: where its rows are found: the table alone, where that is enough
    found_in: str
    #: where a text is looked for
    searched_in: str
    #: tells rows apart
    identity: str
    conditions: Sequence[str]
    #: the columns that are sorted by, and those of the newest rows first
    order: Sequence[str]
    newest: Sequence[str]
    descending: bool
    #: the columns in which a text is looked for, as one; None where nothing is searched
    words: str | None
    #: that it is the row's whole id or hash, by an index
    exact: str | None


async def read(
    sql: Sql, walk: Walk, values: Mapping[str, object], *, limit: int, offset: int
) -> tuple[list[Row], int]:
    """The rows of a page, and how many there are: COUNTED stands for any number above."""
    ordered = _ordered(walk, walk.order, descending=walk.descending)
    picked = _picked(walk)
    rows = await sql.all(
        f"""
        SELECT {walk.select}
        FROM (SELECT {walk.identity} AS picked {picked} {ordered} LIMIT :limit OFFSET :offset) AS wanted
        CROSS JOIN {walk.source} WHERE {walk.identity} = wanted.picked {ordered}
        """,
        **values,
        limit=limit,
        offset=offset,
    )
    if len(rows) < limit and (rows or not offset):
        return rows, min(offset + len(rows), COUNTED)
    # In the same order: PostgreSQL would read the table instead of the index.
    counted = f"SELECT COUNT(*) FROM (SELECT 1 AS one {picked} {ordered} LIMIT :counted) AS counted"
    return rows, int(await sql.value(counted, **values, counted=COUNTED))


def _picked(walk: Walk) -> str:
    """`FROM … WHERE …` of the rows that are wanted."""
    if walk.words is None:
        return f"FROM {walk.found_in} {_where(walk.conditions)}"
    newest = _ordered(walk, walk.newest, descending=True)
    looked = f"""SELECT {walk.identity} AS looked, {walk.words} AS words
        FROM {walk.searched_in} {_where(walk.conditions)} {newest} LIMIT {SEARCHED}"""
    # Both sides are lowered by the database: it knows other letters than Python does.
    found = f"SELECT looked FROM ({looked}) AS newest WHERE LOWER(words) LIKE LOWER(:search) ESCAPE '!'"
    if walk.exact is not None:
        exactly = _where([*walk.conditions, walk.exact])
        found += f" UNION SELECT {walk.identity} FROM {walk.found_in} {exactly}"
    return f"FROM {walk.found_in} WHERE {walk.identity} IN ({found})"


def containing(text: str) -> str:
    """The pattern of a text with another one in it, for `LIKE … ESCAPE '!'`."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _ordered(walk: Walk, columns: Sequence[str], *, descending: bool) -> str:
    """All in one direction, the identity last, as the indexes have it."""
    direction = "DESC" if descending else "ASC"
    return "ORDER BY " + ", ".join(f"{column} {direction}" for column in (*columns, walk.identity))
