"""What the engine does, as scenarios of the crash matrix: what stands before, and what is disturbed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from satmachineadmin.core.errors import NotSweepable
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.states import LegType, PayoutPolicy, PayWay
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.engine.revise.sweep import sweep_settlement
from satmachineadmin.engine.verify import verify_trail
from satmachineadmin.ports import HostRefused, Transfer
from satmachineadmin.usecases.machines import change_machine
from satmachineadmin.usecases.settling import retry_payoff
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .crash import Scenario, die
from .crash_claims import CLAIMS
from .outside import ELLA, RESERVE
from .rig import MACHINE_WALLET, OPERATOR, Rig

CASH = {"ana": 100_00, "ben": 60_00}


async def work(rig: Rig) -> None:
    await rig.work(3)
    await rig.work_outside()


async def _work_later(rig: Rig) -> None:
    await rig.work(2)
    rig.clock.advance(seconds=31)
    await rig.work(2)


async def _sold(make_rig: MakeRig, **wishes: Any) -> Rig:
    rig = await make_rig(cash=CASH, **wishes)
    rig.sell()
    return rig


async def _slow(make_rig: MakeRig) -> Rig:
    return await _sold(make_rig, way=PayWay.SLOW)


async def _outside(make_rig: MakeRig, *endings: Ending, min_msat: int = 1000) -> Rig:
    """10 000 sats of commission, half of the operator's 7000 to an address outside."""
    rig = await make_rig(cash=CASH, outside=(ELLA,))
    rig.host.limits = RESERVE
    rig.host.lightning.fee_msat = 1250
    rig.host.lightning.endings.extend(endings)
    rig.host.lightning.targets[ELLA] = replace(rig.host.lightning.targets[ELLA], min_msat=min_msat)
    rig.sell(principal_sats=1000, commission_sats=10_000)
    return rig


async def _outside_fails_once(make_rig: MakeRig) -> Rig:
    return await _outside(make_rig, Ending.FAILED)


async def _outside_takes_its_time(make_rig: MakeRig) -> Rig:
    return await _outside(make_rig, Ending.PENDING)


async def _gathers(make_rig: MakeRig) -> Rig:
    """The target takes no less than two sales bring."""
    rig = await _outside(make_rig, min_msat=5_000_000)
    await work(rig)
    rig.sell(principal_sats=1000, commission_sats=10_000)
    return rig


async def _below_minimum(make_rig: MakeRig) -> Rig:
    return await _outside(make_rig, min_msat=5_000_000)


async def _short_for_outside(make_rig: MakeRig) -> Rig:
    """The wallet is emptied elsewhere before the leg outside is paid."""
    rig = await _outside(make_rig)
    await rig.work(2)
    rig.host.send(MACHINE_WALLET, 3000)
    return rig


async def restored_before_outside(make_rig: MakeRig) -> Rig:
    """LNbits knows a payment of the leg that these books have forgotten."""
    rig = await _outside(make_rig)
    await rig.work(2)
    leg = next(leg for leg in await rig.legs() if leg["target"] == ELLA)
    mark = leg["external_id"]
    rig.host.change(rig.host.send(MACHINE_WALLET, 3500, external_id=mark), status="success")
    return rig


async def _stumbles_outside(make_rig: MakeRig) -> Rig:
    """The first question to the target ends in a bug of the client."""
    rig = await _outside(make_rig)
    ask = rig.host.lightning.terms

    async def stumble(target: str) -> Any:
        rig.host.lightning.terms = ask  # type: ignore[method-assign]
        raise RuntimeError("a bug of the client")

    rig.host.lightning.terms = stumble  # type: ignore[method-assign]
    return rig


