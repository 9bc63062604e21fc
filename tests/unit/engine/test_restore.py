"""Books older or younger than the wallet's history: 0 repeat payments, paused until a person confirmed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.reconcile import full_audit
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ELLA
from .restored import a_round, accept_all, is_paused, restart_with_empty_books

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))


@WAYS
async def test_books_that_are_five_minutes_old_pay_nothing_again(make_rig: MakeRig, way: PayWay) -> None:
    """Two sales were paid after the copy was taken: they land again, and are not paid again."""
    rig = await make_rig(cash={"ana": 900_00}, way=way)
    rig.sell()
    await a_round(rig, is_start=True)
    path = rig.store.database.sqlite_path
    assert path is not None
    shutil.copyfile(path, f"{path}.copy")
    rig.clock.advance(minutes=5)
    sales = [rig.sell(), rig.sell()]
    await a_round(rig)
    before = rig.balances()
    assert before["ana's wallet"] == 3000
    shutil.copyfile(f"{path}.copy", path)

    for _ in range(3):
        await a_round(rig, is_start=True)
        rig.clock.advance(minutes=1)
    fresh = rig.sell()
    await a_round(rig)

    assert rig.balances() == {**before, "plaza": 1100}
    assert await is_paused(rig)
    assert "unknown_payments" in await rig.worklist()
    assert (await rig.settlement_of(fresh))["waits_code"] == "payouts_paused"

    await accept_all(rig)
    await a_round(rig)
    await a_round(rig)
    assert not await is_paused(rig)
    assert (await rig.settlement_of(fresh))["state"] == "processed"
    assert rig.balances() == {**{name: sats * 4 // 3 for name, sats in before.items()}}
    assert {(await rig.settlement_of(sale))["state"] for sale in sales} == {"processed"}
    assert await full_audit(rig.store, rig.host) == []
    assert await rig.cash_of("ana") == {"confirmed": 900_00, "paid": 800_00, "reserved": 0}


@pytest.mark.breaks_the_books("the books are new, LNbits' are not")
@WAYS
async def test_empty_books_beside_a_wallet_with_a_history_pay_nothing_again(
    make_rig: MakeRig, migrated_file: Path, way: PayWay
) -> None:
    """The machine is set up anew from an earlier instant: its sales land, none is paid again."""
    rig = await make_rig(cash={"ana": 900_00}, way=way)
    sales = [rig.sell(), rig.sell()]
    await a_round(rig, is_start=True)
    before = rig.balances()
    again = await restart_with_empty_books(rig, migrated_file)

    for _ in range(3):
        await a_round(again, is_start=True)
        again.clock.advance(minutes=1)

    assert again.balances() == before
    assert await is_paused(again)
    assert "unknown_payments" in await again.worklist()

    await accept_all(again)
    fresh = again.host.receive("plaza", 1100, extra=again.stamp())
    for _ in range(3):
        await a_round(again)
        again.clock.advance(minutes=1)
    assert not await is_paused(again)
    assert (await again.settlement_of(fresh))["state"] == "processed"
    assert again.balances()["ana's wallet"] == before["ana's wallet"] + 1000
    assert {(await again.settlement_of(sale))["state"] for sale in sales} == {"dismissed"}
    assert await again.cash_of("ana") == {"confirmed": 900_00, "paid": 200_00, "reserved": 0}
    assert await full_audit(again.store, again.host) == []


@pytest.mark.breaks_the_books("the books are new, LNbits' are not")
async def test_payouts_of_an_earlier_life_of_the_wallet_are_its_opening(
    make_rig: MakeRig, migrated_file: Path
) -> None:
    """A machine set up anew from now on: nothing of before lands, so nothing has to be confirmed."""
    rig = await make_rig(cash={"ana": 900_00})
    rig.sell()
    await a_round(rig, is_start=True)
    rig.clock.advance(minutes=10)
    again = await restart_with_empty_books(rig, migrated_file)
    async with again.store.transaction("setup") as books:
        await books.sql.run(
            "UPDATE satmachineadmin.machine_wallets SET scan_from = :at",
            at=int(rig.clock.now().timestamp()),
        )
    await a_round(again, is_start=True)

    assert not await is_paused(again)
    assert await again.settlements() == []


@pytest.mark.breaks_the_books("a stranger's payment bears our mark")
@WAYS
async def test_a_strangers_payment_with_our_mark_holds_up_no_sale(make_rig: MakeRig, way: PayWay) -> None:
    """Whoever paid a sale knows its hash, and may write our mark on payments between wallets of their own."""
    rig = await make_rig(cash={"ana": 900_00}, way=way)
    rig.host.add_wallet("eve's", "eve", sats=100)
    sale = rig.sell()
    mark = f"sm1:{sale.payment_hash}:"
    incoming = rig.host.receive("eve's other", 10, payer_wallet_id="eve's", external_id=f"{mark}x:1")
    (debit,) = [row for row in rig.host.rows if row.checking_id == f"internal_{incoming.payment_hash}"]
    rig.host.change(debit, external_id=f"{mark}super_fee:1")

    await a_round(rig, is_start=True)

    assert (await rig.settlement_of(sale))["state"] == "processed"
    assert (await rig.worklist(), rig.balances()["ana's wallet"]) == ([], 1000)


async def test_a_payment_that_is_still_pending_is_not_made_again_from_older_books(make_rig: MakeRig) -> None:
    """It had left when the copy was put back: nobody knows yet whether it arrived."""
    rig = await make_rig(outside=(ELLA,))
    rig.sell(principal_sats=1000, commission_sats=10_000)
    await a_round(rig, is_start=True)
    path = rig.store.database.sqlite_path
    assert path is not None
    shutil.copyfile(path, f"{path}.copy")
    rig.host.lightning.endings.append(Ending.PENDING)
    await rig.work_outside()
    shutil.copyfile(f"{path}.copy", path)

    for _ in range(3):
        await rig.work(2)
        await rig.work_outside()
        rig.clock.advance(minutes=1)

    (row,) = await rig.settlements()
    assert (row["state"], row["waits_code"]) == ("errored", "restored")
    assert len(rig.host.lightning.handed_over) == 1
