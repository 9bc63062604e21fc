"""What the predecessor's rows mean, each read by itself; what could not be read says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..errors import UnknownCurrency
from ..npub import key_hex
from ..states import DcaMode, EnrolmentStatus, LegType, TxType, Word
from ..units import (
    MAX_MINOR,
    MAX_SATS,
    WHOLE_PPM,
    currency_digits,
    format_percent,
    round_half_up,
)
from .columns import Cells, RawRow

#: What a machine is called that has no name.
NAMELESS = "Machine"
LONGEST_NAME = 60
LONGEST_LOCATION = 120
#: Words of the predecessor's for a deposit that counts, for one that does not yet, and for a paid leg.
COUNTED = frozenset({"confirmed"})
WAITING = frozenset({"pending"})
PAID = frozenset({"completed", "confirmed", "paid", "settled"})
#: Legs that will never be paid, whatever becomes of their sale.
OVER = frozenset({"skipped", "voided", "refunded", "cancelled", "canceled"})
#: Words for a sale with which nothing has to happen any more.
DONE = frozenset({"processed", "completed", "refunded", "rejected", "dismissed", "cancelled", "canceled"})
#: Legs that took fiat of an LP.
DRAWING = frozenset({LegType.DCA.value, LegType.SETTLEMENT.value})


class EarlierStatus(Word):
    """What became of a sale there, in the predecessor's words; a list is narrowed down by them."""

    PROCESSED = "processed"
    PENDING = "pending"
    PROCESSING = "processing"
    #: some of its notes did not come out
    PARTIAL = "partial"
    ERRORED = "errored"
    REFUNDED = "refunded"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class OldMachine:
    id: str
    operator_user_id: str
    name: str
    location: str
    #: lower-case hex, or None where there is no usable one
    npub: str | None
    wallet_id: str
    currency: str
    is_active: bool
    #: fractions of one; None where the predecessor says nothing that is clear
    cash_out_fee: Decimal | None
    cash_in_fee: Decimal | None
    made_at: int


@dataclass(frozen=True, kw_only=True)
class OldEnrolment:
    id: str
    machine_id: str
    user_id: str
    name: str
    status: EnrolmentStatus


@dataclass(frozen=True, kw_only=True)
class OldChoices:
    """What an LP had chosen. The limit is fiat of whatever machine, as exact text; None: none."""

    user_id: str
    wallet_id: str
    mode: DcaMode
    daily_limit: Decimal | None
    ln_address: str
    forwards: bool
    #: the row that they were taken from
    table: str
    row_id: str


@dataclass(frozen=True, kw_only=True)
class OldDeposit:
    id: str
    enrolment_id: str
    amount: Decimal
    #: empty where the row names none
    currency: str
    status: str
    notes: str
    made_at: int


@dataclass(frozen=True, kw_only=True)
class OldLeg:
    id: str
    sale_id: str
    #: empty for legs that are no LP's
    enrolment_id: str
    leg_type: str
    sats: int
    fiat: Decimal | None
    rate: Decimal | None
    destination: str
    payment_hash: str
    status: str
    error: str
    made_at: int

    @property
    def is_paid(self) -> bool:
        return self.status in PAID

    @property
    def is_draw(self) -> bool:
        """Whether it took fiat of an LP."""
        return self.is_paid and self.leg_type in DRAWING

    @property
    def is_open(self) -> bool:
        return self.status not in PAID | OVER


