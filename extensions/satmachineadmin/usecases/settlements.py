"""Settlements: what a person decides about them."""

from __future__ import annotations

from typing import Any

from ..core.errors import SaleIsTest
from ..core.states import MatterKind, SettlementState
from ..store import rows
from ..store.books import Store
from .permissions import may


async def release_settlement(
    store: Store, user_id: str, settlement_id: str, *, as_real_sale: bool = False
) -> None:
    """Let a held sale go on to be planned and paid. Raises ArrowNotAllowed when it is not held.

    A test sale is released only as a real one, and is a sale like any other from then on: LPs' cash is
    drawn for it, and it counts. Raises SaleIsTest where that was not asked for.
    """
    async with store.transaction("release", actor=user_id) as books:
        row = may(user_id, "release", await books.settlements.row(settlement_id), "settlement")
        settlement = rows.settlement(row)
        is_held_test = settlement.is_test and settlement.state is SettlementState.HELD
        if is_held_test and not as_real_sale:
            raise SaleIsTest()
        columns: dict[str, Any] = {"is_test": False} if is_held_test else {}
        await books.settlements.move(
            settlement,
            SettlementState.PENDING,
            reason=None,
            next_try_at=None,
            waits_code=None,
            error_message=None,
            **columns,
        )
        if is_held_test:
            await books.machines.count_sale(settlement.machine_id, rows.seconds(settlement.paid_at))
        for kind in (MatterKind.NO_DISPENSE_REPORT, MatterKind.DISPENSE_FAILED):
            await books.worklist.close(kind, settlement.id)
