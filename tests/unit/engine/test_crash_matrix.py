"""A crash before and after every commit and every call of the host, whatever the engine is doing.

The list of commits comes from the code: one that no scenario reaches fails the suite, so whoever adds
a transaction to the engine adds a scenario here. What a recovering process does is disturbed as well.
"""

from __future__ import annotations

import ast
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.states import PayoutPolicy, PayWay
from satmachineadmin.engine.verify import verify_trail
from satmachineadmin.usecases.machines import change_machine
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .crash import Scenario, counted, die, judge, next_life, recover, watch_host_calls
from .outside import ELLA, RESERVE
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
ENGINE = Path(__file__).parents[3] / "extensions" / "satmachineadmin" / "engine"
CASH = {"ana": 100_00, "ben": 60_00}


async def _work(rig: Rig) -> None:
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
    await _work(rig)
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


async def _restored_before_outside(make_rig: MakeRig) -> Rig:
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


async def _stumbles(make_rig: MakeRig, trouble: Exception) -> Rig:
    """The first look of the engine at the host's mint fails."""
    rig = await _sold(make_rig)
    mint = rig.host.mint

    async def stumble(*args: Any, **named: Any) -> Any:
        rig.host.mint = mint  # type: ignore[method-assign]
        raise trouble

    rig.host.mint = stumble  # type: ignore[method-assign]
    return rig


async def _in_trouble(make_rig: MakeRig) -> Rig:
    return await _stumbles(make_rig, OSError("a disk"))


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


async def _verify(rig: Rig) -> None:
    await rig.work(2)
    await verify_trail(rig.store, "root")


SCENARIOS: dict[str, Scenario] = {
    "a sale, the fast way": Scenario(prepare=_sold, act=_work),
    "a sale, the slow way": Scenario(prepare=_slow, act=_work),
    "a sale that was pending": Scenario(prepare=_pending_payment, act=_work, lift=_payment_arrives),
    "an invoice that is refused": Scenario(prepare=_refused_invoice, act=_work, lift=_allow_again),
    "a leg outside": Scenario(prepare=_outside, act=_work),
    "a leg outside that fails once": Scenario(prepare=_outside_fails_once, act=_work),
    "a leg outside that takes its time": Scenario(
        prepare=_outside_takes_its_time,
        act=_work,
        lift=_node_knows,
    ),
    "a leg below its target's minimum": Scenario(prepare=_below_minimum, act=_work),
    "legs that are gathered": Scenario(prepare=_gathers, act=_work),
    "a wallet that is short for outside": Scenario(
        prepare=_short_for_outside,
        act=_work,
        lift=lambda rig: rig.host.receive(MACHINE_WALLET, 3000, memo="Admin credit"),
    ),
    "a bug while asking outside": Scenario(prepare=_stumbles_outside, act=_work),
    "a retry": Scenario(
        prepare=_full_wallet,
        act=_work_later,
        lift=lambda rig: setattr(rig.host, "limits", HostLimits()),
    ),
    "a delay that is over": Scenario(prepare=_held, act=_work),
    "trouble with the host": Scenario(prepare=_in_trouble, act=_work),
    "a verification": Scenario(prepare=_sold, act=_verify),
}
#: Reached only by what ends in `errored` or in an alarm for good: dying there is tried below.
FINAL = {"stop", "alarm", "external_restored"}

#: the scenarios that were run, and the places where a process died in them
ran: set[str] = set()
died_at: set[str] = set()


async def _undisturbed(make_rig: MakeRig, scenario: Scenario) -> tuple[dict[str, int], dict[str, int]]:
    """Places of a run that nobody disturbs, and what everybody has in the end."""
    rig = await scenario.prepare(make_rig)
    watch_host_calls(rig)
    places = await counted(scenario.act(rig))
    scenario.lift(rig)
    await recover(rig)
    return places, rig.balances()


