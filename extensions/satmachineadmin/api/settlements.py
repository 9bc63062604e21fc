"""Settlements and their legs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from .. import present
from ..core.revising import actions_of, leg_actions
from ..core.states import LegState, LegType
from ..host import accounts, links
from ..present import sale
from ..present import transactions as present_transactions
from ..services import current
from ..store import audit, lists
from ..store import rows as values
from ..store.books import ENGINE
from ..store.sql import Row
from ..usecases import revising
from ..usecases.cash_out import MACHINE
from ..usecases.once import once
from ..usecases.permissions import may
from ..usecases.settlements import release_settlement
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .sale_filters import LONGEST_SEARCH, WantedSales
from .schemas import IdFilter, identifier, page_of

router = APIRouter(route_class=TranslatingRoute)
WantedSettlements = Annotated[lists.Page, Depends(page_of(lists.SETTLEMENTS, LONGEST_SEARCH))]
WantedLegs = Annotated[lists.Page, Depends(page_of(lists.LEGS))]
#: Events of one settlement that its page shows.
_TIMELINE = 100


@router.get("/settlements")
async def list_settlements(user: CurrentUser, page: WantedSettlements, sales: WantedSales) -> dict[str, Any]:
    async with current().store.reading() as books:
        wanted = await sales.of(books, user.user_id, page)
        rows, total = await lists.page(books.sql, lists.SETTLEMENTS, wanted.page)
    data = [present.settlement(row) for row in rows]
    return {"data": data, "total": total, "searched": wanted.searched}


@router.get("/settlements/{settlement_id}")
async def get_settlement(user: CurrentUser, settlement_id: str) -> dict[str, Any]:
    return await whole(user.user_id, identifier(settlement_id, "settlement"))


@router.post("/settlements/{settlement_id}/release")
async def post_release(
    user: ActingUser, settlement_id: str, as_real_sale: bool = Query(False)
) -> dict[str, Any]:
    await once(
        release_settlement(
            current().store,
            user.user_id,
            identifier(settlement_id, "settlement"),
            as_real_sale=as_real_sale,
        )
    )
    current().runner.wake()
    return await whole(user.user_id, settlement_id)


@router.get("/payments")
async def list_payments(
    user: CurrentUser,
    page: WantedLegs,
    leg_type: LegType | None = Query(None),
    state: LegState | None = Query(None),
    machine_id: IdFilter = None,
    settlement_id: IdFilter = None,
) -> dict[str, Any]:
    equals = {
        "leg.operator_user_id": user.user_id,
        "leg.leg_type": leg_type,
        "leg.state": state,
        "leg.machine_id": machine_id,
        "leg.settlement_id": settlement_id,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.LEGS, page.only(equals))
    return {"data": [present.leg(row) for row in rows], "total": total}


async def whole(user_id: str, settlement_id: str) -> dict[str, Any]:
    """A settlement with its legs in the order of the plan, and what happened to it: all of one instant."""
    one = lists.Page(equals={"settlement.id": settlement_id})
    legs_of = lists.Page(limit=lists.MAX_LIMIT, descending=False, equals={"leg.settlement_id": settlement_id})
    async with current().store.reading(at_one_instant=True) as books:
        rows, _total = await lists.page(books.sql, lists.SETTLEMENTS, one)
        row = may(user_id, "read", rows[0] if rows else None, "settlement")
        legs, _total = await lists.page(books.sql, lists.LEGS_IN_PLAN_ORDER, legs_of)
        events = await audit.timeline(books.sql, settlement_id, _TIMELINE)
        age_seconds = revising.age_seconds(row, books.now)
        refund = await books.withdrawals.newest_of(settlement_id)
        transaction = await books.transactions.of_settlement(settlement_id)
        was_refunded_late = await books.withdrawals.has_paid_late(settlement_id)
        holder = await books.lease_holder()
    settlement, known = values.settlement(row), [values.leg(leg) for leg in legs]
    roundings = sale.roundings(row, legs)
    return {
        **present.settlement(row),
        "actions": actions_of(settlement, known, age_seconds),
        "legs": [
            {
                **present.leg(leg),
                "actions": leg_actions(settlement, one),
                "rounding": roundings.get(one.id),
            }
            for leg, one in zip(legs, known, strict=True)
        ],
        "refund": None if refund is None else present.refund(refund, links.withdraw_lnurl(refund["k1"])),
        "transaction": None
        if transaction is None
        else present_transactions.of_settlement(transaction, settlement, was_refunded=was_refunded_late),
        "work": sale.work(row, holder),
        "raw": sale.raw(row, legs),
        "timeline": present.timeline(events, await _actor_names(events)),
    }


async def own_currency(user_id: str, settlement_id: str) -> str:
    """The currency of a settlement of this operator."""
    async with current().store.reading() as books:
        row = may(user_id, "read", await books.settlements.row(settlement_id), "settlement")
    return str(row["currency"])


async def _actor_names(events: list[Row]) -> dict[str, str]:
    """A name for every actor: user ids are passwords in some LNbits and are never shown."""
    people = {event["actor"] for event in events} - {ENGINE, MACHINE}
    return {person: await accounts.user_name(person) for person in people}
