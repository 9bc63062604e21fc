"""Which calendar day it is where an operator lives, for the limits that hold a day.

What can go wrong: a day that two parts of the program cut differently, or a host whose time zones are
not installed. So a day is the date on the operator's clock as text (`2026-11-22`), decided here, and
written on the leg that draws an LP's cash: changing the zone later moves no cash to another day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from .errors import InvalidInput, UnknownTimeZone

UTC = "UTC"
#: `Area/Place` of the IANA database. Its one-word names are abbreviations and links of old.
_NAME = re.compile(r"(?!right/|posix/)[A-Z][A-Za-z_]{1,20}(/[A-Za-z0-9_+-]{1,30}){1,2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Days outside of these are typing errors.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def parse_time_zone(name: str) -> str:
    """The name, if this host knows the zone; raises UnknownTimeZone."""
    if name == UTC:
        return UTC
    if not _NAME.fullmatch(name) or _zone(name) is None:
        raise UnknownTimeZone(time_zone=name[:60])
    return name


def zone_in_use(name: str) -> str:
    """The zone that days are cut by: the chosen one, or UTC on a host that does not know it (any more)."""
    return name if name == UTC or _zone(name) is not None else UTC


def day_of(moment: datetime, time_zone: str) -> str:
    """The date on the clock of that zone."""
    zone = _zone(zone_in_use(time_zone)) or timezone.utc
    return moment.astimezone(zone).date().isoformat()


def date_of(seconds: int, time_zone: str) -> date:
    """The same of an instant in epoch seconds."""
    return date.fromisoformat(day_of(datetime.fromtimestamp(seconds, timezone.utc), time_zone))


def bounds_of(day: date, time_zone: str) -> tuple[int, int]:
    """The first instant of a day on that clock, and the first one of the next."""
    return beginning_of(day, time_zone), beginning_of(day + timedelta(days=1), time_zone)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From one instant on and before another, in epoch seconds; None is no bound."""

    since: int | None
    until: int | None
    #: the zone that its days are cut by
    time_zone: str


def parse_day(field: str, text: str) -> date:
    """A calendar day, written `2026-11-22`. Raises InvalidInput."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field=field, problem='write the day as "2026-11-22"') from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidInput(field=field, problem=f"its year is not from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def beginning_of(day: date, time_zone: str) -> int:
    """The first instant of a day on the clock of that zone, in epoch seconds.

    Where the clock is put forward over midnight the day begins later than 0:00; a day may have 23 or 25
    hours, or be left out altogether.
    """
    zone = _zone(zone_in_use(time_zone)) or timezone.utc
    return int(datetime.combine(day, time.min, tzinfo=zone).timestamp())


def span_of(since: date | None, until: date | None, time_zone: str) -> Span:
    """The days from one to another, both included. Raises InvalidInput where the second comes first."""
    if since is not None and until is not None and until < since:
        raise InvalidInput(field="until", problem="the last day comes before the first")
    zone = zone_in_use(time_zone)
    return Span(
        since=None if since is None else beginning_of(since, zone),
        until=None if until is None else beginning_of(until + timedelta(days=1), zone),
        time_zone=zone,
    )


def clock_of(moment: datetime, time_zone: str) -> str:
    """Date and time on the clock of that zone, `2026-11-22 14:03:07`.

    Said twice for an hour that the clock goes through twice: UTC, beside it, tells the two apart.
    """
    zone = _zone(zone_in_use(time_zone)) or timezone.utc
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _zone(name: str) -> tzinfo | None:
    """None where the host has no such zone; `UTC` needs no database."""
    if name == UTC:
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, not a name, a folder of names
        return None
