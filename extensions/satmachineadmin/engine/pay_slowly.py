"""PAY, the slow way: through the host's own functions, one leg at a time, written down before each.

Used where one transaction over both books cannot be trusted (files in WAL mode, an LNbits that was
not tested, the platform's wish). Each leg takes four steps, and a crash between any two of them leaves
a leg that the next run can decide by looking its payment hash up:

1. the host makes an invoice in the payee's wallet,
2. its hash is stored and the leg becomes `paying`,
3. that very invoice is paid,
4. the host's books are asked what became of it. What the call said in step 3 decides nothing: LNbits
   has been seen to raise after the money had moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..core.errors import StateMoved
from ..core.lease import Lease
from ..core.model import Leg, LegHolder, Minted, Settlement
from ..core.outside import PATIENCE_SECONDS
from ..core.payout import why_receiver_refused
from ..core.states import LegState, MatterKind, PayWay, SettlementState
from ..ports import Books, Found, Host, HostRefused, Store, Transfer
from . import payout as steps


async def pay_slowly(
    store: Store, host: Host, settlement_id: str, lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    """Look up what was handed over before, then pay what is pending."""
    async with store.reading() as books:
        settlement = await books.settlements.get(settlement_id)
        legs = await books.legs.of(settlement_id)
    if settlement is None or settlement.state is not SettlementState.PROCESSING:
        return
    if are_handed_over(legs):
        await settle_handed_over_legs(store, host, settlement_id, lease)
    await _pay_leg_by_leg(store, host, settlement, lease, is_stopping)
    async with store.transaction("slow_finish") as books:
        current = await books.settlements.get(settlement_id)
        if current is not None and current.state is SettlementState.PROCESSING:
            await steps.finish(books, current, await books.legs.of(settlement_id))


def are_handed_over(legs: Iterable[Leg]) -> bool:
    """Whether some leg is with the host and has to be looked up before anything else."""
    return any(_is_handed_over(leg) for leg in legs)


def _is_handed_over(leg: Leg) -> bool:
    return leg.is_paid_at_once and leg.state in (LegState.PAYING, LegState.UNRESOLVED)


async def _pay_leg_by_leg(
    store: Store, host: Host, settlement: Settlement, lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    """Pay the pending legs of a settlement in the order of the plan; stops between two legs when asked."""
    async with store.reading() as books:
        all_legs = await books.legs.of(settlement.id)
        legs = [leg for leg in all_legs if leg.state is LegState.PENDING and leg.is_paid_at_once]
        destinations = await steps.find_destinations(books, legs)
    if not legs:
        return
    marks = steps.restored_marks(settlement, all_legs)
    is_restored = any([await host.paid_before(settlement.wallet_id, mark) for mark in marks])
    receivers = {wallet for wallet in destinations.values() if wallet}
    facts = await host.facts(settlement.wallet_id, receivers)
    async with store.transaction("slow_decision") as books:
        await books.require_lease(lease)
        await _require_processing(books, settlement)
        if is_restored:
            await steps.stop_as_restored(books, settlement)
            return
        if await steps.is_paused(books, settlement):
            return
        machine = await books.machines.get(settlement.machine_id)
        decision = await steps.decide(books, settlement, legs, destinations, facts)
        if decision.waits is not None:
            await steps.wait(books, settlement, decision.waits)
            return
        await steps.refuse_legs(books, settlement, legs, decision.refused)
    by_id = {leg.id: leg for leg in legs}
    for one in decision.sent:
        if is_stopping():
            return
        leg = by_id[one.leg_id]
        transfer = steps.make_transfer(settlement, machine, leg, one)
        try:
            await _pay_leg(store, host, settlement, leg, transfer, lease)
        except HostRefused as refusal:
            await _let_wait(store, settlement, leg, f"LNbits says: {refusal}")


async def _pay_leg(
    store: Store, host: Host, settlement: Settlement, leg: Leg, transfer: Transfer, lease: Lease
) -> None:
    """Invoice, write down, pay, look up. Raises HostRefused when nothing moved."""
    minted = await host.make_invoice(transfer)
    async with store.transaction("slow_written_down") as books:
        await books.require_lease(lease)
        await _require_processing(books, settlement)
        await books.legs.move(
            settlement,
            leg,
            LegState.PAYING,
            **handed_over(leg, transfer, minted),
        )
    paying = replace(leg, state=LegState.PAYING, minted=minted)
    await pay_and_look(store, host, settlement, paying, replace(transfer, minted=minted))


def handed_over(leg: Leg, transfer: Transfer, minted: Minted) -> dict[str, object]:
    """What is written down of a leg before its invoice is paid."""
    return {
        "way": PayWay.SLOW,
        "payment_hash": minted.payment_hash,
        "preimage": minted.preimage,
        "bolt11": minted.bolt11,
        "destination_wallet_id": transfer.payee_wallet_id,
        "sent_msat": transfer.amount_msat,
        "fee_msat": transfer.fee_msat,
        "fee_unused_msat": leg.sats * 1000 - transfer.amount_msat - transfer.fee_msat,
    }


async def _require_processing(books: Books, settlement: Settlement) -> None:
    """Raise StateMoved when a person took the settlement out of our hands meanwhile."""
    current = await books.settlements.get(settlement.id)
    if current is None or current.state is not SettlementState.PROCESSING:
        raise StateMoved(thing="settlement")


async def pay_and_look(store: Store, host: Host, settlement: LegHolder, leg: Leg, transfer: Transfer) -> None:
    """Pay, then believe the host's books alone. Raises HostRefused when they say that nothing moved."""
    refusal = HostRefused("LNbits did not pay it and gave no reason.")
    try:
        await host.pay_invoice(transfer)
    except HostRefused as said:
        refusal = said
    found = await host.look_up(transfer.minted.payment_hash)
    if found in (Found.PAYABLE, Found.DEAD):
        raise refusal
    await write_outcome(store, host, settlement, leg, transfer.minted.payment_hash, found)


