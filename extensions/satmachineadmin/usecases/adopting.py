"""Rejected landings: the operator supplies their facts, or puts them aside."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import ArrowNotAllowed, FactsUnusable, ImplausibleRate, InvalidInput, PaymentGone
from ..core.landing import RejectReason, adopt
from ..core.model import Facts, HostPayment, PlatformFee, Stamp
from ..core.rates import fiat_of, implied_rate, is_plausible, reference_for
from ..core.revising import why_not_dismissed
from ..core.states import SettlementState, TxType
from ..engine.land import RECENT_SALES
from ..ports import Host
from ..store import rows
from ..store.books import Books, Store
from ..store.payers import label_of
from ..store.sql import Row
from .permissions import may
from .supplying import machine_of

#: Remembered payers of one operator that are listed.
LONGEST_LIST = 200

_PROBLEMS = {
    RejectReason.WRONG_DIRECTION: "the payment went the other way",
    RejectReason.NOT_WHOLE_SATS: "the payment is not a whole number of sats",
    RejectReason.WIRE_DISAGREES: "principal and commission do not add up to what was paid",
    RejectReason.HOST_FEE_TOO_LARGE: "LNbits kept more of the payment than it brought",
    RejectReason.AMOUNTS_DISAGREE: "the principal is not this amount of fiat at this exchange rate",
}


@dataclass(frozen=True, kw_only=True)
class Supplied:
    """What the operator knows about a payment."""

    principal_sats: int
    commission_sats: int
    #: None: not known; with a rate, what the principal costs
    fiat_minor: int | None
    exchange_rate: str | None


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """A payment with the facts supplied."""

    facts: Facts
    fee: PlatformFee
    reference_rate: str | None
    is_plausible: bool


async def preview_adoption(
    store: Store, host: Host, user_id: str, settlement_id: str, supplied: Supplied
) -> Adoption:
    """What would be written. Raises ArrowNotAllowed, FactsUnusable, PaymentGone."""
    payment, host_rate = await _look_up(store, host, user_id, settlement_id)
    async with store.reading() as books:
        row = await _rejected(books, user_id, settlement_id)
        return await _decide(books, row, payment, supplied, host_rate)


async def adopt_settlement(
    store: Store, host: Host, user_id: str, settlement_id: str, supplied: Supplied, *, confirm: bool
) -> None:
    """Let a rejected payment be a sale after all, under the platform's fee of this moment.

    Raises ArrowNotAllowed, FactsUnusable, PaymentGone, and ImplausibleRate unless confirmed.
    """
    payment, host_rate = await _look_up(store, host, user_id, settlement_id)
    async with store.transaction("adopt", actor=user_id) as books:
        row = await _rejected(books, user_id, settlement_id)
        found = await _decide(books, row, payment, supplied, host_rate)
        if not found.is_plausible and not confirm:
            raise ImplausibleRate(
                exchange_rate=supplied.exchange_rate or "The rate of these amounts",
                reference_rate=found.reference_rate,
            )
        await books.settlements.adopt(rows.settlement(row), found.facts, found.fee)
        await books.machines.count_sale(row["machine_id"], row["paid_at"])


async def dismiss_settlement(
    store: Store, user_id: str, settlement_id: str, *, reason: str, remember_payer: bool
) -> None:
    """Put a payment aside. With `remember_payer` its payer's unstamped payments are top-ups from now on.

    Raises ActionNotAllowed for what is a sale beyond doubt.
    """
    async with store.transaction("dismiss", actor=user_id) as books:
        row = may(user_id, "dismiss", await books.settlements.row(settlement_id), "settlement")
        settlement = rows.settlement(row)
        refusal = why_not_dismissed(settlement)
        if refusal is not None:
            raise refusal
        await books.settlements.move(
            settlement, SettlementState.DISMISSED, error_message=reason, next_try_at=None
        )
        if not remember_payer:
            return
        wallet_id = row["payer_wallet_id"]
        if wallet_id is None:
            raise InvalidInput(
                field="remember_payer", problem="it did not come from somebody's wallet on this LNbits"
            )
        await books.payers.remember(user_id, wallet_id, label_of(wallet_id))


async def known_payers(store: Store, user_id: str) -> list[Row]:
    async with store.reading() as books:
        return await books.payers.all(user_id, LONGEST_LIST)


async def forget_payer(store: Store, user_id: str, payer_id: str) -> None:
    """Unstamped payments from there are rejected again, for the operator to look at."""
    async with store.transaction("payer", actor=user_id) as books:
        await books.payers.forget(may(user_id, "forget", await books.payers.row(payer_id), "payer"))


async def _rejected(books: Books, user_id: str, settlement_id: str) -> Row:
    row = may(user_id, "adopt", await books.settlements.row(settlement_id), "settlement")
    if row["state"] != SettlementState.REJECTED:
        raise ArrowNotAllowed(thing="settlement", before=row["state"], after="adopted")
    if await books.moving.settled_before(row["wallet_id"], [row["payment_hash"]]):
        raise FactsUnusable(problem="the predecessor had this payment for a sale, and may have paid it")
    return row


async def _look_up(
    store: Store, host: Host, user_id: str, settlement_id: str
) -> tuple[HostPayment, str | None]:
    """The payment as LNbits has it now, and its rate if it has one at hand."""
    async with store.reading() as books:
        row = await _rejected(books, user_id, settlement_id)
    found = await host.history.with_hashes(row["wallet_id"], [row["payment_hash"]])
    paid = [payment for payment in found if payment.status == "success"]
    if len(paid) != 1:
        raise PaymentGone()
    return paid[0], await host.rate_at_hand(row["currency"])


async def _decide(
    books: Books, row: Row, payment: HostPayment, supplied: Supplied, host_rate: str | None
) -> Adoption:
    machine = await machine_of(books, row["machine_id"])
    tx_type = TxType.CASH_OUT if payment.is_lightning_inbound else TxType.CASH_IN
    fee = await books.platform.fee(tx_type)
    stamp = _stamp(supplied, tx_type, machine.currency)
    facts = adopt(payment, machine, fee, stamp)
    if isinstance(facts, RejectReason):
        raise FactsUnusable(problem=_PROBLEMS[facts])
    reference = reference_for(machine, await books.machines.recent_rates(machine.id, RECENT_SALES), host_rate)
    implied = implied_rate(stamp.principal_sats, stamp.fiat_minor, stamp.exchange_rate, stamp.currency)
    return Adoption(
        facts=facts,
        fee=fee,
        reference_rate=reference,
        is_plausible=is_plausible(implied, reference, machine.rate_tolerance_ppm),
    )


def _stamp(supplied: Supplied, tx_type: TxType, currency: str) -> Stamp:
    """The facts in the form in which a machine would have written them."""
    fiat_minor = supplied.fiat_minor
    if fiat_minor is None and supplied.exchange_rate is not None:
        fiat_minor = fiat_of(supplied.principal_sats, supplied.exchange_rate, currency)
    return Stamp(
        tx_type=tx_type,
        principal_sats=supplied.principal_sats,
        commission_sats=supplied.commission_sats,
        exchange_rate=supplied.exchange_rate,
        fiat_minor=fiat_minor,
        currency=currency,
        txid=None,
        machine_npub=None,
        nostr_sender_pubkey=None,
        nostr_event_id=None,
        bills=None,
        cassettes=None,
    )
