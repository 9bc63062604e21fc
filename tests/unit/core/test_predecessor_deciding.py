"""What becomes of what a predecessor left: nothing twice, nothing to the wrong one, every cent as it was."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.predecessor.deciding import decide
from satmachineadmin.core.predecessor.moves import KnownPlace, MoveOutcome, Plan
from satmachineadmin.core.predecessor.report import report
from satmachineadmin.core.predecessor.rounding import roundings
from satmachineadmin.core.predecessor.telling import unfinished
from satmachineadmin.core.units import round_half_up

from .old_rows import CLIENT, DEPOSIT, KNOWN, LEG, LP, MACHINE, SALE, SPLIT, Row, found, known

ADD, THERE, LEFT = MoveOutcome.ADD, MoveOutcome.THERE, MoveOutcome.LEFT
HERE = KnownPlace(id="ours", operator_user_id="olga", currency="EUR")
#: amounts as binary fractions, with the dust that sums of such leave
money = st.just(0.0) | st.floats(min_value=1e-17, max_value=1e9)


def plan(known: Any = KNOWN, **tables: list[Row]) -> Plan:
    return decide(found(**tables), known)


def test_whoever_has_nothing_here_gets_everything() -> None:
    one = plan()
    assert {move.outcome for move in one.moves} == {ADD}
    (ana,) = one.enrolments
    assert (ana.balance_minor, ana.drawn_minor, ana.fills, ana.received_sats) == (7500, 2500, 1, 1000)


@given(deposits=st.lists(money, max_size=8), draws=st.lists(money, max_size=8))
def test_a_balance_is_the_exact_one_rounded_once_and_its_entries_come_to_it(
    deposits: list[float], draws: list[float]
) -> None:
    one = plan(
        dca_deposits=[{**DEPOSIT, "id": str(at), "amount": amount} for at, amount in enumerate(deposits)],
        dca_payments=[{**LEG, "id": str(at), "amount_fiat": fiat} for at, fiat in enumerate(draws)],
    )
    (ana,) = one.enrolments
    exact = Fraction(0)
    for amount in deposits:
        exact += Fraction(repr(amount)) * 100
    for amount in draws:
        exact -= Fraction(repr(amount)) * 100
    assert ana.balance == exact
    assert ana.balance_minor == max(0, round_half_up(exact))
    assert ana.overdrawn_minor == max(0, -round_half_up(exact))
    assert sum(entry.minor for entry in ana.entries) - ana.drawn_minor == ana.balance_minor
    told = {(one.what, one.row_id) for one in roundings(one)}
    assert (("balance", "c") in told) == (exact > 0 and exact.denominator > 1)


def test_only_confirmed_deposits_and_paid_draws_count() -> None:
    (ana,) = plan(
        dca_deposits=[
            DEPOSIT,
            {**DEPOSIT, "id": "2", "status": "pending", "amount": 7},
            {**DEPOSIT, "id": "3", "status": "rejected", "amount": 70},
        ],
        dca_payments=[
            LEG,
            {**LEG, "id": "2", "status": "pending"},
            {**LEG, "id": "3", "status": "voided"},
            {**LEG, "id": "4", "leg_type": "autoforward", "amount_fiat": 99},
            {**LEG, "id": "5", "leg_type": "settlement", "settlement_id": None, "amount_fiat": 5},
        ],
    ).enrolments
    assert (ana.balance_minor, ana.fills) == (7000, 2)
    assert {entry.old.id: entry.is_pending for entry in ana.entries} == {"d": False, "2": True, "3": False}


def test_several_rows_of_a_person_at_a_machine_are_one_lp_with_the_cash_of_all() -> None:
    second = {**CLIENT, "id": "c2", "status": "paused"}
    (ana,) = plan(
        dca_clients=[second, CLIENT], dca_deposits=[DEPOSIT, {**DEPOSIT, "id": "2", "client_id": "c2"}]
    ).enrolments
    assert (ana.old.id, [row.id for row in ana.merged], ana.balance_minor) == ("c", ["c2"], 17_500)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"users": {"ana"}}, "Its operator has no account in this LNbits."),
        ({"wallets": {"anas": "ana"}}, "Its wallet is not there any more, or is shared from another one."),
        ({"wallets": {"plaza": "eve"}}, "Its wallet belongs to somebody else than its operator."),
        ({"receivers": {"plaza"}}, "Its wallet receives payouts, so it can be no machine's."),
        ({"machines": {"plaza": replace(HERE, operator_user_id="eve")}}, "Another machine has its wallet."),
        ({"machines": {"plaza": replace(HERE, currency="USD")}}, "Another machine has its wallet."),
    ],
)
def test_a_machine_that_cannot_be_is_left_out_with_all_that_hangs_on_it(
    more: dict[str, Any], problem: str
) -> None:
    one = plan(known(**more), dca_commission_splits=[{**SPLIT, "machine_id": "m"}])
    (machine,), (ana,), (split,) = one.machines, one.enrolments, one.splits
    assert (machine.outcome, machine.problem) == (LEFT, problem)
    assert (ana.outcome, ana.takes_cash, split.outcome) == (LEFT, False, LEFT)
    assert one.choices == []
    # its sales are history all the same
    assert [move.outcome for move in one.sales] == [ADD]


def test_two_machines_of_one_wallet_are_one_and_the_other_is_left_out() -> None:
    one = plan(dca_machines=[MACHINE, {**MACHINE, "id": "m2"}])
    assert [move.outcome for move in one.machines] == [ADD, LEFT]


def test_a_key_that_is_somebodys_is_not_taken_along() -> None:
    npub = "a" * 64
    (machine,) = plan(dca_machines=[{**MACHINE, "machine_npub": npub}]).machines
    assert machine.npub == npub
    (machine,) = plan(known(keys={npub}), dca_machines=[{**MACHINE, "machine_npub": npub}]).machines
    assert (machine.outcome, machine.npub) == (ADD, None)


def test_what_is_here_by_hand_stays_and_gets_the_cash_that_it_has_not() -> None:
    here = {"machines": {"plaza": HERE}, "enrolments": {("ours", "ana"): ("lp", False)}, "chosen": {"ana"}}
    one = plan(known(**here, splits={("olga", None)}))
    (ana,) = one.enrolments
    assert (one.machines[0].outcome, one.machines[0].machine_id) == (THERE, "ours")
    assert (ana.outcome, ana.enrolment_id, ana.takes_cash) == (THERE, "lp", True)
    assert ([move.outcome for move in one.choices], one.splits[0].outcome) == ([THERE], THERE)
    has_cash = {**here, "enrolments": {("ours", "ana"): ("lp", True)}}
    (ana,) = plan(known(**has_cash)).enrolments
    assert (ana.takes_cash, ana.cash_problem) == (
        False,
        "It has cash entries here already: what it had before is not added.",
    )


def test_an_earlier_runs_rows_are_not_taken_over_again() -> None:
    moved = {("dca_machines", "m"): "ours", ("dca_clients", "c"): "lp", ("dca_deposits", "d"): "entry"}
    moved |= {("dca_settlements", "s"): "sale", ("dca_payments", "l"): "leg"}
    one = plan(known(moved=moved, chosen={"ana"}, splits={("olga", None)}))
    assert one.is_empty
    assert one.enrolments[0].cash_problem == ""
    one = plan(
        known(moved=moved, chosen={"ana"}, splits={("olga", None)}),
        dca_payments=[LEG, {**LEG, "id": "new"}],
    )
    assert one.enrolments[0].cash_problem.startswith("1 of its deposits and payouts")


@pytest.mark.parametrize(
    ("lp", "problem"),
    [
        ({"dca_wallet_id": "bens"}, "Its wallet is not there any more, or not its own: the LP chooses anew."),
        ({"dca_wallet_id": "gone"}, "Its wallet is not there any more, or not its own: the LP chooses anew."),
    ],
)
def test_no_lps_sats_go_into_a_wallet_that_is_not_its_own(lp: Row, problem: str) -> None:
    (move,) = plan(dca_lp=[{**LP, **lp}]).choices
    assert (move.outcome, move.problem) == (LEFT, problem)


def test_an_lp_whose_wallet_is_a_machines_chooses_anew() -> None:
    (move,) = plan(known(machine_wallets={"anas"})).choices
    assert (move.outcome, move.problem) == (LEFT, "Its wallet is a machine's: the LP chooses anew.")


def test_a_limit_that_was_for_several_currencies_is_the_lps_to_choose() -> None:
    limited = {**LP, "default_dca_mode": "fixed", "fixed_mode_daily_limit": 12.345}
    (move,) = plan(dca_lp=[limited]).choices
    assert (move.outcome, move.currency, move.limit) == (ADD, "EUR", Fraction("1234.5"))
    two = [MACHINE, {**MACHINE, "id": "m2", "wallet_id": "market", "currency": "JPY"}]
    (move,) = plan(
        dca_lp=[limited], dca_machines=two, dca_clients=[CLIENT, {**CLIENT, "id": "c2", "machine_id": "m2"}]
    ).choices
    assert move.outcome is LEFT
    assert "different currencies" in move.problem


@pytest.mark.parametrize("limit", [1e30, 0.001])
def test_a_limit_that_is_no_amount_is_the_lps_to_choose(limit: float) -> None:
    limited = {**LP, "default_dca_mode": "fixed", "fixed_mode_daily_limit": limit}
    (move,) = plan(dca_lp=[limited]).choices
    assert (move.outcome, move.problem) == (LEFT, "Its limit of a day is no amount: the LP chooses anew.")


def test_a_split_whose_receiver_cannot_be_paid_is_left_out_whole() -> None:
    (split,) = plan(known(targets={"pias": "There is no such wallet."})).splits
    assert (split.outcome, split.problem) == (LEFT, "A receiver: There is no such wallet.")
    (split,) = plan(known(machine_wallets={"pias"})).splits
    assert (split.outcome, split.problem) == (LEFT, "A receiver: its wallet is a machine's.")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ({"dca_deposits": [{**DEPOSIT, "currency": "USD"}]}, "A deposit is in USD, its machine in EUR."),
        (
            {"dca_payments": [{**LEG, "amount_fiat": None}]},
            "A payout to it says nothing of the fiat that it drew.",
        ),
        (
            {"dca_deposits": [{**DEPOSIT, "amount": "?"}]},
            "One of its rows cannot be read: Its amount is no number.",
        ),
        ({"dca_deposits": [{**DEPOSIT, "amount": 1e17}]}, "The amount is larger than all the cash there is."),
    ],
)
def test_cash_that_does_not_add_up_is_not_taken_over_and_says_why(rows: Any, problem: str) -> None:
    (ana,) = plan(**rows).enrolments
    assert (ana.outcome, ana.takes_cash, ana.cash_problem) == (ADD, False, problem)


@pytest.mark.parametrize(
    ("sale", "leg", "is_unfinished"),
    [
        ({}, {}, False),
        ({"status": "processing"}, {}, True),
        ({"status": "errored"}, {}, True),
        ({"status": "pending"}, {}, True),
        ({"status": "something new"}, {}, True),
        ({}, {"status": "failed"}, True),
        ({"status": "refunded"}, {"status": "voided"}, False),
    ],
)
def test_what_was_still_to_be_paid_is_unfinished(sale: Row, leg: Row, is_unfinished: bool) -> None:
    one = found(dca_settlements=[{**SALE, **sale}], dca_payments=[{**LEG, **leg}])
    told = report(one, decide(one, KNOWN), {})
    assert told["unfinished_total"] == int(is_unfinished)


def test_a_payment_that_is_a_sale_here_too_is_put_before_a_person() -> None:
    """Somebody had added the machine by hand while the predecessor still worked."""
    one = found()
    here = {"machines": {"plaza": HERE}, "sales": {("plaza", "ab"): "rejected"}}
    told = report(one, decide(one, known(**here)), {})
    assert told["unfinished_total"] == 1
    assert "The same payment is a settlement here, “rejected”" in told["unfinished"][0]["sentence"]
    assert report(one, decide(one, KNOWN), {})["unfinished_total"] == 0


def test_a_person_is_told_of_an_unfinished_sale_in_whole_sentences() -> None:
    unpaid = {**LEG, "status": "failed", "error_message": "no route"}
    one = plan(
        dca_settlements=[{**SALE, "status": "errored", "error_message": "no route to the node"}],
        dca_payments=[unpaid],
    )
    assert unfinished(one.sales[0], {"c": "ana"}) == (
        "The predecessor left this sale of 1100 sat of an unknown day “errored”. "
        "Nothing of it is known to be paid. Not known to be paid: 1000 sat to ana (failed). "
        "It said: “no route to the node”. "
        "Nothing here pays any of it: look into the wallet's history, and pay by hand what is owed."
    )
