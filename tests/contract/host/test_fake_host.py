"""The host in memory keeps the contract, so what the engine's tests show with it holds for LNbits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from satmachineadmin.core.outside import Invoice
from satmachineadmin.store.books import Store
from tests.contract.host.contract import *  # noqa: F403
from tests.contract.host.outside import *  # noqa: F403
from tests.fakes.books import FakeClock, store_on_sqlite
from tests.fakes.host import FakeHost
from tests.fakes.lightning import Ending


@dataclass
class FakeBench:
    host: FakeHost
    store: Store

    async def wallet(self, sats: int = 0) -> str:
        number = len(self.host.wallets)
        return self.host.add_wallet(f"wallet{number}", f"user{number}", sats=sats)

    async def user_of(self, wallet_id: str) -> str:
        return self.host.wallets[wallet_id].user_id

    async def balance_sats(self, wallet_id: str) -> int:
        return self.host.balance_sats(wallet_id)

    async def delete(self, wallet_id: str) -> None:
        self.host.delete_wallet(wallet_id)

    async def make_shared(self, wallet_id: str) -> None:
        self.host.wallets[wallet_id] = replace(self.host.wallets[wallet_id], is_shared=True)

    async def receive(self, wallet_id: str, sats: int, *, status: str, external_id: str | None) -> str:
        return self.host.receive(wallet_id, sats, status=status, external_id=external_id).payment_hash

    async def set_status(self, checking_id: str, status: str) -> None:
        (row,) = [row for row in self.host.rows if row.checking_id == checking_id]
        self.host.change(row, status=status)

    async def outside_invoice(self, sats: int, *, is_payable: bool) -> Invoice:
        self.host.lightning.add_target("outside")
        return await self.host.lightning.invoice(await self.host.lightning.terms("outside"), sats * 1000)

    async def own_invoice(self, wallet_id: str, sats: int) -> Invoice:
        self.host.lightning.add_target("own", wallet_id=wallet_id)
        return await self.host.lightning.invoice(await self.host.lightning.terms("own"), sats * 1000)

    def set_ending(self, *, is_payable: bool) -> None:
        self.host.lightning.endings.append(Ending.COMPLETED if is_payable else Ending.FAILED)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[FakeBench]:
    clock = FakeClock(datetime.now(timezone.utc))
    store = await store_on_sqlite(tmp_path, clock)
    yield FakeBench(host=FakeHost(store, clock), store=store)
    await store.database.dispose()
