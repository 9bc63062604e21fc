"""What a machine asks about its transactions."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Query

from ...core.errors import NotFound
from ...core.transactions import Transaction, TransactionState
from ...present.transactions import machine_view
from ...services import current
from ...usecases.waiting import MOST_SECONDS
from .signed import MachineRoute, SignedMachine

router = APIRouter(route_class=MachineRoute)
_TXID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@router.get("/transactions/{txid}")
async def get_transaction(
    signed: SignedMachine,
    txid: str,
    wait: int = Query(0, ge=0, le=MOST_SECONDS),
    known: TransactionState | None = Query(None),
) -> dict[str, Any]:
    """At once, or as soon as it is another one than what is known, or when the time is over."""
    services, machine_id = current(), signed.machine.id
    found = await _called(machine_id, txid)

    async def look() -> tuple[Transaction, TransactionState]:
        async with services.store.reading() as books:
            one = await books.transactions.get(found.id)
            return one or found, (one or found).state_at(books.now)

    before = known or found.state
    one, _state = await services.waiters.until(
        found.id, look, lambda seen: seen[1] is not before, float(wait)
    )
    return await shown(one)


async def _called(machine_id: str, txid: str) -> Transaction:
    """The machine's own; another machine's is not there. Raises NotFound."""
    found = None
    if _TXID.fullmatch(txid):
        async with current().store.reading() as books:
            found = await books.transactions.called(machine_id, txid)
    if found is None:
        raise NotFound(what="transaction")
    return found


async def shown(one: Transaction, *, most_minor: int | None = None) -> dict[str, Any]:
    """A transaction as its machine is told it."""
    async with current().store.reading() as books:
        machine = await books.machines.row(one.machine_id)
        return machine_view(
            one,
            notes=await books.transactions.notes(one.id),
            withdrawal=await books.withdrawals.of_transaction(one.id),
            config_version=machine["config_version"] if machine else 0,
            now=books.now,
            most_minor=most_minor,
        )
