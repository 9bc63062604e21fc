"""How long an LP's cash lasts, and how much of a machine it is: an outlook, not a promise."""

from __future__ import annotations

from .units import WHOLE_PPM

_DAY_SECONDS = 24 * 3600
#: What the outlook looks back on.
WINDOW_SECONDS = 14 * _DAY_SECONDS
#: Fewer sales than that say nothing.
LEAST_SALES = 3


def days_left(remaining_minor: int, drawn_minor: int, *, sales: int, seconds: int) -> int | None:
    """Whole days until the cash is used up, at the mean of the last 14 days.

    An LP that is there for less than that (`seconds`, at least a day) has a shorter mean. None: under
    three sales nobody can say.
    """
    if sales < LEAST_SALES or drawn_minor <= 0:
        return None
    looked_back = min(WINDOW_SECONDS, max(_DAY_SECONDS, seconds))
    return remaining_minor * looked_back // (drawn_minor * _DAY_SECONDS)


def share_ppm(remaining_minor: int, machine_minor: int) -> int:
    """An LP's part of the cash that takes part in a machine's sales."""
    return remaining_minor * WHOLE_PPM // machine_minor if machine_minor > 0 else 0
