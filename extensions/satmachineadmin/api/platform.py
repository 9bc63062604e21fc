"""The platform's fee: operators read it, its owner sets it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .. import present
from ..core.errors import InvalidInput
from ..core.units import format_percent, parse_percent
from ..services import current
from ..usecases.once import once
from ..usecases.platform import change_platform, platform_config
from .acting import ActingOwner
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import PlatformChanged, read

router = APIRouter(prefix="/super-config", route_class=TranslatingRoute)


@router.get("")
async def get_super_config(user: CurrentUser) -> dict[str, Any]:
    return present.super_config(await platform_config(current().store), is_platform=user.is_platform)


@router.put("")
async def put_super_config(user: ActingOwner, body: PlatformChanged) -> dict[str, Any]:
    fields = body.dict(exclude_unset=True)
    if not fields:
        raise InvalidInput(field="body", problem="there is nothing to change")
    for name in ("super_fee_pct", "super_fee_cash_in_pct"):
        if name in fields:
            fields[name] = format_percent(read(name, parse_percent, fields[name]))
    await once(change_platform(current().store, user.user_id, fields))
    return await get_super_config(user)
