"""The host's service fee, to the millisatoshi as LNbits takes it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.service_fee import FeeShare, service_fee_msat, share_leg


def limits(percent: str, max_sats: int = 0) -> HostLimits:
    return HostLimits(
        service_fee_wallet_id="fees",
        service_fee_percent=percent,
        service_fee_max_sats=max_sats,
        service_fee_on_internal=True,
    )


def as_the_host_computes_it(amount_msat: int, percent: float, max_sats: int) -> int:
    """`service_fee` of LNbits 1.6.2, core/services/payments.py, word for word."""
    fee_max = max_sats * 1000
    fee_percentage = int(amount_msat / 100 * percent)
    if fee_max > 0 and fee_percentage > fee_max:
        return fee_max
    return fee_percentage


percents = st.one_of(
    st.integers(0, 1_000_000).map(lambda ppm: ppm / 10_000), st.floats(min_value=0, max_value=100)
)


@settings(max_examples=5_000, deadline=None)
@given(sats=st.integers(0, 10**10), percent=percents, max_sats=st.sampled_from([0, 0, 1, 100]))
# Products that binary arithmetic puts below the whole number, so that the host takes 1 msat less.
@example(sats=10, percent=0.57, max_sats=0)
@example(sats=100, percent=0.29, max_sats=0)
@example(sats=1000, percent=1.15, max_sats=0)
def test_the_fee_is_the_hosts_own_to_the_millisatoshi(sats: int, percent: float, max_sats: int) -> None:
    ours = service_fee_msat(sats * 1000, limits(repr(percent), max_sats))

    assert ours == as_the_host_computes_it(sats * 1000, percent, max_sats)


def test_the_hosts_arithmetic_differs_from_the_exact_one_somewhere() -> None:
    """Else the imitation would prove nothing."""
    assert any(
        service_fee_msat(sats * 1000, limits("0.29")) != sats * 1000 * 29 // 10_000 for sats in range(1, 1000)
    )


@pytest.mark.parametrize(
    "free",
    [
        HostLimits(service_fee_percent="1"),
        HostLimits(service_fee_percent="1", service_fee_wallet_id="fees"),
        HostLimits(service_fee_percent="1", service_fee_on_internal=True),
        limits("0"),
        limits("0.0"),
    ],
)
def test_there_is_no_fee_without_a_fee_wallet_a_rate_and_the_hosts_word(free: HostLimits) -> None:
    assert service_fee_msat(1_000_000, free) == 0
    assert share_leg(1_000, free) == FeeShare(sent_msat=1_000_000, fee_msat=0, fee_unused_msat=0)


SHARES = [
    # (leg, percent, maximum, sent sats, fee msat, unused msat)
    (101, "1.0", 0, 100, 1_000, 0),
    (100, "1.0", 0, 99, 990, 10),
    (1, "1.0", 0, 0, 0, 1_000),
    (2, "50.0", 0, 1, 500, 500),
    (10_005, "1.0", 5, 10_000, 5_000, 0),
    (300, "100.0", 0, 150, 150_000, 0),
]


@pytest.mark.parametrize(("leg", "percent", "max_sats", "sent", "fee", "unused"), SHARES)
def test_a_leg_bears_the_fee_and_what_does_not_fit_stays(
    leg: int, percent: str, max_sats: int, sent: int, fee: int, unused: int
) -> None:
    assert share_leg(leg, limits(percent, max_sats)) == FeeShare(
        sent_msat=sent * 1000, fee_msat=fee, fee_unused_msat=unused
    )


@settings(max_examples=1_000, deadline=None)
@given(leg=st.integers(1, 10**8), percent=percents, max_sats=st.sampled_from([0, 1, 100]))
def test_the_most_that_fits_is_sent(leg: int, percent: float, max_sats: int) -> None:
    host = limits(repr(percent), max_sats)

    shares = share_leg(leg, host)

    assert shares.sent_msat + shares.fee_msat + shares.fee_unused_msat == leg * 1000
    assert min(shares.sent_msat, shares.fee_msat, shares.fee_unused_msat) >= 0
    one_more_msat = shares.sent_msat + 1000
    assert one_more_msat + service_fee_msat(one_more_msat, host) > leg * 1000


def test_a_part_of_a_sat_or_a_negative_amount_is_a_bug() -> None:
    for amount_msat in (1_500, -1_000):
        with pytest.raises(InvariantViolated):
            service_fee_msat(amount_msat, limits("1"))
