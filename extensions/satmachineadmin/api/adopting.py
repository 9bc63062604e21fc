"""Rejected landings and remembered payers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..core.units import parse_fiat, parse_rate
from ..present import revision as present
from ..services import current
from ..usecases.adopting import (
    Supplied,
    adopt_settlement,
    dismiss_settlement,
    forget_payer,
    known_payers,
    preview_adoption,
)
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import Dismissed, FactsGiven, FactsSupplied
from .schemas import identifier, read
from .settlements import own_currency, whole

router = APIRouter(route_class=TranslatingRoute)


@router.post("/settlements/{settlement_id}/adopt/preview")
async def post_adoption_preview(user: CurrentUser, settlement_id: str, body: FactsGiven) -> dict[str, Any]:
    services = current()
    supplied = await _supplied(user.user_id, settlement_id, body)
    return present.adoption(
        await preview_adoption(services.store, services.host, user.user_id, settlement_id, supplied)
    )


@router.post("/settlements/{settlement_id}/adopt")
async def post_adoption(user: ActingUser, settlement_id: str, body: FactsSupplied) -> dict[str, Any]:
    services = current()
    supplied = await _supplied(user.user_id, settlement_id, body)
    await once(
        adopt_settlement(
            services.store, services.host, user.user_id, settlement_id, supplied, confirm=body.confirm
        )
    )
    services.runner.wake()
    return await whole(user.user_id, settlement_id)


@router.post("/settlements/{settlement_id}/dismiss")
async def post_dismissal(user: ActingUser, settlement_id: str, body: Dismissed) -> dict[str, Any]:
    await once(
        dismiss_settlement(
            current().store,
            user.user_id,
            identifier(settlement_id, "settlement"),
            reason=body.reason,
            remember_payer=body.remember_payer,
        )
    )
    return await whole(user.user_id, settlement_id)


@router.get("/known-payers")
async def list_known_payers(user: CurrentUser) -> dict[str, Any]:
    return {"data": [present.payer(row) for row in await known_payers(current().store, user.user_id)]}


@router.delete("/known-payers/{payer_id}")
async def delete_known_payer(user: ActingUser, payer_id: str) -> dict[str, Any]:
    await once(forget_payer(current().store, user.user_id, identifier(payer_id, "payer")))
    return await list_known_payers(user)


async def _supplied(user_id: str, settlement_id: str, body: FactsGiven) -> Supplied:
    currency = await own_currency(user_id, identifier(settlement_id, "settlement"))
    fiat, rate = body.fiat_amount, body.exchange_rate
    return Supplied(
        principal_sats=body.principal_sats,
        commission_sats=body.fee_sats,
        fiat_minor=None if fiat is None else read("fiat_amount", parse_fiat, fiat, currency),
        exchange_rate=None if rate is None else read("exchange_rate", parse_rate, rate),
    )
