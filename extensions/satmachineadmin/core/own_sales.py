"""What a payment is that these books foresaw: of a transaction that its machine had signed for.

A stamp in a payment is a hint, since anyone with a wallet's invoice key can write one. The record of a
transaction is not: it was made when its machine's signature had been verified, and the payment is the one
of its invoice or its link. So nothing of the payment's `extra` is read here.
"""

from __future__ import annotations

from .model import HostPayment, Stamp
from .transactions import Transaction, TransactionState

#: The states in which a transaction may still be paid.
PAYABLE = frozenset({TransactionState.INVOICED, TransactionState.OFFERED, TransactionState.HELD})


def stamp_of(one: Transaction) -> Stamp:
    """The facts of a transaction, in the form in which a payment's are read."""
    return Stamp(
        tx_type=one.tx_type,
        principal_sats=one.principal_sats,
        commission_sats=one.commission_sats,
        exchange_rate=one.exchange_rate,
        fiat_minor=one.fiat_minor,
        currency=one.currency,
        txid=one.txid,
        machine_npub=one.signer,
        nostr_sender_pubkey=one.signer,
        nostr_event_id=one.event_id,
        bills=one.bills,
        cassettes=None,
    )


def link_of(payment: HostPayment) -> str | None:
    """The link of LNbits' own withdraw extension that a payment was made by.

    Whoever can write this into an outgoing payment holds the wallet's admin key, and could as well use
    the link itself.
    """
    if payment.is_lightning_inbound or payment.extra.get("tag") != "withdraw":
        return None
    link_id = payment.extra.get("withdrawal_link_id")
    return link_id if isinstance(link_id, str) and link_id else None