@dataclass(frozen=True, kw_only=True)
class OldSale:
    id: str
    machine_id: str
    payment_hash: str
    txid: str
    tx_type: TxType
    wire_sats: int
    principal_sats: int | None
    commission_sats: int | None
    platform_fee_sats: int | None
    operator_fee_sats: int | None
    fiat: Decimal | None
    currency: str
    rate: Decimal | None
    status: str
    error: str
    notes: str
    paid_at: int


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A row that is kept as it is and means nothing to these books, because of this."""

    table: str
    row_id: str
    problem: str


class NotReadable(Exception):
    """Of one row; carries the sentence."""


def machine(cells: Cells) -> OldMachine:
    npub = cells.text("npub")
    return OldMachine(
        id=cells.id,
        operator_user_id=cells.text("operator"),
        name=cells.text("name")[:LONGEST_NAME] or NAMELESS,
        location=cells.text("location")[:LONGEST_LOCATION],
        npub=key_hex(npub) if npub else None,
        wallet_id=cells.text("wallet"),
        currency=_currency(cells),
        is_active=cells.flag("is_active", otherwise=True),
        cash_out_fee=_fraction(cells, "cash_out_fee"),
        cash_in_fee=_fraction(cells, "cash_in_fee"),
        made_at=cells.time("created_at") or 0,
    )


def enrolment(cells: Cells) -> OldEnrolment:
    status = cells.text("status").lower()
    return OldEnrolment(
        id=cells.id,
        machine_id=cells.text("machine"),
        user_id=cells.text("user"),
        name=cells.text("name")[:LONGEST_NAME],
        status=EnrolmentStatus.ACTIVE if status in ("", "active") else EnrolmentStatus.PAUSED,
    )


def choices(cells: Cells) -> OldChoices | None:
    """None where the row has no wallet: then nothing was chosen."""
    wallet_id = cells.text("wallet")
    if not wallet_id:
        return None
    limit = cells.number("daily_limit")
    is_fixed = cells.text("mode").lower() == DcaMode.FIXED.value and limit is not None and limit > 0
    return OldChoices(
        user_id=cells.text("user"),
        wallet_id=wallet_id,
        mode=DcaMode.FIXED if is_fixed else DcaMode.FLOW,
        daily_limit=limit if is_fixed else None,
        ln_address=cells.text("ln_address"),
        forwards=cells.flag("forwards", otherwise=False) and bool(cells.text("ln_address")),
        table=cells.table,
        row_id=cells.id,
    )


def deposit(cells: Cells) -> OldDeposit:
    return OldDeposit(
        id=cells.id,
        enrolment_id=cells.text("enrolment"),
        amount=_needed(cells, "amount"),
        currency=cells.text("currency").upper(),
        status=cells.text("status").lower(),
        notes=cells.text("notes"),
        made_at=cells.time("confirmed_at", "created_at") or 0,
    )


def sale(cells: Cells) -> OldSale:
    wire = _sats(cells, "wire")
    if wire is None:
        raise NotReadable("It says nothing of the sats that were paid.")
    word = cells.text("tx_type").lower().replace("-", "_")
    return OldSale(
        id=cells.id,
        machine_id=cells.text("machine"),
        payment_hash=cells.text("payment_hash").lower(),
        txid=cells.text("txid"),
        tx_type=TxType.CASH_IN if word in ("cash_in", "cashin") else TxType.CASH_OUT,
        wire_sats=wire,
        principal_sats=_sats(cells, "principal"),
        commission_sats=_sats(cells, "commission"),
        platform_fee_sats=_sats(cells, "platform_fee"),
        operator_fee_sats=_sats(cells, "operator_fee"),
        fiat=cells.number("fiat"),
        currency=cells.text("currency").upper(),
        rate=cells.number("rate"),
        status=cells.text("status").lower(),
        error=cells.text("error"),
        notes=cells.text("notes"),
        paid_at=cells.time("created_at", "processed_at") or 0,
    )


def leg(cells: Cells) -> OldLeg:
    sats = _sats(cells, "sats")
    if sats is None:
        raise NotReadable("It says nothing of the sats that it moved.")
    drawn = cells.number("fiat")
    if drawn is None and cells.value("fiat") is not None:
        raise NotReadable("The fiat that it drew is no number.")
    return OldLeg(
        id=cells.id,
        sale_id=cells.text("sale"),
        enrolment_id=cells.text("enrolment"),
        leg_type=cells.text("leg_type").lower(),
        sats=sats,
        fiat=drawn,
        rate=cells.number("rate"),
        destination=cells.text("ln_address") or cells.text("wallet"),
        payment_hash=cells.text("payment_hash").lower(),
        status=cells.text("status").lower(),
        error=cells.text("error"),
        made_at=cells.time("created_at") or 0,
    )


def exact_minor(amount: Decimal, currency: str) -> Fraction:
    """Minor units, not rounded. Raises NotReadable beyond what a cash entry may hold."""
    exact = Fraction(amount) * Fraction(10 ** currency_digits(currency))
    if abs(exact) > MAX_MINOR:
        raise NotReadable("The amount is larger than all the cash there is.")
    return exact


def raw_json(row: RawRow) -> Mapping[str, Any]:
    """The row as it can be written as JSON: numbers and instants by their exact text."""
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in row.items()}


def _needed(cells: Cells, what: str) -> Decimal:
    found = cells.number(what)
    if found is None:
        raise NotReadable(f"Its {what} is no number.")
    return found


def _sats(cells: Cells, what: str) -> int | None:
    found = cells.number(what)
    if found is None:
        if cells.value(what) is not None:
            raise NotReadable(f"Its {what} is no number of sats.")
        return None
    if found != found.to_integral_value() or not 0 <= found <= MAX_SATS:
        raise NotReadable(f"Its {what} is no number of sats.")
    return int(found)


def _currency(cells: Cells) -> str:
    currency = cells.text("currency").upper()
    try:
        currency_digits(currency)
    except UnknownCurrency as unknown:
        raise NotReadable("Its currency is none that these books know.") from unknown
    return currency


def _fraction(cells: Cells, what: str) -> Decimal | None:
    found = cells.number(what)
    return found if found is not None and 0 <= found <= 1 else None


def percent_of(fraction: Decimal | None) -> str:
    """0.0777 is 7.77 %; at most four decimals of a percent. Without a fraction it is none."""
    return format_percent(round_half_up(Fraction(fraction or 0) * WHOLE_PPM))