async def write_outcome(
    store: Store, host: Host, settlement: LegHolder, leg: Leg, payment_hash: str, found: Found
) -> None:
    """Store that a leg was paid; where LNbits stopped between debit and credit, complete it first."""
    if found is Found.HALF:
        await host.complete_half(payment_hash)
        found = await host.look_up(payment_hash)
    async with store.transaction("slow_outcome") as books:
        if found is Found.PAID:
            await complete(books, settlement, leg)
        elif leg.state is LegState.PAYING:
            await books.legs.move(
                settlement,
                leg,
                LegState.UNRESOLVED,
                error_code="half_paid",
                error_message="LNbits debited the paying wallet but did not credit the receiver.",
            )
            await books.worklist.open(
                MatterKind.UNDECIDED,
                leg.id,
                operator_user_id=settlement.operator_user_id,
                machine_id=leg.machine_id,
                detail=f"LNbits took {leg.sats} sats from the paying wallet and did not credit the receiver. "
                "It is completed by itself as soon as LNbits lets it be, and never paid again.",
            )


async def _let_wait(store: Store, settlement: Settlement, leg: Leg, why: str) -> None:
    """Nothing moved: the leg stays as it is and is tried again, by the same invoice if it has one."""
    async with store.transaction("slow_refused") as books:
        await books.settlements.wait(
            settlement,
            code="host_refused",
            sentence=f"{leg.label or leg.leg_type}: {why} It is tried again by itself.",
            until=books.now + steps.RETRY_SECONDS,
        )
        await tell_refused(books, settlement, leg, why)


