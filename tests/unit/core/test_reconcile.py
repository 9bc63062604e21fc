"""Every kind of difference, purely: the one thing that is wrong gives the one kind, nothing gives none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.model import HostPayment, Minted
from satmachineadmin.core.proof import Known, Proof, ProofLine, ProofWalk, Sums
from satmachineadmin.core.reconcile import (
    BookedLeg,
    BookedSale,
    Difference,
    DifferenceKind,
    Totals,
    compare_leg,
    compare_proof,
    compare_sale,
    compare_totals,
    unknown_payments,
)
from satmachineadmin.core.states import LegState, LegType, SettlementState

from .builders import leg, payment, settlement

HASH = "cd" * 32
MINTED = Minted(payment_hash=HASH, preimage="", bolt11="")
DEBIT = payment(
    stamp={}, checking_id=f"internal_{HASH}", payment_hash=HASH, amount_msat=-100_000_000, fee_msat=500
)
CREDIT = payment(
    stamp={}, wallet_id="ana's", checking_id=HASH, payment_hash=HASH, amount_msat=100_000_000, fee_msat=0
)
PAID = BookedLeg(
    leg=leg("l1", 100_001, state=LegState.COMPLETED, minted=MINTED), sent_msat=100_000_000, fee_msat=500
)
PLANNED = settlement(state=SettlementState.PROCESSED, plan_version=1)
#: the legs of PLANNED: platform, operator, LPs
LEGS = (
    BookedLeg(leg=leg("fee", 5_535, leg_type=LegType.SUPER_FEE), sent_msat=0, fee_msat=0),
    BookedLeg(leg=leg("split", 12_915, leg_type=LegType.OPERATOR_SPLIT), sent_msat=0, fee_msat=0),
    BookedLeg(leg=leg("ana", 300_000), sent_msat=0, fee_msat=0),
)
SALE = BookedSale(settlement=PLANNED, dispensed_sats=None, legs=LEGS)
PROOF = Proof(
    wallet_id="plaza", machine_id="m1", lines_msat={ProofLine.OPENING: 7, ProofLine.SALES_IN: 93},
    balance_msat=100, rows=2,
)  # fmt: skip
TOTALS = Totals(
    enrolment_id="e1", machine_id="m1", label="ana", currency="EUR", kept={"paid": 5}, summed={"paid": 5}
)


def of_leg(*rows: HostPayment, **changes: Any) -> list[Difference]:
    return compare_leg(replace(PAID, leg=replace(PAID.leg, **changes)), rows)


def of_sale(*rows: HostPayment, legs: tuple[BookedLeg, ...] = LEGS, **changes: Any) -> list[Difference]:
    return compare_sale(
        BookedSale(settlement=replace(PLANNED, **changes), dispensed_sats=None, legs=legs), rows
    )


K = DifferenceKind
CASES: list[tuple[DifferenceKind, list[Difference]]] = [
    (K.DEBIT_MISSING, of_leg(CREDIT)),
    (K.DEBIT_MISSING, of_leg(replace(DEBIT, wallet_id="another's"), CREDIT)),
    (K.CREDIT_MISSING, of_leg(DEBIT)),
    (K.PAYMENT_STATUS, of_leg(replace(DEBIT, status="failed"), CREDIT)),
    (K.PAYMENT_STATUS, of_leg(DEBIT, replace(CREDIT, status="pending"))),
    (K.PAYMENT_AMOUNT, of_leg(replace(DEBIT, amount_msat=-100_000_001), CREDIT)),
    (K.PAYMENT_AMOUNT, of_leg(DEBIT, replace(CREDIT, amount_msat=99_999_999))),
    (K.PAYMENT_FEE, of_leg(replace(DEBIT, fee_msat=501), CREDIT)),
    (K.PAYMENT_FEE, of_leg(DEBIT, replace(CREDIT, fee_msat=1))),
    (K.PAID_TWICE, of_leg(DEBIT, replace(DEBIT, checking_id="again"), CREDIT)),
    (K.PAID_UNBOOKED, of_leg(DEBIT, CREDIT, state=LegState.FAILED)),
    (K.UNKNOWN_PAYMENTS, [unknown_payments("m1", [-5, -7])]),
    (K.SALE_MISSING, of_sale()),
    (K.SALE_STATUS, of_sale(payment(status="failed"))),
    (K.SALE_AMOUNT, of_sale(payment(fee_msat=1))),
    (K.SALE_AMOUNT, of_sale(payment(amount_msat=318_451_000))),
    (K.SALE_CONTRADICTS, of_sale(payment(), operator_fee_sats=12_914)),
    (K.LEGS_DO_NOT_SUM, of_sale(payment(), legs=LEGS[1:])),
    (K.LP_TOTALS, compare_totals(replace(TOTALS, summed={"paid": 4}))),
    (K.OPENING_CHANGED, compare_proof(PROOF, 8)),
    (K.WALLET_DIFFERS, compare_proof(replace(PROOF, balance_msat=99), 7)),
]


@pytest.mark.parametrize(("kind", "found"), CASES)
def test_one_thing_that_is_wrong_is_one_difference(kind: DifferenceKind, found: list[Difference]) -> None:
    assert [one.kind for one in found] == [kind]
    assert found[0].sentence.endswith(".")


def test_figures_are_said_as_people_read_them() -> None:
    (short,) = compare_proof(replace(PROOF, balance_msat=PROOF.balance_msat - 1_234_567_001), 7)
    assert " it holds −1\u202f234\u202f566.901 sat." in short.sentence
    (gap,) = compare_totals(replace(TOTALS, kept={"paid": 1205}))
    assert "paid is 12.05 EUR and comes to 0.05 EUR" in gap.sentence


def test_every_kind_has_its_case() -> None:
    assert {kind for kind, _found in CASES} == set(DifferenceKind)


def test_what_agrees_is_no_difference() -> None:
    service_fee = replace(CREDIT, checking_id=f"service_fee_{HASH}", amount_msat=500)
    assert of_leg(DEBIT, CREDIT, service_fee) == []
    assert of_leg(state=LegState.FAILED) == []
    assert of_leg(DEBIT, state=LegState.UNRESOLVED) == []
    assert of_sale(payment()) == []
    assert compare_totals(TOTALS) == []
    assert compare_proof(PROOF, 7) == compare_proof(PROOF, None) == []


def test_a_difference_that_moves_with_every_sale_stays_the_same() -> None:
    """What was accepted is not opened again by the next sale."""
    (before,) = compare_proof(replace(PROOF, balance_msat=99), 7)
    lines = {**PROOF.lines_msat, ProofLine.SALES_IN: 1093}
    (after,) = compare_proof(replace(PROOF, lines_msat=lines, balance_msat=1099), 7)
    assert before.figures == after.figures
    (other,) = compare_proof(replace(PROOF, balance_msat=98), 7)
    assert before.fingerprint == after.fingerprint != other.fingerprint


def test_each_row_of_a_wallet_goes_to_its_line() -> None:
    """Sales and payouts come from the books; what they cannot know comes from the row."""
    noon = int(payment().created_at.timestamp())
    known = Known(
        scan_from=noon, sales={"sale"}, legs={HASH: LegState.COMPLETED}, ignored={"top": "top_up"},
        open_hashes=(), accepted=(),
    )  # fmt: skip
    earlier = payment().created_at.replace(hour=1)
    walk = ProofWalk("plaza", "m1")
    rows = [
        payment(payment_hash="sale", amount_msat=1_000),
        DEBIT,
        payment(payment_hash="top", amount_msat=50),
        payment(payment_hash="before", amount_msat=7, created_at=earlier),
        payment(payment_hash="ours", amount_msat=-20, external_id="sm1:x:y:1", checking_id="u"),
        payment(payment_hash="going", amount_msat=-30, status="pending"),
        payment(payment_hash="new", amount_msat=40),
        payment(payment_hash="card", amount_msat=60, fiat_provider="stripe"),
        payment(payment_hash="failed", amount_msat=-70, status="failed"),
    ]
    walk.go_on(rows, known)
    proof = walk.end(Sums(sales_in_msat=1_000, sales_out_msat=0, paid_out_msat=90, fees_msat=5), 1_012)

    assert proof.lines_msat == {
        ProofLine.OPENING: 7, ProofLine.SALES_IN: 1_000, ProofLine.TOP_UPS: 50, ProofLine.OTHER_IN: 60,
        ProofLine.PAID_OUT: -90, ProofLine.FEES: -5, ProofLine.ON_THE_WAY: -30, ProofLine.NOT_LANDED: 40,
        ProofLine.UNKNOWN: -20,
    }  # fmt: skip
    assert (proof.difference_msat, proof.rows) == (0, 9)
    assert [row.checking_id for row in walk.unknown] == ["u"]
