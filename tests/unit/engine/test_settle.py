"""SETTLE: what is left of an LP's cash is paid off once, from the operator's own wallet, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from satmachineadmin.core.errors import (
    ArrowNotAllowed,
    FundingShort,
    ImplausibleRate,
    MachineWalletRefused,
    NotFound,
    NothingLeft,
    SharedWallet,
    WalletNotYours,
)
from satmachineadmin.core.lease import LeaseLost
from satmachineadmin.core.states import PayWay
from satmachineadmin.host import accounts
from satmachineadmin.ports import Transfer
from satmachineadmin.usecases import settling
from satmachineadmin.usecases.settling import (
    Asked,
    preview_payoff,
    release_payoff,
    retry_payoff,
    settle_balance,
)

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))
PURSE = "purse"


@pytest.fixture
def make_funded(make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch) -> MakeRig:
    """A rig whose operator has 5000 sats in a wallet of its own; LNbits' wallets are the fake host's."""

    async def make(**wishes: Any) -> Rig:
        rig = await make_rig(**wishes)
        rig.host.add_wallet(PURSE, OPERATOR, sats=5000)

        async def own_wallet(user_id: str, wallet_id: str) -> Any:
            wallet = rig.host.wallets.get(wallet_id)
            if wallet is None or wallet.user_id != user_id:
                raise WalletNotYours(wallet_id=wallet_id)
            if wallet.is_shared:
                raise SharedWallet(wallet_id=wallet_id)
            return wallet

        async def balance_sats(wallet_id: str) -> int:
            return rig.host.balance_sats(wallet_id)

        monkeypatch.setattr(settling, "own_wallet", own_wallet)
        monkeypatch.setattr(accounts, "balance_sats", balance_sats)
        return rig

    return make


def asked(**changes: Any) -> Asked:
    plain: dict[str, Any] = {"funding_wallet_id": PURSE, "exchange_rate": "5", "fiat_minor": None}
    return Asked(**{**plain, **changes})


async def settle(rig: Rig, name: str = "ana", **wishes: Any) -> str:
    more: dict[str, Any] = {"confirm": False, "notes": ""}
    more |= {key: wishes.pop(key) for key in list(wishes) if key in more}
    return await settle_balance(rig.store, rig.host, OPERATOR, rig.enrolments[name], asked(**wishes), **more)


@WAYS
async def test_all_that_is_left_is_paid_off(make_funded: MakeRig, way: PayWay) -> None:
    """100.33 EUR at 5 sats: 501.65, half up 502 sats, from the operator's wallet, not the machine's."""
    rig = await make_funded(cash={"ana": 100_33}, way=way)
    seen = await preview_payoff(rig.store, rig.host, OPERATOR, rig.enrolments["ana"], asked())
    assert (seen.fiat_minor, seen.sats, seen.funding_sats) == (100_33, 502, 5000)

    await settle(rig)
    assert await rig.cash_of("ana") == {"confirmed": 100_33, "paid": 0, "reserved": 100_33}
    await rig.work(2)

    assert await rig.cash_of("ana") == {"confirmed": 100_33, "paid": 100_33, "reserved": 0}
    assert rig.balances() == {PURSE: 4498, "ana's wallet": 502}
    (leg,) = await rig.legs()
    assert (leg["leg_type"], leg["state"], leg["settlement_id"]) == ("settlement", "completed", "")
    assert (leg["way"], leg["payer_wallet_id"]) == (way.value, PURSE)
    with pytest.raises(NothingLeft):
        await settle(rig)


async def test_an_amount_is_capped_at_what_is_left(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    await settle(rig, fiat_minor=30_00)
    await settle(rig, fiat_minor=90_00)
    await rig.work()

    assert sorted(leg["fiat_minor"] for leg in await rig.legs()) == [30_00, 70_00]
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 100_00, "reserved": 0}


async def test_without_a_key_a_second_request_for_all_finds_nothing_left(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    refused: list[Exception] = []

    async def click() -> None:
        try:
            await settle(rig)
        except NothingLeft as refusal:
            refused.append(refusal)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(click)
    await rig.work(2)

    assert len(refused) == 2
    assert rig.balances()["ana's wallet"] == 500


async def test_cash_that_is_paid_off_is_not_sold(make_funded: MakeRig) -> None:
    """A sale at the same time finds only what the payoff has left."""
    rig = await make_funded(cash={"ana": 300_00})
    await settle(rig, fiat_minor=200_00)
    rig.sell()
    await rig.work(2)

    assert await rig.cash_of("ana") == {"confirmed": 300_00, "paid": 300_00, "reserved": 0}
    assert rig.balances()["ana's wallet"] == 1500


async def test_a_wallet_that_may_not_fund_is_refused(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    rig.host.add_wallet("mirror", OPERATOR, is_shared=True)
    rig.host.add_wallet("poor", OPERATOR, sats=499)
    for wallet_id, refusal in (
        ("ana's wallet", WalletNotYours),
        ("mirror", SharedWallet),
        (MACHINE_WALLET, MachineWalletRefused),
        ("poor", FundingShort),
    ):
        with pytest.raises(refusal):
            await settle(rig, funding_wallet_id=wallet_id)
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 0, "reserved": 0}


async def test_a_far_off_rate_wants_to_be_confirmed(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 50_00})
    with pytest.raises(ImplausibleRate):
        await settle(rig, exchange_rate="50")

    await settle(rig, exchange_rate="50", confirm=True)
    await rig.work()

    assert rig.balances()["ana's wallet"] == 2500


@WAYS
async def test_a_payoff_that_cannot_be_paid_fails_and_is_tried_again(
    make_funded: MakeRig, way: PayWay
) -> None:
    """Ana's wallet is gone: the cash stays in reserve until she has another one and it is tried again."""
    rig = await make_funded(cash={"ana": 100_00}, way=way)
    rig.host.delete_wallet("ana's wallet")
    leg_id = await settle(rig)
    await rig.work(2)
    (failed,) = await rig.legs()
    assert (failed["state"], failed["error_code"]) == ("failed", "receiver_gone")
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 0, "reserved": 100_00}

    await rig.choose_wallet("ana", rig.host.add_wallet("new", "ana"))
    await retry_payoff(rig.store, rig.host, OPERATOR, rig.enrolments["ana"], leg_id)
    await rig.work(2)

    assert rig.balances() == {PURSE: 4500, "new": 500}
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 100_00, "reserved": 0}
    assert sorted(leg["state"] for leg in await rig.legs()) == ["completed", "voided"]
    with pytest.raises(ArrowNotAllowed):
        await retry_payoff(rig.store, rig.host, OPERATOR, rig.enrolments["ana"], leg_id)


