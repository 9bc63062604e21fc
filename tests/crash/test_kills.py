"""kill -9 at every statement and at random instants: nothing is lost, doubled or left half done."""

from __future__ import annotations

import os
import random

import pytest

from .conftest import Play

pytestmark = pytest.mark.timeout(900)

WAYS = pytest.mark.parametrize("way", ["fast", "slow"])


def test_a_kill_between_any_two_statements_of_the_fast_way_pays_all_legs_or_none(play: Play) -> None:
    """Nothing before the commit, everything after it, and the next start finishes by itself."""
    places = play("kills.every_statement", way="fast")["places"]
    assert {"land", "lease", "payout", "plan"} <= {place.partition(".")[0] for place in places}
    assert "payout.before_commit:1" in places
    assert "payout.after_commit:1" in places
    assert sum(place.startswith("payout.statement:") for place in places) >= 15


def test_a_kill_between_any_two_steps_of_the_slow_way_pays_no_leg_twice(play: Play) -> None:
    """Around every call of LNbits and at every statement of ours, for the first leg and the last."""
    places = play("kills.every_statement", way="slow")["places"]
    steps = {f"slow.{when}_{what}:{leg}" for when in ("before", "after") for what in ("invoice", "pay")
             for leg in (1, 5)}  # fmt: skip
    assert steps <= set(places)
    assert {"slow_decision", "slow_written_down", "slow_outcome", "slow_finish"} <= {
        place.partition(".")[0] for place in places
    }


@WAYS
def test_a_kill_at_any_instant_of_landing_planning_and_paying_loses_nothing(play: Play, way: str) -> None:
    """Thirty random instants a way and database; SATMACHINE_CRASH_SEED repeats a run."""
    seed = int(os.environ.get("SATMACHINE_CRASH_SEED", random.randrange(10**6)))
    report = play("kills.random_instants", way=way, seed=seed)
    assert report["kills"] == 30
    assert report["survived"] <= 15, "the instants were not within the work"


def test_a_kill_in_the_middle_of_the_commit_pays_all_legs_or_none(play: Play) -> None:
    """The milliseconds in which two books become one."""
    report = play("kills.around_the_commit", seed=random.randrange(10**6))
    assert report["nothing_paid"] + report["all_paid"] == report["kills"]


@pytest.mark.long
@pytest.mark.timeout(3600)
@WAYS
@pytest.mark.parametrize("seed", range(20))
def test_two_thousand_kills_lose_nothing(play: Play, way: str, seed: int) -> None:
    """A hundred random kills each with twenty fixed seeds."""
    report = play("kills.many_random_instants", way=way, seed=seed)
    assert report["kills"] == 100
    assert report["survived"] <= 50, "the instants were not within the work"


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_kills_around_the_commit_pay_all_legs_or_none(play: Play, seed: int) -> None:
    """Forty a seed, in the milliseconds in which two books become one."""
    report = play("kills.many_around_the_commit", seed=seed)
    assert report["kills"] == 40
    assert report["nothing_paid"] + report["all_paid"] == report["kills"]
