"""Balances of LPs that an operator pays off."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .. import present
from ..core.errors import InvalidInput
from ..core.units import parse_fiat, parse_rate
from ..present import revision as present_revision
from ..services import current
from ..store import lists
from ..usecases.once import once
from ..usecases.permissions import may
from ..usecases.settling import Asked, preview_payoff, release_payoff, retry_payoff, settle_balance
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import PayoffAsked, PayoffOrdered
from .schemas import identifier, read

router = APIRouter(prefix="/clients/{client_id}/settle", route_class=TranslatingRoute)


@router.post("/preview")
async def post_preview(user: CurrentUser, client_id: str, body: PayoffAsked) -> dict[str, Any]:
    services = current()
    asked = await _asked(user.user_id, client_id, body)
    return present_revision.payoff(
        await preview_payoff(services.store, services.host, user.user_id, client_id, asked)
    )


@router.post("", status_code=201)
async def post_settle(user: ActingUser, client_id: str, body: PayoffOrdered) -> dict[str, Any]:
    services = current()
    asked = await _asked(user.user_id, client_id, body)
    leg_id = await once(
        settle_balance(
            services.store,
            services.host,
            user.user_id,
            client_id,
            asked,
            confirm=body.confirm,
            notes=body.notes,
        )
    )
    services.runner.wake()
    return await _leg(user.user_id, leg_id)


@router.post("/{leg_id}/retry")
async def post_retry(user: ActingUser, client_id: str, leg_id: str) -> dict[str, Any]:
    services = current()
    identifier(client_id, "LP")
    fresh_id = await once(
        retry_payoff(services.store, services.host, user.user_id, client_id, identifier(leg_id, "payment"))
    )
    services.runner.wake()
    return await _leg(user.user_id, fresh_id)


@router.post("/{leg_id}/release")
async def post_release(user: ActingUser, client_id: str, leg_id: str) -> dict[str, Any]:
    identifier(client_id, "LP")
    await once(release_payoff(current().store, user.user_id, client_id, identifier(leg_id, "payment")))
    return await _leg(user.user_id, leg_id)


async def _leg(user_id: str, leg_id: str) -> dict[str, Any]:
    async with current().store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.LEGS, lists.Page(equals={"leg.id": leg_id}))
    return present.leg(may(user_id, "read", rows[0] if rows else None, "payment"))


async def _asked(user_id: str, client_id: str, body: PayoffAsked) -> Asked:
    async with current().store.reading() as books:
        enrolment = await books.lps.enrolment(identifier(client_id, "LP"))
        machine_id = may(user_id, "settle", enrolment, "LP")["machine_id"]
        machine = may(user_id, "settle", await books.machines.row(machine_id), "machine")
    minor = None
    if body.amount_fiat is not None:
        minor = read("amount_fiat", parse_fiat, body.amount_fiat, machine["currency"])
        if minor == 0:
            raise InvalidInput(field="amount_fiat", problem="nothing is not paid off")
    return Asked(
        funding_wallet_id=body.funding_wallet_id,
        exchange_rate=read("exchange_rate", parse_rate, body.exchange_rate),
        fiat_minor=minor,
    )
