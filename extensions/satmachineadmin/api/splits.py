"""Commission splits of the operator: the sets in force, their versions, and drafts that are tried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.units import parse_percent
from ..host import accounts
from ..present import splits as present
from ..services import current
from ..store import lists
from ..store.splits import rules_of
from ..store.sql import Row
from ..usecases import splits as usecases
from ..usecases.once import once
from ..usecases.splits import DraftRule
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import (
    IdFilter,
    SharesTried,
    SplitDrafted,
    SplitLine,
    SplitReplaced,
    TargetReplaced,
    identifier,
    page_of,
    read,
)

router = APIRouter(prefix="/commission-splits", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.SPLIT_SETS))]


@router.get("")
async def get_split(user: CurrentUser, machine_id: str | None = Query(None)) -> dict[str, Any]:
    return await _in_force(user.user_id, machine_id)


@router.put("")
async def put_split(user: ActingUser, body: SplitReplaced) -> dict[str, Any]:
    machine_id = _machine_id(body)
    await once(usecases.replace_split(current().store, user.user_id, machine_id, _draft(body.splits)))
    return await _in_force(user.user_id, machine_id)


@router.delete("")
async def delete_split(user: ActingUser, machine_id: str = Query(...)) -> dict[str, Any]:
    await once(usecases.back_to_default(current().store, user.user_id, identifier(machine_id, "machine")))
    return await _in_force(user.user_id, machine_id)


@router.get("/versions")
async def list_versions(
    user: CurrentUser,
    page: Wanted,
    machine_id: IdFilter = None,
    is_default: bool | None = Query(None),
    is_in_force: bool | None = Query(None),
) -> dict[str, Any]:
    equals = {
        "splits.operator_user_id": user.user_id,
        "splits.machine_id": machine_id,
        "(splits.machine_id = '')": is_default,
        "(splits.retired_at IS NULL)": is_in_force,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.SPLIT_SETS, page.only(equals))
        lines = await rules_of(books.sql, [row["id"] for row in rows])
    names = await _names(rows)
    return {
        "data": [present.split_set(row, lines.get(row["id"], []), names) for row in rows],
        "total": total,
    }


@router.post("/example")
async def post_example(user: CurrentUser, body: SharesTried) -> dict[str, Any]:
    shares_ppm = [
        read(f"shares_pct.{index}", parse_percent, share) for index, share in enumerate(body.shares_pct)
    ]
    shared = await usecases.share_example(
        current().store,
        shares_ppm,
        tx_type=body.tx_type,
        principal_sats=body.principal_sats,
        commission_sats=body.commission_sats,
    )
    return present.example(shared)


@router.post("/what-if")
async def post_what_if(user: CurrentUser, body: SplitDrafted) -> dict[str, Any]:
    machine_id, draft = _machine_id(body), _draft(body.splits)
    found, machine_names = await usecases.what_if(current().store, user.user_id, machine_id, draft, body.last)
    return present.what_if(found, machine_names)


@router.post("/replace-target")
async def post_replace_target(user: ActingUser, body: TargetReplaced) -> dict[str, Any]:
    replaced = await once(
        usecases.replace_target(current().store, user.user_id, body.target, body.new_target)
    )
    return {"data": [await _in_force(user.user_id, machine_id or None) for machine_id in replaced.split(",")]}


def _machine_id(body: SplitReplaced) -> str | None:
    return None if body.machine_id is None else identifier(body.machine_id, "machine")


def _draft(lines: Sequence[SplitLine]) -> list[DraftRule]:
    return [
        DraftRule(
            target=line.target,
            label=line.label,
            share_ppm=read(f"splits.{index}.share_pct", parse_percent, line.share_pct),
        )
        for index, line in enumerate(lines)
    ]


async def _in_force(user_id: str, machine_id: str | None) -> dict[str, Any]:
    if machine_id is not None:
        identifier(machine_id, "machine")
    row, lines = await usecases.split_in_force(current().store, user_id, machine_id)
    return present.NO_SET if row is None else present.split_set(row, lines, await _names([row]))


async def _names(rows: Sequence[Row]) -> dict[str, str]:
    return {maker: await accounts.user_name(maker) for maker in {row["created_by"] for row in rows}}
