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

from ..core.errors import ensure
from ..core.lease import Lease
from ..core.model import Due, Leg, Settlement
from ..core.states import LegState, PayWay, SettlementState
from ..ports import FastWayClosed, Host, PayoutTransaction, Store, Transfer
from . import payout as steps
from .pay_slowly import are_handed_over, pay_slowly, settle_handed_over_legs


async def pay_settlement(
    store: Store, host: Host, due: Due, lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    """Pay what can be paid of a settlement in `processing`, and say what it waits for otherwise."""
    if await host.pay_way() is PayWay.FAST:
        try:
            if not await _pay_at_once(host, due, lease):
                await settle_handed_over_legs(store, host, due.settlement_id, lease)
                await _pay_at_once(host, due, lease, handed_over_may_wait=True)
            return
        except FastWayClosed:
            pass
    await pay_slowly(store, host, due.settlement_id, lease, is_stopping)


async def _pay_at_once(host: Host, due: Due, lease: Lease, *, handed_over_may_wait: bool = False) -> bool:
    """The fast way: one transaction over the host's books and ours.

    False, and nothing done, when legs that went the slow way have to be looked up first.
    """
    transfers: list[Transfer] = []
    async with host.payout(due.wallet_id) as payout:
        await payout.books.require_lease(lease)
        settlement = await payout.books.settlements.get(due.settlement_id)
        if settlement is None or settlement.state is not SettlementState.PROCESSING:
            return True
        ensure(settlement.wallet_id == due.wallet_id, "the wallet that is debited is the one that is locked")
        legs = await payout.books.legs.of(settlement.id)
        if are_handed_over(legs) and not handed_over_may_wait:
            return False
        transfers = await _pay_pending(payout, settlement, legs)
    host.announce(transfers)
    return True


async def _pay_pending(
    payout: PayoutTransaction, settlement: Settlement, legs: tuple[Leg, ...]
) -> list[Transfer]:
    """Pay the pending legs inside the transaction and finish the settlement; what has to be announced."""
    books = payout.books
    pending = [leg for leg in legs if leg.state is LegState.PENDING and leg.is_paid_at_once]
    if not pending:
        await steps.finish(books, settlement, legs)
        return []
    for mark in steps.restored_marks(settlement, legs):
        if await payout.paid_before(mark):
            await steps.stop_as_restored(books, settlement)
            return []
    if await steps.is_paused(books, settlement):
        return []
    destinations = await steps.find_destinations(books, pending)
    facts = await payout.facts({wallet for wallet in destinations.values() if wallet})
    machine = await books.machines.get(settlement.machine_id)
    decision = await steps.decide(books, settlement, pending, destinations, facts)
    if decision.waits is not None:
        await steps.wait(books, settlement, decision.waits)
        return []
    transfers = steps.make_transfers(settlement, machine, pending, decision.sent)
    await payout.transfer(transfers)
    await steps.refuse_legs(books, settlement, pending, decision.refused)
    await books.legs.complete_at_once(settlement, decision.sent)
    await books.lps.spend(steps.fills(pending, decision.sent))
    await steps.finish(books, settlement, steps.after_payout(legs, decision))
    return transfers
