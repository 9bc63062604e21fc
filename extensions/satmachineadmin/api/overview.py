"""GET /overview: a period of days against the one before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..core.figures import Period
from ..present import overview as present_overview
from ..services import current
from ..usecases.overview import overview
from .auth import CurrentUser
from .errors import TranslatingRoute

router = APIRouter(route_class=TranslatingRoute)


@router.get("/overview")
async def get_overview(user: CurrentUser, period: Period = Period.TODAY) -> dict[str, Any]:
    return present_overview.overview(await overview(current().store, user.user_id, period))
