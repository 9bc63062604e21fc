"""PAY, outside: one payment at a time that leaves this LNbits, written down before it is paid.

What can go wrong: a target that answers slowly, falsely or not at all; an exception although the money
has left; a payment that is decided in an hour; a process that dies at any instruction. So:

1. the target is asked for its terms and an invoice, within a deadline, and every field is checked;
2. the invoice, its hash and what is kept back for the network are stored, the leg becomes `paying`;
3. that very invoice is paid. A process that takes over pays it too, never another one: LNbits and every
   node pay one hash once;
4. the host's books, and the node, are asked what became of it. Only a confirmed failure makes room for
   another invoice; what nobody knows is looked up until somebody does.

`work_outside` takes the leg whose turn it is; `run_errand` pays any errand of engine/errands.py, whoever
pays it. The runner calls it from a task of its own, so that a slow target holds up nobody else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from loguru import logger

from ..core.errors import InvariantViolated, StateMoved, ensure
from ..core.lease import Lease, LeaseLost
from ..core.model import Leg, Refused
from ..core.outside import OutsideCode, is_dead
from ..core.payout import WaitCode
from ..core.states import LegState
from ..ports import Host, HostRefused, Store
from ..ports.lightning import OutsidePayment, Verdict
from ..uncancelled import to_the_end
from .errands import Errand
from .makers import MAKERS
from .outcome import fail, record
from .write_down import prepare, wait

#: How long a leg is left alone after trouble with the host or the database.
TROUBLE_SECONDS = 30
_PAUSED = Refused(
    leg_id="",
    code=WaitCode.PAYOUTS_PAUSED,
    sentence="Payouts of this machine are paused: what had not left before does not leave meanwhile.",
)


async def work_outside(
    store: Store, host: Host, lease: Lease, is_stopping: Callable[[], bool]
) -> float | None:
    """Advance the one leg whose turn it is, however it ends; None when there is none.

    Gives the seconds that LNbits was busy paying: the caller leaves it alone for as long. Raises
    LeaseLost.
    """
    errand = await to_the_end(next_errand(store))
    if errand is None:
        return None
    leg = errand.first.leg
    try:
        return await run_errand(store, host, errand, lease, is_stopping)
    except LeaseLost:
        raise
    except StateMoved:
        logger.info(f"satmachineadmin: leg {leg.id} was changed while it was worked on")
        return 0.0
    except Exception as trouble:  # noqa: BLE001 - the outermost loop: one leg never stops the queue
        logger.exception(f"satmachineadmin could not advance leg {leg.id}: {trouble!r}")
        await to_the_end(_let_be(store, leg, f"{type(trouble).__name__}: it is looked at again by itself."))
        return 0.0


async def next_errand(store: Store) -> Errand | None:
    """The errand of the leg whose turn it is."""
    async with store.reading() as books:
        leg = await books.outside.due(MAKERS)
        return None if leg is None else await MAKERS[leg.leg_type](books, leg)


async def _let_be(store: Store, leg: Leg, sentence: str) -> None:
    async with store.transaction("external_trouble") as books:
        current = await books.legs.get(leg.id) or leg
        await books.outside.wait(
            current, code="trouble", sentence=sentence, until=books.now + TROUBLE_SECONDS
        )


async def run_errand(
    store: Store, host: Host, errand: Errand, lease: Lease, is_stopping: Callable[[], bool]
) -> float:
    """Bring one errand as far as it goes now: paid, failed, waiting, or looked up once more.

    Gives the seconds that LNbits was busy paying. Raises LeaseLost.
    """
    state = errand.first.leg.state
    if state is LegState.PENDING:
        handed_over = await prepare(store, host, errand, lease)
        if handed_over is None or is_stopping():
            return 0.0
        return await _pay(store, host, handed_over, lease, is_ours=True)
    ensure(state in (LegState.PAYING, LegState.UNRESOLVED), "an errand is open")
    return await _follow_up(store, host, errand, lease, is_stopping)


def _payment(errand: Errand) -> OutsidePayment:
    """The payment of an errand that was written down."""
    leg = errand.first.leg
    if leg.minted is None:
        raise InvariantViolated("the invoice of a leg is stored before the leg is paid")
    return OutsidePayment(
        payer_wallet_id=leg.payer_wallet_id,
        payment_hash=leg.minted.payment_hash,
        bolt11=leg.minted.bolt11,
        memo=errand.memo,
        extra=errand.extra,
        external_id=leg.external_id,
        extension=errand.extension,
    )


async def _pay(store: Store, host: Host, errand: Errand, lease: Lease, *, is_ours: bool) -> float:
    """Pay that very invoice; believe the host's books alone. The seconds that LNbits was busy.

    `is_ours` says that this process wrote it down and nobody else can have called LNbits with it. Then a
    call that is over and left no row moved nothing. Otherwise a process that lost its lease might still
    be about to pay: it counts as failed only when the invoice is over.
    """
    payment = _payment(errand)
    said = "LNbits did not pay it and gave no reason."
    started = time.monotonic()
    try:
        await to_the_end(host.lightning.pay(payment))
    except HostRefused as refusal:
        said = f"LNbits says: {refusal}"
    busy_seconds = time.monotonic() - started
    outcome = await host.lightning.look_up(payment)
    if outcome.verdict is Verdict.NOT_THERE and is_ours:
        await to_the_end(fail(store, errand, lease, OutsideCode.HOST_REFUSED, said))
    else:
        await to_the_end(record(store, errand, outcome, lease, said))
    return busy_seconds


async def _follow_up(
    store: Store, host: Host, errand: Errand, lease: Lease, is_stopping: Callable[[], bool]
) -> float:
    """Look up what was handed over before, by this process or another one."""
    payment = _payment(errand)
    outcome = await host.lightning.look_up(payment)
    if outcome.verdict is not Verdict.NOT_THERE or not payment.bolt11:
        # Without its invoice it was taken from the host's books: if it has gone from there, a person looks.
        await to_the_end(record(store, errand, outcome, lease, "LNbits says that the payment failed."))
        return 0.0
    now = await to_the_end(_holding(store, lease))
    if is_dead(host.lightning.read(payment.bolt11).expires_at, now):
        sentence = "It was interrupted before anything moved, and the invoice is over."
        await to_the_end(fail(store, errand, lease, OutsideCode.INVOICE_EXPIRED, sentence))
        return 0.0
    if errand.machine.payouts_paused_reason is not None:
        await to_the_end(wait(store, errand, lease, _PAUSED))
        return 0.0
    if errand.first.leg.state is LegState.PAYING and not is_stopping():
        return await _pay(store, host, errand, lease, is_ours=False)
    await to_the_end(record(store, errand, outcome, lease, ""))
    return 0.0


async def _holding(store: Store, lease: Lease) -> int:
    """The time, if this process may still pay."""
    async with store.transaction("external_resume") as books:
        await books.require_lease(lease)
        return books.now
