"""LPs at the operator's machines: their enrolments, and the links by which they are invited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.states import EnrolmentStatus
from ..host.links import invitation_url
from ..present import cash as present
from ..services import current
from ..store import lists
from ..store.books import Books
from ..store.invitations import new_token
from ..store.lp_figures import figures
from ..store.sql import Row
from ..usecases.enrolments import change_enrolment, invite_lp, renew_invitation
from ..usecases.once import once
from ..usecases.permissions import may
from .acting import ActingUser
from .auth import CurrentUser
from .cash_schemas import ClientChanged, ClientInvited
from .errors import TranslatingRoute
from .schemas import IdFilter, identifier, page_of

router = APIRouter(prefix="/clients", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.CLIENTS))]


@router.get("")
async def list_clients(
    user: CurrentUser,
    page: Wanted,
    machine_id: IdFilter = None,
    status: EnrolmentStatus | None = Query(None),
    is_ended: bool | None = Query(None),
) -> dict[str, Any]:
    equals = {
        "client.operator_user_id": user.user_id,
        "client.machine_id": machine_id,
        "client.status": status,
        "(client.status = 'ended')": is_ended,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.CLIENTS, page.only(equals))
        return {"data": await _shown(books, rows), "total": total}


@router.post("", status_code=201)
async def post_client(user: ActingUser, body: ClientInvited) -> dict[str, Any]:
    token = new_token()
    enrolment_id = await once(
        invite_lp(
            current().store,
            user.user_id,
            identifier(body.machine_id, "machine"),
            body.username,
            body.display_name,
            token,
        )
    )
    return await _with_link(user.user_id, enrolment_id, token)


@router.post("/{client_id}/invitation", status_code=201)
async def post_invitation(user: ActingUser, client_id: str) -> dict[str, Any]:
    token = new_token()
    await once(renew_invitation(current().store, user.user_id, identifier(client_id, "LP"), token))
    return await _with_link(user.user_id, client_id, token)


@router.get("/{client_id}")
async def get_client(user: CurrentUser, client_id: str) -> dict[str, Any]:
    return await _one(user.user_id, identifier(client_id, "LP"))


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
    return await _one(user.user_id, client_id)


@router.get("/{client_id}/balance")
async def get_balance(user: CurrentUser, client_id: str) -> dict[str, Any]:
    balance: dict[str, Any] = (await _one(user.user_id, identifier(client_id, "LP")))["balance"]
    return balance


async def _one(user_id: str, client_id: str) -> dict[str, Any]:
    async with current().store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.CLIENTS, lists.Page(equals={"client.id": client_id}))
        row = may(user_id, "read", rows[0] if rows else None, "LP")
        return (await _shown(books, [row]))[0]


async def _shown(books: Books, rows: Sequence[Row]) -> list[dict[str, Any]]:
    known = await figures(books.sql, rows, books.now)
    return [present.client(row, known[row["id"]], books.now) for row in rows]


async def _with_link(user_id: str, client_id: str, token: str) -> dict[str, Any]:
    """The enrolment with its link, which no other answer tells.

    Of a request that was done before without its answer being kept, nobody knows the link any more.
    """
    shown = await _one(user_id, client_id)
    async with current().store.reading() as books:
        invitation = await books.invitations.by_token(token)
    return {**shown, "link": invitation_url(token) if invitation else None}
