"""A payment that leaves is cancelled at every place where it waits: nothing lost, nothing paid twice.

A shutdown cancels the engine's task, a client that hangs up cancels its request. What touches money or a
database ends before the cancelling takes effect; what only talks is broken off; the books are read again.
"""

from __future__ import annotations

from collections import Counter

import pytest

from satmachineadmin.engine.reconcile import full_audit
from satmachineadmin.engine.refund import hand_in
from tests.fakes.lightning import Ending
from tests.harness.cancelling import cancel_at

from .conftest import MakeRig
from .outside import ELLA
from .test_refund import customers_invoice, half_dispensed, left_msat, link, make_link, refund_leg
from .test_restore_outside import business, forwards, sell

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


@pytest.mark.parametrize("ending", [Ending.COMPLETED, Ending.PENDING])
async def test_a_payment_that_is_cancelled_anywhere_is_made_once(make_rig: MakeRig, ending: Ending) -> None:
    """One sale for each place: the share and what Ana passes on are cancelled there, then carried on with."""
    rig = await business(make_rig)
    lightning = rig.host.lightning
    sales, is_reached = 0, True
    while is_reached:
        sell(rig)
        sales += 1
        async with rig.store.transaction("lease") as books:
            await books.renew_lease(rig.lease)
        await rig.work(2)
        lightning.endings.clear()
        lightning.endings.extend([ending] * 2)
        is_reached = [await cancel_at(rig.work_outside(1), sales) for _ in range(2)] != [False, False]
        lightning.endings.clear()
        lightning.decide("success")
        for _ in range(2):
            rig.clock.advance(seconds=31)
            await rig.work_outside()
    assert sales >= 10, "it waits in fewer places than it has steps"

    shares = [leg for leg in await rig.legs() if leg["target"] == ELLA]
    assert [leg["state"] for leg in shares].count("completed") == sales
    left = Counter(
        (row.wallet_id, row.amount_msat)
        for row in rig.host.rows
        if row.is_lightning_outbound and row.status == "success" and "internal" not in row.checking_id
    )
    assert left == {("plaza", -3_465_000): sales, ("ana's wallet", -990_000): sales}
    assert {leg["state"] for leg in await forwards(rig)} <= {"completed", "voided"}
    assert {row["state"] for row in await rig.settlements()} == {"processed"}
    assert await rig.worklist() == []
    assert await full_audit(rig.store, rig.host) == []


async def test_a_refund_whose_customer_hangs_up_anywhere_is_handed_in_once_or_not_at_all(
    make_rig: MakeRig,
) -> None:
    """The request is cancelled at each of its waits; the customer tries again until the link is taken."""
    rig, sale = await half_dispensed(make_rig)
    opened = await make_link(rig, sale)
    bolt11 = await customers_invoice(rig, 495_000)
    wait = 1
    while await cancel_at(hand_in(rig.store, rig.host, opened["k1"], bolt11), wait):
        taken = (await link(rig))["state"] == "claimed"
        assert (await refund_leg(rig))["state"] == ("pending" if taken else "skipped")
        if taken:
            break
        wait += 1
    assert wait > 5

    await rig.work_outside()
    assert ((await link(rig))["state"], (await refund_leg(rig))["state"]) == ("paid", "refunded")
    assert left_msat(rig) == 495_000
