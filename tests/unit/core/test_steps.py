"""How a whole amount came about: told only where working it out again gives what is in the books."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satmachineadmin.core.model import Landed, Leg, PlatformFee
from satmachineadmin.core.states import FeeBasis, LegState, LegType
from satmachineadmin.core.steps import Rounding, Share, platform_rounding, roundings

from .builders import settlement


def leg(key: str, sats: int, *, minor: int | None = None, attempt: int = 1) -> Leg:
    return Leg(
        id=f"{key}/{attempt}", settlement_id="s", machine_id="m",
        leg_type=LegType.OPERATOR_SPLIT if key.startswith("split") else LegType.DCA,
        key=key, attempt=attempt, state=LegState.COMPLETED, reason=None, sats=sats, fiat_minor=minor,
        enrolment_id=None, target=None, target_kind=None, destination_wallet_id=None, label="",
        external_id=f"{key}:{attempt}", minted=None, payer_wallet_id="plaza",
    )  # fmt: skip


def split(key: str, sats: int, ppm: int, *, attempt: int = 1, version: int = 1) -> Share:
    return Share(leg=leg(key, sats, attempt=attempt), plan_version=version, share_ppm=ppm)


def cash(key: str, sats: int, minor: int | None, version: int = 1) -> Share:
    return Share(leg=leg(key, sats, minor=minor), plan_version=version, share_ppm=None)


def test_each_share_of_a_commission_tells_its_exact_value_and_the_sat_it_got() -> None:
    found = roundings(
        [split("split:0", 4, 500_000), split("split:1", 2, 300_000), split("split:2", 1, 200_000)]
    )
    assert found == {
        "split:0/1": Rounding(exact_msat=3500, units=1),
        "split:1/1": Rounding(exact_msat=2100, units=0),
        "split:2/1": Rounding(exact_msat=1400, units=0),
    }


def test_what_was_tried_again_is_the_same_share() -> None:
    found = roundings([split("split:0", 5, 1_000_000), split("split:0", 5, 1_000_000, attempt=2)])
    assert found["split:0/1"] == found["split:0/2"] == Rounding(exact_msat=5000, units=0)


def test_sats_are_split_over_the_cash_with_what_no_lp_had_cash_for() -> None:
    found = roundings([cash("dca:ana", 33, 100), cash("dca:ben", 33, 100), cash("dca:uncovered", 34, 101)])
    assert found["dca:ana/1"] == Rounding(exact_msat=33_222, units=0)
    assert found["dca:uncovered/1"] == Rounding(exact_msat=33_554, units=1)


def test_a_sweep_is_a_split_of_its_own() -> None:
    found = roundings([cash("dca:uncovered", 10, 5), cash("dca:ana", 7, 2, 2), cash("dca:ben", 3, 1, 2)])
    assert found["dca:uncovered/1"] == Rounding(exact_msat=10_000, units=0)
    assert found["dca:ana/1"] == Rounding(exact_msat=6_666, units=1)


@pytest.mark.parametrize(
    "shares",
    [
        [split("split:0", 6, 500_000), split("split:1", 4, 500_000)],
        [cash("dca:ana", 5, 100), cash("dca:no_lp", 5, None)],
        [cash("dca:ana", 0, 0)],
        [],
    ],
    ids=["not this arithmetic", "cash not known", "no cash", "nothing"],
)
def test_what_does_not_come_out_is_not_explained(shares: list[Share]) -> None:
    assert roundings(shares) == {}


def test_the_platforms_fee_is_rounded_half_up() -> None:
    fee = PlatformFee(ppm=300_000, basis=FeeBasis.COMMISSION, version=1)
    sale = settlement(commission_sats=105, platform_fee_sats=32, landed=None)
    assert platform_rounding(sale, fee) == Rounding(exact_msat=31_500, units=1)
    assert platform_rounding(replace(sale, platform_fee_sats=31), fee) is None
    assert platform_rounding(replace(sale, platform_fee_sats=20), fee) is None
    of_principal = replace(fee, basis=FeeBasis.PRINCIPAL, ppm=10_000)
    sale = replace(sale, principal_sats=1020, platform_fee_sats=10)
    assert platform_rounding(sale, of_principal) == Rounding(exact_msat=10_200, units=0)


def test_after_a_partial_dispense_the_fee_keeps_the_ratio_it_landed_with() -> None:
    fee = PlatformFee(ppm=999_999, basis=FeeBasis.COMMISSION, version=1)
    landed = Landed(principal_sats=1000, commission_sats=100, platform_fee_sats=30, fiat_minor=200_00)
    sale = settlement(commission_sats=50, platform_fee_sats=15, landed=landed)
    assert platform_rounding(sale, fee) == Rounding(exact_msat=15_000, units=0)
