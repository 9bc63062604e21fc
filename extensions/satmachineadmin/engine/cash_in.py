"""CASH-IN: what becomes of a customer's banknotes once it is done, up to the link to its sats.

What can go wrong: cash that is in a machine and forgotten, a customer with two links, a link for more than
was taken. So a cash-in that nobody ended is ended by the engine; its state, its link and what the operator
has to decide are written in one transaction; and a link can be claimed only while the transaction is
offered and unclaimed (engine/claims.py).
"""

from __future__ import annotations

import secrets

from loguru import logger

from ..core.cash_in import LEFT_SECONDS, why_held
from ..core.errors import ActionNotAllowed, InvariantViolated, StateMoved, TransactionClosed
from ..core.model import Machine
from ..core.rates import is_plausible, reference_for
from ..core.states import MatterKind, TxType, WithdrawalState
from ..core.transactions import CLAIM_SECONDS, HeldFor, Transaction, TransactionState
from ..core.units import format_fiat, rate_fraction
from ..core.withdrawing import WithdrawalKind
from ..ports import Books, Host, Store
from ..ports.withdrawal_book import Link
from .land import RECENT_SALES
from .machine_limits import left_for, limits_of

#: Cash-ins of one round that nobody has ended.
BATCH = 50
DAY_SECONDS = 86_400

_WHY = {
    HeldFor.ABOVE_THRESHOLD: "it is more than you let through unseen",
    HeldFor.ABOVE_TRANSACTION_LIMIT: "it is more than the limit of one transaction",
    HeldFor.ABOVE_HOUR_LIMIT: "it is more than was left of the hour's limit",
    HeldFor.ABOVE_DAY_LIMIT: "it is more than was left of the day's limit",
    HeldFor.IMPLAUSIBLE_RATE: "its rate is far from what the machine sold at lately",
}


async def is_rate_plausible(
    books: Books, machine: Machine, exchange_rate: str, host_rate: str | None
) -> tuple[bool, str | None]:
    """Whether a machine may buy at a rate, and what it is compared with."""
    recent = await books.machines.recent_rates(machine.id, RECENT_SALES)
    reference = reference_for(machine, recent, host_rate)
    return is_plausible(rate_fraction(exchange_rate), reference, machine.rate_tolerance_ppm), reference


async def end_left(store: Store, host: Host) -> int:
    """End what a machine has said nothing of for a quarter of an hour; how many there were."""
    async with store.reading() as books:
        left = await books.transactions.left_collecting(books.now - LEFT_SECONDS, BATCH)
    for one in left:
        try:
            await _end_one(store, one.id, await host.rate_at_hand(one.currency))
        except StateMoved:
            logger.info(f"satmachineadmin: transaction {one.id} was changed while it was ended")
    return len(left)


async def _end_one(store: Store, transaction_id: str, host_rate: str | None) -> None:
    async with store.transaction("cash_in_left") as books:
        one = await books.transactions.get(transaction_id)
        is_left = one is not None and one.state is TransactionState.COLLECTING
        if one is not None and is_left and one.updated_at <= books.now - LEFT_SECONDS:
            await end_collecting(books, one, host_rate, by="engine")


async def end_collecting(books: Books, one: Transaction, host_rate: str | None, *, by: str) -> Transaction:
    """The customer is done: cancelled without a note, else offered, or held for the operator."""
    if one.fiat_minor == 0:
        return await books.transactions.move(one, TransactionState.CANCELLED)
    reason = await _why_held(books, one, host_rate)
    if reason is None:
        return await _offer(books, one, by=by)
    held = await books.transactions.move(one, TransactionState.HELD, held_for=reason)
    amount = f"{format_fiat(one.fiat_minor, one.currency)} {one.currency}"
    await books.worklist.open(
        MatterKind.CASH_IN_HELD,
        one.id,
        operator_user_id=one.operator_user_id,
        machine_id=one.machine_id,
        detail=f"A customer gave {amount} in cash and waits for its sats: {_WHY[reason]}. Let it have them, "
        "or give the cash back.",
    )
    return held


async def _why_held(books: Books, one: Transaction, host_rate: str | None) -> HeldFor | None:
    machine = await books.machines.get(one.machine_id)
    row = await books.machines.row(one.machine_id)
    if machine is None or row is None:
        raise InvariantViolated("a transaction's machine exists")
    is_usable, _reference = await is_rate_plausible(books, machine, one.exchange_rate, host_rate)
    left = await left_for(books, row, TxType.CASH_IN, without=one.id)
    # Notes that come to no sat have no link; whoever looks at the rate sees why.
    is_usable &= one.wire_sats > 0
    return why_held(one.fiat_minor, limits_of(row, TxType.CASH_IN), left, is_plausible=is_usable)


