"""The slow way pays leg by leg: LNbits may forbid the next one in between.

What was paid stays paid, what was not waits with LNbits' own words, and goes on by itself by the same
invoice: never twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from lnbits.core.crud import delete_wallet
from lnbits.settings import settings

from satmachineadmin.core.states import PayWay
from satmachineadmin.host.lnbits_host import LnbitsHost
from satmachineadmin.ports import Transfer

from .engine import Engine
from .plaza import PAID_OUT, WIRE_SATS, Plaza

pytestmark = pytest.mark.anyio


class Forbidding(LnbitsHost):
    """LNbits whose admin changes a setting as soon as the first leg is paid."""

    def __init__(self, engine: Engine, name: str, value: object) -> None:
        super().__init__(engine.store)
        self._name, self._value = name, value
        self._usual = getattr(settings, name)

    async def pay_invoice(self, transfer: Transfer) -> None:
        await super().pay_invoice(transfer)
        setattr(settings, self._name, self._value)

    def lift(self) -> None:
        setattr(settings, self._name, self._usual)


@pytest.fixture
async def slowly(engine: Engine) -> AsyncIterator[None]:
    await engine.use(PayWay.SLOW)
    yield
    await engine.use(PayWay.FAST)


FORBIDDEN = {
    "lnbits_only_allow_incoming_payments": (True, "Only incoming payments allowed."),
    "lnbits_wallet_limit_secs_between_trans": (600, "The time limit of 600 seconds between payments"),
    "lnbits_wallet_limit_daily_max_withdraw": (-1, "It is not allowed to spend funds from this server."),
    "lnbits_admin_extensions": (["satmachineadmin"], "User not authorized for extension"),
    "lnbits_max_outgoing_payment_amount_sats": (10, "Max allowed: 10 sats."),
}


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_what_is_forbidden_in_between_goes_on_when_it_is_lifted(
    plaza: Plaza, engine: Engine, slowly: None, name: str
) -> None:
    value, words = FORBIDDEN[name]
    host = Forbidding(engine, name, value)
    await plaza.sell()
    try:
        await engine.work(host=host)
        await engine.work_later(hours=1)
        waiting = await plaza.shown_in_books()
        assert waiting["state"] == "processing"
        assert ": LNbits says: " in waiting["error_message"]
        assert words in waiting["error_message"]
        assert await plaza.balances() == {"machine": WIRE_SATS - 30, "platform": 30}
    finally:
        host.lift()

    await engine.work_later(minutes=1)
    assert await plaza.states() == ["processed"]
    assert await plaza.balances() == PAID_OUT
    await engine.work_later(minutes=1)
    assert await plaza.balances() == PAID_OUT


async def test_a_wallet_that_is_deleted_in_between_gets_nothing_and_its_id_is_not_told(
    plaza: Plaza, engine: Engine, slowly: None
) -> None:
    """After it was decided to pay ben, and before LNbits is asked for an invoice of his."""
    ben = plaza.wallets["ben"]

    class Deleting(LnbitsHost):
        async def pay_invoice(self, transfer: Transfer) -> None:
            await super().pay_invoice(transfer)
            await delete_wallet(user_id=ben.user_id, wallet_id=ben.id)

    await plaza.sell()
    await engine.work(host=Deleting(engine.store))
    waiting = await plaza.shown()
    assert "ben: LNbits says: Could not fetch wallet of the receiver." in waiting["error_message"]
    assert ben.id not in str(waiting)

    await engine.work_later(minutes=1)
    shown = await plaza.shown()
    assert (shown["state"], (await plaza.balances())["machine"]) == ("errored", 500)
    await delete_wallet(user_id=ben.user_id, wallet_id=ben.id, deleted=False)
    await engine.work_later(hours=1)
    assert await plaza.balances() == PAID_OUT
