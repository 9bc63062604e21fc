"""Who gets what of a sale: DESIGN §4.4 to §4.6. The cases are data: tests/scenarios/planning.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satmachineadmin.core.commission import absorb_host_fee, platform_fee_sats
from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.model import PlanInput, PlatformFee
from satmachineadmin.core.planning import check_conservation, conservation_gap_msat, host_fee_rest_msat, plan
from satmachineadmin.core.states import FeeBasis, LegState, LegType, SkipReason, TxType
from satmachineadmin.core.units import format_fiat, parse_fiat, parse_percent
from tests.unit.core.builders import leg, plan_input, settlement, split_set, stake

SCENARIOS = json.loads(
    (Path(__file__).parents[2] / "scenarios" / "planning.json").read_text(encoding="utf-8")
)


def given_by(scenario: dict[str, Any]) -> PlanInput:
    sale = dict(scenario.get("sale", {}))
    if "tx_type" in sale:
        sale["tx_type"] = TxType(sale["tx_type"])
    shares = [parse_percent(text) for text in scenario.get("split", ["50", "30", "20"])]
    return plan_input(
        settlement=settlement(**sale),
        platform_wallet_id=scenario.get("platform_wallet", "platform"),
        split_set=split_set(*shares) if shares else None,
        stakes=tuple(
            stake(
                one["id"],
                parse_fiat(one["balance"], "EUR"),
                parse_fiat(one["cap"], "EUR") if "cap" in one else None,
            )
            for one in scenario["stakes"]
        ),
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[one["name"] for one in SCENARIOS])
def test_a_sale_is_planned_as_the_scenario_says(scenario: dict[str, Any]) -> None:
    planned = plan(given_by(scenario))

    assert [
        [
            one.key,
            one.state,
            one.sats,
            None if one.fiat_minor is None else format_fiat(one.fiat_minor, "EUR"),
            one.reason,
        ]
        for one in planned.legs
    ] == scenario["legs"]


def test_a_plan_names_its_settlement_its_split_and_the_next_version() -> None:
    planned = plan(plan_input(settlement=settlement(plan_version=3)))

    assert (planned.settlement_id, planned.version, planned.split_set_id) == ("s1", 4, "split-1")


def test_a_leg_says_where_it_goes_and_an_lps_wallet_is_left_open() -> None:
    legs = {one.key: one for one in plan(plan_input()).legs}

    assert legs["super_fee"].destination_wallet_id == "platform"
    assert legs["split:1"].destination_wallet_id == "w1"
    assert legs["split:1"].share_ppm == 300_000
    assert legs["split:1"].label == "target 1"
    assert legs["dca:ana"].enrolment_id == "ana"
    assert legs["dca:ana"].destination_wallet_id is None


def test_an_empty_split_is_no_split() -> None:
    legs = plan(plan_input(split_set=split_set())).legs

    assert [one.reason for one in legs if one.leg_type is LegType.OPERATOR_SPLIT] == [
        SkipReason.NO_SPLIT_RULES
    ]


def test_a_balance_below_zero_takes_no_part_and_stops_nobody() -> None:
    legs = plan(plan_input(stakes=(stake("ana", -500), stake("ben", 90_000)))).legs

    assert [one.key for one in legs if one.leg_type is LegType.DCA] == ["dca:ben"]


def test_a_settlement_without_a_direction_cannot_be_planned() -> None:
    with pytest.raises(InvariantViolated):
        plan(plan_input(settlement=settlement(tx_type=None)))


def test_legs_that_miss_a_sat_are_refused() -> None:
    legs = plan(plan_input()).legs
    short = (replace(legs[0], sats=legs[0].sats - 1), *legs[1:])

    assert conservation_gap_msat(settlement(), short) == 1000
    with pytest.raises(InvariantViolated, match="1000 msat"):
        check_conservation(settlement(), short)


def test_a_negative_leg_is_refused_even_if_the_sum_is_right() -> None:
    legs = plan(plan_input()).legs
    wrong = (
        replace(legs[0], sats=legs[0].sats + legs[1].sats + 3),
        replace(legs[1], sats=-3),
        *legs[2:],
    )

    assert conservation_gap_msat(settlement(), wrong) == 0
    with pytest.raises(InvariantViolated):
        check_conservation(settlement(), wrong)


def test_voided_legs_and_those_beside_the_settlement_do_not_count() -> None:
    beside = [
        leg("a", 5, state=LegState.VOIDED),
        leg("b", 7, leg_type=LegType.AUTOFORWARD),
        leg("c", 9, leg_type=LegType.SETTLEMENT),
    ]

    check_conservation(settlement(), [*plan(plan_input()).legs, *beside])


def test_a_cash_in_whose_principal_is_paid_out_is_refused() -> None:
    sale = settlement(tx_type=TxType.CASH_IN, wire_sats=281_550)

    with pytest.raises(InvariantViolated, match="has left"):
        check_conservation(sale, [leg("a", 18_450)])


@pytest.mark.parametrize(("fee_msat", "rest_msat"), [(0, 0), (1, 999), (999, 1), (1000, 0), (1200, 800)])
def test_rounding_the_host_fee_up_leaves_a_part_of_a_sat_in_the_wallet(fee_msat: int, rest_msat: int) -> None:
    assert host_fee_rest_msat(settlement(host_fee_msat=fee_msat)) == rest_msat


small_or_large = st.one_of(st.integers(0, 12), st.integers(0, 10**9))
stakes = st.lists(st.tuples(small_or_large, st.one_of(st.none(), small_or_large)), max_size=5)


@settings(max_examples=1_500, deadline=None)
@given(
    principal=small_or_large,
    commission=small_or_large,
    undispensed=st.one_of(st.just(0), small_or_large),
    fiat=st.one_of(st.none(), small_or_large),
    ppm=st.integers(0, 1_000_000),
    basis=st.sampled_from(FeeBasis),
    cash_in=st.booleans(),
    pairs=stakes,
    data=st.data(),
)
def test_every_plan_accounts_for_every_millisatoshi(
    principal: int,
    commission: int,
    undispensed: int,
    fiat: int | None,
    ppm: int,
    basis: FeeBasis,
    cash_in: bool,
    pairs: list[tuple[int, int | None]],
    data: st.DataObject,
) -> None:
    """Whatever the sale, host fee included, the legs sum to what is there and no cash is given twice."""
    platform = platform_fee_sats(commission, principal, PlatformFee(ppm=ppm, basis=basis, version=1))
    fee_msat = 0 if cash_in else data.draw(st.integers(0, 1000 * (principal + commission)))
    absorbed = absorb_host_fee(
        host_fee_msat=fee_msat,
        principal_sats=principal,
        commission_sats=commission,
        platform_fee_sats=platform,
    )
    sale = settlement(
        tx_type=TxType.CASH_IN if cash_in else TxType.CASH_OUT,
        wire_sats=principal if cash_in else principal + commission + undispensed,
        principal_sats=principal,
        commission_sats=commission,
        platform_fee_sats=absorbed.platform_fee_sats,
        operator_fee_sats=commission - absorbed.platform_fee_sats,
        host_fee_msat=fee_msat,
        host_fee_from_commission_sats=absorbed.from_commission_sats,
        host_fee_from_principal_sats=absorbed.from_principal_sats,
        fiat_minor=fiat,
    )
    some = tuple(stake(f"lp{index}", balance, cap) for index, (balance, cap) in enumerate(pairs))

    legs = plan(plan_input(settlement=sale, stakes=some)).legs

    assert conservation_gap_msat(sale, legs) == 0
    assert all(one.sats > 0 for one in legs)
    assert len({one.key for one in legs}) == len(legs)
    drawn = {one.enrolment_id: one.fiat_minor or 0 for one in legs if one.enrolment_id}
    assert all(0 < drawn[one.enrolment_id] <= one.balance_minor for one in some if one.enrolment_id in drawn)
    assert sum(one.fiat_minor or 0 for one in legs) <= (fiat or 0)
