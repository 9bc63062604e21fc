"""Drives the engine by hand and notes when what happened: the runner's steps without its pauses.

Times are `time.monotonic()`, which on Linux is one clock for all processes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lnbits.core.models import Payment
from lnbits.task_manager import task_manager

from satmachineadmin.core.lease import Lease
from satmachineadmin.core.model import Due
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.pay import pay_settlement
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.ports import Transfer
from satmachineadmin.services import current
from satmachineadmin.uncancelled import to_the_end

from .business import Business, sell

#: Longer than any payout takes until everybody was told.
_PATIENCE_SECONDS = 120.0
_GLANCE_SECONDS = 0.005


@dataclass(frozen=True, kw_only=True)
class Payout:
    """The instants of one payout."""

    sold: float
    #: planning begins: the sale has landed
    began: float
    planned: float
    #: the money has moved for good
    committed: float
    #: pay_settlement has returned: its announcements are queued
    returned: float


class Driver:
    """The engine of this process, without its runner."""

    def __init__(self) -> None:
        self._store = current().store
        self._host = current().host
        self._lease: Lease | None = None
        self._committed = 0.0
        self._told = 0
        self._tell = self._host.announce

    async def start(self) -> None:
        """Stop the runner; keep what announces; listen to what is announced."""
        await current().runner.stop()
        self._host.start()
        self._host.announce = self._announce  # type: ignore[method-assign]
        task_manager.register_invoice_listener(self._on_payment, "ext_benchmark")

    def _announce(self, transfers: Sequence[Transfer]) -> None:
        """The engine announces right after its commit."""
        self._committed = time.monotonic()
        self._tell(transfers)

    async def _on_payment(self, payment: Payment) -> None:
        self._told += 1

    async def land(self, business: Business) -> Due:
        """A sale at the machine, landed."""
        payment_hash = await sell(business)
        landed = await land_new_payments(self._store, self._host, lambda: False, is_start=False)
        (mine,) = (one for one in landed if one.payment_hash == payment_hash)
        return Due(settlement_id=mine.id, wallet_id=mine.wallet_id)

    async def pay(self, business: Business) -> Payout:
        """One sale, landed, planned and paid."""
        sold = time.monotonic()
        due = await self.land(business)
        lease = await self._hold_lease()
        self._committed = 0.0
        began = time.monotonic()
        await to_the_end(plan_settlement(self._store, self._host, due.settlement_id, claim="benchmark"))
        planned = time.monotonic()
        await to_the_end(pay_settlement(self._store, self._host, due, lease, lambda: False))
        returned = time.monotonic()
        await self._check(due.settlement_id, business)
        return Payout(sold=sold, began=began, planned=planned, committed=self._committed, returned=returned)

    async def _hold_lease(self) -> Lease:
        """The lease lasts thirty seconds: take it anew for each payout."""
        async with self._store.transaction("lease") as books:
            self._lease = await books.take_lease("benchmark", previous_is_gone=True)
        assert self._lease is not None
        return self._lease

    async def _check(self, settlement_id: str, business: Business) -> None:
        """What was measured was a payout to everybody, the fast way."""
        async with self._store.reading() as books:
            legs = await books.legs.of(settlement_id)
            row = await books.settlements.row(settlement_id)
        states = [leg.state.value for leg in legs]
        assert row is not None and row["state"] == "processed", row
        assert states == ["completed"] * len(business.lp_wallets), states
        assert self._committed, "the payout did not go the fast way"

    def forget_told(self) -> None:
        """Count announcements from here on."""
        self._told = 0

    async def until_told(self, payees: int) -> float:
        """Wait until so many payees were announced and LNbits has worked it off; the instant of that."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._told < payees or not _is_core_idle():
            assert time.monotonic() < deadline, f"{self._told} of {payees} payees were told"
            await asyncio.sleep(_GLANCE_SECONDS)
        return time.monotonic()


def _is_core_idle() -> bool:
    """Whether LNbits' own listener is waiting for the next payment, and nothing pays or tells."""
    listener: Any = task_manager.get_task("core_invoice_listener")
    queues = [task_manager.internal_invoice_queue, *([listener.invoice_queue] if listener else [])]
    return all(queue.empty() for queue in queues) and not _busy_tasks()


def _busy_tasks() -> list[str]:
    """Tasks of LNbits that tell somebody of a payment."""
    return [
        name
        for task in asyncio.all_tasks()
        if (name := getattr(task.get_coro(), "__qualname__", "")).startswith("send_payment_notification")
    ]
