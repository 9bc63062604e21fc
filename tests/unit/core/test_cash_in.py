"""Banknotes that are posted in any order and how often, and how many more may be taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.cash_in import is_too_few, most_by_sats, most_fiat, new_notes, sum_of, why_held
from satmachineadmin.core.errors import InvalidInput, Ratchet, Refusal, Stale
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.machine_limits import Left, Limits
from satmachineadmin.core.outside import reserve_msat
from satmachineadmin.core.rates import minor_of_sats, sats_of
from satmachineadmin.core.transactions import HeldFor
from satmachineadmin.core.units import MAX_MINOR

NOTES = st.lists(st.sampled_from([5_00, 10_00, 20_00, 50_00, 100_00]), min_size=1, max_size=12)
RESERVE = HostLimits(reserve_fee_min_msat=2000, reserve_fee_percent="1.0")


def post(known: dict[str, int], known_version: int, version: int, posted: dict[str, int]) -> dict[str, int]:
    """What is known after a post; raises what it is refused for."""
    fresh = new_notes(known_version=known_version, version=version, constants={}, known=known, posted=posted)
    return known if fresh is None else known | fresh


@given(notes=NOTES, order=st.data())
def test_whatever_comes_again_late_or_never_what_was_taken_is_known_and_counts_once(
    notes: list[int], order: st.DataObject
) -> None:
    """A machine that posts all notes so far with each; the line loses, repeats and turns round its posts."""
    taken = [
        (version, {str(number): minor for number, minor in enumerate(notes[:version], 1)})
        for version in range(1, len(notes) + 1)
    ]
    arriving = order.draw(st.lists(st.sampled_from(taken), min_size=1, max_size=30))
    known: dict[str, int] = {}
    newest = 0
    for version, posted in arriving:
        before = dict(known)
        try:
            known = post(known, newest, version, posted)
        except Stale:
            assert version < newest
        newest = max(newest, version)
        assert known.items() >= before.items()
        assert known == taken[newest - 1][1]
    assert sum_of(known) == sum(notes[:newest])


@given(
    known=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([5_00, 50_00])),
    posted=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([5_00, 50_00])),
    version=st.integers(1, 3),
)
def test_a_post_is_taken_as_a_whole_or_changes_nothing(
    known: dict[str, int], posted: dict[str, int], version: int
) -> None:
    """Every note that is known stays, with its value; and what is new has a higher version."""
    is_growth = posted.items() >= known.items()
    is_same = posted == known
    try:
        after = post(known, 2, version, posted)
    except Refusal as refusal:
        assert version < 2 or not is_growth or (version == 2 and not is_same)
        assert isinstance(refusal, Stale if version < 2 else Ratchet)
    else:
        assert after == posted and version >= 2


@given(
    free_sats=st.integers(-10, 10**9),
    hundredths=st.integers(1, 10**7),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_the_most_is_all_that_the_wallet_can_pay_and_not_a_sat_more(
    free_sats: int, hundredths: int, currency: str
) -> None:
    rate = f"{hundredths // 100}.{hundredths % 100:02}"
    most = most_by_sats(free_sats, RESERVE, rate, currency)

    def cost_msat(minor: int) -> int:
        sats = sats_of(minor, rate, currency)
        return sats * 1000 + (reserve_msat(sats * 1000, RESERVE) if sats else 0)

    assert most >= 0
    assert most == 0 or cost_msat(most) <= free_sats * 1000
    # Half a sat may be rounded either way: a sat's worth beyond the next minor unit is too much for sure.
    beyond = most + 2 + minor_of_sats(1, rate, currency)
    assert most == MAX_MINOR or cost_msat(beyond) > free_sats * 1000


def left(transaction: int | None = None, hour: int | None = None) -> Left:
    return Left(transaction_minor=transaction, hour_minor=hour, day_minor=None)


@pytest.mark.parametrize(
    ("by_sats", "limit", "hour", "too_few"),
    [
        (0, None, None, True),
        (1, None, None, False),
        (1, None, 100, False),
        (99, 100, None, True),
        (100, 100, None, False),
        (50, 100, 50, False),
        (49, 100, 50, True),
        (0, 100, 0, False),
    ],
)
def test_sats_are_too_few_where_they_do_not_suffice_for_one_transaction(
    by_sats: int, limit: int | None, hour: int | None, too_few: bool
) -> None:
    limits = Limits(transaction_minor=limit, hour_minor=hour)
    assert is_too_few(by_sats, limits, left(limit, hour)) is too_few


def test_the_most_is_the_least_of_all_limits() -> None:
    assert [most_fiat(70, left()), most_fiat(70, left(60, 50)), most_fiat(40, left(60))] == [70, 50, 40]


def test_what_looks_wrong_comes_before_what_was_ordered() -> None:
    limits, room = Limits(hold_above_minor=10), left(20)
    assert why_held(30, limits, room, is_plausible=False) is HeldFor.IMPLAUSIBLE_RATE
    assert why_held(30, limits, room, is_plausible=True) is HeldFor.ABOVE_TRANSACTION_LIMIT
    assert why_held(20, limits, room, is_plausible=True) is HeldFor.ABOVE_THRESHOLD
    assert why_held(10, limits, room, is_plausible=True) is None


def test_more_cash_than_the_books_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput):
        sum_of({"1": MAX_MINOR, "2": 1})