async def _full_wallet(make_rig: MakeRig) -> Rig:
    """Ana's wallet has no room; thirty seconds later it is tried again."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.receive("ana's wallet", 500)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=1200)
    rig.sell()
    return rig


async def _held(make_rig: MakeRig) -> Rig:
    rig = await make_rig(cash=CASH)
    fields = {"payout_policy": PayoutPolicy.AFTER_MINUTES, "payout_delay_minutes": 1}
    await change_machine(rig.store, OPERATOR, rig.machine_id, fields)
    rig.sell()
    await rig.work(2)
    rig.clock.advance(seconds=61)
    return rig


async def stumbles(make_rig: MakeRig, trouble: Exception) -> Rig:
    """The first look of the engine at the host's mint fails."""
    rig = await _sold(make_rig)
    mint = rig.host.mint

    async def stumble(*args: Any, **named: Any) -> Any:
        rig.host.mint = mint  # type: ignore[method-assign]
        raise trouble

    rig.host.mint = stumble  # type: ignore[method-assign]
    return rig


async def _in_trouble(make_rig: MakeRig) -> Rig:
    return await stumbles(make_rig, OSError("a disk"))


async def _pending_payment(make_rig: MakeRig) -> Rig:
    rig = await make_rig(cash=CASH)
    rig.sell(status="pending")
    return rig


def _payment_arrives(rig: Rig) -> None:
    for row in [row for row in rig.host.rows if row.status == "pending" and row.extra]:
        rig.host.change(row, status="success")


def _node_knows(rig: Rig) -> None:
    """What was pending has arrived, and what is paid from now on arrives at once."""
    rig.host.lightning.endings.clear()
    rig.host.lightning.decide("success")


async def _refused_invoice(make_rig: MakeRig) -> Rig:
    rig = await _slow(make_rig)
    rig.host.no_invoice_for = {"partner1": "Not now."}
    return rig


def _allow_again(rig: Rig) -> None:
    rig.host.no_invoice_for = {}


async def _payoff(make_rig: MakeRig, way: PayWay = PayWay.FAST) -> Rig:
    """An operator pays 20 EUR of Ana's cash off, from its own wallet."""
    rig = await make_rig(cash=CASH, way=way)
    purse = rig.host.add_wallet("purse", OPERATOR, sats=5000)
    minted = (await rig.host.mint({"payoff": 100}, memo=""))["payoff"]
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        fields = {
            "machine_id": rig.machine_id, "operator_user_id": OPERATOR, "client_id": rig.enrolments["ana"],
            "label": "ana", "currency": "EUR", "exchange_rate": "5", "fiat_minor": 20_00, "sats": 100,
            "payer_wallet_id": purse,
        }  # fmt: skip
        await books.lps.reserve({rig.enrolments["ana"]: 20_00})
        await books.payoffs.add(fields, minted, notes="")
    return rig


async def _slow_payoff(make_rig: MakeRig) -> Rig:
    return await _payoff(make_rig, PayWay.SLOW)


async def _refused_payoff(make_rig: MakeRig) -> Rig:
    rig = await _slow_payoff(make_rig)
    rig.host.no_invoice_for = {"ana's wallet": "Not now."}
    return rig


async def _troubled_payoff(make_rig: MakeRig) -> Rig:
    """The first look at the way of paying fails."""
    rig = await _payoff(make_rig)
    look = rig.host.pay_way

    async def stumble() -> PayWay:
        rig.host.pay_way = look  # type: ignore[method-assign]
        raise OSError("a disk")

    rig.host.pay_way = stumble  # type: ignore[method-assign]
    return rig


async def _payoff_taken_over(make_rig: MakeRig) -> Rig:
    """Another process wrote the invoice down and is gone; LNbits lives on, and refuses it once."""
    rig = await _slow_payoff(make_rig)
    await die(rig, "settle_written_down.after_commit:1", rig.work())
    pay = rig.host.pay_invoice

    async def refuse(transfer: Transfer) -> None:
        rig.host.pay_invoice = pay  # type: ignore[method-assign]
        raise HostRefused(f"Not now: {transfer.memo}")

    rig.host.pay_invoice = refuse  # type: ignore[method-assign]
    return rig


