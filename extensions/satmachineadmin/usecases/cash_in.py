"""Cash-in: a machine posts the banknotes of a customer, one by one, and the server says what they buy.

What can go wrong: a note that is in the machine and in no book, a note counted twice, a customer who gave
cash for which there are no sats. So what may be taken is said before the first note, and refused then; what
is posted afterwards is recorded whatever stands against it, each note once by its id, in one serial
transaction with the amounts that follow from it. What the customer gets the server computes alone: from the
notes, the rate that was posted first, and the commission that was configured then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.cash_in import is_too_few, most_by_sats, most_fiat, new_notes, sum_of
from ..core.errors import (
    ImplausibleRate,
    InvalidInput,
    MachineInactive,
    Ratchet,
    TooFewSats,
    TransactionClosed,
    UnknownKey,
)
from ..core.machine_limits import Left
from ..core.model import Machine
from ..core.npub import key_hex
from ..core.states import TxType
from ..core.transactions import Transaction, TransactionState, amounts_of
from ..core.units import MAX_SATS, format_fiat, rate_fraction
from ..engine.cash_in import end_collecting, is_rate_plausible, pay_by_link_of_machine
from ..engine.machine_limits import left_for, limits_of
from ..ports import OWN_EXTENSION, Books, Host, PayoutFacts, Store
from ..store.sql import Row
from ..uncancelled import to_the_end
from .cash_out import MACHINE


@dataclass(frozen=True, kw_only=True)
class CashInPosted:
    """What a machine posts of a cash-in, read."""

    txid: str
    version: int
    #: decimal text
    exchange_rate: str
    #: id → value in minor units, in the order in which they were taken
    notes: Mapping[str, int]
    is_done: bool
    #: of LNbits' withdraw extension; None where the link is to be ours
    withdraw_link_id: str | None


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """A cash-in after a post."""

    transaction: Transaction
    is_new: bool
    #: how much it may take in all, in minor units; None once it takes nothing any more
    most_minor: int | None


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What a post is held against: read before the transaction, or inside it."""

    signer: str
    event_id: str
    host_rate: str | None
    #: what the host says of the wallet that pays
    facts: PayoutFacts


async def take_in(
    store: Store, host: Host, machine: Row, posted: CashInPosted, *, signer: str, event_id: str
) -> TakenIn:
    """Record what a machine posts.

    Raises Stale, Ratchet, TransactionClosed, MachineInactive, ImplausibleRate, TooFewSats, InvalidInput,
    UnknownKey.
    """
    async with store.reading() as books:
        before = await books.transactions.called(machine["id"], posted.txid)
    wallet_id = before.wallet_id if before else machine["wallet_id"]
    desk = _Desk(
        signer=signer,
        event_id=event_id,
        host_rate=await host.rate_at_hand(machine["currency"]),
        facts=await to_the_end(host.facts(wallet_id, (), OWN_EXTENSION)),
    )
    async with store.transaction("cash_in", actor=MACHINE) as books:
        row = await books.machines.row(machine["id"])
        current = await books.machines.get(machine["id"])
        # Its key may have been revoked while the request was read.
        if row is None or current is None or current.npub is None or key_hex(current.npub) != signer:
            raise UnknownKey()
        known = await books.transactions.called(current.id, posted.txid)
        if known is None:
            one = await _begin(books, row, current, posted, desk)
        else:
            one = await _go_on(books, current, known, posted, desk)
        most_minor = None
        if one.state is TransactionState.COLLECTING:
            by_sats, left = await _room(books, row, current, one.exchange_rate, desk, without=one)
            most_minor = most_fiat(by_sats, left)
    return TakenIn(transaction=one, is_new=known is None, most_minor=most_minor)


async def _begin(books: Books, row: Row, machine: Machine, posted: CashInPosted, desk: _Desk) -> Transaction:
    if not posted.notes:
        await _require_ready(books, row, machine, posted, desk)
    total_minor = sum_of(posted.notes)
    await _require_free_link(books, posted.withdraw_link_id)
    one = await books.transactions.open(
        {
            "machine_id": machine.id,
            "operator_user_id": machine.operator_user_id,
            "wallet_id": machine.wallet_id,
            "txid": posted.txid,
            "tx_type": TxType.CASH_IN,
            "state": TransactionState.COLLECTING,
            "version": posted.version,
            "currency": machine.currency,
            "exchange_rate": posted.exchange_rate,
            "fee_ppm": machine.cash_in_fee_ppm,
            "fiat_minor": total_minor,
            **_amounts(total_minor, posted.exchange_rate, machine.currency, machine.cash_in_fee_ppm),
            "signer": desk.signer,
            "event_id": desk.event_id,
            "withdraw_link_id": posted.withdraw_link_id,
        }
    )
    await _record_notes(books, machine, one, posted.notes, posted.notes)
    return await end_collecting(books, one, desk.host_rate, by=MACHINE) if posted.is_done else one


async def _require_ready(books: Books, row: Row, machine: Machine, posted: CashInPosted, desk: _Desk) -> None:
    """Before the first note: whatever stands against taking one is said now."""
    if not machine.active:
        raise MachineInactive()
    is_usable, reference = await is_rate_plausible(books, machine, posted.exchange_rate, desk.host_rate)
    if not is_usable:
        raise ImplausibleRate(exchange_rate=posted.exchange_rate, reference_rate=reference)
    by_sats, left = await _room(books, row, machine, posted.exchange_rate, desk)
    if not posted.is_done and is_too_few(by_sats, limits_of(row, TxType.CASH_IN), left):
        most = format_fiat(most_fiat(by_sats, left), machine.currency)
        raise TooFewSats(most_fiat_amount=most, currency=machine.currency)


