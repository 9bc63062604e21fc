"""A crash before and after every commit and every call of the host, whatever the engine is doing.

The list of commits comes from the code of MODULES: one that no scenario reaches fails the suite, so
whoever adds a transaction there adds a scenario. What a recovering process does is disturbed as well.
"""

from __future__ import annotations

import ast
from collections.abc import Awaitable
from pathlib import Path

import pytest

from satmachineadmin.core.errors import InvariantViolated

from .conftest import MakeRig
from .crash import Scenario, counted, die, judge, next_life, recover, recover_with, watch_host_calls
from .crash_scenarios import CASH, FINAL, SCENARIOS, restored_before_outside, stumbles, work
from .rig import Rig

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
ENGINE = Path(__file__).parents[3] / "extensions" / "satmachineadmin" / "engine"
#: what lands, plans, pays, holds, retries, pays balances off and sweeps; what is not in this list
#: (the reconciler, forwarding, refunds) is not in this matrix
MODULES = (
    "land.py", "plan.py", "pay.py", "pay_slowly.py", "pay_external.py", "write_down.py", "outcome.py",
    "payout.py", "hold.py", "work.py", "verify.py", "revise/retry.py", "revise/settle.py",
    "revise/sweep.py",
)  # fmt: skip
#: the scenarios that were run, and the places where a process died in them
ran: set[str] = set()
died_at: set[str] = set()


async def _undisturbed(make_rig: MakeRig, scenario: Scenario) -> tuple[dict[str, int], dict[str, int]]:
    """Places of a run that nobody disturbs, and what everybody has in the end."""
    rig = await scenario.prepare(make_rig)
    watch_host_calls(rig)
    places = await counted(scenario.act(rig))
    scenario.lift(rig)
    await recover_with(rig, scenario)
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
        await die(rig, again, recover_with(rig, scenario))
        await next_life(rig)
    return rig, await counted(recover_with(rig, scenario))


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
    """The names of all transactions that those modules of a folder open."""
    calls = (
        node
        for module in MODULES
        for node in ast.walk(ast.parse((folder / module).read_text()))
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
    rig = await stumbles(make_rig, InvariantViolated("a rule"))
    await _final(rig, work(rig), f"stop.{when}_commit:1")
    (settlement,) = await rig.settlements()
    assert settlement["state"] == ("processed" if when == "before" else "errored")


@pytest.mark.breaks_the_books("LNbits' own row changes after it was paid out")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_alarm_is_raised_also_when_the_process_dies_meanwhile(make_rig: MakeRig, when: str) -> None:
    rig = await make_rig(cash=CASH)
    sale = rig.sell()
    await rig.work(2)
    rig.host.change(sale, amount_msat=sale.amount_msat + 1000)
    await _final(rig, work(rig), f"alarm.{when}_commit:1")
    assert await rig.worklist() == ["payment_changed"]


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_restored_leg_outside_is_not_paid_again_by_whoever_comes_next(
    make_rig: MakeRig, when: str
) -> None:
    rig = await restored_before_outside(make_rig)
    await _final(rig, work(rig), f"external_restored.{when}_commit:1")
    assert rig.host.lightning.handed_over == []
    assert "restored" in await rig.worklist()
