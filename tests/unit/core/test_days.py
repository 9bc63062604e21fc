"""Days are cut at the operator's midnight, and an unknown zone is refused rather than guessed."""

from __future__ import annotations

import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.days import (
    beginning_of,
    clock_of,
    day_of,
    parse_day,
    parse_time_zone,
    span_of,
    zone_in_use,
)
from satmachineadmin.core.errors import InvalidInput, UnknownTimeZone


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


def test_a_host_without_time_zones_still_knows_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slim system may have no database: days are UTC's then, and the settings say so."""
    for module in [name for name in sys.modules if name.startswith("tzdata.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "tzdata", None)  # the same as a package, which our tools bring
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


@pytest.mark.parametrize(
    ("day", "time_zone", "begins", "hours"),
    [
        ("2026-11-22", "UTC", "2026-11-22T00:00:00", 24),
        ("2026-11-22", "Europe/Zurich", "2026-11-21T23:00:00", 24),
        # The clocks go forward, and back.
        ("2026-03-29", "Europe/Zurich", "2026-03-28T23:00:00", 23),
        ("2026-10-25", "Europe/Zurich", "2026-10-24T22:00:00", 25),
        # Midnight does not exist in Beirut on the day the clocks go forward, and comes twice in Havana.
        ("2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00", 23),
        ("2026-11-01", "America/Havana", "2026-11-01T04:00:00", 25),
        # Samoa went without that day.
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00", 0),
        ("2026-11-22", "Nowhere/AtAll", "2026-11-22T00:00:00", 24),
    ],
)
def test_a_span_of_one_day_is_that_day_whatever_the_clocks_do(
    day: str, time_zone: str, begins: str, hours: int
) -> None:
    span = span_of(date.fromisoformat(day), date.fromisoformat(day), time_zone)

    assert span.since is not None and span.until is not None
    first = datetime.fromtimestamp(span.since, timezone.utc)
    assert first.replace(tzinfo=None).isoformat() == begins
    assert span.until - span.since == hours * 3600


ZONES = sorted(zoneinfo.available_timezones() - {"localtime"})


@given(st.dates(date(1971, 1, 2), date(2037, 12, 30)), st.sampled_from(ZONES))
def test_a_day_begins_where_the_day_before_ends(day: date, time_zone: str) -> None:
    begins = beginning_of(day, time_zone)

    after = day_of(datetime.fromtimestamp(begins, timezone.utc), time_zone)
    before = day_of(datetime.fromtimestamp(begins - 1, timezone.utc), time_zone)
    assert before < day.isoformat() <= after
    assert begins == span_of(None, day - timedelta(days=1), time_zone).until


@pytest.mark.parametrize(
    "text", ["", "today", "2026-02-30", "20261122", "2026-W47-7", "0000-00-00", "9999-12-31"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_day("since", text)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput):
        span_of(date(2026, 11, 22), date(2026, 11, 21), "UTC")


def test_an_hour_that_comes_twice_is_told_apart_by_its_utc_alone() -> None:
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)
    winter = datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc)
    assert clock_of(summer, "Europe/Zurich") == clock_of(winter, "Europe/Zurich") == "2026-10-25 02:30:00"
