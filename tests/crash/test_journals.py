"""SQLite files in WAL mode: the slow way does the job, and says why."""

from __future__ import annotations

import pytest

from tests.harness.farm import SQLITE

from .conftest import Play

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def database() -> str:
    """PostgreSQL has one journal and nothing to switch."""
    return SQLITE


def test_the_slow_way_pays_while_a_file_is_in_wal_mode_and_the_fast_one_afterwards(play: Play) -> None:
    """Core's file, ours, and both; the page is told why."""
    play("journals.switched_to_wal")


def test_a_kill_while_files_are_in_wal_mode_pays_no_leg_twice(play: Play) -> None:
    """What the fast way could not promise there, the slow one does."""
    play("journals.killed_in_wal")


def test_a_file_that_is_switched_while_the_payout_waits_for_its_locks_closes_the_fast_way(play: Play) -> None:
    """The journal is looked at where it cannot change any more: inside the transaction."""
    play("journals.switched_at_the_last_moment")
