"""Refunds of a settlement's undispensed sats."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..services import current
from ..usecases.once import once
from ..usecases.refunds import make_refund_link, take_back_refund_link
from .acting import ActingUser
from .errors import TranslatingRoute
from .revision_schemas import RefundAsked
from .schemas import identifier
from .settlements import whole

router = APIRouter(prefix="/settlements", route_class=TranslatingRoute)


@router.post("/{settlement_id}/refund", status_code=201)
async def post_refund(user: ActingUser, settlement_id: str, body: RefundAsked) -> dict[str, Any]:
    services = current()
    wanted = identifier(settlement_id, "settlement")
    await once(
        make_refund_link(services.store, services.host, user.user_id, wanted, body.reason, body.wallet_id)
    )
    services.runner.wake()
    return await whole(user.user_id, settlement_id)


@router.post("/{settlement_id}/refund/cancel")
async def post_refund_cancel(user: ActingUser, settlement_id: str) -> dict[str, Any]:
    await once(take_back_refund_link(current().store, user.user_id, identifier(settlement_id, "settlement")))
    return await whole(user.user_id, settlement_id)
