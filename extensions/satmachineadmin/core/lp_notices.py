"""What LPs are told by mail, Nostr or Telegram, if they want to be: what came, and what failed.

A message goes through servers of others. It has no address, no key and no user; that it has amounts is
what an LP asks for who wants to be told of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from .days import beginning_of, date_of
from .notices import MOST_LINES, plain
from .states import LegType
from .units import format_fiat

_PAGE = "See Satoshi Machine LP."


@dataclass(frozen=True, kw_only=True)
class Got:
    """What an LP got at one machine in one currency."""

    user_id: str
    machine_name: str
    currency: str
    payouts: int
    sats: int
    fiat_minor: int


@dataclass(frozen=True, kw_only=True)
class DailyReader:
    """An LP who is told once a day; up to `told_until`, epoch seconds, it knows."""

    user_id: str
    time_zone: str
    told_until: int

    def day_is_over(self, now: int) -> int | None:
        """The beginning of today on the LP's clock, if it was not told up to then; None if it was."""
        today = beginning_of(date_of(now, self.time_zone), self.time_zone)
        return today if self.told_until < today else None


@dataclass(frozen=True, kw_only=True)
class FailedPart:
    """Something of an LP that was not paid, or not passed on."""

    user_id: str
    machine_name: str
    leg_type: str


def of_payouts(got: Sequence[Got], *, is_daily: bool) -> str:
    """One message of what one LP got."""
    sats = sum(one.sats for one in got)
    payouts = sum(one.payouts for one in got)
    counted = "a payout" if payouts == 1 else f"{payouts} payouts"
    first = f"Since you were told last, {counted} brought" if is_daily else f"You got {counted} of"
    lines = [_line(one) for one in got]
    return _message(f"Satoshi Machine: {first} {sats} sat.", lines)


def of_problems(failed: Sequence[FailedPart]) -> str:
    """One message of what failed for one LP."""
    words = {LegType.AUTOFORWARD: "your sats could not be passed on"}
    lines = [
        f"- {plain(one.machine_name)}: {words.get(LegType(one.leg_type), 'sats could not be paid to you')}"
        for one in failed
    ]
    return _message("Satoshi Machine: something of yours failed. No sat is lost.", lines)


def of_address(used_from: int) -> str:
    """A new address was chosen: not which."""
    moment = datetime.fromtimestamp(used_from, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return (
        "Satoshi Machine: a new address was chosen that your sats are passed on to. "
        f"It is used from {moment} on. If that was not you: take it back on the page of Satoshi Machine LP "
        "and change your password."
    )


def _line(one: Got) -> str:
    amount = f"{format_fiat(one.fiat_minor, one.currency)} {one.currency}"
    return f"- {plain(one.machine_name)}: {one.sats} sat for {amount}"


def _message(first: str, lines: Iterable[str]) -> str:
    every = list(dict.fromkeys(lines))
    more = len(every) - MOST_LINES
    rest = [f"- and {more} more"] if more > 0 else []
    return "\n".join([first, *every[:MOST_LINES], *rest, _PAGE])
