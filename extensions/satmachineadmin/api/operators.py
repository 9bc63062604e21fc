"""Operators: each asks for itself, the platform's owner decides."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.approval import Standing
from ..present import operators as present
from ..services import current
from ..store import lists
from ..usecases import operators as usecases
from ..usecases.once import once
from .acting import ActingOwner, ActingUser
from .auth import PlatformOwner
from .errors import TranslatingRoute
from .schemas import OperatorNamed, Reasoned, identifier, page_of

router = APIRouter(route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.STANDINGS))]
_DAYS = 30


@router.post("/approval")
async def post_approval(user: ActingUser) -> dict[str, Any]:
    services = current()
    await once(usecases.ask_for_approval(services.store, services.host, user.user_id))
    return present.own_standing(await usecases.own_standing(services.store, user.user_id))


@router.get("/operators")
async def list_operators(
    user: PlatformOwner,
    page: Wanted,
    standing: Standing | None = Query(None),
    days: int = Query(_DAYS, ge=1, le=366),
) -> dict[str, Any]:
    wanted = page.only({"operator.standing": standing})
    seen, total, names = await usecases.operators_seen(current().store, wanted, days)
    return {
        "data": [present.operator(one, names[one.row["user_id"]]) for one in seen],
        "total": total,
        "days": days,
    }


@router.post("/operators", status_code=201)
async def post_operator(user: ActingOwner, body: OperatorNamed) -> dict[str, Any]:
    services = current()
    approving = usecases.approve_by_name(services.store, services.host, user.user_id, body.username)
    return await _one(await once(approving))


@router.post("/operators/{operator_id}/approve")
async def post_approve(user: ActingOwner, operator_id: str) -> dict[str, Any]:
    return await _one(await once(_decision(user.user_id, operator_id, Standing.APPROVED, "")))


@router.post("/operators/{operator_id}/withdraw")
async def post_withdraw(user: ActingOwner, operator_id: str, body: Reasoned) -> dict[str, Any]:
    return await _one(await once(_decision(user.user_id, operator_id, Standing.WITHDRAWN, body.reason)))


async def _decision(user_id: str, operator_id: str, after: Standing, reason: str) -> str:
    services = current()
    standing_id = identifier(operator_id, "operator")
    return await usecases.decide(services.store, services.host, user_id, standing_id, after, reason)


async def _one(standing_id: str) -> dict[str, Any]:
    one = lists.Page(equals={"operator.id": standing_id})
    (seen, *_others), _total, names = await usecases.operators_seen(current().store, one, _DAYS)
    return present.operator(seen, names[seen.row["user_id"]])
