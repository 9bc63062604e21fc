"""An operator's own settings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .. import present
from ..core.notices import Notice
from ..host import people
from ..services import current
from ..usecases.once import once
from ..usecases.settings import change_settings, operator_settings
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import SettingsChosen

router = APIRouter(prefix="/settings", route_class=TranslatingRoute)


@router.get("")
async def get_settings(user: CurrentUser) -> dict[str, Any]:
    row, today = await operator_settings(current().store, user.user_id)
    return present.operator_settings(row, today, await people.channels(user.user_id))


@router.put("")
async def put_settings(user: ActingUser, body: SettingsChosen) -> dict[str, Any]:
    chosen = {
        Notice.ERRORED: body.notify_errored,
        Notice.PAUSED: body.notify_paused,
        Notice.DISPUTED: body.notify_disputed,
    }
    notices = {notice: wish for notice, wish in chosen.items() if wish is not None}
    store = current().store
    await once(change_settings(store, user.user_id, time_zone=body.time_zone, notices=notices))
    return await get_settings(user)
