"""The in-process LNbits itself: it runs, it pays, and it has our extensions loaded."""

from __future__ import annotations

import pytest

from tests.harness.inprocess import InProcessHost

pytestmark = pytest.mark.anyio


async def test_a_payment_between_two_wallets_moves_the_balance(host: InProcessHost) -> None:
    from lnbits.core.services import create_invoice, pay_invoice

    payer, payee = await host.create_user("inproc_payer"), await host.create_user("inproc_payee")
    await host.top_up(payer.wallet, 1_000)
    invoice = await create_invoice(wallet_id=payee.wallet.id, amount=300, memo="tea")
    await pay_invoice(wallet_id=payer.wallet.id, payment_request=invoice.bolt11)

    assert await host.balance_msat(payer.wallet) == 700_000
    assert await host.balance_msat(payee.wallet) == 300_000


async def test_both_extensions_are_loaded_and_active(host: InProcessHost) -> None:
    from lnbits.core.crud import get_installed_extensions

    assert {ext.id for ext in await get_installed_extensions(active=True)} == {
        "satmachineadmin",
        "satmachineclient",
    }
