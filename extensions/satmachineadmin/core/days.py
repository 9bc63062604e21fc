"""Which calendar day it is where an operator lives, for the limits that hold a day.

What can go wrong: a day that two parts of the program cut differently, or a host whose time zones are
not installed. So a day is the date on the operator's clock as text (`2026-11-22`), decided here, and
written on the leg that draws an LP's cash: changing the zone later moves no cash to another day.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

from .errors import UnknownTimeZone

UTC = "UTC"
#: `Area/Place` of the IANA database. Its one-word names are abbreviations and links of old.
_NAME = re.compile(r"(?!right/|posix/)[A-Z][A-Za-z_]{1,20}(/[A-Za-z0-9_+-]{1,30}){1,2}")


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


def _zone(name: str) -> tzinfo | None:
    """None where the host has no such zone; `UTC` needs no database."""
    if name == UTC:
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, not a name, a folder of names
        return None
