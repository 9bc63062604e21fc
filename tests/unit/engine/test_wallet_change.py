"""A machine changes its wallet: the former one is settled and proved on until somebody closes it."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import NotFound, WalletBusy, WalletStillNeeded
from satmachineadmin.core.states import PayoutPolicy, SettlementState
from satmachineadmin.core.wallet_ties import Tie
from satmachineadmin.engine.reconcile import check_machine
from satmachineadmin.usecases import machines
from satmachineadmin.usecases.machines import change_machine, close_wallet, wallets_of

from .cash_ins import claim, landed, machine_that_buys, offered
from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio
FRESH = "fresh"


@pytest.fixture(autouse=True)
def _wallets_are_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """LNbits' own tables are not here: whose a wallet is, is tested over HTTP."""

    class Known:
        def __init__(self, wallet_id: str) -> None:
            self.id = wallet_id

    async def own_wallet(_user_id: str, wallet_id: str) -> Known:
        return Known(wallet_id)

    async def pending_hashes(_wallet_id: str) -> list[str]:
        return []

    monkeypatch.setattr(machines, "own_wallet", own_wallet)
    monkeypatch.setattr(machines.accounts, "pending_hashes", pending_hashes)


async def moved(make_rig: MakeRig) -> Rig:
    """A paid sale in the old wallet, then another wallet."""
    rig = await make_rig(cash={"ana": 1000_00})
    rig.host.add_wallet(FRESH, OPERATOR)
    rig.sell()
    await rig.work(2)
    await change(rig, FRESH)
    return rig


async def change(rig: Rig, wallet_id: str) -> None:
    await change_machine(rig.store, OPERATOR, rig.machine_id, {"wallet_id": wallet_id})


async def ties(rig: Rig, wallet_id: str = MACHINE_WALLET) -> tuple[Tie, ...] | None:
    seen = await wallets_of(rig.store, OPERATOR, rig.machine_id)
    (found,) = [one for one in seen if one.row["wallet_id"] == wallet_id]
    return found.ties


async def test_a_sale_that_comes_to_the_former_wallet_is_paid_from_it(make_rig: MakeRig) -> None:
    rig = await moved(make_rig)
    before = rig.host.balance_sats(MACHINE_WALLET)

    late = rig.sell()
    rig.host.receive(FRESH, 1100, extra=rig.stamp())
    await rig.work(3)

    settlement = await rig.settlement_of(late)
    assert (settlement["state"], settlement["wallet_id"]) == (SettlementState.PROCESSED, MACHINE_WALLET)
    assert [row["state"] for row in await rig.settlements()] == [SettlementState.PROCESSED] * 3
    assert rig.host.balance_sats(MACHINE_WALLET) == before + settlement["retained_sats"]
    payers = {leg["payer_wallet_id"] for leg in await rig.legs(settlement["id"])}
    assert payers == {MACHINE_WALLET}


async def test_both_wallets_are_proved_until_the_former_one_is_closed(make_rig: MakeRig) -> None:
    rig = await moved(make_rig)
    assert await check_machine(rig.store, rig.host, rig.machine_id) == []
    proofs = await rig.rows("SELECT wallet_id FROM satmachineadmin.machine_proofs ORDER BY wallet_id")
    assert [row["wallet_id"] for row in proofs] == [FRESH, MACHINE_WALLET]

    await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, MACHINE_WALLET)

    rig.sell()
    await rig.work(2)
    assert len(await rig.settlements()) == 1, "what comes to a closed wallet is nobody's sale"
    assert await ties(rig) is None
    with pytest.raises(NotFound):
        await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, MACHINE_WALLET)


async def test_a_sale_under_way_or_held_keeps_its_wallet(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 1000_00})
    rig.host.add_wallet(FRESH, OPERATOR)
    policy = {"payout_policy": PayoutPolicy.AFTER_MINUTES, "payout_delay_minutes": 5}
    await change_machine(rig.store, OPERATOR, rig.machine_id, policy)
    rig.sell()
    await rig.work()

    with pytest.raises(WalletBusy) as busy:
        await change(rig, FRESH)
    assert busy.value.fields["ties"] == [Tie.HELD]
    rig.clock.advance(minutes=6)
    await rig.work(3)
    await change(rig, FRESH)
    assert await ties(rig) == ()


async def test_an_invoice_that_may_be_paid_keeps_a_former_wallet_for_a_day(make_rig: MakeRig) -> None:
    rig = await moved(make_rig)
    rig.sell(status="pending")

    with pytest.raises(WalletStillNeeded) as needed:
        await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, MACHINE_WALLET)
    assert needed.value.fields["ties"] == [Tie.INVOICE]
    rig.clock.advance(days=1)
    await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, MACHINE_WALLET)


async def test_sats_that_are_owed_keep_a_former_wallet(make_rig: MakeRig) -> None:
    """The platform's, while it has no wallet."""
    rig = await make_rig(cash={"ana": 1000_00})
    rig.host.add_wallet(FRESH, OPERATOR)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_wallet_id=None)
    rig.sell()
    await rig.work(2)
    await change(rig, FRESH)

    assert await ties(rig) == (Tie.OWED,)
    with pytest.raises(WalletStillNeeded):
        await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, MACHINE_WALLET)


async def test_the_former_wallet_is_bound_again_as_it_was(make_rig: MakeRig) -> None:
    """And a closed one anew: what came meanwhile is history, not a sale."""
    rig = await moved(make_rig)
    before = {row.row["wallet_id"]: row.row for row in await wallets_of(rig.store, OPERATOR, rig.machine_id)}
    rig.clock.advance(minutes=1)
    await change(rig, MACHINE_WALLET)
    after = {row.row["wallet_id"]: row.row for row in await wallets_of(rig.store, OPERATOR, rig.machine_id)}
    assert after[MACHINE_WALLET]["scan_from"] == before[MACHINE_WALLET]["scan_from"]
    assert after[MACHINE_WALLET]["unbound_at"] is None

    await close_wallet(rig.store, rig.host, OPERATOR, rig.machine_id, FRESH)
    rig.clock.advance(minutes=1)
    rig.host.receive(FRESH, 1100, extra=rig.stamp())
    rig.clock.advance(minutes=20)
    await change(rig, FRESH)
    await rig.work(2, is_start=True)
    assert len(await rig.settlements()) == 1
    assert await check_machine(rig.store, rig.host, rig.machine_id) == []


async def test_sats_that_a_customer_has_not_fetched_tie_the_machine_to_the_wallet_that_pays_them(
    make_rig: MakeRig,
) -> None:
    """It may have another one meanwhile: the link is paid from where it was promised."""
    rig = await machine_that_buys(make_rig)
    rig.host.add_wallet(FRESH, OPERATOR)
    link = await offered(rig)
    await change(rig, FRESH)
    assert await ties(rig) == (Tie.CASH_IN,)

    await claim(rig, link)
    assert (await landed(rig)).state == "paid"
    (sale,) = await rig.settlements()
    assert (sale["wallet_id"], sale["state"], await ties(rig)) == (MACHINE_WALLET, "processed", ())
