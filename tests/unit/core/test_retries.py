"""When something that failed is tried again."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.retries import MOST_TRIES, next_try


def test_pauses_grow_and_end() -> None:
    assert [next_try(tries) for tries in range(1, MOST_TRIES + 2)] == [30, 120, 480, 1920, None, None]


def test_what_did_not_fail_is_not_tried_again() -> None:
    with pytest.raises(InvariantViolated):
        next_try(0)
