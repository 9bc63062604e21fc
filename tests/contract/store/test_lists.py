"""Lists come in the same order from both databases, and page after page without a gap."""

from __future__ import annotations

import pytest

from satmachineadmin.store import lists, paging
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
        assert [row for page in pages for row in page] == sorted(added, reverse=True)


async def test_what_nobody_can_turn_pages_to_is_not_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await add_machine(store, f"wallet{number}")
    monkeypatch.setattr(paging, "COUNTED", 2)
    for limit, offset in ((1, 0), (1, 2), (3, 0), (25, 0)):
        async with store.reading() as books:
            _rows, total = await lists.page(books.sql, lists.MACHINES, lists.Page(limit=limit, offset=offset))
        assert total == 2, "which stands for more than one"


async def test_a_text_is_found_in_the_newest_rows_and_a_whole_id_in_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long search in old books is none at all: what was looked through is told by the reference."""
    async with store.transaction("test") as books:
        for number in range(4):
            books.audit.record("thing.did", "thing", f"thing-{number}", operator_user_id="otto")
    monkeypatch.setattr(paging, "SEARCHED", 2)

    async def found(text: str, operator: str = "otto") -> list[str]:
        async with store.reading() as books:
            page = lists.Page(search=text, equals={"event.operator_user_id": operator})
            rows, total = await lists.page(books.sql, lists.EVENTS, page)
        assert total == len(rows)
        return [str(row["subject_id"]) for row in rows]

    assert await found("HING-") == ["thing-3", "thing-2"]
    assert await found("thing-0") == ["thing-0"]
    assert await found("thing-_") == [], "an underscore is an underscore"
    assert await found("thing-0", operator="olga") == []
