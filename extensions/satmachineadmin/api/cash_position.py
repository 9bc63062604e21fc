"""The cash in a machine: what is in it, and what its operator puts in and takes out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query
from pydantic import ConstrainedInt, Field, StrictStr

from ..core.cash_position import CashUnitKind
from ..host import accounts
from ..present import cash_position as present
from ..services import current
from ..usecases.cash_position import empty, look_at_cash, refill
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import Body, identifier

router = APIRouter(prefix="/machines/{machine_id}/cash-position", route_class=TranslatingRoute)


class Notes(ConstrainedInt):
    """How many notes: more than that is a typing error."""

    strict = True
    ge = 1
    le = 100_000


class NotesOrNone(Notes):
    ge = 0


class Refilled(Body):
    """Notes that were put into the cassette of their denomination."""

    denomination: StrictStr = Field(max_length=32)
    count: Notes
    note: StrictStr = Field("", max_length=2000)


class Emptied(Body):
    """All notes of a denomination were taken out of the cassette or the box, and counted."""

    unit: CashUnitKind
    denomination: StrictStr = Field(max_length=32)
    counted: NotesOrNone
    note: StrictStr = Field("", max_length=2000)


@router.get("")
async def get_cash_position(
    user: CurrentUser, machine_id: str, by_people: bool = Query(False)
) -> dict[str, Any]:
    return await _seen(user.user_id, identifier(machine_id, "machine"), by_people=by_people)


@router.post("/refilled", status_code=201)
async def post_refilled(user: ActingUser, machine_id: str, body: Refilled) -> dict[str, Any]:
    await once(
        refill(
            current().store,
            user.user_id,
            identifier(machine_id, "machine"),
            denomination=body.denomination,
            count=body.count,
            note=body.note,
        )
    )
    return await _seen(user.user_id, machine_id)


@router.post("/emptied", status_code=201)
async def post_emptied(user: ActingUser, machine_id: str, body: Emptied) -> dict[str, Any]:
    await once(
        empty(
            current().store,
            user.user_id,
            identifier(machine_id, "machine"),
            unit=body.unit,
            denomination=body.denomination,
            counted=body.counted,
            note=body.note,
        )
    )
    return await _seen(user.user_id, machine_id)


async def _seen(user_id: str, machine_id: str, *, by_people: bool = False) -> dict[str, Any]:
    seen = await look_at_cash(current().store, user_id, machine_id, by_people=by_people)
    people = {row["by_user"] for row in seen.movements if row["by_user"] is not None}
    names = {person: await accounts.user_name(person) for person in people}
    return present.cash_position(seen, names)
