"""Moving over from the predecessor: the platform looks and does it, operators read what was sold before."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StrictStr

from ..core.predecessor.records import EarlierStatus
from ..host import predecessor
from ..present import moving as present
from ..services import current
from ..store import lists
from ..store.earlier_lists import EARLIER_LEGS, EARLIER_SALES
from ..usecases.moving import move_over, preview_move
from ..usecases.once import once
from ..usecases.permissions import may
from .acting import ActingOwner
from .auth import CurrentUser, PlatformOwner
from .errors import TranslatingRoute
from .schemas import Body, IdFilter, identifier, page_of

router = APIRouter(route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(EARLIER_SALES))]


class MoveConfirmed(Body):
    """What says that somebody has seen this very preview."""

    confirmation: StrictStr = Field(min_length=1, max_length=100)


@router.get("/predecessors")
async def list_predecessors(_user: PlatformOwner) -> dict[str, Any]:
    """What there is to take over, and what was taken over."""
    found = [
        {**one, "is_active": await predecessor.is_active(one["name"])} for one in await predecessor.find()
    ]
    async with current().store.reading() as books:
        moves = await books.moving.made()
    return {"data": found, "total": len(found), "moves": [present.move(row) for row in moves]}


@router.post("/predecessors/{name}/preview")
async def post_preview(user: PlatformOwner, name: str) -> dict[str, Any]:
    services = current()
    seen = await preview_move(services.store, services.host, user.user_id, name)
    return present.preview(seen, is_active=await predecessor.is_active(name))


@router.post("/predecessors/{name}/move", status_code=201)
async def post_move(user: ActingOwner, name: str, body: MoveConfirmed) -> dict[str, Any]:
    services = current()
    moving = move_over(services.store, services.host, user.user_id, name, body.confirmation)
    move_id = await once(moving)
    services.runner.wake()
    async with services.store.reading() as books:
        (row,) = [row for row in await books.moving.made() if row["id"] == move_id]
    return present.move(row)


@router.get("/earlier-sales")
async def list_earlier_sales(
    user: CurrentUser,
    page: Wanted,
    machine_id: IdFilter = None,
    status: EarlierStatus | None = Query(None),
) -> dict[str, Any]:
    equals = {
        "sale.operator_user_id": user.user_id,
        "sale.machine_id": machine_id,
        "sale.status": status,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, EARLIER_SALES, page.only(equals))
    return {"data": [present.earlier_sale(row) for row in rows], "total": total}


@router.get("/earlier-sales/{sale_id}")
async def get_earlier_sale(user: CurrentUser, sale_id: str) -> dict[str, Any]:
    wanted = identifier(sale_id, "earlier sale")
    async with current().store.reading(at_one_instant=True) as books:
        page = lists.Page(equals={"sale.id": wanted})
        rows, _total = await lists.page(books.sql, EARLIER_SALES, page)
        row = may(user.user_id, "read", rows[0] if rows else None, "earlier sale")
        of_sale = lists.Page(limit=lists.MAX_LIMIT, descending=False, equals={"leg.sale_id": wanted})
        legs, _total = await lists.page(books.sql, EARLIER_LEGS, of_sale)
    return present.earlier_sale_with_legs(row, legs)
