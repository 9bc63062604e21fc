"""Reports: everything as CSV, and the books as a journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from ..core.days import UTC, span_of
from ..core.journal_text import FORMATS, Format
from ..host import accounts
from ..present.exports import SALES, TABLES, Table
from ..services import current
from ..store import lists
from ..usecases.journal import journal_text
from .auth import CurrentUser
from .downloads import csv_lines, open_export
from .errors import TranslatingRoute
from .sale_filters import LONGEST_SEARCH, DayFilter, WantedSales, day
from .schemas import IdFilter, searchable

router = APIRouter(prefix="/reports", route_class=TranslatingRoute)
Endpoint = Callable[..., Awaitable[StreamingResponse]]


def _csv_of(table: Table) -> Endpoint:
    """The route of one list."""

    async def get_csv(
        user: CurrentUser, since: DayFilter = None, until: DayFilter = None, machine_id: IdFilter = None
    ) -> StreamingResponse:
        store = current().store
        first, last = day("since", since), day("until", until)
        export = await open_export(store, user.user_id, table, since=first, until=last, machine_id=machine_id)
        lines = csv_lines(store, export, accounts.user_name)
        return download(lines, "text/csv; charset=utf-8", file_name(table.name, first, last, "csv"))

    return get_csv


async def _get_sales_csv(
    user: CurrentUser,
    sales: WantedSales,
    search: Annotated[str | None, Query(max_length=LONGEST_SEARCH)] = None,
) -> StreamingResponse:
    """The same file, narrowed down as the list of sales on the page can be."""
    store = current().store
    days = {"since": sales.days.since, "until": sales.days.until}
    export = await open_export(store, user.user_id, SALES, machine_id=sales.machine_id, **days)
    async with store.reading() as books:
        wanted = await sales.of(books, user.user_id, lists.Page(search=searchable(search)))
    chosen = replace(export, wanted=replace(export.wanted, only=wanted.page))
    lines = csv_lines(store, chosen, accounts.user_name)
    name = file_name(SALES.name, sales.days.since, sales.days.until, "csv")
    return download(lines, "text/csv; charset=utf-8", name)


for _table in TABLES:
    router.add_api_route(
        f"/{_table.name}.csv",
        _get_sales_csv if _table is SALES else _csv_of(_table),
        methods=["GET"],
        name=f"get_{_table.name}_csv",
        response_class=StreamingResponse,
    )


def _journal_as(form: Format) -> Endpoint:
    """The route of one kind of journal."""

    async def get_journal(
        user: CurrentUser, since: DayFilter = None, until: DayFilter = None
    ) -> StreamingResponse:
        services = current()
        first, last = day("since", since), day("until", until)
        span_of(first, last, UTC)
        text = journal_text(services.store, services.host, user.user_id, form, since=first, until=last)
        return download(text, "text/plain; charset=utf-8", file_name("books", first, last, form.suffix))

    return get_journal


for _name, _form in FORMATS.items():
    router.add_api_route(
        f"/journal.{_name}",
        _journal_as(_form),
        methods=["GET"],
        name=f"get_{_name}_journal",
        response_class=StreamingResponse,
    )


def file_name(what: str, since: date | None, until: date | None, suffix: str) -> str:
    """A name that says what is in it; of ASCII letters, digits and dashes."""
    days = [f"from-{since}" if since else "", f"until-{until}" if until else ""]
    return "-".join(["satoshi-machine", what, *filter(None, days)]) + f".{suffix}"


def download(texts: AsyncIterator[str], media_type: str, name: str) -> StreamingResponse:
    """A file that is written while it is sent. Text that is no valid Unicode is sent escaped."""

    async def encoded() -> AsyncIterator[bytes]:
        async for text in texts:
            yield text.encode(errors="backslashreplace")

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(encoded(), media_type=media_type, headers=headers)
