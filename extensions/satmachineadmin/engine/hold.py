"""HOLD: end the waiting of sales that a machine's payout policy holds. DESIGN §6.

A held sale is looked at again when its time is over. `awaiting_delay`: it is released. `awaiting_dispense`:
the machine has not reported what came out, so nobody knows whose cash it was; it stays held, and a person
is asked. What the machine is set up for by now does not matter: the sale landed under its own terms.
"""

from __future__ import annotations

from ..core.errors import ensure
from ..core.landing import HoldReason
from ..core.model import Settlement
from ..core.states import MatterKind, SettlementState
from ..ports import Books, Store


async def end_hold(store: Store, settlement_id: str) -> None:
    """Release a held sale whose time is over, or ask a person; nothing when somebody has decided on it.

    Whoever else releases it at this moment comes before or after this transaction, never between.
    """
    async with store.transaction("hold") as books:
        settlement = await books.settlements.overdue_hold(settlement_id)
        if settlement is None:
            return
        ensure(not settlement.is_test, "a test sale waits for a person, not for a time")
        if settlement.reason == HoldReason.AWAITING_DELAY:
            await books.settlements.move(settlement, SettlementState.PENDING, reason=None, next_try_at=None)
        else:
            await _ask_for_report(books, settlement)


async def _ask_for_report(books: Books, settlement: Settlement) -> None:
    sentence = (
        "The machine has not reported in time which notes came out. "
        "Look at the machine before you release the sale."
    )
    await books.settlements.wait(
        settlement, code=MatterKind.NO_DISPENSE_REPORT, sentence=sentence, until=None
    )
    await books.worklist.open(
        MatterKind.NO_DISPENSE_REPORT,
        settlement.id,
        operator_user_id=settlement.operator_user_id,
        machine_id=settlement.machine_id,
        detail=f"The sale of {settlement.wire_sats} sat is held. {sentence}",
    )
