"""What had stayed in a machine's wallet is paid once its cause is gone: exactly, and with no cash twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.model import Leg, PlanInput, PlannedLeg
from satmachineadmin.core.planning import check_conservation, counts, plan
from satmachineadmin.core.states import LegState, LegType, SettlementState, SkipReason
from satmachineadmin.core.sweeping import Sweep, plan_sweep, stakes_after, why_not_now
from tests.unit.core.builders import leg, plan_input, settlement, split_set, stake

S, R = LegState, SkipReason


def stored(planned: PlannedLeg, version: int) -> Leg:
    """A planned leg as it stands in the books once everything that could be paid is paid."""
    return leg(
        f"{version}/{planned.key}",
        planned.sats,
        leg_type=planned.leg_type,
        key=planned.key,
        state=S.COMPLETED if planned.state is S.PENDING else planned.state,
        reason=planned.reason,
        fiat_minor=planned.fiat_minor,
        enrolment_id=planned.enrolment_id,
    )


def paid_out(sale: PlanInput) -> tuple[PlanInput, list[Leg]]:
    """The sale planned and paid, and what a sweep is given afterwards."""
    legs = [stored(one, 1) for one in plan(sale).legs]
    return replace(
        sale,
        settlement=replace(sale.settlement, state=SettlementState.PROCESSED, plan_version=1),
        stakes=tuple(
            replace(
                one,
                balance_minor=one.balance_minor
                - sum(leg.fiat_minor or 0 for leg in legs if leg.enrolment_id == one.enrolment_id),
            )
            for one in sale.stakes
        ),
    ), legs


def swept(sale: PlanInput, legs: list[Leg], done: Sweep) -> tuple[PlanInput, list[Leg]]:
    """The books after a sweep."""
    ids = {one.id for one in done.swept}
    return replace(
        sale,
        settlement=replace(sale.settlement, plan_version=done.version),
        stakes=stakes_after(sale.stakes, done),
    ), [
        *(replace(one, state=S.VOIDED) if one.id in ids else one for one in legs),
        *(stored(one, done.version) for one in done.legs),
    ]


def gist(done: Sweep) -> list[tuple[str, str, int, int | None]]:
    return [(one.key, str(one.state), one.sats, one.fiat_minor) for one in done.legs]


def test_the_platforms_fee_goes_once_there_is_a_wallet() -> None:
    given_, legs = paid_out(plan_input(platform_wallet_id=None))
    assert plan_sweep(given_, legs).swept == ()

    done = plan_sweep(replace(given_, platform_wallet_id="platform"), legs)

    assert gist(done) == [("swept2:super_fee", "pending", 5_535, None)]
    assert done.legs[0].destination_wallet_id == "platform"


def test_the_commission_goes_over_the_rules_in_force_now() -> None:
    given_, legs = paid_out(plan_input(split_set=None))

    done = plan_sweep(replace(given_, split_set=split_set(600_000, 400_000)), legs)

    assert gist(done) == [
        ("swept2:split:0", "pending", 7_749, None),
        ("swept2:split:1", "pending", 5_166, None),
    ]


def test_uncovered_principal_goes_to_lps_who_have_cash_now() -> None:
    """200.00 EUR, ana had 50.00: three quarters were uncovered. Ben brings 100.00: two thirds of those."""
    given_, legs = paid_out(plan_input(stakes=(stake("ana", 5_000),)))
    done = plan_sweep(replace(given_, stakes=(stake("ana", 0), stake("ben", 10_000))), legs)

    assert gist(done) == [
        ("swept2:dca:ben", "pending", 150_000, 10_000),
        ("swept2:dca:uncovered", "skipped", 75_000, 5_000),
    ]


def test_principal_without_lps_goes_with_the_whole_fiat_of_the_sale() -> None:
    given_, legs = paid_out(plan_input(stakes=()))
    assert [one.reason for one in legs if one.state is S.SKIPPED] == [R.NO_LP]

    done = plan_sweep(replace(given_, stakes=(stake("ana", 50_000),)), legs)

    assert gist(done) == [("swept2:dca:ana", "pending", 300_000, 20_000)]


def test_a_supplied_rate_lets_the_principal_go() -> None:
    unpriced = plan_input(settlement=settlement(exchange_rate=None, fiat_minor=None))
    given_, legs = paid_out(unpriced)
    assert plan_sweep(given_, legs).stuck[0].why == ("The exchange rate is still not known: supply it first.")
    priced = replace(given_, settlement=replace(given_.settlement, exchange_rate="1500", fiat_minor=20_000))

    done = plan_sweep(priced, legs)

    assert gist(done) == [
        ("swept2:dca:ana", "pending", 225_000, 15_000),
        ("swept2:dca:ben", "pending", 75_000, 5_000),
    ]


def test_dust_goes_along_and_never_alone() -> None:
    dust = leg("dust", 1, state=S.SKIPPED, reason=R.DUST, fiat_minor=5, enrolment_id=None)
    rest = leg("rest", 99_999, state=S.SKIPPED, reason=R.UNCOVERED, fiat_minor=4_995, enrolment_id=None)
    sale = plan_input(
        settlement=settlement(
            wire_sats=300_000, commission_sats=0, platform_fee_sats=0, operator_fee_sats=0, plan_version=1
        ),
        stakes=(stake("ana", 10_000),),
    )
    paid = leg("paid", 200_000, state=S.COMPLETED, fiat_minor=15_000)

    alone = plan_sweep(sale, [paid, dust, rest], {"dust"})
    assert (alone.swept, [one.leg_id for one in alone.stuck]) == ((), ["dust"])

    together = plan_sweep(sale, [paid, dust, rest])
    assert gist(together) == [("swept2:dca:ana", "pending", 100_000, 5_000)]


def test_what_is_the_customers_or_was_decided_by_a_person_is_never_swept() -> None:
    for reason in (R.CASH_IN, R.UNDISPENSED, R.BELOW_MINIMUM, R.FEE_UNUSED, R.RELEASED):
        kept = leg("kept", 100, state=S.SKIPPED, reason=reason, enrolment_id=None)
        done = plan_sweep(plan_input(), [kept])
        assert (done.swept, [one.leg_id for one in done.stuck]) == ((), ["kept"])


def test_only_the_wanted_leg_is_swept() -> None:
    given_, legs = paid_out(plan_input(platform_wallet_id=None, split_set=None))
    all_set = replace(given_, platform_wallet_id="platform", split_set=split_set(1_000_000))
    fee = next(one for one in legs if one.leg_type is LegType.SUPER_FEE)

    done = plan_sweep(all_set, legs, {fee.id})

    assert [one.id for one in done.swept] == [fee.id]


def test_nothing_is_swept_while_legs_are_on_their_way() -> None:
    processed = settlement(state=SettlementState.PROCESSED)
    assert why_not_now(processed, [leg("a", 1, state=S.COMPLETED)]) is None
    assert why_not_now(processed, [leg("a", 1)]) is not None
    assert why_not_now(settlement(state=SettlementState.PROCESSING), []) is not None


cash = st.integers(min_value=0, max_value=30_000)


@given(
    before=st.lists(cash, max_size=4),
    later=st.lists(st.lists(cash, max_size=4), min_size=1, max_size=3),
    principal_sats=st.integers(min_value=0, max_value=400_000),
    has_platform=st.booleans(),
    has_rules=st.booleans(),
)
def test_sweeping_keeps_every_sat_and_never_draws_cash_twice(
    before: list[int],
    later: list[list[int]],
    principal_sats: int,
    has_platform: bool,
    has_rules: bool,
) -> None:
    """Whoever brings cash between sweeps: sats are conserved, fiat over all legs stays within the
    sale's, nobody gives more than it has, and the same leg is never swept twice."""
    sale = plan_input(
        settlement=settlement(wire_sats=principal_sats + 18_450, principal_sats=principal_sats),
        platform_wallet_id="platform" if has_platform else None,
        split_set=split_set(500_000, 500_000) if has_rules else None,
        stakes=tuple(stake(f"lp{number}", minor) for number, minor in enumerate(before)),
    )
    given_, legs = paid_out(sale)
    gone: set[str] = set()
    for amounts in later:
        now = tuple(stake(f"lp{number}", minor) for number, minor in enumerate(amounts))
        given_ = replace(given_, platform_wallet_id="platform", split_set=split_set(1_000_000), stakes=now)
        done = plan_sweep(given_, legs)
        assert not gone & {one.id for one in done.swept}
        gone |= {one.id for one in done.swept}
        assert bool(done.swept) is (done.paid_sats > 0)

        given_, legs = swept(given_, legs, done)

        check_conservation(given_.settlement, legs)
        assert sum(one.fiat_minor or 0 for one in legs if counts(one)) <= 20_000
        assert all(one.balance_minor >= 0 for one in given_.stakes)
        assert all((one.fiat_minor or 0) > 0 for one in done.legs if one.enrolment_id)
