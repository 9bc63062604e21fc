"""CLAIM: a customer's wallet asks for a link and hands in its invoice (LUD-03).

What can go wrong: a link that two wallets claim at once, an invoice that pays a machine or belongs to
another payment. So every field of the invoice is held against what the link offers, and the link goes from
`open` to `claimed` by compare-and-swap, with the invoice and its hash stored, in one serial transaction:
the second wallet finds it used. Who pays it is engine/claims.py; of a refund's leg engine/pay_external.py.
"""

from __future__ import annotations

from ..core.errors import WithdrawalRefused, ensure
from ..core.states import WithdrawalState
from ..core.transactions import TransactionState
from ..core.withdrawing import WithdrawalKind
from ..ports import Books, Host, Store
from ..ports.lightning import TargetRefused
from ..ports.withdrawal_book import Link
from . import refund
from .write_down import check_invoice_on, has_hash

#: A link whose customer handed in this very invoice is as good as claimed once more.
_TAKEN = (WithdrawalState.CLAIMED, WithdrawalState.PAID)


async def hand_in(store: Store, host: Host, k1: str, bolt11: str) -> None:
    """A customer's invoice for a link: checked, written down, and paid by the runner.

    Raises WithdrawalRefused with a sentence for the customer.
    """
    async with store.reading() as books:
        link = await books.withdrawals.by_secret(k1)
        if link is not None and link["kind"] == WithdrawalKind.REFUND:
            link = None
        elif link is None or not _is_same_again(link, bolt11):
            link = await refund.open_link(books, k1)
    if link is None:
        await refund.hand_in(store, host, k1, bolt11)
    elif not _is_same_again(link, bolt11):
        await _claim(store, host, link, bolt11)


def _is_same_again(link: Link, bolt11: str) -> bool:
    """The wallet got no answer and asks again, or it asks twice."""
    return link["state"] in _TAKEN and bool(bolt11) and link["bolt11"] == bolt11.lower()


async def _claim(store: Store, host: Host, link: Link, bolt11: str) -> None:
    try:
        invoice = host.lightning.read(bolt11)
        await check_invoice_on(
            store,
            host,
            invoice,
            network=await _network(store, host, link),
            payer_wallet_id=link["wallet_id"],
            asked_msat=link["amount_msat"],
            metadata=None,
        )
    except TargetRefused as refusal:
        raise WithdrawalRefused(reason=str(refusal)) from refusal
    async with store.transaction("claim") as books:
        current = await refund.open_link(books, link["k1"])
        if await has_hash(books, invoice.payment_hash):
            raise WithdrawalRefused(reason="This invoice belongs to another payment.")
        await books.withdrawals.move(
            current,
            WithdrawalState.CLAIMED,
            payment_hash=invoice.payment_hash,
            bolt11=invoice.bolt11,
            claimed_at=books.now,
            error_message=None,
            next_try_at=None,
        )
        if current["kind"] == WithdrawalKind.CASH_IN:
            await _expect(books, current, invoice.payment_hash)


async def _expect(books: Books, link: Link, payment_hash: str) -> None:
    """The payment lands as this transaction's, and as nothing else."""
    one = await books.transactions.get(link["transaction_id"])
    if one is None or one.state is not TransactionState.OFFERED:
        raise WithdrawalRefused(reason="This link was used or taken back.")
    ensure(one.wire_sats * 1000 == link["amount_msat"], "a link is over what its transaction comes to")
    await books.transactions.expect_payment(one, payment_hash)


async def _network(store: Store, host: Host, link: Link) -> str:
    """The network of the payment that a refund is of, else of the machine's newest cash-out."""
    async with store.reading() as books:
        wallet_id, payment_hash = await books.funds.some_payment(link["machine_id"], link["settlement_id"])
    return await host.lightning.network(wallet_id, payment_hash)