async def test_a_payoff_that_is_given_up_gives_the_cash_back(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    rig.host.delete_wallet("ana's wallet")
    leg_id = await settle(rig)
    await rig.work()

    await release_payoff(rig.store, OPERATOR, rig.enrolments["ana"], leg_id)

    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 0, "reserved": 0}
    with pytest.raises(ArrowNotAllowed):
        await release_payoff(rig.store, OPERATOR, rig.enrolments["ana"], leg_id)


async def test_a_wallet_that_was_emptied_meanwhile_pays_nothing(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    await settle(rig)
    rig.host.send(PURSE, 4800)
    await rig.work()

    (leg,) = await rig.legs()
    assert (leg["state"], leg["error_code"]) == ("failed", "wallet_short")
    assert leg["error_message"].startswith("The funding wallet is short by 300 sats.")


async def test_where_lnbits_wants_a_pause_the_payoff_waits_for_it(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    rig.host.limits = replace(rig.host.limits, seconds_between_payments=10)
    await settle(rig)
    await rig.work()
    (leg,) = await rig.legs()
    assert (leg["state"], leg["error_code"]) == ("pending", "too_soon")

    rig.clock.advance(seconds=20)
    await rig.work()

    (leg,) = await rig.legs()
    assert (leg["state"], rig.balances()["ana's wallet"]) == ("completed", 500)


async def test_a_payer_that_became_a_machines_wallet_pays_nothing(make_funded: MakeRig) -> None:
    from .rig import machine_fields

    rig = await make_funded(cash={"ana": 100_00})
    await settle(rig)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.machines.add(machine_fields(PURSE), scan_from=books.now)
    await rig.work()

    assert [leg["error_code"] for leg in await rig.legs()] == ["payer_is_machine"]


async def test_a_half_payment_is_completed_and_counted_once(make_funded: MakeRig) -> None:
    """The slow way stops between debit and credit; the next round finds it and completes it."""
    rig = await make_funded(cash={"ana": 100_00}, way=PayWay.SLOW)
    rig.host.stops_half_way = True
    await settle(rig)
    await rig.work()
    rig.host.stops_half_way = False
    await rig.work(2)

    assert rig.balances() == {PURSE: 4500, "ana's wallet": 500}
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 100_00, "reserved": 0}


async def test_a_payment_that_was_made_and_denied_is_not_made_again(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00}, way=PayWay.SLOW)
    rig.host.lies_after_paying = True
    await settle(rig)
    await rig.work(3)

    assert rig.balances() == {PURSE: 4500, "ana's wallet": 500}
    assert [leg["state"] for leg in await rig.legs()] == ["completed"]


async def test_what_another_process_may_still_pay_is_never_paid_by_a_second_invoice(
    make_funded: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wrote the invoice down and was gone: we try that very invoice, however often LNbits says no."""
    rig = await make_funded(cash={"ana": 100_00}, way=PayWay.SLOW)
    with monkeypatch.context() as gone:

        async def pay_invoice(_transfer: Transfer) -> None:
            raise LeaseLost

        gone.setattr(rig.host, "pay_invoice", pay_invoice)
        await settle(rig)
        with pytest.raises(LeaseLost):
            await rig.work()
    rig.host.send(PURSE, 4800)
    for _ in range(3):
        rig.clock.advance(seconds=60)
        await rig.work()
        (leg,) = await rig.legs()
        assert (leg["state"], leg["error_code"]) == ("paying", "host_refused")
    rig.host.receive(PURSE, 1000)
    rig.clock.advance(seconds=60)
    await rig.work()

    (paid,) = await rig.legs()
    assert (paid["state"], paid["payment_hash"]) == ("completed", leg["payment_hash"])
    assert rig.balances() == {PURSE: 700, "ana's wallet": 500}


async def test_another_operator_finds_nothing(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    enrolment = rig.enrolments["ana"]
    leg_id = await settle(rig)
    for attempt in (
        preview_payoff(rig.store, rig.host, "otto", enrolment, asked()),
        settle_balance(rig.store, rig.host, "otto", enrolment, asked(), confirm=True, notes=""),
        retry_payoff(rig.store, rig.host, "otto", enrolment, leg_id),
        release_payoff(rig.store, "otto", enrolment, leg_id),
    ):
        with pytest.raises(NotFound):
            await attempt
