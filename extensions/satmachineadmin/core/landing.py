"""What becomes of one payment on a machine's wallet: every check of DESIGN §5, as pure functions.

What can go wrong: a payout of our own taken for a sale, a sale landed in the wrong direction, a
stamp that somebody other than the machine wrote, amounts that contradict each other. So a payment is
ignored only for a reason of `IgnoreReason`, and everything else is recorded: `rejected` where the
facts cannot be trusted, `held` where a person or a dispense report has to look first, else `pending`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .commission import (
    absorb_host_fee,
    expected_commission,
    platform_fee_sats,
)
from .errors import ensure
from .model import Facts, HostPayment, Landing, Machine, PlatformFee, Stamp
from .npub import key_hex
from .own_sales import PAYABLE, stamp_of
from .rates import fiat_agrees, implied_rate, is_plausible, reference_for
from .stamp import RejectReason, read_stamp
from .states import Origin, PayoutPolicy, SettlementState, TxType, Word
from .transactions import HeldFor, Transaction
from .units import MAX_SATS, WHOLE_PPM, round_half_up

__all__ = [
    "Counterparty",
    "HoldReason",
    "IgnoreReason",
    "Ignored",
    "RejectReason",
    "adopt",
    "judge",
    "read_stamp",
]


class HoldReason(Word):
    """Why a usable settlement waits before anything is planned. Closed."""

    #: the implied rate is too far from what this machine sold at lately
    IMPLAUSIBLE_RATE = "implausible_rate"
    #: the machine's first sale, with no rate entered and none at hand to compare it with
    FIRST_SALE = "first_sale"
    #: the machine is in maintenance
    MAINTENANCE = "maintenance"
    #: the machine pays out some minutes after the sale
    AWAITING_DELAY = "awaiting_delay"
    #: the machine pays out when it has reported what it dispensed
    AWAITING_DISPENSE = "awaiting_dispense"
    #: more fiat than the operator lets through unseen
    ABOVE_THRESHOLD = "above_threshold"
    #: the machine reported that nothing came out
    DISPENSE_FAILED = "dispense_failed"


class IgnoreReason(Word):
    """Why a payment on a machine's wallet is no settlement and no suspect. Closed."""

    #: pending or failed: it may still become one
    NOT_SUCCESSFUL = "not_successful"
    #: paid with a card or bank
    NOT_LIGHTNING = "not_lightning"
    #: a row that moved nothing
    NO_AMOUNT = "no_amount"
    #: a payment that the engine made or received itself
    OWN_LEG = "own_leg"
    #: a transfer between two machines' wallets
    MACHINE_TRANSFER = "machine_transfer"
    #: the wallet paid itself
    SELF_PAYMENT = "self_payment"
    #: the operator, a payer that it remembers, or the host's admin put money into the machine's wallet
    TOP_UP = "top_up"
    #: the wallet paid something that no machine asked for
    NOT_OURS = "not_ours"
    #: a sale of before the move: what the predecessor paid of it is history
    SETTLED_BEFORE = "settled_before"


class Counterparty(Word):
    """Who is at the other end of a payment, as the host's own rows say."""

    #: a leg of ours
    OWN_LEG = "own_leg"
    #: another machine's wallet on this host
    MACHINE_WALLET = "machine_wallet"
    #: an ordinary wallet of the machine's operator
    SAME_OPERATOR = "same_operator"
    #: the host's admin credited the wallet
    ADMIN_CREDIT = "admin_credit"
    #: a wallet whose payments the operator always takes for top-ups
    KNOWN_PAYER = "known_payer"
    #: somebody else's wallet on this host
    OTHER_WALLET = "other_wallet"
    #: somebody on the Lightning network
    OUTSIDE = "outside"
    #: the same wallet
    SELF = "self"


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """A payment that is no settlement."""

    reason: IgnoreReason


_NEVER_A_SETTLEMENT = {
    Counterparty.OWN_LEG: IgnoreReason.OWN_LEG,
    Counterparty.MACHINE_WALLET: IgnoreReason.MACHINE_TRANSFER,
    Counterparty.SELF: IgnoreReason.SELF_PAYMENT,
}
_TOP_UP_PAYERS = frozenset({Counterparty.SAME_OPERATOR, Counterparty.ADMIN_CREDIT, Counterparty.KNOWN_PAYER})


