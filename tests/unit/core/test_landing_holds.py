"""Which usable sales wait before anything is planned, and for what: DESIGN §5 and §6."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.landing import HoldReason
from satmachineadmin.core.model import HostPayment, Landing
from satmachineadmin.core.rates import reference_for
from satmachineadmin.core.states import PayoutPolicy, SettlementState
from tests.unit.core.builders import STAMP, machine, payment
from tests.unit.core.judging import CASH_IN, judged, landed, stamped, without

RATES = [
    # (recent rates, the operator's rate, the host's rate, held?); the sale is at 1500
    (("1500",), None, None, False),
    (("1364", "1365"), None, None, False),
    (("1363",), None, None, True),
    (("1667",), None, None, True),
    (("1666.7",), None, None, True),
    (("1666.6",), None, None, False),
    (("1", "1500", "9999"), None, None, False),
    # recent sales before the operator's rate before the host's
    (("1500",), "1", "1", False),
    ((), "1500", "1", False),
    ((), "1", "1500", True),
    ((), None, "1500", False),
    ((), None, "3000", True),
]


@pytest.mark.parametrize(("recent", "reference", "host_rate", "is_held"), RATES)
def test_a_rate_more_than_ten_percent_off_is_held_for_the_operator(
    recent: tuple[str, ...], reference: str | None, host_rate: str | None, is_held: bool
) -> None:
    outcome = landed(payment(), machine(reference_rate=reference), recent=recent, host_rate=host_rate)

    assert outcome.reason == (HoldReason.IMPLAUSIBLE_RATE if is_held else None)
    assert outcome.state is (SettlementState.HELD if is_held else SettlementState.PENDING)
    assert outcome.facts is not None


def test_without_a_stamped_rate_the_one_that_principal_and_fiat_imply_is_compared() -> None:
    assert landed(without("exchange_rate"), recent=("1500",)).reason is None
    assert landed(without("exchange_rate"), recent=("3000",)).reason is HoldReason.IMPLAUSIBLE_RATE


def test_a_first_sale_with_nothing_to_compare_is_held_for_the_operator() -> None:
    outcome = landed(payment(), machine(reference_rate=None), recent=(), host_rate=None)

    assert outcome.state is SettlementState.HELD
    assert outcome.reason is HoldReason.FIRST_SALE


def test_a_sale_that_implies_no_rate_has_nothing_to_compare() -> None:
    one = payment(stamp={**STAMP, "exchange_rate": None, "fiat_amount": None})

    assert landed(one, recent=("3000",)).state is SettlementState.PENDING


@pytest.mark.parametrize(
    ("changes", "one", "reason"),
    [
        ({"maintenance": True}, payment(), HoldReason.MAINTENANCE),
        ({"payout_policy": PayoutPolicy.AFTER_MINUTES}, payment(), HoldReason.AWAITING_DELAY),
        ({"payout_policy": PayoutPolicy.ON_DISPENSE}, payment(), HoldReason.AWAITING_DISPENSE),
        ({"payout_policy": PayoutPolicy.ON_DISPENSE}, CASH_IN, None),
        ({"payout_policy": PayoutPolicy.AFTER_MINUTES}, CASH_IN, HoldReason.AWAITING_DELAY),
    ],
)
def test_a_machine_in_maintenance_or_with_another_payout_policy_holds_its_sales(
    changes: dict[str, Any], one: HostPayment, reason: HoldReason | None
) -> None:
    assert landed(one, machine(**changes)).reason is reason


@pytest.mark.parametrize(
    ("changes", "one", "minutes"),
    [
        ({"payout_policy": PayoutPolicy.AFTER_MINUTES, "payout_delay_minutes": 45}, payment(), 45),
        ({"payout_policy": PayoutPolicy.ON_DISPENSE, "dispense_report_minutes": 7}, payment(), 7),
        ({"payout_policy": PayoutPolicy.AFTER_MINUTES, "maintenance": True}, payment(), None),
        (
            {"rate_tolerance_ppm": 1, "payout_policy": PayoutPolicy.AFTER_MINUTES},
            stamped(exchange_rate="1600", fiat_amount=None),
            None,
        ),
        ({}, payment(), None),
    ],
)
def test_only_what_waits_for_a_time_is_looked_at_again(
    changes: dict[str, Any], one: HostPayment, minutes: int | None
) -> None:
    """What waits for a person has no time of its own: nothing releases it but the person."""
    assert landed(one, machine(**changes), recent=("1500",)).hold_minutes == minutes


def test_a_sale_in_maintenance_is_a_test_whatever_else_holds_it() -> None:
    """Marked where it is held, so that nothing takes it for a sale; a rejected one is none anyway."""
    for_rate = landed(payment(), machine(maintenance=True), recent=("3000",))
    for_maintenance = landed(payment(), machine(maintenance=True))
    unstamped = judged(payment(extra={}), machine(maintenance=True))

    assert (for_rate.is_test, for_maintenance.is_test) == (True, True)
    assert isinstance(unstamped, Landing) and not unstamped.is_test
    assert not landed(payment()).is_test


def test_a_test_on_a_new_machine_is_no_first_sale() -> None:
    outcome = landed(payment(), machine(maintenance=True, reference_rate=None), recent=(), host_rate=None)

    assert outcome.reason is HoldReason.MAINTENANCE


@pytest.mark.parametrize(
    ("rate", "is_held"), [("1650", False), ("1651", True), ("1350", False), ("1349", True)]
)
def test_a_rate_exactly_ten_percent_off_is_still_plausible(rate: str, is_held: bool) -> None:
    one = stamped(exchange_rate=rate, fiat_amount=None)

    assert (landed(one, recent=("1500",)).reason is HoldReason.IMPLAUSIBLE_RATE) is is_held


def test_an_implausible_rate_is_told_before_anything_else() -> None:
    outcome = landed(payment(), machine(maintenance=True), recent=("3000",))

    assert outcome.reason is HoldReason.IMPLAUSIBLE_RATE


def test_the_median_of_the_last_sales_goes_before_what_the_operator_entered() -> None:
    assert reference_for(machine(reference_rate=None), [], None) is None
    assert reference_for(machine(), ["2", "9", "1"], None) == "2"
