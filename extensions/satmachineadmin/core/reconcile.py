"""What our books say, held against what the host's rows say: every difference by its kind.

What can go wrong: a payment row that was deleted, edited or added behind our back, a book of ours that
was, two tables restored from copies of different age. Nothing is repaired here and nothing is guessed:
a difference is named with both figures, and a person decides (engine/reconcile.py keeps the machine's
payouts paused meanwhile).

Pure: the rows were loaded before. Amounts are in millisatoshi unless they say otherwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .model import HostPayment, Leg, Settlement
from .planning import conservation_gap_msat
from .proof import Proof, ProofLine
from .states import PAID_LEG_STATES, LegState, LegType, SettlementState, TxType, Word
from .units import format_fiat

#: Legs that the host has not decided yet: they are looked up until it has.
_UNDECIDED = (LegState.PAYING, LegState.UNRESOLVED)


class DifferenceKind(Word):
    """How our books and the host's rows disagree. Closed."""

    #: a completed leg has no debit in the wallet that paid it
    DEBIT_MISSING = "debit_missing"
    #: a completed leg was debited, but the receiver's wallet has no row of it
    CREDIT_MISSING = "credit_missing"
    #: the row of a completed leg is not successful
    PAYMENT_STATUS = "payment_status"
    #: the row of a completed leg is over another amount
    PAYMENT_AMOUNT = "payment_amount"
    #: the row of a completed leg took another fee
    PAYMENT_FEE = "payment_fee"
    #: there is more than one debit or credit of one leg
    PAID_TWICE = "paid_twice"
    #: the host paid a leg that our books do not count as paid
    PAID_UNBOOKED = "paid_unbooked"
    #: the host holds payments with our mark that no leg explains
    UNKNOWN_PAYMENTS = "unknown_payments"
    #: the payment of a sale is not in the wallet's history
    SALE_MISSING = "sale_missing"
    #: the payment of a sale is not successful any more
    SALE_STATUS = "sale_status"
    #: the payment of a sale is over another amount, or took another fee
    SALE_AMOUNT = "sale_amount"
    #: the amounts stored of a sale contradict each other
    SALE_CONTRADICTS = "sale_contradicts"
    #: the legs of a sale do not come to its sats
    LEGS_DO_NOT_SUM = "legs_do_not_sum"
    #: an LP's totals are not the sums of its cash entries and legs
    LP_TOTALS = "lp_totals"
    #: what the wallet held before it was the machine's has changed
    OPENING_CHANGED = "opening_changed"
    #: our books do not explain what the wallet holds
    WALLET_DIFFERS = "wallet_differs"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One disagreement, with the figures of both sides."""

    kind: DifferenceKind
    machine_id: str
    #: the leg, settlement, enrolment or wallet that it is about
    subject_id: str
    #: what a person compares: names → amounts and words; no LP's or platform's wallet among them
    figures: Mapping[str, int | str | None]
    #: further figures, which move with every sale though the difference stays the same
    moving: Mapping[str, int | str | None] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        figures = {**self.figures, **self.moving}
        return _SENTENCES[self.kind].format(**{name: _said(name, one) for name, one in figures.items()})

    @property
    def fingerprint(self) -> str:
        """The same difference with the same figures has the same one."""
        text = json.dumps([self.kind, self.subject_id, dict(self.figures)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


_K = DifferenceKind
_SENTENCES = {
    _K.DEBIT_MISSING: "The payout to {recipient} is booked as paid with {booked_msat}, but the paying "
    "wallet has no such payment.",
    _K.CREDIT_MISSING: "The payout to {recipient} over {booked_msat} was taken from the machine's "
    "wallet, but the receiver has no such payment.",
    _K.PAYMENT_STATUS: "The payout to {recipient} over {booked_msat} is booked as paid, but LNbits "
    "calls its {side} “{status}”.",
    _K.PAYMENT_AMOUNT: "The payout to {recipient} is booked with {booked_msat}; LNbits' {side} says "
    "{found_msat}.",
    _K.PAYMENT_FEE: "The payout to {recipient} is booked with a fee of {booked_msat}; LNbits' {side} "
    "says {found_msat}.",
    _K.PAID_TWICE: "LNbits holds {found} {side}s of the one payout to {recipient}.",
    _K.PAID_UNBOOKED: "LNbits paid {found_msat} to {recipient}, but these books call that payout “{state}”.",
    _K.UNKNOWN_PAYMENTS: "LNbits' history holds {payments} payments of {found_msat} in all that bear "
    "this program's mark and are not in these books: the books are older than the history, or somebody "
    "added the payments. They count as paid.",
    _K.SALE_MISSING: "The payment of this sale over {booked_msat} is not in the wallet's history.",
    _K.SALE_STATUS: "LNbits calls the payment of this sale “{status}”.",
    _K.SALE_AMOUNT: "This sale is booked with {booked_msat} and a fee of {booked_fee_msat}; its "
    "payment says {found_msat} and {found_fee_msat}.",
    _K.SALE_CONTRADICTS: "The amounts stored of this sale contradict each other: {what}.",
    _K.LEGS_DO_NOT_SUM: "The legs of this sale miss its sats by {gap_msat}, and its platform fee by "
    "{platform_gap_sats} sats.",
    _K.LP_TOTALS: "The totals of {recipient} are not the sums of its entries and payouts: {what}.",
    _K.OPENING_CHANGED: "Before it was the machine's, the wallet held {booked_msat}; its history now "
    "says {found_msat}.",
    _K.WALLET_DIFFERS: "By these books the wallet holds {booked_msat}; it holds {found_msat}.",
}


def _said(name: str, figure: int | str | None) -> object:
    """A figure as people read it: sats in groups of three."""
    if not name.endswith("_msat") or not isinstance(figure, int):
        return figure
    sats, msat = divmod(abs(figure), 1000)
    grouped = f"{sats:,}".replace(",", "\u202f") + (f".{msat:03}" if msat else "")
    return f"{'−' if figure < 0 else ''}{grouped} sat"


@dataclass(frozen=True, kw_only=True)
class BookedLeg:
    """A leg with what our books say was paid for it, and for those that went with its payment."""

    leg: Leg
    sent_msat: int
    fee_msat: int

    @property
    def recipient(self) -> str:
        return self.leg.label or {LegType.SUPER_FEE: "the platform"}.get(self.leg.leg_type, "a receiver")


@dataclass(frozen=True, kw_only=True)
class BookedSale:
    """A settlement with all of its legs."""

    settlement: Settlement
    #: the part of the wire whose notes came out; None while all of it is taken to have done so
    dispensed_sats: int | None
    legs: tuple[BookedLeg, ...]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """An LP's totals at one machine, as kept and as summed, in minor units."""

    enrolment_id: str
    machine_id: str
    label: str
    currency: str
    kept: Mapping[str, int]
    summed: Mapping[str, int]