async def _offer(books: Books, one: Transaction, *, by: str) -> Transaction:
    """The customer gets its link; none of ours where the machine pays by LNbits' withdraw extension."""
    expires_at = None if one.withdraw_link_id else books.now + CLAIM_SECONDS
    # Once the operator has let it go, its settlement waits for nobody any more.
    offered = await books.transactions.move(
        one, TransactionState.OFFERED, expires_at=expires_at, held_for=None
    )
    if expires_at is None:
        return offered
    await books.withdrawals.open(
        {
            "kind": WithdrawalKind.CASH_IN,
            "settlement_id": "",
            "transaction_id": one.id,
            "machine_id": one.machine_id,
            "operator_user_id": one.operator_user_id,
            "wallet_id": one.wallet_id,
            "k1": secrets.token_hex(32),
            "leg_sats": one.wire_sats,
            "amount_msat": one.wire_sats * 1000,
            "reason": "",
            "created_by": by,
            "expires_at": expires_at,
        }
    )
    return offered


async def pay_by_link_of_machine(books: Books, one: Transaction, link_id: str) -> Transaction:
    """The machine pays by a link of LNbits' withdraw extension: ours, if it was made already, is taken back.

    Raises TransactionClosed once ours was claimed.
    """
    if one.state not in (TransactionState.HELD, TransactionState.OFFERED):
        raise TransactionClosed()
    link = await books.withdrawals.of_transaction(one.id)
    if link is not None:
        if link["state"] != WithdrawalState.OPEN:
            raise TransactionClosed()
        await books.withdrawals.move(link, WithdrawalState.CANCELLED)
    return await books.transactions.amend(one, "link_registered", withdraw_link_id=link_id, expires_at=None)


# What the operator decides ----------------------------------------------------------------------


async def release(books: Books, one: Transaction, *, by: str) -> None:
    """Let the customer of a held cash-in have its sats. Raises ActionNotAllowed."""
    if not can_release(one):
        raise _not_allowed(one, "release")
    await _offer(books, one, by=by)
    await books.worklist.close(MatterKind.CASH_IN_HELD, one.id)


async def extend(books: Books, one: Transaction, days: int) -> None:
    """The link is good for so many days from now, also where it was over. Raises ActionNotAllowed."""
    link = _unclaimed(one, await books.withdrawals.of_transaction(one.id), "extend")
    expires_at = books.now + days * DAY_SECONDS
    await books.withdrawals.extend(link, expires_at)
    await books.transactions.amend(one, "extended", expires_at=expires_at)


async def give_back(books: Books, one: Transaction, reason: str) -> None:
    """The customer was given its cash: the link pays nobody any more. Raises ActionNotAllowed."""
    link = await books.withdrawals.of_transaction(one.id)
    if not can_give_back(one, link):
        raise _not_allowed(one, "give_back")
    if link is not None and link["state"] == WithdrawalState.OPEN:
        await books.withdrawals.move(link, WithdrawalState.CANCELLED)
    await books.transactions.move(one, TransactionState.CANCELLED, said={"reason": reason})
    await books.worklist.close(MatterKind.CASH_IN_HELD, one.id)


def can_release(one: Transaction) -> bool:
    return one.state is TransactionState.HELD and one.wire_sats > 0


def can_extend(one: Transaction, link: Link | None) -> bool:
    """Only a link that nobody has claimed."""
    return one.state is TransactionState.OFFERED and _is_open(link)


def can_give_back(one: Transaction, link: Link | None) -> bool:
    """Not while somebody is paid. Of a machine's own link nobody here knows whether it was claimed."""
    is_ours = one.withdraw_link_id is None
    is_offered = one.state is TransactionState.OFFERED and (_is_open(link) or not is_ours)
    return one.state is TransactionState.HELD or is_offered


def _is_open(link: Link | None) -> bool:
    return link is not None and link["state"] == WithdrawalState.OPEN


def _unclaimed(one: Transaction, link: Link | None, action: str) -> Link:
    if link is None or not can_extend(one, link):
        raise _not_allowed(one, action, link)
    return link


def _not_allowed(one: Transaction, action: str, link: Link | None = None) -> ActionNotAllowed:
    is_claimed = link is not None and link["state"] == WithdrawalState.CLAIMED
    state = "being paid" if is_claimed else one.state.value
    return ActionNotAllowed(thing="transaction", state=state, action=action)
