"""Cash-ins and their claims, as scenarios of the crash matrix."""

from __future__ import annotations

from typing import Any

from tests.fakes.lightning import Ending

from .cash_ins import FLOAT_SATS, claim, machine_that_buys, offered, pay_claims, post
from .conftest import MakeRig
from .crash import Scenario
from .restored import Copy
from .rig import MACHINE_WALLET, Rig


async def _work(rig: Rig) -> None:
    await pay_claims(rig)
    await rig.work(3)


async def _claimed(make_rig: MakeRig, *endings: Ending) -> Rig:
    rig = await machine_that_buys(make_rig)
    rig.host.lightning.fee_msat = 1250
    rig.host.lightning.endings.extend(endings)
    await claim(rig, await offered(rig))
    return rig


async def _takes_its_time(make_rig: MakeRig) -> Rig:
    return await _claimed(make_rig, Ending.PENDING)


async def _fails(make_rig: MakeRig) -> Rig:
    return await _claimed(make_rig, Ending.FAILED)


async def _short(make_rig: MakeRig) -> Rig:
    rig = await _claimed(make_rig)
    rig.host.send(MACHINE_WALLET, FLOAT_SATS)
    return rig


async def _left_lying(make_rig: MakeRig) -> Rig:
    """Nobody says that the customer is done."""
    rig = await machine_that_buys(make_rig)
    await post(rig, 50)
    rig.clock.advance(seconds=900)
    return rig


async def _forgotten(make_rig: MakeRig) -> Rig:
    """LNbits has paid it, and these books are a copy of before."""
    rig = await machine_that_buys(make_rig, cash_in_fee_pct="0")
    await claim(rig, await offered(rig))
    copy = Copy(rig)
    await pay_claims(rig)
    copy.restore()
    return rig


async def _stumbles(make_rig: MakeRig) -> Rig:
    """The first look at what the wallet holds ends in a bug of the client."""
    rig = await _claimed(make_rig)
    look = rig.host.facts

    async def stumble(*args: Any, **named: Any) -> Any:
        rig.host.facts = look  # type: ignore[method-assign]
        raise RuntimeError("a bug of the client")

    rig.host.facts = stumble  # type: ignore[method-assign]
    return rig


def _node_knows(rig: Rig) -> None:
    rig.host.lightning.endings.clear()
    rig.host.lightning.decide("success")


def _top_up(rig: Rig) -> None:
    rig.host.receive(MACHINE_WALLET, FLOAT_SATS, memo="Admin credit")


CLAIMS: dict[str, Scenario] = {
    "a cash-in": Scenario(prepare=_claimed, act=_work),
    "a cash-in that takes its time": Scenario(prepare=_takes_its_time, act=_work, lift=_node_knows),
    "a cash-in whose payment fails": Scenario(prepare=_fails, act=_work),
    "a wallet that is short for a cash-in": Scenario(prepare=_short, act=_work, lift=_top_up),
    "a cash-in that nobody ended": Scenario(prepare=_left_lying, act=_work),
    "a cash-in that was paid before a backup": Scenario(prepare=_forgotten, act=_work),
    "a bug while paying a cash-in": Scenario(prepare=_stumbles, act=_work),
}