def compare_sale(sale: BookedSale, rows: Iterable[HostPayment]) -> list[Difference]:
    """A settlement, its payment and its legs against the host's rows that bear their hashes."""
    found = list(rows)
    settlement = sale.settlement
    differences = _compare_payment(settlement, [row for row in found if _is_sale(row, settlement)])
    if settlement.tx_type is not None:
        differences += _contradictions(sale)
        differences += _compare_sum(sale)
    for booked in sale.legs:
        differences += compare_leg(booked, found)
    return differences


def _is_sale(row: HostPayment, settlement: Settlement) -> bool:
    return row.wallet_id == settlement.wallet_id and row.payment_hash == settlement.payment_hash


def _compare_payment(settlement: Settlement, rows: Sequence[HostPayment]) -> list[Difference]:
    """The payment that the settlement landed from."""
    booked: dict[str, int | str | None] = {
        "booked_msat": settlement.wire_sats * 1000,
        "payment_hash": settlement.payment_hash,
    }
    if not rows:
        return [_about_sale(_K.SALE_MISSING, settlement, **booked)]
    row = rows[0]
    differences = []
    if row.status != "success":
        differences.append(_about_sale(_K.SALE_STATUS, settlement, status=row.status, **booked))
    fee_msat = row.fee_msat if row.is_lightning_inbound else 0
    is_other_direction = settlement.tx_type is not None and (
        row.is_lightning_inbound is not (settlement.tx_type is TxType.CASH_OUT)
    )
    if (
        abs(row.amount_msat) // 1000 != settlement.wire_sats
        or fee_msat != settlement.host_fee_msat
        or is_other_direction
    ):
        differences.append(
            _about_sale(
                _K.SALE_AMOUNT,
                settlement,
                booked_fee_msat=settlement.host_fee_msat,
                found_msat=row.amount_msat,
                found_fee_msat=fee_msat,
                **booked,
            )
        )
    return differences


