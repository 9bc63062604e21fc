"""Commission splits of the operator."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from .. import present
from ..core.units import parse_percent
from ..services import current
from ..usecases.splits import DraftRule, back_to_default, replace_split, split_in_force
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import SplitReplaced, identifier, read

router = APIRouter(prefix="/commission-splits", route_class=TranslatingRoute)


@router.get("")
async def get_split(user: CurrentUser, machine_id: str | None = Query(None)) -> dict[str, Any]:
    return await _in_force(user.user_id, machine_id)


@router.put("")
async def put_split(user: CurrentUser, body: SplitReplaced) -> dict[str, Any]:
    draft = [
        DraftRule(
            target=line.target,
            label=line.label,
            share_ppm=read(f"splits.{index}.share_pct", parse_percent, line.share_pct),
        )
        for index, line in enumerate(body.splits)
    ]
    machine_id = None if body.machine_id is None else identifier(body.machine_id, "machine")
    await replace_split(current().store, user.user_id, machine_id, draft)
    return await _in_force(user.user_id, machine_id)


@router.delete("")
async def delete_split(user: CurrentUser, machine_id: str = Query(...)) -> dict[str, Any]:
    await back_to_default(current().store, user.user_id, identifier(machine_id, "machine"))
    return await _in_force(user.user_id, machine_id)


async def _in_force(user_id: str, machine_id: str | None) -> dict[str, Any]:
    if machine_id is not None:
        identifier(machine_id, "machine")
    return present.split_set(*await split_in_force(current().store, user_id, machine_id))
