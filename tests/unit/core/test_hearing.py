"""Whether a machine is heard of, and what is said where it is not."""

from __future__ import annotations

import pytest

from satmachineadmin.core.hearing import clock_sentence, is_silent, silence_sentence


@pytest.mark.parametrize(
    ("paired_at", "heard_at", "now", "expected"),
    [
        (None, None, 10_000, False),
        (1_000, None, 1_899, False),
        (1_000, None, 1_900, True),
        (1_000, 2_000, 2_899, False),
        (1_000, 2_000, 2_900, True),
        # paired anew: what was heard of the hardware before it does not count against it
        (5_000, 2_000, 5_899, False),
    ],
)
def test_a_paired_machine_is_silent_after_its_minutes(
    paired_at: int | None, heard_at: int | None, now: int, expected: bool
) -> None:
    assert is_silent(silent_minutes=15, paired_at=paired_at, heard_at=heard_at, now=now) is expected


@pytest.mark.parametrize(
    ("skew", "expected"),
    [
        (61, "61 seconds ahead of"),
        (-119, "119 seconds behind"),
        (-120, "2 minutes behind"),
        (7_200, "2 hours ahead of"),
        (-172_800, "2 days behind"),
    ],
)
def test_a_clock_is_said_to_be_ahead_or_behind(skew: int, expected: str) -> None:
    assert expected in clock_sentence(skew)


def test_silence_says_whether_the_machine_was_ever_heard() -> None:
    assert (
        silence_sentence(15, was_heard=True) == "Nothing was heard of the machine for more than 15 minutes."
    )
    assert "since it was paired" in silence_sentence(15, was_heard=False)
