"""CLAIMS: pay what a link promises and no leg stands for, exactly once: cash-ins, late refunds.

What can go wrong: a customer who is paid twice, or never; a process that dies between the claim and the
payment, or between the payment and its record; a payment that is decided in an hour. So, as for every
payment that leaves (engine/pay_external.py):

1. the invoice was checked and stored when the link was claimed (engine/claim.py), and is the only one;
2. before it is paid, that and the payment's name are written down, by the holder of the lease alone;
3. that very invoice is paid. A process that takes over pays it too, never another one: LNbits and every
   node pay one hash once;
4. the host's books, and the node, are asked what became of it. Only a confirmed failure opens the link
   again; what nobody knows is looked up until somebody does.

What LNbits' books hold under the link's mark and these do not was paid before a backup: it is the payment,
and no other is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from loguru import logger

from ..core.errors import InvariantViolated, StateMoved, ensure
from ..core.host_facts import HostLimits
from ..core.lease import Lease, LeaseLost
from ..core.model import Refused, Sent
from ..core.outside import (
    LEAST_SECONDS_LEFT,
    PATIENCE_SECONDS,
    SOONEST_LOOK_SECONDS,
    is_dead,
    next_look,
    reserve_msat,
)
from ..core.payout import why_payer_waits
from ..core.states import MatterKind, WithdrawalState
from ..core.transactions import TransactionState
from ..core.withdrawing import TAGS, WithdrawalKind, description_of, mark_of_link, payment_name
from ..ports import OWN_EXTENSION, Books, Host, HostRefused, PayoutFacts, Store
from ..ports.lightning import Outcome, OutsidePayment, Verdict
from ..ports.withdrawal_book import Link
from ..uncancelled import to_the_end
from .payout import RETRY_SECONDS

#: How long a link is left alone after trouble with the host or the database.
TROUBLE_SECONDS = 30
_INTERRUPTED = "It was interrupted before anything moved, and the invoice is over."
_TOO_LATE = "The invoice was over before it could be paid."
_UNDER_WAY = "The payment is under way; it is looked up until it is decided, and never paid again meanwhile."


async def work_claims(
    store: Store, host: Host, lease: Lease, is_stopping: Callable[[], bool]
) -> float | None:
    """Advance the one claimed link whose turn it is, however it ends; None when there is none.

    Gives the seconds that LNbits was busy paying: the caller leaves it alone for as long. Raises
    LeaseLost.
    """
    async with store.reading() as books:
        link = await books.withdrawals.due()
    if link is None:
        return None
    try:
        if link["handed_over_at"] is None:
            return await _first(store, host, link, lease, is_stopping)
        return await _follow_up(store, host, link, lease, is_stopping)
    except LeaseLost:
        raise
    except StateMoved:
        logger.info(f"satmachineadmin: link {link['id']} was changed while it was worked on")
        return 0.0
    except Exception as trouble:  # noqa: BLE001 - the outermost loop: one link never stops the queue
        logger.exception(f"satmachineadmin could not advance link {link['id']}: {trouble!r}")
        await to_the_end(_let_be(store, link, f"{type(trouble).__name__}: it is looked at again by itself."))
        return 0.0


async def _let_be(store: Store, link: Link, sentence: str) -> None:
    async with store.transaction("claim_trouble") as books:
        await books.withdrawals.wait(link, sentence=sentence, until=books.now + TROUBLE_SECONDS)


# The first time ----------------------------------------------------------------------------------


async def _first(
    store: Store, host: Host, link: Link, lease: Lease, is_stopping: Callable[[], bool]
) -> float:
    """Hand a claimed link's invoice over, unless it was paid before or cannot be paid now."""
    paid = await to_the_end(host.history.paid_under(link["wallet_id"], mark_of_link(link["id"])))
    if paid:
        async with store.transaction("claim_found") as books:
            await books.require_lease(lease)
            link = await take_payment(
                books, link, payment_hash=paid[0].payment_hash, external_id=paid[0].external_id or ""
            )
        return await _follow_up(store, host, link, lease, is_stopping)
    facts = await to_the_end(host.facts(link["wallet_id"], (), OWN_EXTENSION))
    sides = await to_the_end(host.history.all_sides([link["payment_hash"]]))
    stays_here = any(row.is_lightning_inbound for row in sides)
    waits = _why_waits(link, facts, stays_here=stays_here)
    expires_at = host.lightning.read(link["bolt11"]).expires_at
    handed_over = await to_the_end(_hand_over(store, link, lease, waits, expires_at))
    if handed_over is None or is_stopping():
        return 0.0
    return await _pay(store, host, handed_over, lease, is_ours=True)


