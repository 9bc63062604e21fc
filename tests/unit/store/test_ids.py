"""Ids tell which of two things of the same second came first."""

from __future__ import annotations

import itertools
import time
from uuid import UUID

import pytest

from satmachineadmin.store import ids


def test_an_id_is_a_uuid_of_version_7_of_this_instant() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(ids.new_id())
    after = time.time_ns() // 1_000_000

    assert made.version == 7
    assert str(made.variant) == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after


def test_ids_made_one_after_the_other_sort_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A microsecond apart, over the end of a millisecond and of a second."""
    instants = itertools.count(1_795_300_000_999_990_000, 1_000)
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(instants))
    made = [ids.new_id() for _ in range(50)]

    assert made == sorted(made)
    assert {len(one) for one in made} == {32}


def test_ids_of_the_same_instant_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_795_300_000_000_000_000)

    assert len({ids.new_id() for _ in range(1000)}) == 1000