def _contradictions(sale: BookedSale) -> list[Difference]:
    """Amounts of a sale that cannot stand beside each other."""
    one = sale.settlement
    what = []
    signed_commission_sats = one.commission_sats if one.tx_type is TxType.CASH_OUT else -one.commission_sats
    accounted_sats = one.principal_sats + signed_commission_sats
    is_whole = sale.dispensed_sats is None
    if accounted_sats != one.wire_sats if is_whole else accounted_sats > one.wire_sats:
        what.append(f"principal and commission come to {accounted_sats} sats of {one.wire_sats}")
    shares_sats = one.platform_fee_sats + one.operator_fee_sats
    if shares_sats != one.commission_sats:
        what.append(f"the shares come to {shares_sats} sats of a commission of {one.commission_sats}")
    if min(one.principal_sats, one.commission_sats, one.platform_fee_sats, one.operator_fee_sats) < 0:
        what.append("an amount is negative")
    return [_about_sale(_K.SALE_CONTRADICTS, one, what="; ".join(what))] if what else []


def _compare_sum(sale: BookedSale) -> list[Difference]:
    """The legs of a planned settlement against its sats, in all and for the platform."""
    settlement = sale.settlement
    planned = (SettlementState.PROCESSING, SettlementState.PROCESSED, SettlementState.ERRORED)
    if settlement.state not in planned or settlement.plan_version == 0:
        return []
    legs = [booked.leg for booked in sale.legs]
    gap_msat = conservation_gap_msat(settlement, legs)
    platform_sats = sum(
        leg.sats for leg in legs if leg.leg_type is LegType.SUPER_FEE and leg.state is not LegState.VOIDED
    )
    platform_gap_sats = settlement.platform_fee_sats - platform_sats
    if gap_msat == 0 and platform_gap_sats == 0:
        return []
    return [
        _about_sale(_K.LEGS_DO_NOT_SUM, settlement, gap_msat=gap_msat, platform_gap_sats=platform_gap_sats)
    ]


def _about_sale(kind: DifferenceKind, settlement: Settlement, **figures: int | str | None) -> Difference:
    return Difference(kind=kind, machine_id=settlement.machine_id, subject_id=settlement.id, figures=figures)


def compare_leg(booked: BookedLeg, rows: Iterable[HostPayment]) -> list[Difference]:
    """A leg against the payment rows that bear its hash. An undecided leg is looked up elsewhere."""
    leg = booked.leg
    if leg.minted is None or leg.carrier_id is not None or leg.state in _UNDECIDED:
        return []
    own = [row for row in rows if row.payment_hash == leg.minted.payment_hash]
    debits = [row for row in own if row.amount_msat < 0 and row.wallet_id == leg.payer_wallet_id]
    credits = [row for row in own if row.amount_msat > 0 and not row.is_service_fee]
    if leg.state not in PAID_LEG_STATES:
        paid_msat = -sum(row.amount_msat for row in debits if row.status == "success")
        if not paid_msat:
            return []
        return [_about_leg(_K.PAID_UNBOOKED, booked, found_msat=paid_msat, state=leg.state)]
    differences = _compare_side(booked, "debit", debits)
    # What may leave may have stayed within the host all the same: then it has a credit, otherwise none.
    if credits or not leg.may_leave:
        differences += _compare_side(booked, "credit", credits)
    return differences


