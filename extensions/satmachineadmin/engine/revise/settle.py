"""SETTLE: pay an LP's balance off from a wallet of its operator's own, exactly once.

What can go wrong is what can go wrong with every leg (engine/pay.py): a crash between the host's rows and
ours, two payers, a wallet that is emptied meanwhile. So it is paid in the same two ways: one transaction
over both books, or through the host's own functions, written down before and looked up afterwards.

The LP's cash is in reserve since the leg was written. What cannot be paid fails with its reason, and its
operator tries again or gives it up; it does not wait for days and then go at a rate of long ago.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from loguru import logger

from ...core.errors import InvariantViolated, StateMoved
from ...core.lease import Lease, LeaseLost
from ...core.model import Leg, Payout, Refused, Sent
from ...core.payout import WaitCode
from ...core.states import LegState, MatterKind, PayWay
from ...core.units import format_fiat
from ...ports import Books, FastWayClosed, Found, Host, HostRefused, PayoutFacts, Store, Transfer
from ...uncancelled import to_the_end
from .. import payout as steps
from ..pay_slowly import handed_over, pay_and_look, tell_refused, write_outcome
from ..payoff import Payoff, load_payoff

#: Legs of one round.
BATCH = 20
#: How long one is left alone after trouble with the host or the database.
TROUBLE_SECONDS = 30
_PAYER = "The funding wallet"


async def pay_balances(store: Store, host: Host, lease: Lease, is_stopping: Callable[[], bool]) -> None:
    """Pay or look up what is due, each on its own. Raises LeaseLost."""
    for leg_id in await to_the_end(_due(store)):
        if is_stopping():
            return
        await to_the_end(_advance(store, host, leg_id, lease))


async def _due(store: Store) -> list[str]:
    async with store.reading() as books:
        return [str(row["id"]) for row in await books.payoffs.due(BATCH)]


async def _advance(store: Store, host: Host, leg_id: str, lease: Lease) -> None:
    try:
        await _pay(store, host, leg_id, lease)
    except LeaseLost:
        raise
    except StateMoved:
        logger.info(f"satmachineadmin: the payoff {leg_id} was changed while it was paid")
    except Exception as trouble:  # noqa: BLE001 - the outermost loop: one payoff never stops the others
        logger.exception(f"satmachineadmin could not pay the payoff {leg_id}: {trouble!r}")
        async with store.transaction("settle_trouble") as books:
            await books.payoffs.wait(
                leg_id,
                code="trouble",
                sentence=f"{type(trouble).__name__}: it is tried again by itself.",
                until=books.now + TROUBLE_SECONDS,
            )


async def _pay(store: Store, host: Host, leg_id: str, lease: Lease) -> None:
    async with store.reading() as books:
        payoff = await load_payoff(books, leg_id)
    if payoff.leg.state is not LegState.PENDING:
        await _look_up(store, host, payoff, lease)
        return
    if await host.pay_way() is PayWay.FAST:
        try:
            await _pay_at_once(host, payoff, lease)
            return
        except FastWayClosed:
            pass
    await _pay_slowly(store, host, payoff, lease)


async def _pay_at_once(host: Host, payoff: Payoff, lease: Lease) -> None:
    """The fast way: one transaction over the host's books and ours."""
    leg = payoff.leg
    transfers: list[Transfer] = []
    async with host.payout(leg.payer_wallet_id) as payout:
        books = payout.books
        await books.require_lease(lease)
        await _require_pending(books, leg)
        if await payout.paid_before(payoff.mark):
            await _stop_as_restored(books, payoff)
            return
        destinations = await steps.find_destinations(books, [leg])
        facts = await payout.facts({wallet for wallet in destinations.values() if wallet})
        decision = await _decide(books, payoff, destinations, facts)
        if await _is_held_up(books, payoff, decision):
            return
        transfers = [_transfer(payoff, one) for one in decision.sent]
        await payout.transfer(transfers)
        await books.legs.complete_at_once(payoff, decision.sent)
        await books.lps.spend(steps.fills([leg], decision.sent))
    host.announce(transfers)


async def _pay_slowly(store: Store, host: Host, payoff: Payoff, lease: Lease) -> None:
    """The slow way: invoice, write down, pay, look up."""
    leg = payoff.leg
    is_restored = await host.paid_before(leg.payer_wallet_id, payoff.mark) > 0
    async with store.reading() as books:
        destinations = await steps.find_destinations(books, [leg])
    facts = await host.facts(leg.payer_wallet_id, {wallet for wallet in destinations.values() if wallet})
    async with store.transaction("settle_decision") as books:
        await books.require_lease(lease)
        await _require_pending(books, leg)
        if is_restored:
            await _stop_as_restored(books, payoff)
            return
        decision = await _decide(books, payoff, destinations, facts)
        if await _is_held_up(books, payoff, decision):
            return
    (sent,) = decision.sent
    transfer = _transfer(payoff, sent)
    try:
        minted = await host.make_invoice(transfer)
    except HostRefused as refusal:
        await _fail(store, payoff, refusal, lease)
        return
    async with store.transaction("settle_written_down") as books:
        await books.require_lease(lease)
        await books.legs.move(payoff, leg, LegState.PAYING, **handed_over(leg, transfer, minted))
    paying = replace(payoff, leg=replace(leg, state=LegState.PAYING, minted=minted))
    await _pay_that_invoice(store, host, paying, replace(transfer, minted=minted), lease, is_ours=True)


