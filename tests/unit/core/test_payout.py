"""Which legs are paid now: the host's checks, made before it is asked (DESIGN §7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.model import Payout
from satmachineadmin.core.payout import RefuseCode, WaitCode, decide_payout
from satmachineadmin.core.states import LegType
from tests.unit.core.builders import leg, wallet

PAYER = wallet("plaza", user_id="olga")
FEE: dict[str, Any] = {
    "service_fee_wallet_id": "fees",
    "service_fee_percent": "1.0",
    "service_fee_on_internal": True,
}


def decide(**changes: Any) -> Payout:
    """ana gets 150 000 sats and ben 50 000 from a machine's wallet that holds 200 000."""
    plain: dict[str, Any] = {
        "legs": [leg("ana", 150_000), leg("ben", 50_000)],
        "payer": PAYER,
        "operator_user_id": "olga",
        "receivers": {"wa": wallet("wa"), "wb": wallet("wb")},
        "destinations": {"ana": "wa", "ben": "wb"},
        "machine_wallet_ids": {"plaza", "other machine"},
        "limits": HostLimits(),
        "payer_balance_msat": 200_000_000,
        "sent_today_msat": 0,
        "seconds_since_last_payment": None,
        "extension_refusal": None,
    }
    return decide_payout(**{**plain, **changes})


def refusals(payout: Payout) -> dict[str, str]:
    return {one.leg_id: one.code for one in payout.refused}


def sent(payout: Payout) -> dict[str, int]:
    return {one.leg_id: one.sent_msat for one in payout.sent}


def test_legs_that_nothing_stands_against_are_sent_whole_in_their_order() -> None:
    payout = decide()

    assert payout.waits is None
    assert payout.refused == ()
    assert [(one.leg_id, one.destination_wallet_id, one.sent_msat) for one in payout.sent] == [
        ("ana", "wa", 150_000_000),
        ("ben", "wb", 50_000_000),
    ]
    assert payout.service_fees_msat == {}


def test_a_payout_of_no_legs_is_empty_and_waits_for_nothing() -> None:
    assert decide(legs=[], limits=HostLimits(only_incoming=True)) == Payout()


# --- what makes the settlement wait ---------------------------------------------------------------

WAITS = [
    ({"limits": HostLimits(only_incoming=True)}, WaitCode.ONLY_INCOMING),
    ({"payer": None}, WaitCode.PAYER_GONE),
    ({"payer": replace(PAYER, deleted=True)}, WaitCode.PAYER_GONE),
    ({"payer": replace(PAYER, user_id="eve")}, WaitCode.PAYER_NOT_YOURS),
    ({"payer": replace(PAYER, is_shared=True)}, WaitCode.PAYER_SHARED),
    ({"extension_refusal": "Extension not enabled."}, WaitCode.EXTENSION_DISABLED),
    ({"limits": HostLimits(seconds_between_payments=10), "seconds_since_last_payment": 9}, WaitCode.TOO_SOON),
    ({"limits": HostLimits(daily_max_withdraw_sats=-1)}, WaitCode.SPENDING_FORBIDDEN),
    ({"limits": HostLimits(daily_max_withdraw_sats=199_999)}, WaitCode.DAILY_MAXIMUM),
    ({"limits": HostLimits(daily_max_withdraw_sats=200_000), "sent_today_msat": 1}, WaitCode.DAILY_MAXIMUM),
    ({"payer_balance_msat": 199_999_999}, WaitCode.WALLET_SHORT),
    ({"payer_balance_msat": -5}, WaitCode.WALLET_SHORT),
]


@pytest.mark.parametrize(("changes", "code"), WAITS)
def test_what_concerns_the_payer_makes_the_whole_settlement_wait(
    changes: dict[str, Any], code: WaitCode
) -> None:
    payout = decide(**changes)

    assert payout.waits is not None
    assert payout.waits.code is code
    assert (payout.sent, payout.refused) == ((), ())


GOES_ON = [
    {"limits": HostLimits(seconds_between_payments=10), "seconds_since_last_payment": 10},
    {"limits": HostLimits(seconds_between_payments=10)},
    {"limits": HostLimits(seconds_between_payments=0), "seconds_since_last_payment": 0},
    {"limits": HostLimits(daily_max_withdraw_sats=200_000)},
    {"limits": HostLimits(daily_max_withdraw_sats=300_000), "sent_today_msat": 100_000_000},
    {"limits": HostLimits(daily_max_withdraw_sats=0), "sent_today_msat": 10**12},
]


@pytest.mark.parametrize("changes", GOES_ON)
def test_a_limit_that_is_just_kept_holds_up_nothing(changes: dict[str, Any]) -> None:
    assert len(decide(**changes).sent) == 2


def test_a_short_wallet_says_by_how_many_sats() -> None:
    waits = decide(payer_balance_msat=150_000_001).waits

    assert waits is not None
    assert waits.sentence == "The machine's wallet is short by 50000 sats. Top it up to go on."


def test_a_wallet_has_to_hold_the_hosts_fee_as_well() -> None:
    legs = [leg("ana", 101)]

    assert len(decide(legs=legs, limits=HostLimits(**FEE), payer_balance_msat=101_000).sent) == 1
    assert decide(legs=legs, limits=HostLimits(**FEE), payer_balance_msat=100_999).waits is not None


# --- what refuses one leg -------------------------------------------------------------------------

