"""Settlements: what a person decides about them."""

from __future__ import annotations

from ..core.states import SettlementState
from ..store import rows
from ..store.books import Store
from .permissions import may


async def release_settlement(store: Store, user_id: str, settlement_id: str) -> None:
    """Let a held sale go on to be planned and paid. Raises ArrowNotAllowed when it is not held."""
    async with store.transaction("release", actor=user_id) as books:
        row = may(user_id, "release", await books.settlements.row(settlement_id), "settlement")
        await books.settlements.move(rows.settlement(row), SettlementState.PENDING, reason=None)
