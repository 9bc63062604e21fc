"""What an entry of an LP's cash counts for, in every status, whatever else happens to the balance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.balances import (
    Balance,
    Weight,
    after_entry_move,
    complete,
    release,
    reserve,
    weight,
)
from satmachineadmin.core.outlook import days_left, share_ppm
from satmachineadmin.core.states import CASH_ARROWS, WAITING_CASH_STATUSES, CashEntryStatus

PENDING, CONFIRMED, CANCELLED = CashEntryStatus.PENDING, CashEntryStatus.CONFIRMED, CashEntryStatus.CANCELLED
DAY = 24 * 3600


def test_what_an_entry_brings_counts_once_it_is_confirmed() -> None:
    recorded = after_entry_move(Balance(), None, PENDING, 100)
    confirmed = after_entry_move(recorded, PENDING, CONFIRMED, 100)
    assert (recorded.pending_minor, recorded.remaining_minor) == (100, 0)
    assert (confirmed.pending_minor, confirmed.remaining_minor) == (0, 100)


def test_what_an_entry_takes_out_is_out_of_reach_from_the_moment_it_is_recorded() -> None:
    held = after_entry_move(Balance(confirmed_minor=100), None, PENDING, -40)
    assert (held.remaining_minor, held.reserved_minor, held.leaving_minor) == (60, 40, 40)
    gone = after_entry_move(held, PENDING, CONFIRMED, -40)
    assert gone == Balance(confirmed_minor=60)
    assert after_entry_move(held, PENDING, CANCELLED, -40) == Balance(confirmed_minor=100)


@given(amount=st.integers(-(10**15), 10**15))
def test_a_dispute_changes_no_sum_and_a_cancelled_entry_weighs_nothing(amount: int) -> None:
    assert len({weight(amount, status) for status in WAITING_CASH_STATUSES}) == 1
    assert weight(amount, CANCELLED) == weight(amount, None) == Weight()
    assert weight(amount, CONFIRMED) == Weight(confirmed_minor=amount)


_AMOUNTS = st.integers(-500, 500).filter(bool)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), _AMOUNTS),
        st.tuples(st.sampled_from(list(CASH_ARROWS)), st.integers(0, 20)),
        st.tuples(st.sampled_from(["reserve", "pay", "give up"]), st.integers(1, 500)),
    ),
    max_size=40,
)


@given(steps=_STEPS)
def test_the_sums_are_those_of_the_journal_and_no_cash_is_given_twice(
    steps: list[tuple[object, int]],
) -> None:
    """Entries and legs in any order: what a rule refuses is left out, what is done always adds up."""
    balance, paid = Balance(), 0
    entries: list[tuple[int, CashEntryStatus]] = []
    legs: list[int] = []
    for what, number in steps:
        if what == "record" and balance.remaining_minor + min(number, 0) >= 0:
            entries.append((number, PENDING))
            balance = after_entry_move(balance, None, PENDING, number)
        elif isinstance(what, tuple) and entries:
            which = number % len(entries)
            amount, status = entries[which]
            if status is what[0]:
                balance = after_entry_move(balance, what[0], what[1], amount)
                entries[which] = (amount, what[1])
        elif what == "reserve" and number <= balance.remaining_minor:
            legs.append(number)
            balance = reserve(balance, number)
        elif what in ("pay", "give up") and legs:
            minor = legs.pop()
            paid += minor if what == "pay" else 0
            balance = complete(balance, minor) if what == "pay" else release(balance, minor)

        waiting = [amount for amount, status in entries if status in WAITING_CASH_STATUSES]
        leaving = -sum(amount for amount in waiting if amount < 0)
        assert balance == Balance(
            confirmed_minor=sum(amount for amount, status in entries if status is CONFIRMED),
            pending_minor=sum(amount for amount in waiting if amount > 0),
            paid_minor=paid,
            reserved_minor=sum(legs) + leaving,
            leaving_minor=leaving,
        )


def test_under_three_sales_nobody_can_say_how_long_cash_lasts() -> None:
    assert days_left(1000, 500, sales=2, seconds=14 * DAY) is None
    assert days_left(1000, 1400, sales=3, seconds=30 * DAY) == 10


def test_an_lp_that_is_new_has_a_mean_over_its_own_days() -> None:
    assert days_left(1000, 200, sales=3, seconds=2 * DAY) == 10
    assert days_left(1000, 200, sales=3, seconds=60) == 5
    assert days_left(0, 200, sales=3, seconds=2 * DAY) == 0


def test_a_share_of_a_machine_without_cash_is_nothing() -> None:
    assert share_ppm(0, 0) == 0
    assert share_ppm(1, 3) == 333_333