async def _retry_payoffs(rig: Rig) -> None:
    """The operator tries again what failed, and once more if that was refused too."""
    for _ in range(2):
        for leg in await rig.legs():
            if leg["leg_type"] == LegType.SETTLEMENT and leg["state"] == "failed":
                await retry_payoff(rig.store, rig.host, OPERATOR, leg["client_id"], leg["id"])
        await rig.work()


async def _without_platform_wallet(make_rig: MakeRig) -> Rig:
    """A sale whose platform fee was kept, and the platform has a wallet now."""
    rig = await make_rig(cash=CASH)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_wallet_id=None)
    rig.sell()
    await rig.work(2)
    async with rig.store.transaction("setup", actor="root") as books:
        await books.platform.change(super_fee_wallet_id="platform")
    return rig


async def _sweep(rig: Rig) -> None:
    """The operator sweeps; a second time there is nothing left to sweep."""
    (settlement,) = await rig.settlements()
    with contextlib.suppress(NotSweepable):
        await sweep_settlement(rig.store, rig.host, settlement["id"], None, actor=OPERATOR)
    await rig.work(2)


async def _compare(rig: Rig) -> None:
    """Trade, then a minute's look at what changed, a slice of the history, and the trail."""
    await work(rig)
    for _ in range(3):
        await reconcile_once(rig.store, rig.host, rig.lease, lambda: False)
        rig.clock.advance(minutes=61)


async def _verify(rig: Rig) -> None:
    await rig.work(2)
    await verify_trail(rig.store, "root")


SCENARIOS: dict[str, Scenario] = {
    "a sale, the fast way": Scenario(prepare=_sold, act=work),
    "a sale, the slow way": Scenario(prepare=_slow, act=work),
    "a sale that was pending": Scenario(prepare=_pending_payment, act=work, lift=_payment_arrives),
    "an invoice that is refused": Scenario(prepare=_refused_invoice, act=work, lift=_allow_again),
    "a leg outside": Scenario(prepare=_outside, act=work),
    "a leg outside that fails once": Scenario(prepare=_outside_fails_once, act=work),
    "a leg outside that takes its time": Scenario(
        prepare=_outside_takes_its_time,
        act=work,
        lift=_node_knows,
    ),
    "a leg below its target's minimum": Scenario(prepare=_below_minimum, act=work),
    "legs that are gathered": Scenario(prepare=_gathers, act=work),
    "a wallet that is short for outside": Scenario(
        prepare=_short_for_outside,
        act=work,
        lift=lambda rig: rig.host.receive(MACHINE_WALLET, 3000, memo="Admin credit"),
    ),
    "a bug while asking outside": Scenario(prepare=_stumbles_outside, act=work),
    "a retry": Scenario(
        prepare=_full_wallet,
        act=_work_later,
        lift=lambda rig: setattr(rig.host, "limits", HostLimits()),
    ),
    "a delay that is over": Scenario(prepare=_held, act=work),
    "trouble with the host": Scenario(prepare=_in_trouble, act=work),
    "a balance paid off": Scenario(prepare=_payoff, act=work, person=_retry_payoffs),
    "a balance paid off, the slow way": Scenario(prepare=_slow_payoff, act=work, person=_retry_payoffs),
    "a payoff that is refused": Scenario(
        prepare=_refused_payoff, act=work, lift=_allow_again, person=_retry_payoffs
    ),
    "a payoff in trouble": Scenario(prepare=_troubled_payoff, act=work, person=_retry_payoffs),
    "a payoff that was taken over": Scenario(prepare=_payoff_taken_over, act=work, person=_retry_payoffs),
    "a sweep": Scenario(prepare=_without_platform_wallet, act=_sweep, person=_sweep),
    "books that are compared": Scenario(prepare=_sold, act=_compare, person=_compare),
    "a verification": Scenario(prepare=_sold, act=_verify),
    **CLAIMS,
}
