"""Lists come in the same order from both databases, and page after page without a gap."""

from __future__ import annotations

import pytest

from satmachineadmin.store import lists
from satmachineadmin.store.books import Store

from .books import OPERATOR, add_machine

pytestmark = pytest.mark.anyio


async def machines(store: Store, **wishes: object) -> list[str]:
    page = lists.Page(equals={"machine.operator_user_id": OPERATOR}, **wishes)  # type: ignore[arg-type]
    async with store.reading() as books:
        rows, total = await lists.page(books.sql, lists.MACHINES, page)
    assert total == 3
    return [str(row["id"]) for row in rows]


async def test_what_never_happened_sorts_before_everything(store: Store) -> None:
    never, early, late = [await add_machine(store, f"wallet{number}") for number in range(3)]
    async with store.transaction("test") as books:
        await books.machines.count_sale(late, 2000)
        await books.machines.count_sale(early, 1000)

    assert await machines(store, sort_by="last_sale_at") == [late, early, never]
    assert await machines(store, sort_by="last_sale_at", descending=False) == [never, early, late]


async def test_rows_that_sort_alike_are_on_one_page_each(store: Store) -> None:
    """All three were added in the same second, under one name."""
    added = [await add_machine(store, f"wallet{number}") for number in range(3)]
    for sort_by in lists.MACHINES.sorts:
        pages = [await machines(store, sort_by=sort_by, limit=1, offset=number) for number in range(3)]
        assert [row for page in pages for row in page] == sorted(added)
