"""Kept sats: the rate that a sale lacks, and paying what stayed in a machine's wallet."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from ..core.units import parse_fiat, parse_rate
from ..present import revision as present
from ..services import current
from ..usecases.once import once
from ..usecases.supplying import preview_rate, supply_rate
from ..usecases.sweeping import preview_sweep, sweep, sweepable
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import RateGiven, RateSupplied, SweepAsked
from .schemas import identifier, read
from .settlements import own_currency, whole

router = APIRouter(route_class=TranslatingRoute)


@router.get("/sweepable")
async def list_sweepable(user: CurrentUser, machine_id: str = Query(...)) -> dict[str, Any]:
    found = await sweepable(current().store, user.user_id, identifier(machine_id, "machine"))
    return present.sweepable(found)


@router.get("/settlements/{settlement_id}/sweep")
async def get_sweep(user: CurrentUser, settlement_id: str) -> dict[str, Any]:
    identifier(settlement_id, "settlement")
    return present.sweep(*await preview_sweep(current().store, user.user_id, settlement_id))


@router.post("/settlements/{settlement_id}/sweep")
async def post_sweep(user: ActingUser, settlement_id: str, body: SweepAsked) -> dict[str, Any]:
    identifier(settlement_id, "settlement")
    leg_id = None if body.leg_id is None else identifier(body.leg_id, "payment")
    services = current()
    await once(sweep(services.store, services.host, user.user_id, settlement_id, leg_id))
    services.runner.wake()
    return await whole(user.user_id, settlement_id)


@router.post("/settlements/{settlement_id}/supply-rate/preview")
async def post_rate_preview(user: CurrentUser, settlement_id: str, body: RateGiven) -> dict[str, Any]:
    services = current()
    given = await _rate(user.user_id, settlement_id, body)
    return present.priced(
        await preview_rate(services.store, services.host, user.user_id, settlement_id, **given)
    )


@router.post("/settlements/{settlement_id}/supply-rate")
async def post_rate(user: ActingUser, settlement_id: str, body: RateSupplied) -> dict[str, Any]:
    services = current()
    given = await _rate(user.user_id, settlement_id, body)
    await once(
        supply_rate(services.store, services.host, user.user_id, settlement_id, **given, confirm=body.confirm)
    )
    return await whole(user.user_id, settlement_id)


async def _rate(user_id: str, settlement_id: str, body: RateGiven) -> dict[str, Any]:
    """The amounts of a body, in the currency of the settlement."""
    currency = await own_currency(user_id, identifier(settlement_id, "settlement"))
    return {
        "exchange_rate": read("exchange_rate", parse_rate, body.exchange_rate),
        "fiat_minor": None
        if body.fiat_amount is None
        else read("fiat_amount", parse_fiat, body.fiat_amount, currency),
    }
