"""An operator's own settings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .. import present
from ..services import current
from ..usecases.once import once
from ..usecases.settings import operator_settings, set_time_zone
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import SettingsChosen

router = APIRouter(prefix="/settings", route_class=TranslatingRoute)


@router.get("")
async def get_settings(user: CurrentUser) -> dict[str, Any]:
    return present.operator_settings(*await operator_settings(current().store, user.user_id))


@router.put("")
async def put_settings(user: ActingUser, body: SettingsChosen) -> dict[str, Any]:
    await once(set_time_zone(current().store, user.user_id, body.time_zone))
    return await get_settings(user)
