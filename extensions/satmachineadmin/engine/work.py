"""One round of the engine: land what is new, plan, pay and retry what is due, end what was held long enough.

The runner in tasks.py calls this whenever something wakes it, and every few seconds anyway. One
settlement that goes wrong stops alone: a bug takes it to `errored`, where a person sees it; trouble
with the host or the database lets it wait and try again. Neither holds up the next one.
"""

from __future__ import annotations

from collections.abc import Callable

from loguru import logger

from ..core.errors import InvariantViolated, StateMoved
from ..core.lease import Lease, LeaseLost
from ..core.model import Due
from ..core.states import MatterKind, SettlementState
from ..ports import Host, Store
from ..uncancelled import to_the_end
from .cash_in import end_left
from .forward import forward_arrivals, take_up_addresses
from .hold import end_hold
from .land import land_new_payments
from .pay import pay_settlement
from .plan import plan_settlement
from .revise.retry import retry_by_itself
from .revise.settle import pay_balances

#: Settlements of one round; the rest comes with the next.
BATCH = 50
#: How long a settlement is left alone after trouble with the host or the database.
TROUBLE_SECONDS = 30
#: The same after somebody changed it while it was worked on.
MOVED_SECONDS = 5


async def work_once(
    store: Store, host: Host, lease: Lease, is_stopping: Callable[[], bool], *, is_start: bool = False
) -> bool:
    """Land, plan and pay once; `is_start` for the first round of a process.

    True when there may be more to do at once. Raises LeaseLost.
    """
    landed = await to_the_end(land_new_payments(store, host, is_stopping, is_start=is_start))
    due, overdue = await to_the_end(_due(store))
    for one in due:
        if is_stopping():
            return False
        await to_the_end(_advance(store, host, lease, one, is_stopping))
    for settlement_id in overdue:
        if is_stopping():
            return False
        await to_the_end(end_hold(store, settlement_id))
    await pay_balances(store, host, lease, is_stopping)
    await to_the_end(take_up_addresses(store, lease))
    await to_the_end(end_left(store, host))
    while await to_the_end(forward_arrivals(store, lease, is_start=is_start)):
        if is_stopping():
            return False
    return bool(landed) or bool(overdue) or len(due) == BATCH


async def _due(store: Store) -> tuple[list[Due], list[str]]:
    """What wants to be planned or paid, and the held sales whose time is over."""
    async with store.reading() as books:
        return await books.settlements.due(BATCH), await books.settlements.overdue_holds(BATCH)


async def _advance(store: Store, host: Host, lease: Lease, due: Due, is_stopping: Callable[[], bool]) -> None:
    """Plan and pay one settlement; whatever goes wrong is written to it."""
    settlement_id = due.settlement_id
    claim = f"{lease.holder}/{lease.epoch}"
    try:
        if due.state is SettlementState.ERRORED:
            await retry_by_itself(store, host, settlement_id, lease, claim)
        elif due.state is SettlementState.PROCESSING and due.claim != claim:
            await _take_over(store, due, lease, claim)
        await plan_settlement(store, host, settlement_id, claim)
        await pay_settlement(store, host, due, lease, is_stopping)
    except LeaseLost:
        raise
    except StateMoved:
        logger.info(f"satmachineadmin: settlement {settlement_id} was changed while it was worked on")
        await _let_wait(store, settlement_id, "It was changed meanwhile.", MOVED_SECONDS)
    except InvariantViolated as bug:
        logger.exception(f"satmachineadmin stopped settlement {settlement_id}: {bug}")
        await _stop(store, settlement_id, f"A rule of the program was broken: {bug}. Nothing more is paid.")
    except Exception as trouble:  # noqa: BLE001 - the outermost loop: one settlement never stops the queue
        logger.exception(f"satmachineadmin could not advance settlement {settlement_id}: {trouble!r}")
        await _let_wait(store, settlement_id, f"{type(trouble).__name__}: it is tried again by itself.")


async def _take_over(store: Store, due: Due, lease: Lease, claim: str) -> None:
    """Go on with what another process left behind: safe, because paying is exactly once."""
    async with store.transaction("takeover") as books:
        await books.require_lease(lease)
        await books.settlements.take_over(due.settlement_id, due.claim, claim)


async def _stop(store: Store, settlement_id: str, sentence: str) -> None:
    async with store.transaction("stop") as books:
        settlement = await books.settlements.get(settlement_id)
        if settlement and settlement.state in (SettlementState.PENDING, SettlementState.PROCESSING):
            await books.settlements.move(
                settlement, SettlementState.ERRORED, waits_code="rule_broken", error_message=sentence
            )
            await books.worklist.open(
                MatterKind.STOPPED,
                settlement_id,
                operator_user_id=settlement.operator_user_id,
                machine_id=settlement.machine_id,
                detail=sentence,
            )


async def _let_wait(store: Store, settlement_id: str, sentence: str, seconds: int = TROUBLE_SECONDS) -> None:
    async with store.transaction("trouble") as books:
        settlement = await books.settlements.get(settlement_id)
        if settlement and settlement.state in (SettlementState.PENDING, SettlementState.PROCESSING):
            await books.settlements.wait(
                settlement, code="trouble", sentence=sentence, until=books.now + seconds
            )
