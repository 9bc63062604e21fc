"""Days are cut at the operator's midnight, and an unknown zone is refused rather than guessed."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timezone

import pytest

from satmachineadmin.core.days import day_of, parse_time_zone, zone_in_use
from satmachineadmin.core.errors import UnknownTimeZone


@pytest.mark.parametrize(
    ("moment", "time_zone", "day"),
    [
        ("2026-11-22T23:59:59", "UTC", "2026-11-22"),
        ("2026-11-23T00:00:00", "UTC", "2026-11-23"),
        ("2026-11-22T22:59:59", "Europe/Zurich", "2026-11-22"),
        ("2026-11-22T23:00:00", "Europe/Zurich", "2026-11-23"),
        # In summer midnight is an hour earlier in UTC.
        ("2026-07-22T22:00:00", "Europe/Zurich", "2026-07-23"),
        ("2026-11-22T10:00:00", "Pacific/Kiritimati", "2026-11-23"),
        ("2026-11-22T10:00:00", "Pacific/Niue", "2026-11-21"),
        # Midnight does not exist in Beirut on the day the clocks go forward.
        ("2026-03-28T22:00:00", "Asia/Beirut", "2026-03-29"),
    ],
)
def test_a_day_begins_at_midnight_on_the_operators_clock(moment: str, time_zone: str, day: str) -> None:
    assert day_of(datetime.fromisoformat(moment).replace(tzinfo=timezone.utc), time_zone) == day


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Zurich", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince"]
)
def test_a_zone_of_the_iana_database_is_known(name: str) -> None:
    assert parse_time_zone(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "", "utc", "Europe", "Europe/", "Europe/Atlantis", "localtime", "CET", "+01:00", "../etc/passwd",
        "Europe/../../etc/passwd", "/etc/localtime", "right/Europe/Zurich", "posix/Europe/Zurich",
        "Europe/Zurich\0", "Europe/Zürich", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownTimeZone) as refused:
        parse_time_zone(name)
    assert refused.value.fields == {"time_zone": name[:60]}


def test_a_host_without_time_zones_still_knows_utc() -> None:
    """A slim system may have no database: days are UTC's then, and the settings say so."""

    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=[])
    try:
        assert parse_time_zone("UTC") == "UTC"
        with pytest.raises(UnknownTimeZone):
            parse_time_zone("Europe/Zurich")
        late = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
        assert (zone_in_use("Europe/Zurich"), day_of(late, "Europe/Zurich")) == ("UTC", "2026-11-22")
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()
