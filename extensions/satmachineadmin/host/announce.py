"""Tell payees and payers of payments that the fast way made, after the commit, at most once.

LNbits' own notification of one payee takes 12 to 60 ms of its event loop, so they go out one at a
time, the next one when LNbits has taken up the last. Nothing of ours depends on them: a process that
dies meanwhile leaves some untold, and the money is where it belongs.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone

from lnbits.core.crud import get_wallet
from lnbits.core.crud.payments import get_standalone_payment
from lnbits.core.models import Payment
from lnbits.core.services.notifications import send_payment_notification
from lnbits.task_manager import task_manager
from loguru import logger

from ..failpoints import external_call
from ..ports import Transfer
from .fast_payout import payment_rows

#: The least pause between two announcements, so that others get their turn.
PAUSE_SECONDS = 0.02
#: The longest wait for LNbits to take up the last one.
PATIENCE_SECONDS = 2.0


class Announcer:
    """A queue of payments to tell of, worked off by one task."""

    def __init__(self) -> None:
        #: a row as it was written, or what LNbits read; and whether its payee is told, or its payer
        self._queue: asyncio.Queue[tuple[dict[str, object] | Payment, bool]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="satmachineadmin_announcer")

    async def stop(self) -> None:
        """What is still in the queue is never told; the payments stand."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def tell(self, transfers: Sequence[Transfer]) -> None:
        """Every payee of the transfers, and their payer once. Their models are made one by one, later."""
        now = datetime.now(timezone.utc)
        for transfer in transfers:
            credit, debit, *_ = payment_rows(transfer, now, is_sqlite=False)
            self._queue.put_nowait((credit, True))
        if transfers:
            self._queue.put_nowait((debit, False))

    async def tell_payee(self, payment_hash: str) -> None:
        """The payee of a payment that was completed after an interruption."""
        payment = await get_standalone_payment(payment_hash, incoming=True)
        if payment is not None:
            self._queue.put_nowait((payment, True))

    async def _run(self) -> None:
        while True:
            told, is_for_payee = await self._queue.get()
            try:
                payment = told if isinstance(told, Payment) else _payment(told)
                if is_for_payee:
                    task_manager.internal_invoice_queue.put_nowait(payment)
                else:
                    await _tell_payer(payment)
            except Exception as trouble:  # noqa: BLE001 - the outermost loop: telling never stops
                logger.warning(f"satmachineadmin could not announce a payment: {trouble!r}")
            await _until_taken_up()


async def _until_taken_up() -> None:
    """Wait until LNbits' own listener has an empty queue again, within reason."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    await asyncio.sleep(PAUSE_SECONDS)
    while time.monotonic() < deadline:
        listener = task_manager.get_task("core_invoice_listener")
        if not listener or not listener.invoice_queue or listener.invoice_queue.empty():
            return
        await asyncio.sleep(PAUSE_SECONDS)


@external_call("announce.payer")
async def _tell_payer(payment: Payment) -> None:
    wallet = await get_wallet(payment.wallet_id)
    if wallet is not None:
        await send_payment_notification(wallet, payment)


def _payment(row: dict[str, object]) -> Payment:
    """LNbits' model of a row as it was written."""
    moment = row["time"]
    fields = {key: value for key, value in row.items() if value is not None}
    fields["extra"] = json.loads(str(row["extra"]))
    fields["labels"] = []
    if isinstance(moment, datetime):
        fields |= dict.fromkeys(("time", "created_at", "updated_at"), moment.replace(tzinfo=timezone.utc))
    return Payment(**fields)
