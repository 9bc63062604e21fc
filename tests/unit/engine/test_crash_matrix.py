"""A crash before and after every commit and every call of the host, whatever the engine is doing.

The list of commits comes from the code of the whole engine and of tasks.py: one that no scenario reaches
fails the suite, unless NOT_HERE says why. What a recovering process does is disturbed as well.
"""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from satmachineadmin.core.errors import InvariantViolated
from tests.crash.places import commits

from .conftest import MakeRig
from .crash import Scenario, counted, die, judge, next_life, recover, recover_with
from .crash_scenarios import CASH, SCENARIOS, restored_before_outside, stumbles, work
from .rig import Rig

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
#: Landing is the same whatever is sold: it is disturbed in the first scenario alone.
LANDING = ("land.", "cursor.")
FIRST = next(iter(SCENARIOS))
#: Reached only by what ends in `errored` or in an alarm for good: dying there is tried below.
FINAL = {"stop", "alarm", "external_restored"}
_COMPARES = "the reconciler moves no sats; what it finds, it finds again"
_COUNTS = "figures beside the money; what was not written the next look works out again"
_ASKED = "a person's own request, done again by whoever gets no answer"
#: Commits that no scenario dies at, and why.
NOT_HERE = {
    "claim": _ASKED,
    "figures": _COUNTS,
    "figures_anew": _COUNTS,
    "machine_watch": "what was not put before an operator is seen again in the next round",
    "lp_notices": "as for operators: a message to a person",
    "new_address": "one row; what was not written the next round writes",
    "notices": "a message to a person; whoever dies before it was sent sends it never",
    "reconcile_gone": _COMPARES,
    "reconcile_report": _COMPARES,
    "reconcile_slice": _COMPARES,
    "reconcile_unknown": _COMPARES,
    "refund_cancel": _ASKED,
    "refund_claimed": _ASKED,
    "refund_failed": _ASKED,
    "refund_late": _ASKED,
    "refund_open": _ASKED,
    "forward": "one row a leg, by its primary key; what was not written the next round writes",
    "lease": "the rig holds it; tests/crash kills its holders",
    "resume": "it moves no sats; what it did not write it asks the host's books again",
}
#: the scenarios that were run, and the places where a process died in them
ran: set[str] = set()
died_at: set[str] = set()


async def _undisturbed(make_rig: MakeRig, scenario: Scenario) -> tuple[dict[str, int], dict[str, int]]:
    """Places of a run that nobody disturbs, and what everybody has in the end."""
    rig = await scenario.prepare(make_rig)
    places = await counted(scenario.act(rig))
    scenario.lift(rig)
    await recover_with(rig, scenario)
    return places, rig.balances()


async def _crash(
    make_rig: MakeRig, scenario: Scenario, place: str, again: str | None
) -> tuple[Rig, dict[str, int]]:
    """Die at `place`, perhaps once more at `again` while recovering; the rig, and the last life's places."""
    rig = await scenario.prepare(make_rig)
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
        (f"{place}:{number}", None)
        for place, times in places.items()
        if name == FIRST or not place.startswith(LANDING)
        for number in sorted({1, times})
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


def test_every_commit_of_the_engine_is_died_at() -> None:
    """Before and after each, in the scenarios above; where not all of them were run, nothing is known."""
    if ran != set(SCENARIOS):
        pytest.skip("only a part of the matrix was run")
    assert commits() >= FINAL | NOT_HERE.keys()
    wanted = {
        f"{commit}.{when}_commit"
        for commit in commits() - FINAL - NOT_HERE.keys()
        for when in ("before", "after")
    }
    assert wanted - died_at == set(), "add a scenario to SCENARIOS that reaches these"


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
    assert await rig.worklist() == ([] if when == "before" else ["stopped"])


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
