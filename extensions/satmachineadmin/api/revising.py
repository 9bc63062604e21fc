"""Settlements after they landed: retry, release of a leg, partial dispense, force-reset, notes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from .. import present
from ..core.dispense import parse_fraction
from ..core.errors import InvalidInput
from ..core.revising import LEAST_STUCK_MINUTES
from ..present import dispense as present_dispense
from ..services import current
from ..store import lists
from ..usecases import revising
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import (
    MOST_STUCK_MINUTES,
    STUCK_MINUTES,
    Dispensed,
    DispensedInPart,
    ForceReset,
    NoteAdded,
    Reasoned,
    RetryAsked,
)
from .schemas import identifier, read
from .settlements import whole

router = APIRouter(route_class=TranslatingRoute)


@router.get("/settlements/stuck")
async def list_stuck(
    user: CurrentUser,
    threshold_minutes: int = Query(STUCK_MINUTES, ge=LEAST_STUCK_MINUTES, le=MOST_STUCK_MINUTES),
) -> dict[str, Any]:
    async with current().store.reading() as books:
        rows = await lists.stuck(books.sql, user.user_id, books.now - 60 * threshold_minutes)
    return {"data": [present.settlement(row) for row in rows], "total": len(rows)}


@router.post("/settlements/{settlement_id}/retry")
async def post_retry(user: ActingUser, settlement_id: str, body: RetryAsked) -> dict[str, Any]:
    wishes = None
    if body.legs is not None:
        wishes = {identifier(leg.leg_id, "leg"): leg.target for leg in body.legs}
        if len(wishes) != len(body.legs):
            raise InvalidInput(field="legs", problem="name each leg once")
    services, one = current(), identifier(settlement_id, "settlement")
    await once(revising.retry_settlement(services.store, services.host, user.user_id, one, wishes))
    services.runner.wake()
    return await whole(user.user_id, one)


@router.post("/payments/{leg_id}/release")
async def post_release_leg(user: ActingUser, leg_id: str, body: Reasoned) -> dict[str, Any]:
    one = identifier(leg_id, "leg")
    settlement_id = await once(revising.release_leg(current().store, user.user_id, one, body.reason))
    return await whole(user.user_id, settlement_id)


@router.post("/payments/{leg_id}/keep")
async def post_keep_leg(user: ActingUser, leg_id: str, body: Reasoned) -> dict[str, Any]:
    one = identifier(leg_id, "leg")
    settlement_id = await once(revising.keep_leg(current().store, user.user_id, one, body.reason))
    return await whole(user.user_id, settlement_id)


@router.post("/settlements/{settlement_id}/partial-dispense")
async def post_dispense(user: ActingUser, settlement_id: str, body: DispensedInPart) -> dict[str, Any]:
    one = identifier(settlement_id, "settlement")
    await once(revising.dispense_in_part(current().store, user.user_id, one, _part(body), body.notes))
    current().runner.wake()
    return await whole(user.user_id, one)


@router.post("/settlements/{settlement_id}/partial-dispense/preview")
async def post_dispense_preview(user: CurrentUser, settlement_id: str, body: Dispensed) -> dict[str, Any]:
    one = identifier(settlement_id, "settlement")
    preview = await revising.preview_dispense(current().store, user.user_id, one, _part(body))
    return present_dispense.preview(preview)


def _part(body: Dispensed) -> revising.DispensedPart:
    """Exactly one of the two ways to say it."""
    if (body.dispensed_fraction is None) == (body.dispensed_sats is None):
        problem = "give either dispensed_fraction or dispensed_sats"
        missing = body.dispensed_fraction is None
        raise InvalidInput(field="dispensed_fraction" if missing else "dispensed_sats", problem=problem)
    if body.dispensed_fraction is None:
        return revising.DispensedPart(fraction=None, sats=body.dispensed_sats)
    fraction = read("dispensed_fraction", parse_fraction, body.dispensed_fraction)
    return revising.DispensedPart(fraction=fraction, sats=None)


@router.post("/settlements/{settlement_id}/force-reset")
async def post_force_reset(user: ActingUser, settlement_id: str, body: ForceReset) -> dict[str, Any]:
    one = identifier(settlement_id, "settlement")
    await once(
        revising.force_reset(
            current().store, user.user_id, one, threshold_minutes=body.threshold_minutes, reason=body.reason
        )
    )
    return await whole(user.user_id, one)


@router.post("/settlements/{settlement_id}/notes", status_code=201)
async def post_note(user: ActingUser, settlement_id: str, body: NoteAdded) -> dict[str, Any]:
    one = identifier(settlement_id, "settlement")
    await once(revising.add_note(current().store, user.user_id, one, body.text))
    return await whole(user.user_id, one)
