"""What became of a payment that left, written to every leg that went with it, in one transaction.

Completed, confirmed as failed, or not decided: only the second makes room for another invoice.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.lease import Lease
from ..core.outside import (
    PATIENCE_SECONDS,
    WORTH_ANOTHER_TRY,
    OutsideCode,
    Problem,
    next_look,
    share_outcome,
)
from ..core.retries import next_try
from ..core.states import LegState, LegType, MatterKind, SkipReason
from ..ports import Books, Store
from ..ports.lightning import Outcome, Verdict
from .errands import Errand, Share


async def record(store: Store, errand: Errand, outcome: Outcome, lease: Lease, said: str) -> None:
    """Write down what the host says, for every leg that went with the payment, in one transaction."""
    if outcome.verdict is Verdict.FAILED:
        await fail(store, errand, lease, OutsideCode.PAYMENT_FAILED, said)
        return
    async with store.transaction("external_outcome") as books:
        await books.require_lease(lease)
        if outcome.verdict is Verdict.COMPLETED:
            await _complete(books, errand, outcome.fee_msat)
        else:
            await _stay_undecided(books, errand, outcome.verdict)


async def _complete(books: Books, errand: Errand, fee_msat: int) -> None:
    legs = [share.leg for share in errand.shares]
    sent = [await books.legs.sent(leg.id) for leg in legs]
    parts = share_outcome([1000 * leg.sats for leg in legs], sum(one.sent_msat for one in sent), fee_msat)
    for share, (sent_msat, fee, unused_msat) in zip(errand.shares, parts, strict=True):
        await books.legs.move(
            share.stem,
            share.leg,
            errand.paid_as,
            completed_at=books.now,
            sent_msat=sent_msat,
            fee_msat=fee,
            fee_unused_msat=unused_msat,
            error_code=None,
            error_message=None,
            next_try_at=None,
        )
        await books.worklist.close(MatterKind.UNDECIDED, share.leg.id)
        await errand.on_moved(books, share)


async def _stay_undecided(books: Books, errand: Errand, verdict: Verdict) -> None:
    """No decision yet: look again, ever more seldom; a person is told after a while."""
    first = errand.first.leg
    age_seconds = books.now - await books.outside.moved_at(first.id)
    until = books.now + next_look(age_seconds)
    sentence = (
        "The payment is under way; it is looked up until it is decided, and never paid again meanwhile."
    )
    is_late = age_seconds > PATIENCE_SECONDS or verdict is Verdict.UNKNOWN
    for share in errand.shares:
        if is_late and share.leg.state is LegState.PAYING:
            await books.legs.move(
                share.stem,
                share.leg,
                LegState.UNRESOLVED,
                error_code=OutsideCode.UNDECIDED,
                error_message=sentence,
                next_try_at=until,
            )
            await _tell(books, share)
            await errand.on_moved(books, share)
        else:
            await books.outside.wait(share.leg, code=OutsideCode.UNDECIDED, sentence=sentence, until=until)


async def _tell(books: Books, share: Share) -> None:
    """Put it before a person: who the payee is stays with the leg. An LP sees its own on its page."""
    if share.leg.leg_type is LegType.AUTOFORWARD:
        return
    await books.worklist.open(
        MatterKind.UNDECIDED,
        share.leg.id,
        operator_user_id=share.stem.operator_user_id,
        machine_id=share.leg.machine_id,
        detail=f"{share.leg.sats} sats left this LNbits and nobody knows yet whether they arrived. "
        "Nothing is paid again; it ends by itself when the node knows.",
    )


async def fail(store: Store, errand: Errand, lease: Lease, code: OutsideCode, sentence: str) -> None:
    """It is confirmed that nothing moved: a fresh attempt later where that may help, else a person."""
    async with store.transaction("external_failed") as books:
        await books.require_lease(lease)
        for share in errand.shares:
            await _fail_leg(books, errand, share, Problem(code=code, sentence=sentence))
            await books.worklist.close(MatterKind.UNDECIDED, share.leg.id)
            await errand.on_moved(books, share)
        target = errand.first.leg.target
        if code is OutsideCode.TARGET_SILENT and target is not None:
            pause_seconds = next_try(errand.first.leg.tries + 1) or next_try(1) or 0
            until = books.now + pause_seconds
            await books.outside.put_off(target, code=code, sentence=sentence, until=until)


async def _fail_leg(books: Books, errand: Errand, share: Share, problem: Problem) -> None:
    stem, leg = share.stem, share.leg
    tries = leg.tries + 1
    may_help = errand.is_tried_again and problem.code in WORTH_ANOTHER_TRY
    pause_seconds = next_try(tries) if may_help else None
    why = {"error_code": problem.code, "error_message": problem.sentence}
    await books.legs.move(stem, leg, LegState.FAILED, tries=tries, next_try_at=None, **why)
    if leg.leg_type is LegType.AUTOFORWARD and leg.carrier_id is not None:
        # By itself it is less than the LP wants to go at once: it gathers again, and goes with the next.
        await books.legs.move(stem, replace(leg, state=LegState.FAILED), LegState.VOIDED)
        await books.legs.write_fresh_attempt(
            stem, leg, None, tries=0, state=LegState.SKIPPED, reason=SkipReason.BELOW_MINIMUM, **why
        )
        return
    if pause_seconds is None:
        return
    await books.legs.move(stem, replace(leg, state=LegState.FAILED), LegState.VOIDED)
    await books.legs.write_fresh_attempt(
        stem, leg, None, tries=tries, next_try_at=books.now + pause_seconds, **why
    )
