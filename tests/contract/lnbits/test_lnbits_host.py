"""LNbits keeps the contract of the host: the same tests as for the host in memory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import uuid4

import pytest
from lnbits.core.crud import create_payment, delete_wallet, get_wallet
from lnbits.core.crud.extensions import update_user_extension
from lnbits.core.db import db
from lnbits.core.models import CreatePayment
from lnbits.core.models.extensions import UserExtension
from lnbits.core.models.payments import PaymentState
from lnbits.core.services import create_invoice
from lnbits.decorators import check_user_extension_access
from lnbits.settings import settings
from lnbits.wallets import get_funding_source

from satmachineadmin.core.outside import Invoice
from satmachineadmin.host.lightning import read_invoice
from satmachineadmin.host.lnbits_host import LnbitsHost
from satmachineadmin.services import current
from satmachineadmin.store.books import Store
from tests.contract.host.contract import *  # noqa: F403
from tests.contract.host.outside import *  # noqa: F403
from tests.harness import Wallet
from tests.harness.inprocess import InProcessHost
from tests.harness.pay_links import foreign_invoice


@dataclass
class LnbitsBench:
    lnbits: InProcessHost
    host: LnbitsHost
    store: Store
    wallets: dict[str, Wallet]

    async def wallet(self, sats: int = 0) -> str:
        user = await self.lnbits.create_user(f"u{uuid4().hex[:10]}")
        self.wallets[user.wallet.id] = user.wallet
        if sats:
            await self.lnbits.top_up(user.wallet, sats)
        return user.wallet.id

    async def user_of(self, wallet_id: str) -> str:
        return self.wallets[wallet_id].user_id

    async def balance_sats(self, wallet_id: str) -> int:
        return await self.lnbits.balance_msat(self.wallets[wallet_id]) // 1000

    async def delete(self, wallet_id: str) -> None:
        await delete_wallet(user_id=self.wallets[wallet_id].user_id, wallet_id=wallet_id)

    async def make_shared(self, wallet_id: str) -> None:
        source = await self.wallet()
        await db.execute(
            "UPDATE wallets SET wallet_type = 'lightning-shared', shared_wallet_id = :source WHERE id = :id",
            {"source": source, "id": wallet_id},
        )
        assert await get_wallet(source)

    async def receive(self, wallet_id: str, sats: int, *, status: str, external_id: str | None) -> str:
        payment_hash = f"{time.time_ns():064x}"
        payment = CreatePayment(
            wallet_id=wallet_id, payment_hash=payment_hash, bolt11=payment_hash, amount_msat=sats * 1000,
            memo="", external_id=external_id,
        )  # fmt: skip
        await create_payment(checking_id=payment_hash, data=payment, status=PaymentState(status))
        return payment_hash

    async def set_status(self, checking_id: str, status: str) -> None:
        await db.execute(
            "UPDATE apipayments SET status = :status WHERE checking_id = :id",
            {"status": status, "id": checking_id},
        )

    async def outside_invoice(self, sats: int, *, is_payable: bool) -> Invoice:
        """LNbits' stand-in for a node reaches nobody but itself."""
        if not is_payable:
            return read_invoice(foreign_invoice(sats * 1000))
        made = await get_funding_source().create_invoice(amount=sats, memo="outside")
        return read_invoice(str(made.payment_request))

    async def own_invoice(self, wallet_id: str, sats: int) -> Invoice:
        return read_invoice((await create_invoice(wallet_id=wallet_id, amount=sats, memo="own")).bolt11)

    def set_ending(self, *, is_payable: bool) -> None:
        """The invoice itself decides."""


@pytest.fixture
async def bench(lnbits: InProcessHost) -> LnbitsBench:
    """A host of its own over the running extension's store; nothing is announced."""
    store = current().store
    return LnbitsBench(lnbits=lnbits, host=LnbitsHost(store), store=store, wallets={})


async def test_the_fast_way_is_open_here(bench: LnbitsBench) -> None:
    """What the payout tests of the contract show, they show with the real transaction over both books."""
    await bench.wallet()
    await bench.wallet()
    way, reason = await bench.host.way_in_use()
    assert (str(way), reason.endswith("self-test passed")) == ("fast", True), reason


PERMISSIONS = {
    "enabled": (True, []),
    "switched off by the operator": (False, []),
    "for admins only": (True, ["satmachineadmin"]),
    "for admins only and switched off": (False, ["satmachineadmin"]),
}


@pytest.mark.parametrize("case", PERMISSIONS)
async def test_who_may_use_the_extension_is_answered_as_lnbits_answers_it(
    bench: LnbitsBench, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways of paying ask; the fast one by SQL of its own."""
    is_active, admin_extensions = PERMISSIONS[case]
    wallet_id = await bench.wallet()
    user_id = await bench.user_of(wallet_id)
    await update_user_extension(UserExtension(user=user_id, extension="satmachineadmin", active=is_active))
    monkeypatch.setattr(settings, "lnbits_admin_extensions", admin_extensions)

    lnbits = await check_user_extension_access(user_id, "satmachineadmin")
    slow = (await bench.host.facts(wallet_id, ())).extension_refusal
    async with bench.host.payout(wallet_id) as payout:
        fast = (await payout.facts(())).extension_refusal

    assert lnbits.success is (case == "enabled")
    assert slow == fast == (None if lnbits.success else lnbits.message)
