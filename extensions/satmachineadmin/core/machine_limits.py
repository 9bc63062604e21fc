"""How much fiat a machine may move, by direction: in one transaction, in an hour, in a day.

What can go wrong: a stolen or lying machine that moves everything at once. So what it asks for is held
against what is left of each limit inside the serial transaction that writes it; beyond, it is refused.

Fiat is in minor units of the machine's currency; None is no limit.
"""

from __future__ import annotations

from dataclasses import dataclass

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400
#: A limit's name outside → its column, behind the direction.
LIMIT_COLUMNS = {
    "transaction": "transaction_minor",
    "hour": "hour_minor",
    "day": "day_minor",
    "hold_above": "hold_above_minor",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an operator set for one direction of a machine."""

    transaction_minor: int | None = None
    hour_minor: int | None = None
    day_minor: int | None = None
    #: more than this in one transaction waits for the operator
    hold_above_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is left of each limit at this moment."""

    transaction_minor: int | None
    hour_minor: int | None
    day_minor: int | None

    @property
    def most_minor(self) -> int | None:
        """The most that one transaction may be now."""
        known = [left for _limit, left in self._by_name() if left is not None]
        return min(known, default=None)

    def exceeded_by(self, fiat_minor: int) -> tuple[str, int] | None:
        """The first limit that this amount is beyond (`transaction`, `hour`, `day`), and what is left."""
        for limit, left in self._by_name():
            if left is not None and fiat_minor > left:
                return limit, left
        return None

    def _by_name(self) -> tuple[tuple[str, int | None], ...]:
        return (
            ("transaction", self.transaction_minor),
            ("hour", self.hour_minor),
            ("day", self.day_minor),
        )


def left_of(limits: Limits, *, of_hour_minor: int, of_day_minor: int) -> Left:
    """What is left where so much was moved in the last hour and the last day."""

    def rest(limit_minor: int | None, used_minor: int) -> int | None:
        return None if limit_minor is None else max(0, limit_minor - used_minor)

    return Left(
        transaction_minor=limits.transaction_minor,
        hour_minor=rest(limits.hour_minor, of_hour_minor),
        day_minor=rest(limits.day_minor, of_day_minor),
    )