async def tell_refused(books: Books, settlement: LegHolder, leg: Leg, why: str) -> None:
    """Put it before a person when LNbits neither pays an invoice for a while nor gives it up."""
    if leg.state is not LegState.PAYING:
        return
    if books.now - await books.outside.moved_at(leg.id) > PATIENCE_SECONDS:
        await books.worklist.open(
            MatterKind.UNDECIDED,
            leg.id,
            operator_user_id=settlement.operator_user_id,
            machine_id=leg.machine_id,
            detail=f"LNbits has an invoice over {leg.sats} sats and does not pay it. {why} Nothing has "
            "moved; the same invoice is tried again by itself, and no other one meanwhile.",
        )


async def complete(books: Books, settlement: LegHolder, leg: Leg) -> None:
    """The host's books say that it was paid."""
    await books.worklist.close(MatterKind.UNDECIDED, leg.id)
    await books.legs.move(settlement, leg, LegState.COMPLETED, completed_at=books.now, error_message=None)
    sent = await books.legs.sent(leg.id)
    await books.lps.spend(steps.fills([leg], [sent]))


async def settle_handed_over_legs(store: Store, host: Host, settlement_id: str, lease: Lease) -> None:
    """After an interruption: decide every leg that was handed to the host, by its payment hash.

    What was not debited and can still be paid is paid now, by the same invoice. What cannot be paid any
    more (LNbits gives internal invoices up at a restart) is given up, and a fresh attempt takes its place.
    """
    async with store.transaction("slow_resume") as books:
        await books.require_lease(lease)
        settlement = await books.settlements.get(settlement_id)
        if settlement is None or settlement.state is not SettlementState.PROCESSING:
            return
        legs = [
            leg
            for leg in await books.legs.of(settlement_id)
            if _is_handed_over(leg) and leg.minted is not None
        ]
        machine = await books.machines.get(settlement.machine_id)
        outcomes = {leg.id: await books.legs.sent(leg.id) for leg in legs}
        machine_wallet_ids = await books.machines.all_wallet_ids()
    payees = {one.destination_wallet_id for one in outcomes.values()}
    receivers = (await host.facts(settlement.wallet_id, payees)).receivers if legs else {}
    for leg in legs:
        if leg.minted is None:
            continue
        found = await host.look_up(leg.minted.payment_hash)
        if found in (Found.PAID, Found.HALF):
            await write_outcome(store, host, settlement, leg, leg.minted.payment_hash, found)
        elif machine is not None and machine.payouts_paused_reason is not None:
            continue  # nothing moved, and nothing is to be paid for now
        elif found is Found.PAYABLE and leg.state is LegState.PAYING:
            transfer = steps.make_transfer(settlement, machine, leg, outcomes[leg.id])
            payee = receivers.get(transfer.payee_wallet_id)
            refused = why_receiver_refused(leg, payee, machine_wallet_ids=machine_wallet_ids)
            if refused is not None:
                # The invoice cannot be taken back: it is paid when its wallet may receive again, or LNbits
                # gives it up, and the next attempt goes where the receiver wants it by then.
                await _let_wait(store, settlement, leg, refused.sentence)
                continue
            try:
                await pay_and_look(store, host, settlement, leg, transfer)
            except HostRefused as refusal:
                await _let_wait(store, settlement, leg, f"LNbits says: {refusal}")
        elif leg.state is LegState.PAYING:
            await _try_afresh(store, host, settlement, leg)


async def _try_afresh(store: Store, host: Host, settlement: Settlement, leg: Leg) -> None:
    """Nothing was debited and never will be: that attempt is given up and the leg stands again."""
    minted = await host.mint({leg.key: leg.sats}, memo="Satoshi Machine payout")
    async with store.transaction("slow_afresh") as books:
        await books.legs.move(
            settlement,
            leg,
            LegState.FAILED,
            error_code="interrupted",
            error_message="The payment was interrupted before anything moved.",
        )
        await books.legs.move(settlement, replace(leg, state=LegState.FAILED), LegState.VOIDED)
        await books.worklist.close(MatterKind.UNDECIDED, leg.id)
        await books.legs.write_fresh_attempt(settlement, leg, minted[leg.key])
