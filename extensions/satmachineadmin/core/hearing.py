"""Whether a machine is heard of as it should be."""

from __future__ import annotations

#: How often a machine tells that it is there.
HEARTBEAT_SECONDS = 60
#: A machine that sent nothing too much for so long is no flood any more.
QUIET_SECONDS = 3600
#: A machine that was heard of so lately has a clock that is right: an event that is older is somebody's copy.
RIGHT_CLOCK_SECONDS = 180


def is_silent(*, silent_minutes: int, paired_at: int | None, heard_at: int | None, now: int) -> bool:
    """Whether a paired machine was unheard of for longer than its operator allows."""
    return paired_at is not None and max(paired_at, heard_at or 0) + silent_minutes * 60 <= now


def clock_sentence(skew_seconds: int) -> str:
    """What is wrong with a clock that is so far ahead (negative: behind)."""
    direction = "ahead of" if skew_seconds > 0 else "behind"
    how_far = f"{_span(abs(skew_seconds))} {direction}"
    return f"The machine's clock is {how_far} this server's: what it signs is refused."


def _span(seconds: int) -> str:
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


def silence_sentence(silent_minutes: int, *, was_heard: bool) -> str:
    """That nothing was heard of a machine."""
    since = "" if was_heard else " since it was paired"
    return f"Nothing was heard of the machine for more than {silent_minutes} minutes{since}."
