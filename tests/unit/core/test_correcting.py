"""The right cash for what was paid: exact in sum, in proportion to sats, from where the books stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.correcting import Drawn, correct, drawn_by
from satmachineadmin.core.rates import fiat_of
from satmachineadmin.core.states import LegState, LegType, SkipReason
from tests.unit.core.builders import leg


def test_only_what_lps_were_paid_counts_and_corrections_are_taken_off() -> None:
    legs = [
        leg("a", 700, state=LegState.COMPLETED, fiat_minor=70, enrolment_id="ana"),
        leg("b", 300, state=LegState.COMPLETED, fiat_minor=30, enrolment_id="ana"),
        leg("c", 500, state=LegState.COMPLETED, fiat_minor=50, enrolment_id="ben"),
        leg("d", 9, state=LegState.VOIDED, fiat_minor=9, enrolment_id="ben"),
        leg("e", 9, state=LegState.SKIPPED, reason=SkipReason.UNCOVERED, fiat_minor=9, enrolment_id=None),
        leg("f", 9, state=LegState.COMPLETED, leg_type=LegType.SUPER_FEE, enrolment_id=None),
        leg("g", 9, state=LegState.COMPLETED, leg_type=LegType.AUTOFORWARD, enrolment_id="ana"),
    ]
    found = drawn_by(legs, {"ana": -20, "ben": 5})

    assert [(one.enrolment_id, one.sats, one.drawn_minor) for one in found] == [
        ("ana", 1000, 120), ("ben", 500, 45),
    ]  # fmt: skip


parts = st.lists(
    st.tuples(st.integers(1, 10**8), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6
)


@given(parts=parts, rate=st.integers(1, 10**6))
def test_the_sum_is_what_all_the_sats_cost(parts: list[tuple[int, int, int]], rate: int) -> None:
    drawn = [
        Drawn(enrolment_id=f"lp{place}", label="", sats=sats, drawn_minor=minor)
        for place, (sats, minor, _remaining) in enumerate(parts)
    ]
    remaining = {f"lp{place}": left for place, (_sats, _minor, left) in enumerate(parts)}

    found = correct(drawn, str(rate), "EUR", remaining)

    total = fiat_of(sum(one.sats for one in drawn), str(rate), "EUR")
    assert sum(one.right_minor for one in found) == total
    for one in found:
        assert one.change_minor == one.drawn_minor - one.right_minor
        left = remaining[one.enrolment_id] + one.change_minor
        assert one.short_minor == max(0, -left)
        exact = total * one.sats
        whole = sum(other.sats for other in drawn)
        assert abs(one.right_minor * whole - exact) < whole
