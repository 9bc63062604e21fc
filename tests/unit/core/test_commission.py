"""Who gets which part of a commission: DESIGN §4.2, §4.3 and §4.6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.commission import (
    HostFeeShares,
    absorb_host_fee,
    expected_commission,
    operator_split,
    platform_fee_sats,
)
from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import PlatformFee
from satmachineadmin.core.states import FeeBasis
from tests.unit.core.builders import rule, split_set


def fee(ppm: int, basis: FeeBasis = FeeBasis.COMMISSION) -> PlatformFee:
    return PlatformFee(ppm=ppm, basis=basis, version=1)


def test_a_commission_of_100_sats_at_30_percent_gives_30_to_the_platform_and_70_to_the_operator() -> None:
    platform_sats = platform_fee_sats(100, 5_000, fee(300_000))

    assert (platform_sats, 100 - platform_sats) == (30, 70)


def test_70_sats_over_a_split_of_50_30_20_give_35_21_and_14() -> None:
    assert operator_split(70, split_set(500_000, 300_000, 200_000).rules) == (35, 21, 14)


def test_15_sats_over_ten_equal_shares_give_five_times_2_and_five_times_1() -> None:
    assert operator_split(15, split_set(*[100_000] * 10).rules) == (2,) * 5 + (1,) * 5


def test_a_split_that_does_not_sum_to_100_percent_is_a_bug() -> None:
    with pytest.raises(InvariantViolated):
        operator_split(70, [rule(0, 999_999)])


@pytest.mark.parametrize(
    ("commission_sats", "ppm", "expected"),
    [
        (1, 500_000, 1),
        (3, 500_000, 2),
        (1, 499_999, 0),
        (0, 1_000_000, 0),
        (18_450, 300_000, 5_535),
        (7, 1_000_000, 7),
    ],
)
def test_the_platform_fee_is_rounded_half_up(commission_sats: int, ppm: int, expected: int) -> None:
    assert platform_fee_sats(commission_sats, 0, fee(ppm)) == expected


def test_a_platform_fee_on_the_principal_is_clipped_to_the_commission() -> None:
    assert platform_fee_sats(600, 10_000, fee(10_000, FeeBasis.PRINCIPAL)) == 100
    assert platform_fee_sats(60, 10_000, fee(10_000, FeeBasis.PRINCIPAL)) == 60


def test_the_expected_commission_is_the_machines_rate_on_the_principal_rounded_half_up() -> None:
    assert expected_commission(300_000, 61_500) == 18_450
    assert expected_commission(25, 20_000) == 1
    assert expected_commission(24, 20_000) == 0


HOST_FEES = [
    # (fee in msat, taken from commission, from principal, platform fee left) of 1000 + 100, platform 30
    (0, 0, 0, 30),
    (1, 1, 0, 30),
    (1_000, 1, 0, 30),
    (1_001, 2, 0, 30),
    (70_000, 70, 0, 30),
    (70_001, 70, 1, 30),
    (1_070_000, 70, 1_000, 30),
    (1_080_000, 80, 1_000, 20),
    (1_100_000, 100, 1_000, 0),
]


@pytest.mark.parametrize(("fee_msat", "commission", "principal", "platform"), HOST_FEES)
def test_a_host_fee_takes_the_operators_commission_then_the_principal_and_the_platforms_fee_last(
    fee_msat: int, commission: int, principal: int, platform: int
) -> None:
    shares = absorb_host_fee(
        host_fee_msat=fee_msat, principal_sats=1_000, commission_sats=100, platform_fee_sats=30
    )

    assert shares == HostFeeShares(
        from_commission_sats=commission, from_principal_sats=principal, platform_fee_sats=platform
    )


def test_a_host_fee_above_what_arrived_is_a_bug() -> None:
    with pytest.raises(InvariantViolated):
        absorb_host_fee(
            host_fee_msat=1_100_001, principal_sats=1_000, commission_sats=100, platform_fee_sats=30
        )


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.integers(0, 10**6), st.data())
def test_what_a_host_fee_leaves_is_never_negative_and_adds_up(
    principal: int, commission: int, ppm: int, data: st.DataObject
) -> None:
    platform = platform_fee_sats(commission, principal, fee(ppm))
    fee_msat = data.draw(st.integers(0, 1000 * (principal + commission)))

    shares = absorb_host_fee(
        host_fee_msat=fee_msat,
        principal_sats=principal,
        commission_sats=commission,
        platform_fee_sats=platform,
    )

    assert shares.from_commission_sats + shares.from_principal_sats == -(-fee_msat // 1000)
    assert 0 <= shares.from_principal_sats <= principal
    assert 0 <= shares.platform_fee_sats <= platform
    assert commission - shares.from_commission_sats - shares.platform_fee_sats >= 0