def judge(
    payment: HostPayment,
    machine: Machine,
    fee: PlatformFee,
    counterparty: Counterparty,
    recent_rates: Sequence[str],
    host_rate: str | None,
    transaction: Transaction | None = None,
) -> Landing | Ignored:
    """Decide what a payment on the machine's wallet becomes. DESIGN §5.

    `recent_rates` are those of the machine's last sales (the caller takes 20), `host_rate` the
    host's if it has one at hand, all as decimal text in sats per one unit of the machine's currency.
    `transaction` is the one that the payment is of, if the machine had signed for one.
    """
    ignore_reason = _why_not_a_sale(payment, counterparty)
    if ignore_reason is not None:
        return Ignored(reason=ignore_reason)
    found = _found_stamp(payment, machine, counterparty, transaction)
    if isinstance(found, IgnoreReason):
        return Ignored(reason=found)
    if isinstance(found, RejectReason):
        return _rejected(found)
    stamp, origin = found
    reject_reason = _why_sats_are_unusable(payment, stamp)
    if reject_reason is not None:
        return _rejected(reject_reason)
    facts = _facts(payment, machine, fee, stamp, origin)
    reject_reason = _why_distrusted(stamp, machine, origin)
    if reject_reason is not None:
        return _rejected(reject_reason, facts)
    is_above = transaction is not None and transaction.held_for is HeldFor.ABOVE_THRESHOLD
    hold_reason = _why_held(stamp, machine, recent_rates, host_rate, is_above_threshold=is_above)
    if hold_reason is not None:
        return Landing(
            state=SettlementState.HELD,
            reason=hold_reason,
            facts=facts,
            hold_minutes=_hold_minutes(hold_reason, machine),
            is_test=machine.maintenance,
        )
    return Landing(state=SettlementState.PENDING, reason=None, facts=facts)


def adopt(payment: HostPayment, machine: Machine, fee: PlatformFee, supplied: Stamp) -> Facts | RejectReason:
    """The facts of a rejected payment as its operator supplies them, or why they cannot be its own.

    The checks are those of a stamp; who signed it is nobody's question any more. DESIGN §5.
    """
    reason = _why_sats_are_unusable(payment, supplied)
    if reason is not None:
        return reason
    if not fiat_agrees(
        supplied.principal_sats, supplied.fiat_minor, supplied.exchange_rate, supplied.currency
    ):
        return RejectReason.AMOUNTS_DISAGREE
    return _facts(payment, machine, fee, supplied, Origin.ADOPTED)


def _why_not_a_sale(payment: HostPayment, counterparty: Counterparty) -> IgnoreReason | None:
    """What the host's own rows say, before anything in `extra` is looked at."""
    if payment.status != "success":
        return IgnoreReason.NOT_SUCCESSFUL
    if payment.fiat_provider:
        return IgnoreReason.NOT_LIGHTNING
    if payment.amount_msat == 0:
        return IgnoreReason.NO_AMOUNT
    return _NEVER_A_SETTLEMENT.get(counterparty)


def _found_stamp(
    payment: HostPayment, machine: Machine, counterparty: Counterparty, transaction: Transaction | None
) -> tuple[Stamp, Origin] | RejectReason | IgnoreReason:
    """The facts of a payment and where they come from, or why there are none."""
    if transaction is not None:
        is_payable = transaction.state in PAYABLE
        return (stamp_of(transaction), Origin.SIGNED) if is_payable else RejectReason.LINK_REUSED
    stamp = read_stamp(payment.extra, machine.currency)
    if isinstance(stamp, Stamp):
        return stamp, Origin.STAMP
    if stamp is not RejectReason.NO_STAMP:
        return stamp
    if payment.is_lightning_outbound:
        return IgnoreReason.NOT_OURS
    if counterparty in _TOP_UP_PAYERS:
        return IgnoreReason.TOP_UP
    if machine.fallback_commission_ppm is None:
        return stamp
    assumed = _assumed_stamp(payment, machine.currency, machine.fallback_commission_ppm)
    return (assumed, Origin.FALLBACK) if isinstance(assumed, Stamp) else assumed


def _assumed_stamp(payment: HostPayment, currency: str, commission_ppm: int) -> Stamp | RejectReason:
    """The cash-out that a machine which opted in is assumed to have made: principal = wire / (1 + rate).

    Neither fiat nor rate is known, so the plan keeps the principal until the operator supplies one.
    """
    wire_sats, rest_msat = divmod(payment.amount_msat, 1000)
    if rest_msat or wire_sats > MAX_SATS:
        return RejectReason.NOT_WHOLE_SATS if rest_msat else RejectReason.BAD_STAMP
    principal_sats = round_half_up(Fraction(wire_sats * WHOLE_PPM, WHOLE_PPM + commission_ppm))
    return Stamp(
        tx_type=TxType.CASH_OUT,
        principal_sats=principal_sats,
        commission_sats=wire_sats - principal_sats,
        exchange_rate=None,
        fiat_minor=None,
        currency=currency,
        txid=None,
        machine_npub=None,
        nostr_sender_pubkey=None,
        nostr_event_id=None,
        bills=None,
        cassettes=None,
    )


def _why_sats_are_unusable(payment: HostPayment, stamp: Stamp) -> RejectReason | None:
    """The contradictions between stamp and payment after which no sat can be booked. DESIGN §5."""
    is_cash_out = stamp.tx_type is TxType.CASH_OUT
    if is_cash_out is not payment.is_lightning_inbound:
        return RejectReason.WRONG_DIRECTION
    wire_sats, rest_msat = divmod(abs(payment.amount_msat), 1000)
    if rest_msat:
        return RejectReason.NOT_WHOLE_SATS
    signed_commission_sats = stamp.commission_sats if is_cash_out else -stamp.commission_sats
    if stamp.principal_sats + signed_commission_sats != wire_sats:
        return RejectReason.WIRE_DISAGREES
    if is_cash_out and payment.fee_msat > payment.amount_msat:
        return RejectReason.HOST_FEE_TOO_LARGE
    return None


