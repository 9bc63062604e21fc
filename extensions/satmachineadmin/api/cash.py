"""Cash entries of the operator's LPs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from .. import present
from ..core.errors import InvalidInput
from ..core.states import CashEntryKind, CashEntryStatus
from ..services import current
from ..store import lists
from ..usecases.cash import cancel_cash, confirm_cash, record_cash
from ..usecases.once import once
from ..usecases.permissions import may
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import CashRecorded, IdFilter, identifier, page_of

router = APIRouter(prefix="/deposits", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.DEPOSITS))]
#: The kinds that can be entered by now; the others take cash out or move it, and come with their pages.
_ENTERED = (CashEntryKind.DEPOSIT, CashEntryKind.OPENING)


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
    if body.kind not in _ENTERED:
        raise InvalidInput(field="kind", problem='only "deposit" and "opening" can be entered yet')
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


@router.post("/{entry_id}/confirm")
async def post_confirm(user: ActingUser, entry_id: str) -> dict[str, Any]:
    await once(confirm_cash(current().store, user.user_id, identifier(entry_id, "cash entry")))
    return await _one(user.user_id, entry_id)


@router.post("/{entry_id}/cancel")
async def post_cancel(user: ActingUser, entry_id: str) -> dict[str, Any]:
    await once(cancel_cash(current().store, user.user_id, identifier(entry_id, "cash entry")))
    return await _one(user.user_id, entry_id)


async def _one(user_id: str, entry_id: str) -> dict[str, Any]:
    async with current().store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.DEPOSITS, lists.Page(equals={"entry.id": entry_id}))
    return present.cash_entry(may(user_id, "read", rows[0] if rows else None, "cash entry"))
