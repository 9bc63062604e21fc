"""What an operator decides about a customer's cash that is in a machine."""

from __future__ import annotations

from ..core.errors import ActionNotAllowed
from ..core.transactions import Transaction
from ..core.withdrawing import mark_of_link
from ..engine import cash_in
from ..ports import Host
from ..store.books import Books, Store
from ..store.transactions import transaction
from ..uncancelled import to_the_end
from .permissions import may


async def release_cash_in(store: Store, user_id: str, transaction_id: str) -> None:
    """Let the customer of a held cash-in have its sats. Raises NotFound, ActionNotAllowed."""
    async with store.transaction("release_cash_in", actor=user_id) as books:
        await cash_in.release(books, await _own(books, user_id, "release", transaction_id), by=user_id)


async def extend_link(store: Store, user_id: str, transaction_id: str, days: int) -> None:
    """The link of a cash-in can be claimed until so many days from now. Raises NotFound, ActionNotAllowed."""
    async with store.transaction("extend_link", actor=user_id) as books:
        await cash_in.extend(books, await _own(books, user_id, "extend", transaction_id), days)


async def give_cash_back(store: Store, host: Host, user_id: str, transaction_id: str, reason: str) -> None:
    """The customer of a cash-in was given its cash, and its link is of no use any more.

    Raises NotFound, ActionNotAllowed; so it does where LNbits' books hold a payment of the link, which
    these, restored from an older copy, do not know.
    """
    async with store.reading() as books:
        one = await _own(books, user_id, "give_back", transaction_id)
        link = await books.withdrawals.of_transaction(one.id)
    if link is not None:
        paid = await to_the_end(host.history.paid_under(link["wallet_id"], mark_of_link(link["id"])))
        if paid:
            raise ActionNotAllowed(thing="transaction", state="paid", action="give_back")
    async with store.transaction("give_cash_back", actor=user_id) as books:
        await cash_in.give_back(books, await _own(books, user_id, "give_back", transaction_id), reason)


async def _own(books: Books, user_id: str, action: str, transaction_id: str) -> Transaction:
    return transaction(may(user_id, action, await books.transactions.row(transaction_id), "transaction"))
