"""Books older than the wallet's history, where a customer has fetched its sats: they are not paid again."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import ActionNotAllowed, WithdrawalRefused
from satmachineadmin.usecases.transactions import give_cash_back
from tests.fakes.lightning import Ending

from .cash_ins import TXID, claim, got_msat, link_of, machine_that_buys, offered, pay_claims
from .conftest import MakeRig
from .restored import Copy, a_round, accept_all, is_paused
from .rig import OPERATOR, Rig
from .signed import again

pytestmark = pytest.mark.anyio


async def run(rig: Rig, rounds: int = 4) -> None:
    for number in range(rounds):
        await a_round(rig, is_start=number == 0)
        await pay_claims(rig)
        rig.clock.advance(seconds=31)


async def paid_and_forgotten(make_rig: MakeRig, *, claimed: bool, ending: Ending = Ending.COMPLETED) -> Rig:
    """The customer was paid, and these books are older: offered, or just claimed.

    Without a commission there are no legs that would be restored as well.
    """
    rig = await machine_that_buys(make_rig, cash_in_fee_pct="0")
    await a_round(rig)
    link = await offered(rig)
    copies = [] if claimed else [Copy(rig)]
    rig.host.lightning.endings.append(ending)
    await claim(rig, link)
    copies += [Copy(rig)] if claimed else []
    await run(rig, 2)
    rig.clock.advance(seconds=200)
    copies[0].restore()
    return rig


async def test_a_claim_that_was_paid_before_is_found_and_not_paid_again(make_rig: MakeRig) -> None:
    """The invoice is in the old books: its payment is the link's, and nobody has to decide."""
    rig = await paid_and_forgotten(make_rig, claimed=True)
    await run(rig)

    assert ((await again(rig, TXID)).state, (await link_of(rig))["state"]) == ("paid", "paid")
    assert (len(rig.host.lightning.handed_over), got_msat(rig), await is_paused(rig)) == (1, 350_000, False)


@pytest.mark.parametrize("ending", [Ending.COMPLETED, Ending.PENDING])
@pytest.mark.breaks_the_books("the link was paid by an invoice that the books have lost")
async def test_a_link_that_was_paid_before_pays_nobody_else(make_rig: MakeRig, ending: Ending) -> None:
    """The operator accepts what LNbits holds: it lands as what the customer had given."""
    rig = await paid_and_forgotten(make_rig, claimed=False, ending=ending)
    await run(rig)
    assert await is_paused(rig)
    assert await rig.worklist() == ["unknown_payments"]
    link = await link_of(rig)
    with pytest.raises(ActionNotAllowed):
        await give_cash_back(rig.store, rig.host, OPERATOR, link["transaction_id"], "it asks for it")

    await claim(rig, link)
    await run(rig)
    assert len(rig.host.lightning.handed_over) == 1

    await accept_all(rig)
    await run(rig)
    rig.host.lightning.decide("success")
    rig.clock.advance(seconds=600)
    await run(rig)

    assert ((await again(rig, TXID)).state, (await link_of(rig))["state"]) == ("paid", "paid")
    (sale,) = await rig.settlements()
    assert (sale["state"], sale["wire_sats"], await is_paused(rig)) == ("processed", 350, False)
    assert (len(rig.host.lightning.handed_over), got_msat(rig)) == (1, 350_000)
    with pytest.raises(WithdrawalRefused):
        await claim(rig, link)
