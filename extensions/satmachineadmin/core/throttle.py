"""How often something may happen: so many at once, and then one after each pause.

What can go wrong: the counting itself becomes the flood's target. So one number is kept for each name, of
so many names at most, and the longest unheard of is forgotten first.
"""

from __future__ import annotations

from collections import OrderedDict

#: Names that are remembered at most; an address is a name, and there is no end of those.
MOST_NAMES = 10_000


class Throttle:
    """So many in so many seconds, for each name. Time is any clock that only grows, in milliseconds."""

    def __init__(self, most: int, seconds: int) -> None:
        self._pause_ms = seconds * 1000 // most
        self._burst_ms = self._pause_ms * (most - 1)
        #: when all that a name has taken so far will be worked off
        self._until: OrderedDict[str, int] = OrderedDict()

    def wait_seconds(self, name: str, now_ms: int) -> int:
        """Whole seconds until one more is allowed; 0 where it is now."""
        ahead_ms = self._until.get(name, now_ms) - now_ms - self._burst_ms
        return max(0, -(-ahead_ms // 1000))

    def take(self, name: str, now_ms: int) -> int:
        """Take one if it is allowed and return 0, else the whole seconds until it is."""
        wait_seconds = self.wait_seconds(name, now_ms)
        if wait_seconds == 0:
            self._until[name] = max(self._until.get(name, now_ms), now_ms) + self._pause_ms
            self._until.move_to_end(name)
            if len(self._until) > MOST_NAMES:
                self._until.popitem(last=False)
        return wait_seconds
