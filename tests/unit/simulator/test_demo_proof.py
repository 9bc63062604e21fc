"""The demo's proof notices every sat that is not where the settlement says it is."""

from __future__ import annotations

import copy
from datetime import timezone
from typing import Any

import pytest

from tools.demo.balances import Gains, instant, problems_of
from tools.demo.settings import parse_options

SETTLEMENT: dict[str, Any] = {
    "wire_sats": 318_450,
    "principal_sats": 300_000,
    "commission_sats": 18_450,
    "retained_sats": 60_000,
    "legs": [
        {"leg_type": "super_fee", "state": "completed", "sats": 5_535},
        {"leg_type": "operator_split", "state": "completed", "sats": 12_915},
        {"leg_type": "dca", "state": "completed", "sats": 240_000},
        {"leg_type": "dca", "state": "skipped", "sats": 60_000},
    ],
}
GAINS = Gains(platform=5_535_000, operator=12_915_000, lps=240_000_000, machine=60_000_000)


def test_a_settlement_whose_sats_are_all_there_has_no_problems() -> None:
    assert problems_of(SETTLEMENT, GAINS) == []


@pytest.mark.parametrize("group", ["platform", "operator", "lps", "machine"])
def test_one_millisatoshi_too_many_or_too_few_is_noticed(group: str) -> None:
    for difference in (-1, 1):
        gains = {name: getattr(GAINS, name) for name in ("platform", "operator", "lps", "machine")}
        gains[group] += difference
        assert problems_of(SETTLEMENT, Gains(**gains))


def test_two_wrongs_that_cancel_out_are_noticed() -> None:
    swapped = Gains(platform=5_534_000, operator=12_916_000, lps=240_000_000, machine=60_000_000)
    assert len(problems_of(SETTLEMENT, swapped)) == 2


@pytest.mark.parametrize("name", ["wire_sats", "principal_sats", "commission_sats", "retained_sats"])
def test_a_settlement_that_contradicts_itself_is_noticed(name: str) -> None:
    wrong = copy.deepcopy(SETTLEMENT)
    wrong[name] += 1
    assert problems_of(wrong, GAINS)


@pytest.mark.parametrize("leg", range(3))
def test_a_leg_that_is_called_completed_but_was_not_paid_is_noticed(leg: int) -> None:
    wrong = copy.deepcopy(SETTLEMENT)
    wrong["legs"][leg]["sats"] += 1
    assert problems_of(wrong, GAINS)


def test_fees_that_nobody_is_configured_for_stay_at_the_machine() -> None:
    settlement = copy.deepcopy(SETTLEMENT)
    settlement["legs"][0]["state"] = "skipped"
    settlement["retained_sats"] += 5_535
    gains = Gains(platform=0, operator=12_915_000, lps=240_000_000, machine=65_535_000)
    assert problems_of(settlement, gains) == []


def test_what_went_to_a_partner_elsewhere_is_not_looked_for_here() -> None:
    gains = Gains(platform=5_535_000, operator=12_815_000, lps=240_000_000, machine=60_000_000)
    assert problems_of(SETTLEMENT, gains)
    assert problems_of(SETTLEMENT, gains, outside_sats=100) == []


@pytest.mark.parametrize(
    "text", ["2026-11-22T14:03:07Z", "2026-11-22T14:03:07", "2026-11-22T14:03:07.000000+00:00"]
)
def test_times_are_read_as_utc(text: str) -> None:
    when = instant(text)
    assert (when.hour, when.utcoffset()) == (14, timezone.utc.utcoffset(None))


def test_port_and_database_come_from_the_environment_unless_flags_say_otherwise() -> None:
    """An empty variable, which make passes on when nothing was given, counts as none."""
    options = parse_options([], {"PORT": "5005", "DB": "postgres"})
    assert (options.port, options.database) == (5005, "postgres")
    assert parse_options(["--port", "6000"], {"PORT": "5005"}).port == 6000
    options = parse_options([], {"PORT": "", "DB": ""})
    assert (options.port, options.database, options.reset, options.sales) == (5000, "sqlite", False, None)
    assert options.fleet == 0
    assert parse_options(["--fleet", "12"], {}).fleet == 12


@pytest.mark.parametrize(
    "flags", [["--port", "0"], ["--port", "x"], ["--db", "oracle"], ["--sales", "0"], ["--fleet", "0"]]
)
def test_what_cannot_be_meant_is_refused(flags: list[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options(flags, {})
