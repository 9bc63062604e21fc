"""Cash-out: a machine names fiat and rate, and gets the invoice that its customer pays.

What can go wrong: a machine that asks for more than it may, at a rate that nobody sells at, or for the same
sale twice; a crash between the invoice and its record. So the sale is written down, within the limits and
in one serial transaction, before the invoice is made; and what is told is only ever the one invoice whose
hash was stored. An invoice that was made and not stored is known to nobody, and expires.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..core.errors import (
    ImplausibleRate,
    InvalidInput,
    InvoiceNotMade,
    LimitExceeded,
    MachineInactive,
    Ratchet,
    ensure,
)
from ..core.model import Machine
from ..core.npub import key_hex
from ..core.rates import is_plausible, reference_for
from ..core.stamp import SOURCE
from ..core.states import TxType
from ..core.transactions import (
    QUOTE_SECONDS,
    HeldFor,
    Transaction,
    TransactionState,
    amounts_of,
    check_news,
)
from ..core.units import format_fiat, rate_fraction
from ..engine.land import RECENT_SALES
from ..engine.machine_limits import left_for, limits_of
from ..ports import Host, HostRefused
from ..ports.lightning import Charge
from ..store.books import Books, Store
from ..store.sql import Row

#: Who acts where a machine does.
MACHINE = "machine"


@dataclass(frozen=True, kw_only=True)
class CashOutAsked:
    """What a machine posts for a cash-out, read."""

    txid: str
    version: int
    fiat_minor: int
    #: decimal text
    exchange_rate: str
    #: (value in minor units, count), or None
    bills: Sequence[tuple[int, int]] | None


async def ask_for_cash_out(
    store: Store, host: Host, machine: Row, asked: CashOutAsked, *, signer: str, event_id: str
) -> tuple[Transaction, bool]:
    """The transaction with its invoice, and whether it is a new one.

    Raises Stale, Ratchet, MachineInactive, ImplausibleRate, LimitExceeded, InvoiceNotMade, InvalidInput.
    """
    host_rate = await host.rate_at_hand(machine["currency"])
    async with store.transaction("cash_out", actor=MACHINE) as books:
        known = await books.transactions.called(machine["id"], asked.txid)
        if known is not None:
            one = await _posted_again(books, known, asked)
        else:
            one = await _new(books, machine, asked, host_rate, signer=signer, event_id=event_id)
    if one.payment_hash is None and one.state_at(books.now) is TransactionState.INVOICED:
        one = await _with_invoice(store, host, machine, one)
    return one, known is None


async def _posted_again(books: Books, known: Transaction, asked: CashOutAsked) -> Transaction:
    if known.tx_type is not TxType.CASH_OUT:
        raise Ratchet(field="txid", problem="it is the one of a cash-in")
    is_news = check_news(
        known_version=known.version,
        version=asked.version,
        constants={
            "fiat_amount": (known.fiat_minor, asked.fiat_minor),
            "exchange_rate": (rate_fraction(known.exchange_rate), rate_fraction(asked.exchange_rate)),
            "bills": (known.bills, _bills_text(asked.bills, known.currency)),
        },
        growing={},
    )
    if not is_news:
        return known
    return await books.transactions.amend(known, "posted_again", version=asked.version)


async def _new(
    books: Books, row: Row, asked: CashOutAsked, host_rate: str | None, *, signer: str, event_id: str
) -> Transaction:
    machine = await books.machines.get(row["id"])
    # It may have been switched off, or its key revoked, while the request was read.
    if machine is None or not machine.active or machine.npub is None or key_hex(machine.npub) != signer:
        raise MachineInactive()
    await _require_plausible(books, machine, asked, host_rate)
    left = await left_for(books, row, TxType.CASH_OUT)
    exceeded = left.exceeded_by(asked.fiat_minor)
    if exceeded is not None:
        limit, minor = exceeded
        raise LimitExceeded(limit=limit, left=format_fiat(minor, machine.currency), currency=machine.currency)
    amounts = amounts_of(
        TxType.CASH_OUT, asked.fiat_minor, asked.exchange_rate, machine.currency, machine.cash_out_fee_ppm
    )
    if amounts.principal_sats == 0:
        raise InvalidInput(field="exchange_rate", problem="at this rate the amount comes to no sat")
    threshold = limits_of(row, TxType.CASH_OUT).hold_above_minor
    is_above = threshold is not None and asked.fiat_minor > threshold
    return await books.transactions.open(
        {
            "machine_id": machine.id,
            "operator_user_id": machine.operator_user_id,
            "wallet_id": machine.wallet_id,
            "txid": asked.txid,
            "tx_type": TxType.CASH_OUT,
            "state": TransactionState.INVOICED,
            "version": asked.version,
            "currency": machine.currency,
            "exchange_rate": asked.exchange_rate,
            "fiat_minor": asked.fiat_minor,
            "principal_sats": amounts.principal_sats,
            "commission_sats": amounts.commission_sats,
            "wire_sats": amounts.wire_sats,
            "signer": signer,
            "event_id": event_id,
            "bills": _bills_text(asked.bills, machine.currency),
            "held_for": HeldFor.ABOVE_THRESHOLD if is_above else None,
            "expires_at": books.now + QUOTE_SECONDS,
        }
    )


async def _require_plausible(
    books: Books, machine: Machine, asked: CashOutAsked, host_rate: str | None
) -> None:
    """Nobody is asked to pay at a rate that its sale would be held for."""
    recent = await books.machines.recent_rates(machine.id, RECENT_SALES)
    reference = reference_for(machine, recent, host_rate)
    if not is_plausible(rate_fraction(asked.exchange_rate), reference, machine.rate_tolerance_ppm):
        raise ImplausibleRate(exchange_rate=asked.exchange_rate, reference_rate=reference)


async def _with_invoice(store: Store, host: Host, machine: Row, one: Transaction) -> Transaction:
    """Make the invoice, and store its hash before anybody is told of it."""
    try:
        invoice = await host.lightning.charge(_charge(machine, one))
    except HostRefused as refusal:
        raise InvoiceNotMade(reason=str(refusal), retry_after=5) from refusal
    ensure(invoice.amount_msat == 1000 * one.wire_sats, "LNbits makes the invoice that it was asked for")
    async with store.transaction("cash_out_invoice", actor=MACHINE) as books:
        current = await books.transactions.get(one.id)
        if current is None or current.payment_hash is not None or current.state is not one.state:
            # The same post was worked on twice at once: the first one's invoice is the one.
            return current or one
        return await books.transactions.amend(
            current,
            "invoiced",
            payment_hash=invoice.payment_hash,
            bolt11=invoice.bolt11,
            expires_at=invoice.expires_at,
        )


def _charge(machine: Row, one: Transaction) -> Charge:
    """The invoice, with the full stamp for readers of LNbits' own pages; these books go by their record."""
    amount = format_fiat(one.fiat_minor, one.currency)
    extra: Mapping[str, object] = {
        "source": SOURCE,
        "type": one.tx_type.value,
        "principal_sats": one.principal_sats,
        "fee_sats": one.commission_sats,
        "exchange_rate": one.exchange_rate,
        "currency": one.currency,
        "fiat_amount": amount,
        "txid": one.txid,
        "machine_npub": one.signer,
        "nostr_sender_pubkey": one.signer,
        "nostr_event_id": one.event_id,
        "bills": json.loads(one.bills) if one.bills else None,
    }
    return Charge(
        wallet_id=one.wallet_id,
        amount_sats=one.wire_sats,
        memo=f"{machine['name']}: {amount} {one.currency} in cash",
        expiry_seconds=QUOTE_SECONDS,
        extra=extra,
        external_id=f"smt1:{one.id}",
    )


def _bills_text(bills: Sequence[tuple[int, int]] | None, currency: str) -> str | None:
    """Notes as JSON text, the largest first, so that the same notes are the same text."""
    if bills is None:
        return None
    listed = [
        {"denomination": format_fiat(minor, currency), "count": count}
        for minor, count in sorted(bills, reverse=True)
    ]
    return json.dumps(listed)
