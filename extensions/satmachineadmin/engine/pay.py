"""PAY: move the sats of a planned settlement to their receivers, exactly once.

What can go wrong: a crash between the host's rows and ours, two processes paying the same leg, a
wallet that is emptied while we look, an exception although the money moved. The fast way answers all
of it with one database transaction over both books: either the payments and their legs are there, or
neither. Whether we may pay at all (the lease), whether the host's books hold the payment already (a
restored backup), and every limit of the host are looked at inside that same transaction.

Where that transaction cannot be trusted (`FastWayClosed`), engine/pay_slowly.py does the same job
through the host's own functions, one leg at a time, written down before each.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.lease import Lease
from ..core.model import Settlement
from ..core.states import LegState, PayWay, SettlementState
from ..ports import FastWayClosed, Host, Store, Transfer
from . import payout as steps
from .pay_slowly import pay_leg_by_leg, settle_handed_over_legs


async def pay_settlement(
    store: Store, host: Host, settlement_id: str, lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    """Pay what can be paid of a settlement in `processing`, and say what it waits for otherwise."""
    async with store.reading() as books:
        settlement = await books.settlements.get(settlement_id)
        legs = await books.legs.of(settlement_id)
    if settlement is None or settlement.state is not SettlementState.PROCESSING:
        return
    if any(leg.state in (LegState.PAYING, LegState.UNRESOLVED) for leg in legs):
        await settle_handed_over_legs(store, host, settlement, lease)
        async with store.reading() as books:
            legs = await books.legs.of(settlement_id)
    if not any(leg.state is LegState.PENDING for leg in legs):
        async with store.transaction("finish") as books:
            await steps.finish(books, settlement)
        return
    if await host.pay_way() is PayWay.FAST:
        try:
            await _pay_at_once(store, host, settlement, lease)
            return
        except FastWayClosed:
            pass
    await pay_leg_by_leg(store, host, settlement, lease, is_stopping)


async def _pay_at_once(store: Store, host: Host, settlement: Settlement, lease: Lease) -> None:
    """The fast way: one transaction over the host's books and ours."""
    transfers: list[Transfer] = []
    async with host.payout(settlement.wallet_id) as payout:
        books = payout.books
        await books.require_lease(lease)
        legs = await books.legs.of(settlement.id)
        if steps.nothing_paid(legs) and await payout.paid_before(steps.restored_mark(settlement)):
            await steps.stop_as_restored(books, settlement)
            return
        pending = [leg for leg in legs if leg.state is LegState.PENDING]
        destinations = await steps.find_destinations(books, pending)
        facts = await payout.facts({wallet for wallet in destinations.values() if wallet})
        machine = await books.machines.get(settlement.machine_id)
        decision = await steps.decide(books, settlement, pending, destinations, facts)
        if decision.waits is not None:
            await steps.wait(books, settlement, decision.waits)
            return
        transfers = steps.make_transfers(settlement, machine, pending, decision.sent)
        await payout.transfer(transfers)
        await steps.refuse_legs(books, settlement, pending, decision.refused)
        await books.legs.complete_at_once(settlement, decision.sent)
        await books.lps.spend(steps.fills(pending, decision.sent))
        await steps.finish(books, settlement)
    host.announce(transfers)
