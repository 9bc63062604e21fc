"""A paying task that is cancelled leaves nothing locked and nothing half done."""

from __future__ import annotations

import random

import pytest

from .conftest import Play

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(("way", "cancels"), [("fast", 40), ("slow", 15)])
def test_a_payout_that_is_cancelled_again_and_again_leaves_no_lock(
    play: Play, way: str, cancels: int
) -> None:
    """Once, twice or three times each: after its end both databases can be written at once."""
    report = play("cancels.the_paying_task", way=way, seed=random.randrange(10**6))
    assert report["cancels"] == cancels
    assert report["cut_short"] >= cancels // 2, "most cancels came too late"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("way", "cancels"), [("fast", 100), ("slow", 30)])
def test_hundreds_of_cancels_leave_no_lock(play: Play, way: str, cancels: int, seed: int) -> None:
    """The same with five fixed seeds."""
    report = play("cancels.for_long", way=way, seed=seed)
    assert report["cancels"] == cancels
    assert report["cut_short"] >= cancels // 2, "most cancels came too late"
