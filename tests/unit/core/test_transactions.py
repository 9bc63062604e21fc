"""What a transaction comes to, what of a post is news, and where it may go from where it stands."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.errors import ArrowNotAllowed, Ratchet, Refusal, Stale, TooManyDigits
from satmachineadmin.core.states import TxType
from satmachineadmin.core.transactions import (
    OWING_STATES,
    TRANSACTION_ARROWS,
    TransactionState,
    amounts_of,
    check_news,
    check_transaction_arrow,
)

RATES = st.decimals(min_value="0.00000001", max_value="100000", places=8).map(lambda rate: f"{rate:f}")


@given(
    fiat_minor=st.integers(1, 10**9),
    rate=RATES,
    fee_ppm=st.integers(0, 1_000_000),
    tx_type=st.sampled_from(TxType),
)
def test_each_amount_is_within_half_a_sat_of_exact(
    fiat_minor: int, rate: str, fee_ppm: int, tx_type: TxType
) -> None:
    amounts = amounts_of(tx_type, fiat_minor, rate, "EUR", fee_ppm)
    exact = Fraction(rate) * fiat_minor / 100
    assert abs(amounts.principal_sats - exact) <= Fraction(1, 2)
    assert abs(amounts.commission_sats - Fraction(amounts.principal_sats * fee_ppm, 10**6)) <= Fraction(1, 2)
    sign = 1 if tx_type is TxType.CASH_OUT else -1
    assert amounts.wire_sats == amounts.principal_sats + sign * amounts.commission_sats >= 0


def test_more_than_all_the_bitcoin_is_refused() -> None:
    with pytest.raises(TooManyDigits):
        amounts_of(TxType.CASH_OUT, 10**15, "1000000000000", "EUR", 0)


@given(
    known=st.integers(1, 9),
    version=st.integers(1, 9),
    was=st.integers(0, 5),
    becomes=st.integers(0, 5),
    is_other=st.booleans(),
)
def test_a_post_is_news_only_if_it_is_newer_and_takes_nothing_back(
    known: int, version: int, was: int, becomes: int, is_other: bool
) -> None:
    try:
        is_news = check_news(
            known_version=known,
            version=version,
            constants={"rate": ("5", "6" if is_other else "5")},
            growing={"notes": (was, becomes)},
        )
    except Refusal as refusal:
        expected = Stale if version < known else Ratchet
        assert isinstance(refusal, expected)
        assert version < known or is_other or becomes < was or (becomes > was and version == known)
    else:
        assert not is_other
        assert was <= becomes
        assert is_news == (version > known)
        assert is_news or was == becomes


def test_nothing_leads_out_of_what_is_paid_or_cancelled() -> None:
    ends = {TransactionState.PAID, TransactionState.CANCELLED}
    assert {after for _before, after in TRANSACTION_ARROWS} >= ends
    assert not {before for before, _after in TRANSACTION_ARROWS} & ends
    with pytest.raises(ArrowNotAllowed):
        check_transaction_arrow(TransactionState.PAID, TransactionState.OFFERED)


def test_cash_that_is_owed_leads_to_sats_or_back_to_the_customer() -> None:
    for state in OWING_STATES:
        reached = {after for before, after in TRANSACTION_ARROWS if before is state}
        assert reached & {TransactionState.OFFERED, TransactionState.PAID, TransactionState.CANCELLED}


def test_what_was_never_stored_is_no_state_to_move_to() -> None:
    assert TransactionState.EXPIRED not in {state for arrow in TRANSACTION_ARROWS for state in arrow}
