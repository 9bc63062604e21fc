"""An LNbits extension for tests only: it counts events, repeats and drops them, and turns host settings.

Unauthenticated on purpose; it is loaded by tests and by nobody else.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Body
from lnbits.core.crud.payments import get_standalone_payment
from lnbits.core.models import Payment
from lnbits.core.services.payments import check_pending_payments
from lnbits.db import Database
from lnbits.settings import settings
from lnbits.task_manager import task_manager

db = Database("ext_probe")
probe_ext = APIRouter(prefix="/probe/api/v1")
probe_static_files: list[dict[str, str]] = []
_events: list[dict[str, Any]] = []
_LISTENER_OF_OURS = "ext_satmachineadmin_invoice_listener"


async def _on_payment(payment: Payment) -> None:
    _events.append(
        {
            "payment_hash": payment.payment_hash,
            "wallet_id": payment.wallet_id,
            "amount": payment.amount,
            "external_id": payment.external_id,
        }
    )


def probe_start() -> None:
    task_manager.register_invoice_listener(_on_payment, "ext_probe")


@probe_ext.get("/events")
async def get_events() -> list[dict[str, Any]]:
    """Every event that an invoice listener of this LNbits has got since the start."""
    return _events


@probe_ext.post("/again")
async def post_again(payment_hash: str, times: int) -> None:
    """Announce a payment again, many times over."""
    payment = await get_standalone_payment(payment_hash, incoming=True)
    if payment is None:
        raise ValueError(f"there is no payment {payment_hash}")
    for _ in range(times):
        task_manager.invoice_queue.put_nowait(payment)


@probe_ext.post("/deaf")
async def post_deaf() -> bool:
    """Take satmachineadmin's listener away: from now on its events are lost."""
    task = task_manager.get_task(_LISTENER_OF_OURS)
    if task:
        task_manager.cancel_task(task)
    return task is not None


@probe_ext.get("/tasks")
async def get_tasks() -> list[str]:
    """The names of all tasks that run in this LNbits."""
    return sorted(task.get_name() for task in asyncio.all_tasks())


@probe_ext.post("/settings")
async def post_settings(values: dict[str, Any] = Body(...)) -> dict[str, Any]:
    """Set settings of the host as its owner would; gives back what they were."""
    before = {name: getattr(settings, name) for name in values}
    for name, value in values.items():
        setattr(settings, name, value)
    return before


@probe_ext.post("/sweep")
async def post_sweep() -> None:
    """LNbits' own look at pending payments, now."""
    await check_pending_payments()  # type: ignore[no-untyped-call]  # LNbits gives no types
