"""How long to wait before asking again. Seconds are the only numbers in here that are not exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Waits that grow from `first` by `factor` up to `longest` seconds."""

    first: float = 0.5
    factor: float = 1.5
    longest: float = 3.0

    def waits(self) -> Iterator[float]:
        """The waits, one after the other, without end."""
        wait = self.first
        while True:
            yield wait
            wait = min(self.longest, wait * self.factor)


def asked_to_wait(retry_after: str | None, otherwise: float, *, longest: float = 120.0) -> float:
    """What a 429 asks for in its Retry-After header (in seconds), else `otherwise`."""
    if retry_after is not None and retry_after.strip().isdecimal():
        return min(longest, max(float(retry_after), otherwise))
    return otherwise
