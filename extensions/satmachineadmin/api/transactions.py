"""Machines' transactions, for their operator: customers' cash that is in machines, and its sats."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.states import TxType
from ..core.transactions import TransactionState
from ..host import accounts
from ..present import cash_in as present
from ..services import current
from ..store import audit, lists
from ..store.books import ENGINE
from ..store.transaction_lists import TRANSACTIONS, in_state, owing
from ..usecases.cash_out import MACHINE
from ..usecases.once import once
from ..usecases.permissions import may
from ..usecases.transactions import extend_link, give_cash_back, release_cash_in
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import IdFilter, Reasoned, identifier, page_of
from .transaction_schemas import LinkExtended

router = APIRouter(prefix="/transactions", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(TRANSACTIONS))]
#: Events of one transaction that its page shows.
_TIMELINE = 200


@router.get("")
async def list_transactions(
    user: CurrentUser,
    page: Wanted,
    machine_id: IdFilter = None,
    tx_type: TxType | None = Query(None),
    state: TransactionState | None = Query(None),
    is_owing: bool | None = Query(None),
) -> dict[str, Any]:
    async with current().store.reading() as books:
        equals = {
            "one.operator_user_id": user.user_id,
            "one.machine_id": machine_id,
            "one.tx_type": tx_type,
            **owing(is_owing),
            **in_state(state, books.now),
        }
        rows, total = await lists.page(books.sql, TRANSACTIONS, page.only(equals))
        return {"data": [present.operator_view(row, books.now) for row in rows], "total": total}


@router.get("/{transaction_id}")
async def get_transaction(user: CurrentUser, transaction_id: str) -> dict[str, Any]:
    return await _whole(user.user_id, identifier(transaction_id, "transaction"))


@router.post("/{transaction_id}/release")
async def post_release(user: ActingUser, transaction_id: str) -> dict[str, Any]:
    wanted = identifier(transaction_id, "transaction")
    await once(release_cash_in(current().store, user.user_id, wanted))
    return await _whole(user.user_id, wanted)


@router.post("/{transaction_id}/extend")
async def post_extend(user: ActingUser, transaction_id: str, body: LinkExtended) -> dict[str, Any]:
    wanted = identifier(transaction_id, "transaction")
    await once(extend_link(current().store, user.user_id, wanted, body.days))
    return await _whole(user.user_id, wanted)


@router.post("/{transaction_id}/give-back")
async def post_give_back(user: ActingUser, transaction_id: str, body: Reasoned) -> dict[str, Any]:
    services, wanted = current(), identifier(transaction_id, "transaction")
    await once(give_cash_back(services.store, services.host, user.user_id, wanted, body.reason))
    return await _whole(user.user_id, wanted)


async def _whole(user_id: str, transaction_id: str) -> dict[str, Any]:
    """A transaction with its banknotes and what happened to it: all of one instant."""
    one = lists.Page(equals={"one.id": transaction_id})
    async with current().store.reading(at_one_instant=True) as books:
        rows, _total = await lists.page(books.sql, TRANSACTIONS, one)
        row = may(user_id, "read", rows[0] if rows else None, "transaction")
        notes = await books.transactions.notes(transaction_id)
        events = await audit.timeline(books.sql, transaction_id, _TIMELINE)
        now = books.now
    people = {event["actor"] for event in events} - {ENGINE, MACHINE}
    names = {person: await accounts.user_name(person) for person in people}
    return {
        **present.operator_view(row, now),
        "notes": present.notes(notes, row["currency"]),
        "timeline": present.timeline(events, names, row["currency"]),
    }
