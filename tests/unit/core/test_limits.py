"""Who takes part in a machine's sales, and why somebody does not."""

from __future__ import annotations

import pytest

from satmachineadmin.core.limits import Pace, left_of_limit, why_no_part
from satmachineadmin.core.states import DcaMode, EnrolmentStatus, NoPart

FLOW = Pace()
FLOW_WITH_A_LIMIT = Pace(mode=DcaMode.FLOW, daily_limit_minor=1, currency="EUR")
FIXED = Pace(mode=DcaMode.FIXED, daily_limit_minor=50_00, currency="EUR")
ACTIVE = EnrolmentStatus.ACTIVE


@pytest.mark.parametrize(
    ("status", "pace", "currency", "reason"),
    [
        (ACTIVE, FLOW, "EUR", None),
        (ACTIVE, FLOW_WITH_A_LIMIT, "CHF", None),
        (ACTIVE, FIXED, "EUR", None),
        (ACTIVE, FIXED, "CHF", NoPart.NO_LIMIT_IN_CURRENCY),
        (ACTIVE, None, "EUR", NoPart.NOT_ONBOARDED),
        (EnrolmentStatus.INVITED, None, "EUR", NoPart.NOT_ONBOARDED),
        (EnrolmentStatus.INVITED, FIXED, "CHF", NoPart.NOT_ACTIVE),
        (EnrolmentStatus.PAUSED, FLOW, "EUR", NoPart.NOT_ACTIVE),
        (EnrolmentStatus.ENDED, FLOW, "EUR", NoPart.NOT_ACTIVE),
    ],
)
def test_an_lp_takes_part_where_it_is_active_and_its_pace_can_be_kept(
    status: EnrolmentStatus, pace: Pace | None, currency: str, reason: NoPart | None
) -> None:
    assert why_no_part(status, pace, currency) is reason


@pytest.mark.parametrize(
    ("limit", "drawn", "left"), [(100, 0, 100), (100, 99, 1), (100, 100, 0), (50, 80, 0)]
)
def test_nothing_is_left_of_a_limit_that_was_lowered_below_what_was_drawn(
    limit: int, drawn: int, left: int
) -> None:
    assert left_of_limit(limit, drawn) == left