REFUSALS: list[tuple[dict[str, Any], RefuseCode]] = [
    ({"destinations": {"ana": None, "ben": "wb"}}, RefuseCode.NO_LP_WALLET),
    ({"destinations": {"ana": "gone", "ben": "wb"}}, RefuseCode.RECEIVER_GONE),
    ({"receivers": {"wa": wallet("wa", deleted=True), "wb": wallet("wb")}}, RefuseCode.RECEIVER_GONE),
    ({"receivers": {"wa": wallet("wa", is_shared=True), "wb": wallet("wb")}}, RefuseCode.RECEIVER_SHARED),
    ({"machine_wallet_ids": {"plaza", "wa"}}, RefuseCode.RECEIVER_IS_MACHINE),
    ({"limits": HostLimits(max_outgoing_sats=149_999)}, RefuseCode.ABOVE_MAX_OUTGOING),
    ({"limits": HostLimits(max_incoming_sats=149_999)}, RefuseCode.ABOVE_MAX_INCOMING),
    ({"limits": HostLimits(max_wallet_balance_sats=149_999)}, RefuseCode.RECEIVER_FULL),
]


@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_what_concerns_one_receiver_refuses_its_leg_and_holds_up_no_other(
    changes: dict[str, Any], code: RefuseCode
) -> None:
    payout = decide(**changes, payer_balance_msat=50_000_000)

    assert payout.waits is None
    assert refusals(payout) == {"ana": code}
    assert sent(payout) == {"ben": 50_000_000}


def test_a_leg_to_the_payers_own_wallet_is_refused_even_if_the_list_of_machines_is_empty() -> None:
    payout = decide(
        destinations={"ana": "plaza", "ben": "wb"},
        receivers={"plaza": PAYER, "wb": wallet("wb")},
        machine_wallet_ids=(),
    )

    assert refusals(payout) == {"ana": RefuseCode.RECEIVER_IS_MACHINE}


def test_a_split_without_a_wallet_is_told_as_such() -> None:
    payout = decide(legs=[leg("ana", 5, leg_type=LegType.OPERATOR_SPLIT)], destinations={"ana": None})

    assert refusals(payout) == {"ana": RefuseCode.RECEIVER_GONE}


def test_refusals_are_told_while_the_host_forbids_paying_if_nothing_could_be_paid() -> None:
    payout = decide(limits=HostLimits(only_incoming=True), destinations={"ana": None, "ben": None})

    assert payout.waits is None
    assert set(refusals(payout)) == {"ana", "ben"}


def test_several_legs_to_one_receiver_add_up_against_its_maximum() -> None:
    payout = decide(
        destinations={"ana": "wa", "ben": "wa"},
        receivers={"wa": wallet("wa", balance_msat=1_000)},
        limits=HostLimits(max_wallet_balance_sats=200_000),
    )

    assert sent(payout) == {"ana": 150_000_000}
    assert refusals(payout) == {"ben": RefuseCode.RECEIVER_FULL}


def test_all_legs_before_count_not_only_the_last() -> None:
    payout = decide(
        legs=[leg(name, 10) for name in "abc"],
        destinations=dict.fromkeys("abc", "wa"),
        limits=HostLimits(max_wallet_balance_sats=29),
    )

    assert refusals(payout) == {"c": RefuseCode.RECEIVER_FULL}


def test_a_receiver_may_be_filled_to_its_maximum() -> None:
    payout = decide(limits=HostLimits(max_wallet_balance_sats=150_000))

    assert len(payout.sent) == 2


def test_the_fee_wallets_income_counts_where_it_receives_a_leg_itself() -> None:
    changes: dict[str, Any] = {
        "legs": [leg("ana", 101), leg("ben", 101)],
        "destinations": {"ana": "wa", "ben": "fees"},
        "receivers": {"wa": wallet("wa"), "fees": wallet("fees")},
    }

    full = decide(**changes, limits=HostLimits(**FEE, max_wallet_balance_sats=100))
    enough = decide(**changes, limits=HostLimits(**FEE, max_wallet_balance_sats=101))

    assert refusals(full) == {"ben": RefuseCode.RECEIVER_FULL}
    assert refusals(enough) == {}


def test_a_maximum_of_zero_lets_nothing_through_as_in_the_host() -> None:
    payout = decide(limits=HostLimits(max_outgoing_sats=0))

    assert set(refusals(payout).values()) == {RefuseCode.ABOVE_MAX_OUTGOING}


def test_no_sentence_names_a_receiving_wallet() -> None:
    for changes, _ in REFUSALS:
        for one in decide(**changes, payer_balance_msat=50_000_000).refused:
            assert "wa" not in one.sentence.split()


# --- the host's service fee -----------------------------------------------------------------------


def test_a_leg_bears_the_hosts_service_fee() -> None:
    payout = decide(legs=[leg("ana", 100)], limits=HostLimits(**FEE))

    (one,) = payout.sent
    assert (one.sent_msat, one.fee_msat, one.fee_unused_msat) == (99_000, 990, 10)
    assert payout.service_fees_msat == {"ana": 990}


def test_a_leg_that_the_fee_leaves_nothing_of_is_refused() -> None:
    payout = decide(legs=[leg("ana", 1), leg("ben", 1_000)], limits=HostLimits(**FEE))

    assert refusals(payout) == {"ana": RefuseCode.EATEN_BY_FEE}
    assert set(sent(payout)) == {"ben"}


# --- bugs of the caller ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"destinations": {"ana": "wa"}},
        {"legs": [leg("ana", 0)]},
        {
            "receivers": {"wa": wallet("wa", balance_msat=None), "wb": wallet("wb")},
            "limits": HostLimits(max_wallet_balance_sats=10**6),
        },
    ],
)
def test_facts_that_were_not_loaded_are_a_bug(changes: dict[str, Any]) -> None:
    with pytest.raises(InvariantViolated):
        decide(**changes)
