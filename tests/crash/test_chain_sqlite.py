"""A real server, killed at every place that the code has, on SQLite: tests/crash/chain.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.farm import SQLITE, ServerFarm

from .chain import play

pytestmark = [pytest.mark.timeout(1800)]


def test_whoever_is_killed_is_followed_by_one_who_goes_on(farm: ServerFarm, tmp_path: Path) -> None:
    """0 sats lost and 0 paid twice, whichever place it is; decided within a minute after the last."""
    play(farm, tmp_path / "server", SQLITE, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 21))
def test_the_order_does_not_matter(farm: ServerFarm, tmp_path: Path, seed: int) -> None:
    """The episodes shuffled: what one leaves undone is another one's to recover."""
    play(farm, tmp_path / "server", SQLITE, seed)
