"""Our engine over the real LNbits of this process, one round at a time and by a clock that tests turn.

The extension's own runner rests: it would work whenever it likes, and a test could only wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from lnbits.core.db import db as core_db

from satmachineadmin.core.lease import Lease
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.pay_external import work_outside
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.engine.work import work_once
from satmachineadmin.host.lnbits_host import LnbitsHost
from satmachineadmin.store.books import Store
from satmachineadmin.store.database import Database


@dataclass
class LaterClock:
    """The time of day, and as much later as a test wants to have waited.

    LNbits writes its rows by the clock of the machine, so ours cannot stand still beside it.
    """

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead

    def advance(self, **span: float) -> None:
        self.ahead += timedelta(**span)


class Engine:
    """Store, host and lease as the runner has them."""

    def __init__(self, database: Database) -> None:
        self.clock = LaterClock()
        self.store = Store(database, self.clock)
        self.host = LnbitsHost(self.store)

    async def lease(self) -> Lease:
        """Tests work one after the other: whoever asks has it, for a day, since nobody renews it here."""
        async with self.store.transaction("lease") as books:
            lease = await books.take_lease("tests", previous_is_gone=True)
            await books.sql.run("UPDATE satmachineadmin.runner_lease SET expires_at = expires_at + 86400")
        assert lease is not None
        return lease

    async def land(self) -> None:
        """Only write down what there is to be paid out."""
        await land_new_payments(self.store, self.host, lambda: False, is_start=False)

    async def work(self, rounds: int = 1, *, host: LnbitsHost | None = None) -> None:
        """Land, plan and pay what is due."""
        lease = await self.lease()
        for _ in range(rounds):
            await work_once(self.store, host or self.host, lease, lambda: False)

    async def work_later(self, rounds: int = 1, **span: float) -> None:
        """The same after a while."""
        self.clock.advance(**span)
        await self.work(rounds)

    async def work_outside(self, most: int = 20) -> int:
        """Everything that leaves this LNbits and is due; how many steps it took."""
        lease = await self.lease()
        for step in range(most):
            if await work_outside(self.store, self.host, lease, lambda: False) is None:
                return step
        return most

    async def reconcile(self) -> None:
        await reconcile_once(self.store, self.host, await self.lease(), lambda: False)

    async def forget(self, machine_id: str) -> None:
        """Read a machine's wallet no more: every round reads all of them, and its test is over."""
        async with self.store.transaction("forget") as books:
            await books.sql.run(
                "DELETE FROM satmachineadmin.machine_wallets WHERE machine_id = :machine", machine=machine_id
            )

    async def use(self, way: PayWay) -> None:
        """Have internal legs paid this way, whatever the platform's page says."""
        async with self.store.transaction("setup", actor="platform") as books:
            await books.platform.change(fast_way_allowed=way is PayWay.FAST)

    async def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        async with self.store.reading() as books:
            return [dict(row) for row in await books.sql.all(statement, **values)]


async def balances_sats(wallet_ids: Mapping[str, str]) -> dict[str, int]:
    """What LNbits says that each wallet holds, by the names that a test gave them; no zeros.

    From the rows and not from LNbits' view, which forgets a deleted wallet.
    """
    held: dict[str, int] = {}
    for name, wallet_id in wallet_ids.items():
        row: dict[str, Any] = await core_db.fetchone(
            """
            SELECT COALESCE(SUM(amount - ABS(fee)), 0) AS msat FROM apipayments
            WHERE wallet_id = :id AND (status = 'success' OR (status = 'pending' AND amount < 0))
            """,
            {"id": wallet_id},
        )
        held[name] = int(row["msat"]) // 1000
    return {name: sats for name, sats in held.items() if sats}
