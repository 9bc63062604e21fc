"""What a list of sales can be narrowed down to: the same on the page and in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from ..core.days import parse_day
from ..core.states import SettlementMark, SettlementState, TxType
from ..host.lightning import hash_of_invoice
from ..store.books import Books
from ..store.lists import Page
from ..usecases.searching import Days, Wanted, wanted_sales
from .schemas import IdFilter

#: An invoice with a long description has some 1 500 letters.
LONGEST_SEARCH = 2_000
DayFilter = Annotated[str | None, Query(max_length=10)]


@dataclass(frozen=True, kw_only=True)
class SaleFilters:
    """Everything but what is searched for."""

    machine_id: str | None
    equals: Mapping[str, object]
    mark: SettlementMark | None
    days: Days

    async def of(self, books: Books, user_id: str, page: Page) -> Wanted:
        """The sales of a user on a page of a list. Raises InvalidInput."""
        narrowed = page.only(self.equals).marked(self.mark)
        return await wanted_sales(books, user_id, narrowed, self.days, hash_of_invoice)


def day(field: str, text: str | None) -> date | None:
    """A calendar day of a query. Raises InvalidInput."""
    return None if text is None else parse_day(field, text)


def _sale_filters(
    machine_id: IdFilter = None,
    state: SettlementState | None = Query(None),
    tx_type: TxType | None = Query(None),
    mark: SettlementMark | None = Query(None),
    since: DayFilter = None,
    until: DayFilter = None,
) -> SaleFilters:
    return SaleFilters(
        machine_id=machine_id,
        equals={
            "settlement.machine_id": machine_id,
            "settlement.state": state,
            "settlement.tx_type": tx_type,
        },
        mark=mark,
        days=Days(since=day("since", since), until=day("until", until)),
    )


WantedSales = Annotated[SaleFilters, Depends(_sale_filters)]
