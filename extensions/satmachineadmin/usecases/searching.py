"""Which sales are wanted: what was typed, the filters, and days on the operator's clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ..core import searching
from ..core.days import span_of
from ..store import searching as index
from ..store.books import Books
from ..store.lists import Page


@dataclass(frozen=True, kw_only=True)
class Days:
    """From one day to another, both included; None is no bound."""

    since: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A page of an operator's sales, ready to be read."""

    page: Page
    #: so many sales were looked through, where there may be more that match; else None
    searched: int | None


async def wanted_sales(
    books: Books, user_id: str, page: Page, days: Days, hash_of_invoice: Callable[[str], str | None]
) -> Wanted:
    """The page with its days and its search worked out. Raises InvalidInput for days that are none."""
    settings = await books.operators.settings(user_id)
    span = span_of(days.since, days.until, settings["time_zone"])
    own = page.only({"settlement.operator_user_id": user_id})
    own = own.within("settlement.paid_at", span.since, span.until)
    if not page.search:
        return Wanted(page=own, searched=None)
    sought = searching.read(page.search, hash_of_invoice)
    found = await index.settlements(books.sql, user_id, sought, own)
    return Wanted(page=own.among(found.ids), searched=index.MOST if found.is_cut else None)
