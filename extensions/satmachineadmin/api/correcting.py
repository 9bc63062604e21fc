"""Paid sales whose rate was wrong."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..core.units import parse_rate
from ..present import revision as present
from ..services import current
from ..usecases.correcting import correct_settlement, preview_correction
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import RateCorrected, RateCorrection
from .schemas import identifier, read
from .settlements import whole

router = APIRouter(prefix="/settlements/{settlement_id}/correct", route_class=TranslatingRoute)


@router.post("/preview")
async def post_preview(user: CurrentUser, settlement_id: str, body: RateCorrection) -> dict[str, Any]:
    identifier(settlement_id, "settlement")
    rate = read("exchange_rate", parse_rate, body.exchange_rate)
    return present.correction(await preview_correction(current().store, user.user_id, settlement_id, rate))


@router.post("")
async def post_correction(user: ActingUser, settlement_id: str, body: RateCorrected) -> dict[str, Any]:
    identifier(settlement_id, "settlement")
    rate = read("exchange_rate", parse_rate, body.exchange_rate)
    await once(correct_settlement(current().store, user.user_id, settlement_id, rate, body.reason))
    return await whole(user.user_id, settlement_id)