def _facts(payment: HostPayment, machine: Machine, fee: PlatformFee, stamp: Stamp, origin: Origin) -> Facts:
    """The facts to write down. The fee on an outgoing row is the machine's network fee, no host fee."""
    ensure(payment.fee_msat >= 0, "the fee of a payment row is not negative")
    host_fee_msat = payment.fee_msat if payment.is_lightning_inbound else 0
    absorbed = absorb_host_fee(
        host_fee_msat=host_fee_msat,
        principal_sats=stamp.principal_sats,
        commission_sats=stamp.commission_sats,
        platform_fee_sats=platform_fee_sats(stamp.commission_sats, stamp.principal_sats, fee),
    )
    is_known = origin is not Origin.FALLBACK
    expected_sats = expected_commission(stamp.principal_sats, _fee_ppm(machine, stamp.tx_type))
    return Facts(
        tx_type=stamp.tx_type,
        wire_sats=abs(payment.amount_msat) // 1000,
        principal_sats=stamp.principal_sats,
        commission_sats=stamp.commission_sats,
        platform_fee_sats=absorbed.platform_fee_sats,
        operator_fee_sats=stamp.commission_sats - absorbed.platform_fee_sats,
        host_fee_msat=host_fee_msat,
        host_fee_from_commission_sats=absorbed.from_commission_sats,
        host_fee_from_principal_sats=absorbed.from_principal_sats,
        fiat_minor=stamp.fiat_minor,
        currency=stamp.currency,
        exchange_rate=stamp.exchange_rate,
        commission_difference_sats=stamp.commission_sats - expected_sats if is_known else None,
        stamp=stamp,
        origin=origin,
    )


def _fee_ppm(machine: Machine, tx_type: TxType) -> int:
    return machine.cash_out_fee_ppm if tx_type is TxType.CASH_OUT else machine.cash_in_fee_ppm


def _why_distrusted(stamp: Stamp, machine: Machine, origin: Origin) -> RejectReason | None:
    """Why a stamp whose sats add up is still not believed; the operator sees its facts."""
    if origin is not Origin.SIGNED and machine.is_paired and not machine.takes_unsigned:
        return RejectReason.UNSIGNED
    if not fiat_agrees(stamp.principal_sats, stamp.fiat_minor, stamp.exchange_rate, stamp.currency):
        return RejectReason.AMOUNTS_DISAGREE
    if origin is Origin.SIGNED and stamp.tx_type is TxType.CASH_IN:
        # It was the machine's key when it signed, and the customer has its sats: they have left.
        return None
    machine_key = None if machine.npub is None else key_hex(machine.npub)
    if stamp.machine_npub and machine_key and stamp.machine_npub != machine_key:
        return RejectReason.WRONG_MACHINE
    if stamp.nostr_sender_pubkey and stamp.nostr_sender_pubkey != machine_key:
        return RejectReason.WRONG_SIGNER
    return None


def _why_held(
    stamp: Stamp,
    machine: Machine,
    recent_rates: Sequence[str],
    host_rate: str | None,
    *,
    is_above_threshold: bool,
) -> HoldReason | None:
    """The first reason to wait: what looks wrong comes before what the operator has ordered.

    A cash-in dispenses nothing, so it waits for no dispense report.
    """
    reference_rate = reference_for(machine, recent_rates, host_rate)
    implied = implied_rate(stamp.principal_sats, stamp.fiat_minor, stamp.exchange_rate, stamp.currency)
    if not is_plausible(implied, reference_rate, machine.rate_tolerance_ppm):
        return HoldReason.IMPLAUSIBLE_RATE
    if machine.maintenance:
        return HoldReason.MAINTENANCE
    if reference_rate is None and implied is not None:
        return HoldReason.FIRST_SALE
    if is_above_threshold:
        return HoldReason.ABOVE_THRESHOLD
    if machine.payout_policy is PayoutPolicy.AFTER_MINUTES:
        return HoldReason.AWAITING_DELAY
    if machine.payout_policy is PayoutPolicy.ON_DISPENSE and stamp.tx_type is TxType.CASH_OUT:
        return HoldReason.AWAITING_DISPENSE
    return None


def _hold_minutes(reason: HoldReason, machine: Machine) -> int | None:
    """How long after the sale the engine looks at it again; None where a person decides. DESIGN §6."""
    if reason is HoldReason.AWAITING_DELAY:
        return machine.payout_delay_minutes
    if reason is HoldReason.AWAITING_DISPENSE:
        return machine.dispense_report_minutes
    return None


def _rejected(reason: RejectReason, facts: Facts | None = None) -> Landing:
    return Landing(state=SettlementState.REJECTED, reason=reason, facts=facts)
