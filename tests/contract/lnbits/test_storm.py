"""Everything at once on the real LNbits: no leg twice, no cash twice, no balance below zero."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from lnbits.core.services import create_invoice, pay_invoice
from lnbits.exceptions import PaymentError

from satmachineadmin.core.errors import StateMoved
from satmachineadmin.engine import plan as planning
from tests.harness.inprocess import InProcessHost

from .engine import Engine
from .plaza import FIAT_MINOR, PAID_OUT, PRINCIPAL_SATS, People, Plaza, open_plaza

pytestmark = pytest.mark.anyio
SALES = 200
#: The LPs' cash suffices for half of the sales.
CASH_MINOR = SALES * FIAT_MINOR // 4
#: So often the operator pays from the machine's wallet meanwhile, out of a float of its own beside the sales.
PAYMENTS, EACH_SATS = 20, 10
#: A round pays fifty; more than this means that something stands still.
_ROUNDS = 20


@pytest.fixture
async def crowded(lnbits: InProcessHost, engine: Engine, people: People) -> AsyncIterator[Plaza]:
    """A machine whose LPs have cash for a hundred sales."""
    async with open_plaza(lnbits, engine, people, cash_minor=CASH_MINOR) as made:
        yield made


async def test_a_payment_that_is_announced_a_hundred_times_lands_and_is_paid_once(
    plaza: Plaza, engine: Engine
) -> None:
    """Fifty tasks at once, twice each, while it is being paid out."""
    await plaza.sell()

    async def announce() -> None:
        for _ in range(2):
            await engine.land()

    await asyncio.gather(*(announce() for _ in range(50)), engine.work(3))
    await engine.work()
    assert await plaza.states() == ["processed"]
    assert await plaza.balances() == PAID_OUT


async def test_two_hundred_sales_at_once_never_give_the_same_cash_twice(
    crowded: Plaza, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are planned by tasks of their own and paid, while the operator pays from that very wallet."""
    # Two hundred that look again and again are no harder than two hundred that look twice.
    monkeypatch.setattr(planning, "LOOKS", 2)
    await crowded.lnbits.top_up(crowded.machine, PAYMENTS * EACH_SATS)
    await crowded.sell_many(SALES)
    await engine.land()
    rows = await engine.rows(
        "SELECT id FROM satmachineadmin.dca_settlements WHERE wallet_id = :wallet", wallet=crowded.machine.id
    )
    assert len(rows) == SALES
    elsewhere = crowded.people.operator.wallet

    async def pay_elsewhere() -> int:
        invoice = await create_invoice(wallet_id=elsewhere.id, amount=EACH_SATS, memo="own", internal=True)
        try:
            await pay_invoice(wallet_id=crowded.machine.id, payment_request=invoice.bolt11)
        except PaymentError:
            return 0
        return EACH_SATS

    before_msat = await crowded.lnbits.balance_msat(elsewhere)

    async def plan(settlement_id: str) -> None:
        # Whoever finds the cash moved again and again leaves the sale to the next round.
        with suppress(StateMoved):
            await planning.plan_settlement(engine.store, engine.host, settlement_id, claim="a task")

    paying = asyncio.gather(*(pay_elsewhere() for _ in range(PAYMENTS)))
    await asyncio.gather(engine.work(2), *(plan(row["id"]) for row in rows))
    taken_sats = sum(await paying)
    for _ in range(_ROUNDS):
        if set(await crowded.states()) == {"processed"}:
            break
        await engine.work_later(minutes=1)

    assert await crowded.states() == ["processed"] * SALES
    assert await crowded.lnbits.balance_msat(elsewhere) - before_msat == taken_sats * 1000
    assert await crowded.cash() == dict.fromkeys(("ana", "ben"), (CASH_MINOR, CASH_MINOR, 0))
    covered = SALES // 2
    assert await crowded.balances() == {
        "ana": covered * PRINCIPAL_SATS // 2, "ben": covered * PRINCIPAL_SATS // 2,
        "partner": SALES * PAID_OUT["partner"], "platform": SALES * PAID_OUT["platform"],
        # What nobody's cash covers stays, and what the operator did not take of its float.
        "machine": covered * PRINCIPAL_SATS + PAYMENTS * EACH_SATS - taken_sats,
    }  # fmt: skip