def _why_waits(link: Link, facts: PayoutFacts, *, stays_here: bool) -> Refused | None:
    limits: HostLimits = facts.limits
    fee_msat = 0 if stays_here else reserve_msat(link["amount_msat"], limits)
    sent = Sent(
        leg_id=link["id"],
        destination_wallet_id="",
        sent_msat=link["amount_msat"],
        fee_msat=fee_msat,
        fee_unused_msat=0,
    )
    return why_payer_waits(
        sent=[sent],
        payer=facts.payer,
        payer_user_id=link["operator_user_id"],
        limits=limits,
        payer_balance_msat=facts.payer_balance_msat,
        sent_today_msat=facts.sent_today_msat,
        seconds_since_last_payment=facts.seconds_since_last_payment,
        extension_refusal=facts.extension_refusal,
        **({} if link["kind"] == WithdrawalKind.CASH_IN else {"payer_name": "The wallet"}),
    )


async def _hand_over(
    store: Store, link: Link, lease: Lease, waits: Refused | None, expires_at: int
) -> Link | None:
    """Before it is paid, in one transaction: its name, and that it is about to be; None if it is not."""
    async with store.transaction("claim_handed_over") as books:
        await books.require_lease(lease)
        machine = await books.machines.get(link["machine_id"])
        if expires_at < books.now + LEAST_SECONDS_LEFT:
            await _come_back(books, link, _TOO_LATE)
        elif waits is not None:
            await books.withdrawals.wait(link, sentence=waits.sentence, until=books.now + RETRY_SECONDS)
        elif machine is not None and machine.payouts_paused_reason is None:
            name = payment_name(link["id"], link["attempts"] + 1)
            return await books.withdrawals.hand_over(link, name)
        return None


async def _payment(store: Store, link: Link) -> OutsidePayment:
    """The payment of a link that was handed over."""
    ensure(bool(link["payment_hash"]) and bool(link["external_id"]), "a claim is written down first")
    kind = WithdrawalKind(link["kind"])
    async with store.reading() as books:
        machine = await books.machines.get(link["machine_id"])
        one = await books.transactions.get(link["transaction_id"])
    return OutsidePayment(
        payer_wallet_id=link["wallet_id"],
        payment_hash=link["payment_hash"],
        bolt11=link["bolt11"] or "",
        memo=description_of(kind, machine.name if machine else None),
        extra={"tag": TAGS[kind], **({"txid": one.txid} if one else {})},
        external_id=link["external_id"],
        extension=OWN_EXTENSION,
    )


async def _pay(store: Store, host: Host, link: Link, lease: Lease, *, is_ours: bool) -> float:
    """Pay that very invoice; believe the host's books alone. The seconds that LNbits was busy.

    `is_ours` says that this process wrote it down just now, and nobody else can have called LNbits with it.
    Then a call that is over and left no row moved nothing. Otherwise a process that lost its lease might
    still be about to pay: it counts as failed only when the invoice is over.
    """
    payment = await to_the_end(_payment(store, link))
    said = "LNbits did not pay it and gave no reason."
    started = time.monotonic()
    try:
        await to_the_end(host.lightning.pay(payment))
    except HostRefused as refusal:
        said = f"LNbits says: {refusal}"
    busy_seconds = time.monotonic() - started
    outcome = await host.lightning.look_up(payment)
    if outcome.verdict is Verdict.NOT_THERE and is_ours:
        outcome = Outcome(verdict=Verdict.FAILED)
    await to_the_end(_record(store, link, outcome, lease, said))
    return busy_seconds


