"""Cash entries of the operator's LPs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.states import CashEntryKind, CashEntryStatus
from ..present import cash as present
from ..services import current
from ..store import lists
from ..usecases.cash import cancel_cash, confirm_cash, correct_cash, move_cash, record_cash
from ..usecases.once import once
from ..usecases.permissions import may
from .acting import ActingUser
from .auth import CurrentUser
from .cash_schemas import CashCorrected, CashMoved, CashRecorded
from .errors import TranslatingRoute
from .schemas import IdFilter, identifier, page_of

router = APIRouter(prefix="/deposits", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.DEPOSITS))]


@router.get("")
async def list_deposits(
    user: CurrentUser,
    page: Wanted,
    client_id: IdFilter = None,
    machine_id: IdFilter = None,
    status: CashEntryStatus | None = Query(None),
    kind: CashEntryKind | None = Query(None),
) -> dict[str, Any]:
    equals = {
        "entry.operator_user_id": user.user_id,
        "entry.client_id": client_id,
        "entry.machine_id": machine_id,
        "entry.status": status,
        "entry.kind": kind,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.DEPOSITS, page.only(equals))
    return {"data": [present.cash_entry(row) for row in rows], "total": total}


@router.post("", status_code=201)
async def post_deposit(user: ActingUser, body: CashRecorded) -> dict[str, Any]:
    entry_id = await once(
        record_cash(
            current().store,
            user.user_id,
            enrolment_id=identifier(body.client_id, "LP"),
            amount=body.amount,
            kind=body.kind,
            cash_date=body.cash_date,
            notes=body.notes,
        )
    )
    return await _one(user.user_id, entry_id)


@router.post("/move", status_code=201)
async def post_move(user: ActingUser, body: CashMoved) -> dict[str, Any]:
    entry_id = await once(
        move_cash(
            current().store,
            user.user_id,
            from_id=identifier(body.client_id, "LP"),
            to_id=identifier(body.to_client_id, "LP"),
            amount=body.amount,
            cash_date=body.cash_date,
            notes=body.notes,
        )
    )
    return await _one(user.user_id, entry_id)


@router.get("/{entry_id}")
async def get_deposit(user: CurrentUser, entry_id: str) -> dict[str, Any]:
    return await _one(user.user_id, identifier(entry_id, "cash entry"))


@router.post("/{entry_id}/confirm")
async def post_confirm(user: ActingUser, entry_id: str) -> dict[str, Any]:
    await once(confirm_cash(current().store, user.user_id, identifier(entry_id, "cash entry")))
    return await _one(user.user_id, entry_id)


@router.post("/{entry_id}/cancel")
async def post_cancel(user: ActingUser, entry_id: str) -> dict[str, Any]:
    await once(cancel_cash(current().store, user.user_id, identifier(entry_id, "cash entry")))
    return await _one(user.user_id, entry_id)


@router.post("/{entry_id}/correct", status_code=201)
async def post_correction(user: ActingUser, entry_id: str, body: CashCorrected) -> dict[str, Any]:
    counter_id = await once(
        correct_cash(
            current().store,
            user.user_id,
            identifier(entry_id, "cash entry"),
            amount=body.amount,
            reason=body.reason,
        )
    )
    return await _one(user.user_id, counter_id)


async def _one(user_id: str, entry_id: str) -> dict[str, Any]:
    async with current().store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.DEPOSITS, lists.Page(equals={"entry.id": entry_id}))
    return present.cash_entry(may(user_id, "read", rows[0] if rows else None, "cash entry"))
