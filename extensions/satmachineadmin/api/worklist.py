"""The worklist: what the program noticed and a person decides."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..host import accounts
from ..present import reconcile as present_reconcile
from ..services import current
from ..store import lists
from ..store.books import ENGINE
from ..store.sql import Row
from ..usecases.once import once
from ..usecases.worklist import accept_matter, check_matter, deny_matter, read_matter
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import IdFilter, Reasoned, identifier, page_of

router = APIRouter(prefix="/worklist", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.MATTERS))]


@router.get("")
async def list_matters(
    user: CurrentUser, page: Wanted, machine_id: IdFilter = None, is_open: bool | None = Query(None)
) -> dict[str, Any]:
    equals = {
        "matter.operator_user_id": user.user_id,
        "matter.machine_id": machine_id,
        "(matter.closed_at IS NULL)": is_open,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.MATTERS, page.only(equals))
    names = await _names(rows)
    return {"data": [present_reconcile.matter(row, names) for row in rows], "total": total}


@router.post("/{matter_id}/check")
async def post_check(user: CurrentUser, matter_id: str) -> dict[str, Any]:
    services = current()
    row = await check_matter(services.store, services.host, user.user_id, identifier(matter_id, "matter"))
    services.runner.wake()
    return present_reconcile.matter(row, await _names([row]))


@router.post("/{matter_id}/accept")
async def post_accept(user: ActingUser, matter_id: str, body: Reasoned) -> dict[str, Any]:
    services, one = current(), identifier(matter_id, "matter")
    await once(accept_matter(services.store, services.host, user.user_id, one, body.reason))
    services.runner.wake()
    return await _as_it_is(user.user_id, one)


@router.post("/{matter_id}/deny")
async def post_deny(user: ActingUser, matter_id: str, body: Reasoned) -> dict[str, Any]:
    one = identifier(matter_id, "matter")
    await once(deny_matter(current().store, user.user_id, one, body.reason))
    return await _as_it_is(user.user_id, one)


async def _as_it_is(user_id: str, matter_id: str) -> dict[str, Any]:
    row = await read_matter(current().store, user_id, matter_id)
    return present_reconcile.matter(row, await _names([row]))


async def _names(rows: list[Row]) -> dict[str, str]:
    """A name for everybody who closed one: user ids are passwords in some LNbits and are never shown."""
    people = {row["closed_by"] for row in rows} - {None, ENGINE}
    return {person: await accounts.user_name(person) for person in people}
