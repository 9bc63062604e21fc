"""What becomes of a payment on a machine's wallet: DESIGN §5."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.landing import (
    Counterparty,
    Ignored,
    IgnoreReason,
    RejectReason,
)
from satmachineadmin.core.model import HostPayment, Landing
from satmachineadmin.core.states import SettlementState, TxType
from tests.unit.core.builders import (
    MACHINE_KEY,
    MACHINE_NPUB,
    OTHER_KEY,
    machine,
    payment,
)
from tests.unit.core.judging import CASH_IN, facts_of, judged, landed, stamped, without

# --- what lands ---------------------------------------------------------------------------------


def test_a_stamped_cash_out_lands_with_its_facts() -> None:
    outcome = landed(payment())

    assert (outcome.state, outcome.reason) == (SettlementState.PENDING, None)
    facts = facts_of(payment())
    assert facts.tx_type is TxType.CASH_OUT
    assert (facts.wire_sats, facts.principal_sats, facts.commission_sats) == (318_450, 300_000, 18_450)
    assert (facts.platform_fee_sats, facts.operator_fee_sats) == (5_535, 12_915)
    assert (facts.fiat_minor, facts.currency, facts.exchange_rate) == (20_000, "EUR", "1500")
    assert facts.commission_difference_sats == 0
    assert facts.stamp.txid == "tx-1"


def test_a_stamped_cash_in_lands_with_the_wire_below_its_principal() -> None:
    facts = facts_of(CASH_IN)

    assert facts.tx_type is TxType.CASH_IN
    assert (facts.wire_sats, facts.principal_sats, facts.commission_sats) == (142_500, 150_000, 7_500)
    assert facts.commission_difference_sats == 0


def test_a_commission_other_than_the_machines_is_recorded_as_a_difference() -> None:
    assert facts_of(payment(), machine(cash_out_fee_ppm=60_000)).commission_difference_sats == 450


def test_a_deactivated_machine_still_lands_its_payments() -> None:
    assert landed(payment(), machine(active=False)).state is SettlementState.PENDING


def test_the_network_fee_of_a_cash_in_is_no_host_fee() -> None:
    facts = facts_of(replace(CASH_IN, fee_msat=1_234))

    assert facts.host_fee_msat == 0
    assert facts.host_fee_from_commission_sats == 0


def test_a_host_fee_on_a_cash_out_is_taken_from_the_operators_commission_in_whole_sats() -> None:
    facts = facts_of(payment(fee_msat=1_234))

    assert facts.host_fee_msat == 1_234
    assert (facts.host_fee_from_commission_sats, facts.host_fee_from_principal_sats) == (2, 0)
    assert facts.platform_fee_sats + facts.operator_fee_sats == facts.commission_sats


def test_a_host_fee_above_the_operators_commission_is_taken_from_the_principal() -> None:
    facts = facts_of(payment(fee_msat=13_000_000))

    assert (facts.host_fee_from_commission_sats, facts.host_fee_from_principal_sats) == (12_915, 85)
    assert facts.platform_fee_sats == 5_535


# --- what is ignored ----------------------------------------------------------------------------

IGNORED = [
    ("a pending payment", payment(status="pending"), Counterparty.OUTSIDE, IgnoreReason.NOT_SUCCESSFUL),
    ("a failed payment", payment(status="failed"), Counterparty.OUTSIDE, IgnoreReason.NOT_SUCCESSFUL),
    ("a card payment", payment(fiat_provider="stripe"), Counterparty.OUTSIDE, IgnoreReason.NOT_LIGHTNING),
    ("an empty row", payment(amount_msat=0), Counterparty.OUTSIDE, IgnoreReason.NO_AMOUNT),
    ("a leg of ours", payment(stamp={}), Counterparty.OWN_LEG, IgnoreReason.OWN_LEG),
    ("a stamped leg of ours", payment(), Counterparty.OWN_LEG, IgnoreReason.OWN_LEG),
    ("a transfer between machines", payment(), Counterparty.MACHINE_WALLET, IgnoreReason.MACHINE_TRANSFER),
    ("a payment to itself", payment(), Counterparty.SELF, IgnoreReason.SELF_PAYMENT),
    ("a payout of ours", payment(stamp={}, amount_msat=-5_000), Counterparty.OWN_LEG, IgnoreReason.OWN_LEG),
    ("a purchase", payment(stamp={}, amount_msat=-5_000), Counterparty.OUTSIDE, IgnoreReason.NOT_OURS),
    (
        "a withdrawal",
        payment(stamp={}, amount_msat=-5_000),
        Counterparty.SAME_OPERATOR,
        IgnoreReason.NOT_OURS,
    ),
    ("the operator's sats", payment(stamp={}), Counterparty.SAME_OPERATOR, IgnoreReason.TOP_UP),
    ("an admin's credit", payment(stamp={}), Counterparty.ADMIN_CREDIT, IgnoreReason.TOP_UP),
]


@pytest.mark.parametrize(("name", "one", "by", "reason"), IGNORED, ids=[row[0] for row in IGNORED])
def test_what_is_no_sale_is_ignored_with_its_reason(
    name: str, one: HostPayment, by: Counterparty, reason: IgnoreReason
) -> None:
    assert judged(one, by=by) == Ignored(reason=reason)


def test_a_stamped_sale_paid_from_the_operators_own_wallet_is_a_sale() -> None:
    assert landed(payment(), by=Counterparty.SAME_OPERATOR).state is SettlementState.PENDING


# --- what is rejected ---------------------------------------------------------------------------

UNREADABLE = [
    ("no stamp", payment(stamp={}), RejectReason.NO_STAMP),
    ("another source", stamped(source="shop"), RejectReason.NO_STAMP),
    ("an unknown type", stamped(type="refund"), RejectReason.BAD_STAMP),
    ("no type", without("type"), RejectReason.BAD_STAMP),
    ("a type that is no text", stamped(type=["cash_out"]), RejectReason.BAD_STAMP),
    ("no principal", without("principal_sats"), RejectReason.BAD_STAMP),
    ("no fee", without("fee_sats"), RejectReason.BAD_STAMP),
    ("a part of a sat", stamped(principal_sats=300_000.5), RejectReason.BAD_STAMP),
    ("a negative fee", stamped(principal_sats=318_451, fee_sats=-1), RejectReason.BAD_STAMP),
    ("a truth value", stamped(fee_sats=True), RejectReason.BAD_STAMP),
    ("more sats than exist", stamped(principal_sats=10**18), RejectReason.BAD_STAMP),
    ("a tenth of a cent", stamped(fiat_amount=200.001), RejectReason.BAD_STAMP),
    ("negative fiat", stamped(fiat_amount=-200), RejectReason.BAD_STAMP),
    ("a rate of zero", stamped(exchange_rate=0), RejectReason.BAD_STAMP),
    ("a rate of infinity", stamped(exchange_rate=float("inf")), RejectReason.BAD_STAMP),
    ("a rate in words", stamped(exchange_rate="many"), RejectReason.BAD_STAMP),
    ("an endless txid", stamped(txid="x" * 201), RejectReason.BAD_STAMP),
    ("endless bills", stamped(bills=["x" * 100] * 200), RejectReason.BAD_STAMP),
    ("bills that are no JSON", stamped(bills={"20": float("nan")}), RejectReason.BAD_STAMP),
    ("priced by LNbits in fiat", stamped(fiat_currency="USD"), RejectReason.PRICED_IN_FIAT),
    ("another currency", stamped(currency="USD"), RejectReason.WRONG_CURRENCY),
    ("a cash-in that was received", stamped(type="cash_in"), RejectReason.WRONG_DIRECTION),
    ("a cash-out that was paid", payment(amount_msat=-318_450_000), RejectReason.WRONG_DIRECTION),
    ("a part of a sat on the wire", payment(amount_msat=318_450_001), RejectReason.NOT_WHOLE_SATS),
    ("a sat too much", payment(amount_msat=318_451_000), RejectReason.WIRE_DISAGREES),
    (
        "a cash-in with its fee on top",
        replace(CASH_IN, amount_msat=-157_500_000),
        RejectReason.WIRE_DISAGREES,
    ),
    ("an unreadable cash-in", replace(CASH_IN, extra={"source": "bitspire"}), RejectReason.BAD_STAMP),
    ("a host fee above the sale", payment(fee_msat=318_450_001), RejectReason.HOST_FEE_TOO_LARGE),
]


@pytest.mark.parametrize(("name", "one", "reason"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_what_cannot_be_read_or_booked_is_rejected_without_facts(
    name: str, one: HostPayment, reason: RejectReason
) -> None:
    assert judged(one) == Landing(state=SettlementState.REJECTED, reason=reason, facts=None)


DISTRUSTED = [
    ("fiat that is not the principal", stamped(fiat_amount=201), RejectReason.AMOUNTS_DISAGREE),
    ("another rate", stamped(exchange_rate=1501), RejectReason.AMOUNTS_DISAGREE),
    ("no fiat for much principal", stamped(fiat_amount=0), RejectReason.AMOUNTS_DISAGREE),
    ("another machine", stamped(machine_npub=OTHER_KEY), RejectReason.WRONG_MACHINE),
    ("a machine that is no key", stamped(machine_npub="plaza"), RejectReason.WRONG_MACHINE),
    ("another signer", stamped(nostr_sender_pubkey=OTHER_KEY), RejectReason.WRONG_SIGNER),
]


@pytest.mark.parametrize(("name", "one", "reason"), DISTRUSTED, ids=[row[0] for row in DISTRUSTED])
def test_what_adds_up_but_is_not_believed_is_rejected_with_its_facts(
    name: str, one: HostPayment, reason: RejectReason
) -> None:
    outcome = landed(one)

    assert (outcome.state, outcome.reason) == (SettlementState.REJECTED, reason)
    assert outcome.facts is not None


def test_a_signed_stamp_at_an_unpaired_machine_is_rejected() -> None:
    outcome = landed(stamped(nostr_sender_pubkey=MACHINE_KEY), machine(npub=None))

    assert outcome.reason is RejectReason.WRONG_SIGNER


@pytest.mark.parametrize("key", [MACHINE_KEY, MACHINE_KEY.upper(), MACHINE_NPUB])
def test_the_machines_own_key_is_accepted_in_hex_and_as_npub(key: str) -> None:
    one = stamped(machine_npub=key, nostr_sender_pubkey=key)

    assert landed(one).state is SettlementState.PENDING


def test_a_stamp_may_name_any_machine_where_the_wallets_machine_is_unpaired() -> None:
    assert landed(stamped(machine_npub=OTHER_KEY), machine(npub=None)).state is SettlementState.PENDING


AGREEMENT = [
    # principal is 300 000; a cent is 15 sats, so 16 sats either way are one cent plus one sat
    (300_016, SettlementState.PENDING),
    (300_017, SettlementState.REJECTED),
    (299_984, SettlementState.PENDING),
    (299_983, SettlementState.REJECTED),
]


@pytest.mark.parametrize(("principal_sats", "state"), AGREEMENT)
def test_the_principal_may_differ_from_fiat_times_rate_by_one_minor_unit_and_one_sat(
    principal_sats: int, state: SettlementState
) -> None:
    one = replace(stamped(principal_sats=principal_sats), amount_msat=(principal_sats + 18_450) * 1000)

    assert landed(one).state is state


def test_a_currency_without_minor_units_is_compared_in_whole_units() -> None:
    one = stamped(currency="JPY", fiat_amount=20_000.0, exchange_rate=15.0)

    assert facts_of(one, machine(currency="JPY")).fiat_minor == 20_000


# --- the fallback commission --------------------------------------------------------------------


def test_a_machine_that_opted_in_lands_unstamped_payments_at_its_fallback_commission() -> None:
    one = payment(stamp={}, amount_msat=105_000_000)

    facts = facts_of(one, machine(fallback_commission_ppm=50_000))

    assert (facts.principal_sats, facts.commission_sats) == (100_000, 5_000)
    assert (facts.fiat_minor, facts.exchange_rate) == (None, None)
    assert facts.commission_difference_sats is None
    assert facts.tx_type is TxType.CASH_OUT


def test_the_fallback_rounds_the_principal_half_up_and_keeps_the_wire() -> None:
    one = payment(stamp={}, amount_msat=3_000)

    facts = facts_of(one, machine(fallback_commission_ppm=200_000))

    assert (facts.principal_sats, facts.commission_sats) == (3, 0)


def test_the_fallback_is_not_for_stamps_that_are_unusable() -> None:
    outcome = landed(without("fee_sats"), machine(fallback_commission_ppm=50_000))

    assert outcome.reason is RejectReason.BAD_STAMP


def test_the_fallback_is_not_for_payments_out_of_the_wallet_nor_for_top_ups() -> None:
    at = machine(fallback_commission_ppm=50_000)

    assert judged(payment(stamp={}, amount_msat=-5_000), at) == Ignored(reason=IgnoreReason.NOT_OURS)
    assert judged(payment(stamp={}), at, by=Counterparty.SAME_OPERATOR) == Ignored(reason=IgnoreReason.TOP_UP)


def test_the_fallback_needs_whole_sats() -> None:
    outcome = landed(payment(stamp={}, amount_msat=1_500), machine(fallback_commission_ppm=50_000))

    assert outcome == Landing(state=SettlementState.REJECTED, reason=RejectReason.NOT_WHOLE_SATS, facts=None)


def test_a_negative_fee_on_a_row_is_a_bug_of_the_adapter() -> None:
    with pytest.raises(InvariantViolated):
        judged(payment(fee_msat=-1))
