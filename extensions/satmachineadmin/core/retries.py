"""How often something that is known to have failed is tried again by itself, and when.

Only what is confirmed not to have moved any money is ever tried again; whoever does not know waits.
"""

from __future__ import annotations

from .errors import ensure

#: Failures after which a person has to look.
MOST_TRIES = 5
_FIRST_SECONDS = 30
_LONGEST_SECONDS = 3600


def next_try(tries: int) -> int | None:
    """Seconds until the next attempt after `tries` failures, each four times the last; None: no more."""
    ensure(tries >= 1, "only what failed is tried again")
    if tries >= MOST_TRIES:
        return None
    return min(_FIRST_SECONDS << 2 * (tries - 1), _LONGEST_SECONDS)