async def _crash(
    make_rig: MakeRig, scenario: Scenario, place: str, again: str | None
) -> tuple[Rig, dict[str, int]]:
    """Die at `place`, perhaps once more at `again` while recovering; the rig, and the last life's places."""
    rig = await scenario.prepare(make_rig)
    watch_host_calls(rig)
    await die(rig, place, scenario.act(rig))
    await next_life(rig)
    scenario.lift(rig)
    if again is not None:
        await die(rig, again, recover(rig))
        await next_life(rig)
    return rig, await counted(recover(rig))


@pytest.mark.parametrize("name", SCENARIOS)
async def test_whoever_dies_anywhere_is_followed_by_one_who_finishes(make_rig: MakeRig, name: str) -> None:
    """The first and the last time that each place is reached; new places of the recovery as well."""
    scenario = SCENARIOS[name]
    places, wanted = await _undisturbed(make_rig, scenario)
    assert places, "nothing was written"
    tried = set(places)
    cases: list[tuple[str, str | None]] = [
        (f"{place}:{number}", None) for place, times in places.items() for number in sorted({1, times})
    ]
    while cases:
        place, again = cases.pop(0)
        try:
            rig, recovery = await _crash(make_rig, scenario, place, again)
            await judge(rig, wanted)
        except AssertionError as failure:
            raise AssertionError(f"{name}, died at {place}, then at {again}: {failure}") from failure
        died_at.update({place.partition(":")[0], (again or place).partition(":")[0]})
        if again is None:
            cases += [(place, f"{new}:1") for new in recovery if new not in tried]
            tried |= set(recovery)
    ran.add(name)


def commits_of(folder: Path) -> set[str]:
    """The names of all transactions that are opened in the files of a folder."""
    calls = (
        node
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )
    return {
        str(call.args[0].value)
        for call in calls
        if call.func.attr == "transaction"  # type: ignore[attr-defined]
        if call.args and isinstance(call.args[0], ast.Constant)
    }


def test_every_commit_of_the_engine_is_died_at() -> None:
    """Before and after each, in the scenarios above; where not all of them were run, nothing is known."""
    if ran != set(SCENARIOS):
        pytest.skip("only a part of the matrix was run")
    wanted = {
        f"{commit}.{when}_commit"
        for commit in commits_of(ENGINE) - FINAL | {"payout"}
        for when in ("before", "after")
    }
    missing = wanted - died_at
    assert missing == set(), "add a scenario to SCENARIOS that reaches these"
    assert commits_of(ENGINE) >= FINAL


async def _final(rig: Rig, act: Awaitable[object], place: str) -> None:
    await die(rig, place, act)
    await next_life(rig)
    await recover(rig)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_bug_stops_the_settlement_also_when_the_process_dies_meanwhile(
    make_rig: MakeRig, when: str
) -> None:
    rig = await _stumbles(make_rig, InvariantViolated("a rule"))
    await _final(rig, _work(rig), f"stop.{when}_commit:1")
    (settlement,) = await rig.settlements()
    assert settlement["state"] == ("processed" if when == "before" else "errored")


@pytest.mark.breaks_the_books("LNbits' own row changes after it was paid out")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_alarm_is_raised_also_when_the_process_dies_meanwhile(make_rig: MakeRig, when: str) -> None:
    rig = await make_rig(cash=CASH)
    sale = rig.sell()
    await rig.work(2)
    rig.host.change(sale, amount_msat=sale.amount_msat + 1000)
    await _final(rig, _work(rig), f"alarm.{when}_commit:1")
    assert await rig.worklist() == ["payment_changed"]


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_restored_leg_outside_is_not_paid_again_by_whoever_comes_next(
    make_rig: MakeRig, when: str
) -> None:
    rig = await _restored_before_outside(make_rig)
    await _final(rig, _work(rig), f"external_restored.{when}_commit:1")
    assert rig.host.lightning.handed_over == []
    assert "restored" in await rig.worklist()
