"""LPs at the operator's machines: their enrolments."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from .. import present
from ..core.states import EnrolmentStatus
from ..services import current
from ..store import lists
from ..store.sql import Row
from ..usecases.enrolments import change_enrolment, invite_lp
from ..usecases.once import once
from ..usecases.permissions import may
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import ClientChanged, ClientInvited, IdFilter, identifier, page_of

router = APIRouter(prefix="/clients", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.CLIENTS))]


@router.get("")
async def list_clients(
    user: CurrentUser,
    page: Wanted,
    machine_id: IdFilter = None,
    status: EnrolmentStatus | None = Query(None),
) -> dict[str, Any]:
    equals = {
        "client.operator_user_id": user.user_id,
        "client.machine_id": machine_id,
        "client.status": status,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.CLIENTS, page.only(equals))
    return {"data": [present.client(row) for row in rows], "total": total}


@router.post("", status_code=201)
async def post_client(user: ActingUser, body: ClientInvited) -> dict[str, Any]:
    enrolment_id = await once(
        invite_lp(
            current().store,
            user.user_id,
            identifier(body.machine_id, "machine"),
            body.username,
            body.display_name,
        )
    )
    return present.client(await _one(user.user_id, enrolment_id))


@router.get("/{client_id}")
async def get_client(user: CurrentUser, client_id: str) -> dict[str, Any]:
    return present.client(await _one(user.user_id, identifier(client_id, "LP")))


@router.put("/{client_id}")
async def put_client(user: ActingUser, client_id: str, body: ClientChanged) -> dict[str, Any]:
    await once(
        change_enrolment(
            current().store,
            user.user_id,
            identifier(client_id, "LP"),
            username=body.username,
            status=body.status,
        )
    )
    return present.client(await _one(user.user_id, client_id))


@router.get("/{client_id}/balance")
async def get_balance(user: CurrentUser, client_id: str) -> dict[str, Any]:
    return present.balance(await _one(user.user_id, identifier(client_id, "LP")))


async def _one(user_id: str, client_id: str) -> Row:
    async with current().store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.CLIENTS, lists.Page(equals={"client.id": client_id}))
    return may(user_id, "read", rows[0] if rows else None, "LP")
