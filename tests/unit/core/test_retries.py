"""When something that failed is tried again."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.payout import RefuseCode
from satmachineadmin.core.retries import MOST_TRIES, may_be_lifted, next_check, next_try, passes_by_itself
from satmachineadmin.core.states import LegState, LegType, TargetKind
from tests.house.test_docs import rows, section

from .builders import leg


def test_pauses_of_attempts_grow_and_end() -> None:
    assert [next_try(tries) for tries in range(1, MOST_TRIES + 2)] == [30, 120, 480, 1920, None, None]


def test_pauses_of_looks_grow_to_an_hour_and_never_end() -> None:
    assert [next_check(tries) for tries in range(1, MOST_TRIES + 1)] == [30, 120, 480, 1920, 3600]
    assert next_check(1_000_000) == 3600


def test_what_did_not_fail_is_not_tried_again() -> None:
    with pytest.raises(InvariantViolated):
        next_try(0)


def test_the_docs_say_when_a_person_is_asked() -> None:
    documented = {code: asks for code, _meaning, asks in rows(section("states.md", "Why a leg is refused"))}
    decided = {
        str(code): passes_by_itself(leg("ana", 10, state=LegState.FAILED, error_code=code))
        for code in RefuseCode
    }
    assert {code: asks == "after five looks" for code, asks in documented.items()} == decided
    assert set(documented.values()) == {"at once", "after five looks"}


@pytest.mark.parametrize("code", RefuseCode)
def test_whatever_we_refused_is_looked_at_again(code: RefuseCode) -> None:
    assert may_be_lifted(leg("ana", 10, state=LegState.FAILED, error_code=code))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": LegState.UNRESOLVED},
        {"state": LegState.VOIDED},
        {"target_kind": TargetKind.LN_ADDRESS},
        {"leg_type": LegType.AUTOFORWARD},
        {"error_code": "half_paid"},
        {"error_code": None},
    ],
)
def test_nothing_else_is_tried_again(changes: dict[str, object]) -> None:
    """Above all nothing whose outcome is not known."""
    failed = {"state": LegState.FAILED, "error_code": RefuseCode.RECEIVER_FULL}
    assert passes_by_itself(leg("ana", 10, **failed))
    other = leg("ana", 10, **{**failed, **changes})
    assert not passes_by_itself(other)
    assert not may_be_lifted(other)
