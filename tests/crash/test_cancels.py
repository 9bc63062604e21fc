"""A paying task that is cancelled leaves nothing locked and nothing half done."""

from __future__ import annotations

import random

import pytest

from .conftest import Play

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("way", ["fast", "slow"])
def test_a_payout_that_is_cancelled_a_hundred_times_leaves_no_lock(play: Play, way: str) -> None:
    """Once, twice or three times each: after its end both databases can be written at once."""
    report = play("cancels.the_paying_task", way=way, seed=random.randrange(10**6), in_memory=way == "slow")
    assert report["cancels"] == 100
    assert report["cut_short"] >= 50, "most cancels came too late"
