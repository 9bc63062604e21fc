"""What the forked processes do: the runner's own rounds over the real store and the real LNbits."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

_OPEN = "SELECT COUNT(*) FROM satmachineadmin.dca_settlements WHERE state IN ('pending', 'processing')"
_PATIENCE_SECONDS = 45


class LateClock:
    """A clock that is ahead, so that nobody has to wait for a second try."""

    def __init__(self, seconds: int) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self._ahead


async def finish_everything(as_lnbits_starts: bool = False, seconds_later: int = 0) -> dict[str, Any]:
    """Start, take the lease, land, plan and pay until nothing is due; returns how often each place
    was reached.

    LNbits, when it really starts, checks pending payments and gives internal invoices up.
    """
    from satmachineadmin import failpoints
    from satmachineadmin.services import current

    if as_lnbits_starts:
        from lnbits.core.services.payments import check_pending_payments

        await check_pending_payments()
    if seconds_later:
        current().store._clock = LateClock(seconds_later)
    runner = _runner()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        await runner._round()  # the runner's own, without its pauses
        assert runner.state == "active", "the lease of a dead process was not taken over"
        reached = dict(failpoints._reached)
        if not await open_settlements():
            return reached
        assert time.monotonic() < deadline, "a settlement is still open"
        await asyncio.sleep(0.05)


async def land_and_plan() -> str:
    """Leave a planned settlement behind; returns its id."""
    from satmachineadmin.engine.land import land_new_payments
    from satmachineadmin.engine.plan import plan_settlement
    from satmachineadmin.services import current

    store, host = current().store, current().host
    (landed,) = await land_new_payments(store, host, lambda: False, is_start=False)
    assert await plan_settlement(store, host, landed.id, claim="a test")
    return str(landed.id)


async def take_lease() -> Any:
    """The right to pay, whoever may hold it."""
    from satmachineadmin.host import process
    from satmachineadmin.services import current

    async with current().store.transaction("lease") as books:
        lease = await books.take_lease(process.holder_name(), previous_is_gone=True)
    assert lease is not None
    return lease


async def ask_for_lease() -> str:
    """One round of a runner: `active` or `standby`."""
    runner = _runner()
    await runner._round()
    return str(runner.state)


async def hold_lease(say: Any) -> None:
    """Take the lease and live on with it."""
    await take_lease()
    say()
    await asyncio.sleep(600)


@cache
def _runner() -> Any:
    """The one runner of this process."""
    from satmachineadmin.services import current
    from satmachineadmin.tasks import Runner

    return Runner(current().store, current().host)


async def open_settlements() -> int:
    from satmachineadmin.services import current

    async with current().store.database.reading() as sql:
        return int(await sql.value(_OPEN))
