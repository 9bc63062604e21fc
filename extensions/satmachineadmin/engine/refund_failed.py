"""REFUND after a report: nothing came out, or that was known only after the sale had been paid out.

What can go wrong: a customer who is refunded and whose sale is paid out as well, or who is refunded twice.
Of a held sale the figures are scaled to nothing, its plan is let go and the link is opened in one
transaction: all that was paid is then in the one leg that the link is over (engine/refund.py). Of a sale
that was paid out nothing is left: its customer's link is over a wallet that the operator names, once for a
sale, and engine/claims.py pays it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from fractions import Fraction

from ..core.dispense import scale_by_fraction
from ..core.errors import InvariantViolated, NothingToRefund, ensure
from ..core.landing import HoldReason
from ..core.model import Settlement
from ..core.outside import ask_for
from ..core.planning import owed_sats
from ..core.states import MatterKind, SettlementState
from ..core.transactions import Transaction
from ..core.units import round_half_up
from ..core.withdrawing import WithdrawalKind
from ..ports import OWN_EXTENSION, Books, Host, Store
from ..uncancelled import to_the_end
from .refund import OPEN_SECONDS, expire
from .revise.dispense import partial_dispense


def can_refund_failed(settlement: Settlement) -> bool:
    """Whether the sale waits for the decision what becomes of notes that did not come out."""
    return settlement.state is SettlementState.HELD and settlement.reason == HoldReason.DISPENSE_FAILED


def failed_sats(settlement: Settlement) -> int:
    """What there is of all that the customer paid: a host fee on the payment was never here."""
    return owed_sats(
        replace(
            settlement,
            principal_sats=0,
            commission_sats=0,
            host_fee_from_commission_sats=0,
            host_fee_from_principal_sats=0,
        )
    )


async def refund_failed(store: Store, host: Host, settlement: Settlement, reason: str, by: str) -> None:
    """Offer the customer of a held sale all that it paid, less what the network may cost.

    Raises NothingToRefund where the sale does not wait for this, RefundUnderWay.
    """
    facts = await to_the_end(host.facts(settlement.wallet_id, (), OWN_EXTENSION))
    async with store.transaction("refund_failed", actor=by) as books:
        current = await _again(books, settlement)
        if not can_refund_failed(current):
            raise NothingToRefund()
        leg_sats = failed_sats(current)
        amount_msat = ask_for(leg_sats, facts.limits, is_internal=False).sent_msat
        if amount_msat == 0:
            raise NothingToRefund()
        await partial_dispense(books, current, lambda: scale_by_fraction(current, Fraction(0)), reason)
        scaled = await _again(books, current)
        ensure(owed_sats(scaled) == leg_sats, "a customer is offered the leg that the plan makes of its sats")
        if current.is_test:
            # A real customer has paid: from now on it is a sale, of nothing.
            await books.machines.count_sale(current.machine_id, int(current.paid_at.timestamp()))
        await books.settlements.move(
            scaled,
            SettlementState.PENDING,
            reason=None,
            next_try_at=None,
            waits_code=None,
            error_message=None,
            is_test=False,
        )
        await books.withdrawals.open(
            {
                **_link(books, current, reason, by),
                "kind": WithdrawalKind.REFUND,
                "wallet_id": current.wallet_id,
                "leg_sats": leg_sats,
                "amount_msat": amount_msat,
            }
        )
        await books.worklist.close(MatterKind.DISPENSE_FAILED, current.id)


async def refund_late(
    store: Store, host: Host, settlement: Settlement, wallet_id: str, reason: str, by: str
) -> None:
    """Offer the customer of a sale that was paid out what it paid for notes that stayed in the machine.

    The wallet is the operator's own, and no machine's: its caller has looked. Raises NothingToRefund,
    RefundUnderWay.
    """
    facts = await to_the_end(host.facts(wallet_id, (), OWN_EXTENSION))
    async with store.transaction("refund_late", actor=by) as books:
        current = await _again(books, settlement)
        one = await books.transactions.of_settlement(current.id)
        if one is None or not one.stayed_minor or await books.withdrawals.has_paid_late(current.id):
            raise NothingToRefund()
        for kind in (WithdrawalKind.REFUND, WithdrawalKind.LATE_REFUND):
            before = await books.withdrawals.under_way(current.id, kind)
            if before is not None:
                await expire(books, before)
        leg_sats = stayed_sats(one)
        amount_msat = ask_for(leg_sats, facts.limits, is_internal=False).sent_msat
        if amount_msat == 0:
            raise NothingToRefund()
        await books.withdrawals.open(
            {
                **_link(books, current, reason, by),
                "kind": WithdrawalKind.LATE_REFUND,
                "transaction_id": one.id,
                "wallet_id": wallet_id,
                "leg_sats": leg_sats,
                "amount_msat": amount_msat,
            }
        )


def stayed_sats(one: Transaction) -> int:
    """The part of the wire that was paid for notes that stayed in the machine, rounded half up."""
    return round_half_up(Fraction(one.wire_sats * (one.stayed_minor or 0), one.fiat_minor))


def _link(books: Books, settlement: Settlement, reason: str, by: str) -> dict[str, object]:
    return {
        "settlement_id": settlement.id,
        "machine_id": settlement.machine_id,
        "operator_user_id": settlement.operator_user_id,
        "k1": secrets.token_hex(32),
        "reason": reason,
        "created_by": by,
        "expires_at": books.now + OPEN_SECONDS,
    }


async def _again(books: Books, settlement: Settlement) -> Settlement:
    written = await books.settlements.get(settlement.id)
    if written is None:
        raise InvariantViolated("a settlement does not vanish")
    return written