async def _follow_up(
    store: Store, host: Host, link: Link, lease: Lease, is_stopping: Callable[[], bool]
) -> float:
    """Look up what was handed over before, by this process or another one."""
    payment = await to_the_end(_payment(store, link))
    outcome = await host.lightning.look_up(payment)
    if outcome.verdict is not Verdict.NOT_THERE or not payment.bolt11:
        # Without its invoice it was taken from the host's books: if it has gone from there, a person looks.
        await to_the_end(_record(store, link, outcome, lease, "LNbits says that the payment failed."))
        return 0.0
    expires_at = host.lightning.read(payment.bolt11).expires_at
    is_over, is_paused = await to_the_end(_standing(store, link, lease, expires_at))
    if is_over:
        await to_the_end(_record(store, link, Outcome(verdict=Verdict.FAILED), lease, _INTERRUPTED))
        return 0.0
    if is_paused or is_stopping():
        await to_the_end(_record(store, link, outcome, lease, ""))
        return 0.0
    return await _pay(store, host, link, lease, is_ours=False)


async def _standing(store: Store, link: Link, lease: Lease, expires_at: int) -> tuple[bool, bool]:
    """Whether nobody pays the invoice any more, and whether its machine's payouts are paused."""
    async with store.transaction("claim_resume") as books:
        await books.require_lease(lease)
        machine = await books.machines.get(link["machine_id"])
        is_paused = machine is None or machine.payouts_paused_reason is not None
        return is_dead(expires_at, books.now), is_paused


# What became of it -------------------------------------------------------------------------------


async def _record(store: Store, link: Link, outcome: Outcome, lease: Lease, said: str) -> None:
    """Write down what the host says of a link's payment, in one transaction."""
    async with store.transaction("claim_outcome") as books:
        await books.require_lease(lease)
        if outcome.verdict is Verdict.COMPLETED:
            await books.withdrawals.move(
                link, WithdrawalState.PAID, paid_at=books.now, error_message=None, next_try_at=None
            )
            await books.worklist.close(MatterKind.UNDECIDED, link["id"])
            if link["kind"] == WithdrawalKind.LATE_REFUND:
                await books.worklist.close(MatterKind.LATE_DISPENSE, link["settlement_id"])
        elif outcome.verdict is Verdict.FAILED:
            await _come_back(books, link, said)
        else:
            await _stay_undecided(books, link, outcome.verdict)


async def _come_back(books: Books, link: Link, sentence: str) -> None:
    """It is confirmed that nothing moved: the link is open again, and its transaction expects no payment."""
    await books.withdrawals.come_back(link, sentence)
    await books.worklist.close(MatterKind.UNDECIDED, link["id"])
    if link["kind"] != WithdrawalKind.CASH_IN:
        return
    one = await books.transactions.get(link["transaction_id"])
    if one is None or one.state is not TransactionState.OFFERED:
        raise InvariantViolated("a payment that was not made has not landed")
    await books.transactions.expect_payment(one, None)


async def _stay_undecided(books: Books, link: Link, verdict: Verdict) -> None:
    """No decision yet: look again, ever more seldom; a person is told after a while."""
    age_seconds = books.now - (link["handed_over_at"] or books.now)
    until = books.now + max(SOONEST_LOOK_SECONDS, next_look(age_seconds))
    await books.withdrawals.wait(link, sentence=_UNDER_WAY, until=until)
    if age_seconds > PATIENCE_SECONDS or verdict is Verdict.UNKNOWN:
        await books.worklist.open(
            MatterKind.UNDECIDED,
            link["id"],
            operator_user_id=link["operator_user_id"],
            machine_id=link["machine_id"],
            detail=f"{link['amount_msat'] // 1000} sats left this LNbits for a customer and nobody knows yet "
            "whether they arrived. Nothing is paid again; it ends by itself when the node knows.",
        )


async def take_payment(books: Books, link: Link, *, payment_hash: str, external_id: str) -> Link:
    """What the host's books hold under the link's mark is its payment: it was made before a backup."""
    taken = await books.withdrawals.take_payment(link, payment_hash=payment_hash, external_id=external_id)
    if link["kind"] == WithdrawalKind.CASH_IN:
        one = await books.transactions.get(link["transaction_id"])
        if one is not None and one.state is TransactionState.OFFERED:
            await books.transactions.expect_payment(one, payment_hash)
            # It was looked at when nobody knew whose it was.
            await books.scan.look_again(link["wallet_id"], payment_hash)
    return taken