async def _pay_that_invoice(
    store: Store, host: Host, payoff: Payoff, transfer: Transfer, lease: Lease, *, is_ours: bool
) -> None:
    """Pay it; what is refused has failed only if nobody else can pay that invoice any more.

    `is_ours` says that this process made it and has just come back from LNbits. After a takeover the
    process before may still be about to pay: then the same invoice is tried until LNbits gives it up.
    """
    try:
        await pay_and_look(store, host, payoff, payoff.leg, transfer)
    except HostRefused as refusal:
        if is_ours:
            await _fail(store, payoff, refusal, lease)
            return
        async with store.transaction("settle_waits") as books:
            await books.payoffs.wait(
                payoff.leg.id,
                code="host_refused",
                sentence=f"LNbits says: {refusal} The same invoice is tried again by itself.",
                until=books.now + TROUBLE_SECONDS,
            )
            await tell_refused(books, payoff, payoff.leg, f"LNbits says: {refusal}")


async def _look_up(store: Store, host: Host, payoff: Payoff, lease: Lease) -> None:
    """After an interruption: decide what was handed to the host, by its payment hash."""
    leg = payoff.leg
    if leg.minted is None:
        raise InvariantViolated("what was handed to the host has a payment hash")
    async with store.transaction("settle_resume") as books:
        await books.require_lease(lease)
        sent = await books.legs.sent(leg.id)
    found = await host.look_up(leg.minted.payment_hash)
    if found in (Found.PAID, Found.HALF):
        await write_outcome(store, host, payoff, leg, leg.minted.payment_hash, found)
    elif payoff.machine.payouts_paused_reason is not None:
        return  # nothing moved, and nothing is to be paid for now
    elif found is Found.PAYABLE and leg.state is LegState.PAYING:
        await _pay_that_invoice(store, host, payoff, _transfer(payoff, sent), lease, is_ours=False)
    elif leg.state is LegState.PAYING:
        await _fail(store, payoff, HostRefused("it was interrupted before anything moved."), lease)


async def _require_pending(books: Books, leg: Leg) -> None:
    current = await books.payoffs.get(leg.id)
    if current is None or current.state is not LegState.PENDING:
        raise StateMoved(thing="leg")


async def _decide(
    books: Books, payoff: Payoff, destinations: dict[str, str | None], facts: PayoutFacts
) -> Payout:
    """Sent, refused, or waiting: by the same rules as every payout."""
    leg = payoff.leg
    if leg.payer_wallet_id in await books.machines.all_wallet_ids():
        sentence = f"{_PAYER} is a machine's wallet by now. Choose another one."
        return Payout(refused=(Refused(leg_id=leg.id, code="payer_is_machine", sentence=sentence),))
    return await steps.decide(books, payoff, [leg], destinations, facts, _PAYER)


async def _is_held_up(books: Books, payoff: Payoff, decision: Payout) -> bool:
    """Whether nothing goes out now: it waits some seconds where the host wants that, and else it fails."""
    why = decision.waits
    if why is None and not decision.refused:
        return False
    if why is not None and why.code == WaitCode.TOO_SOON:
        await books.payoffs.wait(
            payoff.leg.id, code=why.code, sentence=why.sentence, until=books.now + steps.RETRY_SECONDS
        )
        return True
    for one in (why,) if why is not None else decision.refused:
        await steps.refuse_legs(books, payoff, [payoff.leg], [replace(one, leg_id=payoff.leg.id)])
    return True


async def _fail(store: Store, payoff: Payoff, refusal: HostRefused, lease: Lease) -> None:
    """Nothing moved, and nobody pays that invoice any more."""
    async with store.transaction("settle_failed") as books:
        await books.require_lease(lease)
        await books.legs.move(
            payoff,
            payoff.leg,
            LegState.FAILED,
            error_code="host_refused",
            error_message=f"LNbits did not pay it: {refusal}",
        )
        await books.worklist.close(MatterKind.UNDECIDED, payoff.leg.id)


async def _stop_as_restored(books: Books, payoff: Payoff) -> None:
    """The host paid it and our books do not know: they are older. Never pay again, show it to a person."""
    sentence = "LNbits holds this payment, but these books do not know it: they are an older copy."
    leg = payoff.leg
    await books.legs.move(payoff, leg, LegState.PAYING)
    await books.legs.move(
        payoff,
        replace(leg, state=LegState.PAYING),
        LegState.UNRESOLVED,
        error_code="restored",
        error_message=sentence,
    )
    await books.worklist.open(
        MatterKind.RESTORED,
        leg.id,
        operator_user_id=payoff.operator_user_id,
        machine_id=payoff.machine.id,
        detail=f"{leg.label}: {_fiat(payoff)} of its cash was to be paid off with {leg.sats} sats. LNbits' "
        "history says that it was paid; these books, an older copy, do not.",
    )


def _transfer(payoff: Payoff, sent: Sent) -> Transfer:
    """The internal payment; payer and payee read its memo."""
    leg, machine = payoff.leg, payoff.machine
    if leg.minted is None:
        raise InvariantViolated("a payoff has its invoice since it was written")
    return Transfer(
        leg_id=leg.id,
        payer_wallet_id=leg.payer_wallet_id,
        payee_wallet_id=sent.destination_wallet_id,
        amount_msat=sent.sent_msat,
        fee_msat=sent.fee_msat,
        minted=leg.minted,
        memo=f"{machine.name}: balance paid off, {_fiat(payoff)}",
        extra={"tag": machine.tag, "leg_type": leg.leg_type.value},
        external_id=leg.external_id,
    )


def _fiat(payoff: Payoff) -> str:
    """How much of the LP's cash it pays off."""
    if payoff.leg.fiat_minor is None:
        raise InvariantViolated("a payoff has its fiat since it was written")
    return f"{format_fiat(payoff.leg.fiat_minor, payoff.currency)} {payoff.currency}"
