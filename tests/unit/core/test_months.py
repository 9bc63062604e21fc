"""Months add up exactly, one after the other, whatever is written or changed later."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satmachineadmin.core.errors import InvalidInput
from satmachineadmin.core.journal import Entry
from satmachineadmin.core.months import (
    NO_MONTH,
    Line,
    Month,
    MonthWalk,
    Subject,
    canonical,
    month_hash,
    read_canonical,
)

MONTHS = tuple(Month(name=name) for name in ("2026-09", "2026-10", "2026-11", "2026-12"))


def sale(day: str, *, wire: int, paid: int, fiat: int) -> Entry:
    """A sale of which a part is paid to an LP, the rest kept."""
    return Entry(
        day=day,
        text="Cash-out",
        amounts={
            ("Assets:Wallet:Plaza-11111111:Float", "SAT"): wire - paid,
            ("Expenses:LPs:Plaza-11111111:Ana-22222222", "SAT"): paid,
            ("Income:Principal:Plaza-11111111", "SAT"): -wire,
            ("Assets:Cash:Plaza-11111111", "EUR"): -fiat,
            ("Liabilities:LP:Plaza-11111111:Ana-22222222", "EUR"): fiat,
        },
    )


def deposit(day: str, fiat: int) -> Entry:
    return Entry(
        day=day,
        text="Deposit",
        amounts={
            ("Assets:Cash:Plaza-11111111", "EUR"): fiat,
            ("Liabilities:LP:Plaza-11111111:Ana-22222222", "EUR"): -fiat,
        },
    )


def lines_of(month: Month, entries: list[Entry], before: list[Line] | None = None) -> list[Line]:
    walk = MonthWalk(month, None if before is None else {line.key: line for line in before})
    for entry in entries:
        walk.take(entry)
    return walk.lines({"Plaza-11111111": "Plaza", "Ana-22222222": "Ana & co"})


days = st.sampled_from([f"{month.name}-{day:02d}" for month in MONTHS for day in (1, 15, 30)])
amounts = st.integers(0, 10**12)
entries_of_any_day = st.lists(
    st.one_of(
        st.builds(deposit, days, st.integers(-(10**9), 10**9)),
        st.builds(
            lambda day, wire, paid, fiat: sale(day, wire=wire, paid=min(wire, paid), fiat=fiat),
            days, amounts, amounts, amounts,
        ),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(entries_of_any_day, min_size=4, max_size=4))
def test_each_closing_is_the_next_opening_whatever_comes_late(waves: list[list[Entry]]) -> None:
    """Each wave is written just before a month is closed, and is of any day: of closed months too."""
    written: list[Entry] = []
    before: list[Line] | None = None
    for month, wave in zip(MONTHS, waves, strict=True):
        written += wave
        lines = lines_of(month, written, before)
        closings = {line.key: line.closing for line in before or []}
        for line in lines:
            assert line.opening + line.came - line.went + line.corrected == line.closing
            assert line.came >= 0 and line.went >= 0
            if before is not None:
                assert line.opening == closings.pop(line.key, 0)
        assert not any(closings.values()), "what was there is still there, or went"
        before = lines
    sums: dict[str, int] = defaultdict(int)
    for entry in written:
        for (account, unit), amount in entry.amounts.items():
            sums[account.split(":")[0] + unit] += amount
    held = {line.subject + line.unit: line.closing for line in before or []}
    assert held.get("machineSAT", 0) == sums["AssetsSAT"]
    assert held.get("machineEUR", 0) == sums["AssetsEUR"]
    assert held.get("lpEUR", 0) == -sums["LiabilitiesEUR"]
    assert held.get("lpSAT", 0) == sums["ExpensesSAT"]


def test_what_comes_late_is_said_as_such_in_the_open_month() -> None:
    first = [deposit("2026-10-05", 1000)]
    october = lines_of(MONTHS[1], first)
    late = [*first, deposit("2026-10-31", 70), deposit("2026-11-02", -30)]

    november = {(line.subject, line.unit): line for line in lines_of(MONTHS[2], late, october)}

    cash = november[Subject.MACHINE, "EUR"]
    assert (cash.opening, cash.came, cash.went, cash.corrected, cash.closing) == (1000, 0, 30, 70, 1040)
    assert november[Subject.LP, "EUR"].name == "Ana & co"


def test_a_machine_says_what_came_over_lightning_and_what_was_paid_of_it() -> None:
    lines = {(line.subject, line.unit): line for line in lines_of(
        MONTHS[1], [sale("2026-10-05", wire=1_100_000, paid=1_000_000, fiat=200_00)]
    )}  # fmt: skip
    wallet = lines[Subject.MACHINE, "SAT"]
    assert (wallet.came, wallet.went, wallet.closing) == (1_100_000, 1_000_000, 100_000)


def test_a_closed_month_is_sealed_to_the_byte() -> None:
    lines = lines_of(MONTHS[1], [deposit("2026-10-05", 1000)])
    text = canonical(MONTHS[1], time_zone="UTC", previous=NO_MONTH, lines=lines)

    assert text == text.encode("ascii").decode()
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")) == text
    assert read_canonical(text) == lines
    for altered in (text.replace("1000", "1001"), text.replace("2026-10", "2026-11"), text + " "):
        assert month_hash(altered) != month_hash(text)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "0001-01", "2026-01-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Month.parse(text)


def test_months_follow_each_other_over_new_year() -> None:
    december = Month.parse("2027-12")
    assert (december.first_day, december.last_day, december.next.name) == (
        "2027-12-01",
        "2027-12-31",
        "2028-01",
    )
    assert Month.parse("2028-02").last_day == "2028-02-29"