async def _go_on(
    books: Books, machine: Machine, known: Transaction, posted: CashInPosted, desk: _Desk
) -> Transaction:
    if known.tx_type is not TxType.CASH_IN:
        raise Ratchet(field="txid", problem="it is the one of a cash-out")
    if posted.withdraw_link_id != known.withdraw_link_id:
        await _require_free_link(books, posted.withdraw_link_id)
    notes = {
        row["note_id"]: int(row["denomination_minor"]) for row in await books.transactions.notes(known.id)
    }
    is_open = known.state is TransactionState.COLLECTING
    fresh = new_notes(
        known_version=known.version,
        version=posted.version,
        constants=_constants(known, posted),
        known=notes,
        posted=posted.notes,
    )
    if fresh is None:
        if (posted.is_done and is_open) or posted.withdraw_link_id not in (None, known.withdraw_link_id):
            raise Ratchet(field="done", problem="what is new needs a higher version")
        return known
    if not is_open:
        return await _news_of_ended(books, known, posted, fresh)
    if not posted.notes and not posted.is_done and not machine.active:
        raise MachineInactive()
    total_minor = sum_of(posted.notes)
    one = await books.transactions.amend(
        known,
        "notes_taken",
        version=posted.version,
        fiat_minor=total_minor,
        **_amounts(total_minor, known.exchange_rate, known.currency, known.fee_ppm or 0),
        withdraw_link_id=posted.withdraw_link_id,
    )
    await _record_notes(books, machine, one, fresh, posted.notes)
    return await end_collecting(books, one, desk.host_rate, by=MACHINE) if posted.is_done else one


def _constants(known: Transaction, posted: CashInPosted) -> dict[str, tuple[object, object]]:
    """What may not be another one: field → (known, posted). A link is named once, at the end."""
    rates = (rate_fraction(known.exchange_rate), rate_fraction(posted.exchange_rate))
    if known.withdraw_link_id is None or posted.withdraw_link_id is None:
        return {"exchange_rate": rates}
    return {
        "exchange_rate": rates,
        "withdraw_link_id": (known.withdraw_link_id, posted.withdraw_link_id),
    }


async def _news_of_ended(
    books: Books, known: Transaction, posted: CashInPosted, fresh: Mapping[str, int]
) -> Transaction:
    """It takes no more notes; a machine that was cut off may still say by which link it pays."""
    if fresh:
        raise TransactionClosed()
    one = known
    if posted.withdraw_link_id is not None and known.withdraw_link_id is None:
        one = await pay_by_link_of_machine(books, known, posted.withdraw_link_id)
    return await books.transactions.amend(one, "posted_again", version=posted.version)


async def _require_free_link(books: Books, link_id: str | None) -> None:
    if link_id is not None and await books.transactions.of_links([link_id]):
        raise Ratchet(field="withdraw_link_id", problem="it pays another transaction")


def _amounts(fiat_minor: int, exchange_rate: str, currency: str, fee_ppm: int) -> dict[str, int]:
    """Columns of what notes come to. Raises InvalidInput for more sats than there are."""
    amounts = amounts_of(TxType.CASH_IN, fiat_minor, exchange_rate, currency, fee_ppm)
    if amounts.principal_sats > MAX_SATS:
        raise InvalidInput(
            field="exchange_rate", problem="at this rate it is more than all the sats there are"
        )
    return {
        "principal_sats": amounts.principal_sats,
        "commission_sats": amounts.commission_sats,
        "wire_sats": amounts.wire_sats,
    }


async def _record_notes(
    books: Books, machine: Machine, one: Transaction, fresh: Mapping[str, int], all_of_it: Mapping[str, int]
) -> None:
    """The notes that are new, and what the machine's box holds since."""
    if not fresh:
        return
    await books.transactions.add_notes(one, list(fresh.items()))
    counts: dict[int, int] = {}
    for minor in all_of_it.values():
        counts[minor] = counts.get(minor, 0) + 1
    await books.cash_units.taken(machine, counts.items(), one.id)


async def _room(
    books: Books,
    row: Row,
    machine: Machine,
    exchange_rate: str,
    desk: _Desk,
    *,
    without: Transaction | None = None,
) -> tuple[int, Left]:
    """The most fiat by the wallet's sats, and what is left of the limits, for a transaction as a whole."""
    own_id, currency = (without.id, without.currency) if without else (None, machine.currency)
    free_sats, payer = 0, desk.facts.payer
    # Without its wallet a machine pays nobody; what is in it is recorded all the same.
    if payer is not None and not payer.deleted:
        bound_sats = await books.funds.bound_sats(machine, payer.id)
        owed_sats = await books.transactions.owed_sats(machine.id, without=own_id)
        free_sats = desk.facts.payer_balance_msat // 1000 - bound_sats - owed_sats
    by_sats = most_by_sats(free_sats, desk.facts.limits, exchange_rate, currency)
    return by_sats, await left_for(books, row, TxType.CASH_IN, without=own_id)