def _compare_side(booked: BookedLeg, side: str, rows: Sequence[HostPayment]) -> list[Difference]:
    """One side of a paid leg: what is there, and that it says what our books say."""
    amount_msat = booked.sent_msat
    if not rows:
        kind = _K.DEBIT_MISSING if side == "debit" else _K.CREDIT_MISSING
        return [_about_leg(kind, booked, booked_msat=amount_msat)]
    if len(rows) > 1:
        return [_about_leg(_K.PAID_TWICE, booked, side=side, found=len(rows))]
    row = rows[0]
    fee_msat = booked.fee_msat if side == "debit" else 0
    differences = []
    if row.status != "success":
        differences.append(
            _about_leg(_K.PAYMENT_STATUS, booked, side=side, status=row.status, booked_msat=amount_msat)
        )
    if abs(row.amount_msat) != amount_msat:
        found_msat = abs(row.amount_msat)
        differences.append(
            _about_leg(_K.PAYMENT_AMOUNT, booked, side=side, booked_msat=amount_msat, found_msat=found_msat)
        )
    if row.fee_msat != fee_msat:
        differences.append(
            _about_leg(_K.PAYMENT_FEE, booked, side=side, booked_msat=fee_msat, found_msat=row.fee_msat)
        )
    return differences


def _about_leg(kind: DifferenceKind, booked: BookedLeg, **figures: int | str | None) -> Difference:
    leg = booked.leg
    payment_hash = leg.minted.payment_hash if leg.minted else None
    return Difference(
        kind=kind,
        machine_id=leg.machine_id,
        subject_id=leg.id,
        figures={
            "recipient": booked.recipient,
            "settlement_id": leg.settlement_id,
            "payment_hash": payment_hash,
            **figures,
        },
    )


def compare_totals(totals: Totals) -> list[Difference]:
    """What is kept of an LP's cash against what its entries and legs come to."""
    names = [name for name in sorted(totals.kept) if totals.kept[name] != totals.summed[name]]
    if not names:
        return []

    def fiat(minor: int) -> str:
        return f"{format_fiat(minor, totals.currency)} {totals.currency}"

    what = [f"{name} is {fiat(totals.kept[name])} and comes to {fiat(totals.summed[name])}" for name in names]
    return [
        Difference(
            kind=_K.LP_TOTALS,
            machine_id=totals.machine_id,
            subject_id=totals.enrolment_id,
            figures={
                "recipient": totals.label,
                **{f"{name}_gap_minor": totals.kept[name] - totals.summed[name] for name in names},
            },
            moving={"what": "; ".join(what)},
        )
    ]


def compare_proof(proof: Proof, opening_msat: int | None) -> list[Difference]:
    """A wallet's proof, and what it held before it was the machine's as first proved (None: never)."""
    differences = []
    found_msat = proof.lines_msat.get(ProofLine.OPENING, 0)
    if opening_msat is not None and opening_msat != found_msat:
        figures = {"booked_msat": opening_msat, "found_msat": found_msat}
        differences.append(_about_wallet(_K.OPENING_CHANGED, proof, figures))
    if proof.difference_msat:
        moving = {"booked_msat": proof.expected_msat, "found_msat": proof.balance_msat}
        figures = {"difference_msat": proof.difference_msat}
        differences.append(_about_wallet(_K.WALLET_DIFFERS, proof, figures, moving))
    return differences


def unknown_payments(machine_id: str, amounts_msat: Sequence[int]) -> Difference:
    """Payments with our mark that no leg explains, as one difference of their machine."""
    return Difference(
        kind=_K.UNKNOWN_PAYMENTS,
        machine_id=machine_id,
        subject_id=machine_id,
        figures={"payments": len(amounts_msat), "found_msat": sum(abs(msat) for msat in amounts_msat)},
    )


def _about_wallet(
    kind: DifferenceKind, proof: Proof, figures: Mapping[str, int], moving: Mapping[str, int] | None = None
) -> Difference:
    return Difference(
        kind=kind,
        machine_id=proof.machine_id,
        subject_id=proof.wallet_id,
        figures=dict(figures),
        moving=dict(moving or {}),
    )
