"""Refunds: an operator gives a customer back what was paid for notes that did not come out."""

from __future__ import annotations

from ..core.model import Settlement
from ..engine.refund import cancel_refund, open_refund
from ..host.lnbits_host import LnbitsHost
from ..store import rows
from ..store.books import Store
from .permissions import may


async def make_refund_link(
    store: Store, host: LnbitsHost, user_id: str, settlement_id: str, reason: str
) -> None:
    """Make the link. Raises NothingToRefund, RefundUnderWay."""
    await open_refund(store, host, await _own(store, user_id, settlement_id), reason, by=user_id)


async def take_back_refund_link(store: Store, user_id: str, settlement_id: str) -> None:
    """Cancel the link while nobody has claimed it. Raises NothingToRefund, ArrowNotAllowed."""
    await cancel_refund(store, await _own(store, user_id, settlement_id), by=user_id)


async def _own(store: Store, user_id: str, settlement_id: str) -> Settlement:
    async with store.reading() as books:
        row = may(user_id, "refund", await books.settlements.row(settlement_id), "settlement")
    return rows.settlement(row)
