"""Transactions as the JSON of docs/reference/machine-interface.md and docs/reference/api.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.model import Settlement
from ..core.npub import npub_of
from ..core.states import TxType, WithdrawalState
from ..core.transactions import Transaction, TransactionState
from ..engine.refund_failed import can_refund_failed, failed_sats, stayed_sats
from ..host import links
from ..store.sql import Row
from . import fiat, iso


def machine_view(
    one: Transaction,
    *,
    notes: Sequence[Row],
    withdrawal: Row | None,
    config_version: int,
    now: int,
    most_minor: int | None = None,
) -> dict[str, Any]:
    """A transaction as its machine is told it. `withdrawal` is the link of a cash-in, if it has one."""
    state = one.state_at(now)
    is_cash_in = one.tx_type is TxType.CASH_IN
    can_claim = state is TransactionState.OFFERED and withdrawal is not None and not is_claimed(withdrawal)
    return {
        "txid": one.txid,
        "tx_type": one.tx_type,
        "version": one.version,
        "config_version": config_version,
        "state": state,
        "currency": one.currency,
        "fiat_amount": fiat(one.fiat_minor, one.currency),
        "exchange_rate": one.exchange_rate,
        "principal_sats": one.principal_sats,
        "fee_sats": one.commission_sats,
        "wire_sats": one.wire_sats,
        "invoice": one.bolt11 if state is TransactionState.INVOICED and not is_cash_in else None,
        "payment_hash": one.payment_hash,
        "lnurl": links.withdraw_lnurl(withdrawal["k1"]) if can_claim and withdrawal else None,
        "expires_at": iso(one.expires_at),
        "paid": state is TransactionState.PAID,
        "claimed": is_claimed(withdrawal) or (is_cash_in and state is TransactionState.PAID),
        "paid_at": iso(one.paid_at),
        "dispense": one.dispense,
        "dispensed_amount": fiat(one.dispensed_minor, one.currency),
        "notes": [note(row, one.currency) for row in notes] if is_cash_in else None,
        "most_fiat_amount": fiat(most_minor, one.currency),
        "waits_for": one.held_for if state is TransactionState.HELD else None,
        "created_at": iso(one.created_at),
    }


def of_settlement(one: Transaction, settlement: Settlement, *, was_refunded: bool) -> dict[str, Any]:
    """What a sale's machine had signed for, and reported of its notes."""
    refund_sats: int | None = None
    can_refund = can_refund_failed(settlement)
    can_refund_late = bool(one.stayed_minor) and not was_refunded
    if can_refund:
        refund_sats = failed_sats(settlement)
    elif can_refund_late:
        refund_sats = stayed_sats(one)
    return {
        "id": one.id,
        "txid": one.txid,
        "signer_npub": npub_of(one.signer),
        "event_id": one.event_id,
        "dispense": one.dispense,
        "dispensed_amount": fiat(one.dispensed_minor, one.currency),
        "stayed_amount": fiat(one.stayed_minor, one.currency),
        "can_refund_failed": can_refund,
        "can_refund_late": can_refund_late,
        "refund_sats": refund_sats,
    }


def is_claimed(withdrawal: Row | None) -> bool:
    """Whether somebody has handed in an invoice that is being paid, or was."""
    return withdrawal is not None and withdrawal["state"] in (WithdrawalState.CLAIMED, WithdrawalState.PAID)


def note(row: Row, currency: str) -> dict[str, Any]:
    return {"id": row["note_id"], "denomination": fiat(row["denomination_minor"], currency)}
