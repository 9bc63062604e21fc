"""Refunds: an operator gives a customer back what was paid for notes that did not come out."""

from __future__ import annotations

from ..core.model import Settlement
from ..engine.refund import cancel_refund, open_refund
from ..engine.refund_failed import can_refund_failed, refund_failed, refund_late
from ..host.lnbits_host import LnbitsHost
from ..store import rows
from ..store.books import Store
from .permissions import may
from .wallets import own_wallet, refuse_machine_wallet


async def make_refund_link(
    store: Store, host: LnbitsHost, user_id: str, settlement_id: str, reason: str, wallet_id: str | None
) -> None:
    """Make the link: over sats that stay in the machine's wallet or, of a sale that was paid out before it
    was known that notes did not come out, over a wallet of the operator's.

    Raises NothingToRefund, RefundUnderWay, and what a wallet is refused for.
    """
    settlement = await _own(store, user_id, settlement_id)
    if wallet_id is not None:
        wallet = await own_wallet(user_id, wallet_id)
        async with store.reading() as books:
            await refuse_machine_wallet(books, wallet.id)
        await refund_late(store, host, settlement, wallet.id, reason, by=user_id)
    elif can_refund_failed(settlement):
        await refund_failed(store, host, settlement, reason, by=user_id)
    else:
        await open_refund(store, host, settlement, reason, by=user_id)


async def take_back_refund_link(store: Store, user_id: str, settlement_id: str) -> None:
    """Cancel the link while nobody has claimed it. Raises NothingToRefund, ArrowNotAllowed."""
    await cancel_refund(store, await _own(store, user_id, settlement_id), by=user_id)


async def _own(store: Store, user_id: str, settlement_id: str) -> Settlement:
    async with store.reading() as books:
        row = may(user_id, "refund", await books.settlements.row(settlement_id), "settlement")
    return rows.settlement(row)
