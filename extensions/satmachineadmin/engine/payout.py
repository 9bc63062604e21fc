"""The steps that both ways of paying share: decide, name the receivers, write the outcome, finish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..core.errors import InvariantViolated, ensure
from ..core.model import Leg, LegHolder, Machine, Payout, Refused, Sent, Settlement, Stem
from ..core.payout import WaitCode, decide_payout
from ..core.progress import Progress, progress_of
from ..core.retries import MOST_TRIES, may_be_lifted, next_check, passes_by_itself
from ..core.states import PAID_LEG_STATES, LegState, LegType, MatterKind, SettlementState, TxType
from ..core.units import format_fiat
from ..ports import Books, PayoutFacts, Transfer

#: How long a settlement that waits for the host or for sats is left alone.
RETRY_SECONDS = 15


async def decide(
    books: Books,
    settlement: LegHolder,
    legs: Sequence[Leg],
    destinations: dict[str, str | None],
    facts: PayoutFacts,
    payer_name: str = "The machine's wallet",
) -> Payout:
    """Which of the legs go out now: pure, over what was loaded."""
    return decide_payout(
        legs=legs,
        payer=facts.payer,
        operator_user_id=settlement.operator_user_id,
        receivers=facts.receivers,
        destinations=destinations,
        machine_wallet_ids=await books.machines.all_wallet_ids(),
        limits=facts.limits,
        payer_balance_msat=facts.payer_balance_msat,
        sent_today_msat=facts.sent_today_msat,
        seconds_since_last_payment=facts.seconds_since_last_payment,
        extension_refusal=facts.extension_refusal,
        payer_name=payer_name,
    )


async def find_destinations(books: Books, legs: Sequence[Leg]) -> dict[str, str | None]:
    """Each leg's wallet as it is now: an LP may have chosen another one since the plan was made."""
    enrolments = [leg.enrolment_id for leg in legs if leg.enrolment_id is not None]
    wallets = await books.lps.payout_wallets(enrolments)
    return {
        leg.id: wallets.get(leg.enrolment_id) if leg.enrolment_id else leg.destination_wallet_id
        for leg in legs
    }


def make_transfers(
    settlement: Settlement, machine: Machine | None, legs: Sequence[Leg], sent: Sequence[Sent]
) -> list[Transfer]:
    """The internal payments of the legs that go out, in the order of the plan."""
    by_id = {leg.id: leg for leg in legs}
    return [make_transfer(settlement, machine, by_id[one.leg_id], one) for one in sent]


def make_transfer(settlement: Settlement, machine: Machine | None, leg: Leg, sent: Sent) -> Transfer:
    """The internal payment of one leg."""
    if machine is None:
        raise InvariantViolated("a settlement's machine exists")
    if leg.minted is None:
        raise InvariantViolated("the invoice of a leg is stored before the leg is paid")
    return Transfer(
        leg_id=leg.id,
        payer_wallet_id=settlement.wallet_id,
        payee_wallet_id=sent.destination_wallet_id,
        amount_msat=sent.sent_msat,
        fee_msat=sent.fee_msat,
        minted=leg.minted,
        memo=memo(settlement, machine, leg),
        extra={"tag": machine.tag, "settlement_id": settlement.id, "leg_type": leg.leg_type.value},
        external_id=leg.external_id,
    )


def memo(stem: Stem, machine: Machine, leg: Leg) -> str:
    """What payer and payee read beside the payment."""
    what = {
        LegType.SUPER_FEE: "platform fee",
        LegType.OPERATOR_SPLIT: "commission share",
        LegType.DCA: "sats for cash",
        LegType.AUTOFORWARD: "sats for cash, passed on",
    }.get(leg.leg_type, "payout")
    business = {TxType.CASH_OUT: ", cash-out", TxType.CASH_IN: ", cash-in", None: ""}[stem.tx_type]
    is_lps = leg.leg_type in (LegType.DCA, LegType.AUTOFORWARD)
    minor = leg.fiat_minor if is_lps else stem.fiat_minor
    amount = "" if minor is None else f" {format_fiat(minor, stem.currency)} {stem.currency}"
    return f"{machine.name}: {what}{business}{amount}"


def fills(legs: Sequence[Leg], sent: Sequence[Sent]) -> dict[str, tuple[int, int, int]]:
    """What each LP gave and got: enrolment → (fiat in minor units, whole sats, legs).

    A sale that was swept can pay one LP by several legs at once.
    """
    by_id = {leg.id: leg for leg in legs}
    filled: dict[str, tuple[int, int, int]] = {}
    for one in sent:
        leg = by_id[one.leg_id]
        if leg.enrolment_id is not None:
            ensure(leg.fiat_minor is not None, "an LP's leg draws fiat")
            minor, sats, count = filled.get(leg.enrolment_id, (0, 0, 0))
            filled[leg.enrolment_id] = (
                minor + (leg.fiat_minor or 0),
                sats + one.sent_msat // 1000,
                count + 1,
            )
    return filled


async def refuse_legs(
    books: Books, settlement: LegHolder, legs: Sequence[Leg], refused: Sequence[Refused]
) -> None:
    """Mark each leg that cannot be paid with its reason; it holds up no other."""
    by_id = {leg.id: leg for leg in legs}
    for one in refused:
        await books.legs.move(
            settlement,
            by_id[one.leg_id],
            LegState.FAILED,
            error_code=one.code,
            error_message=one.sentence,
        )


async def is_paused(books: Books, settlement: Settlement) -> bool:
    """Whether payouts of the machine stand still; then the settlement says so and waits."""
    machine = await books.machines.get(settlement.machine_id)
    if machine is None or machine.payouts_paused_reason is None:
        return False
    sentence = (
        f"Payouts of this machine are paused: {machine.payouts_paused_reason} "
        "They go on by themselves once the worklist is cleared."
    )
    await books.settlements.wait(
        settlement, code=WaitCode.PAYOUTS_PAUSED, sentence=sentence, until=books.now + RETRY_SECONDS
    )
    return True


async def wait(books: Books, settlement: Settlement, why: Refused) -> None:
    """Nothing is paid now: say why, and try again by itself."""
    await books.settlements.wait(
        settlement, code=why.code, sentence=why.sentence, until=books.now + RETRY_SECONDS
    )


async def finish(books: Books, settlement: Settlement, legs: Iterable[Leg]) -> None:
    """Processed when every leg is completed or skipped; errored when one failed and none is under way.

    `legs` are all legs of the settlement as they are now.
    """
    legs = list(legs)
    progress = progress_of(legs)
    if progress.under_way:
        await books.settlements.note_progress(settlement, progress)
        return
    if progress.failed or progress.unresolved:
        await _stop_at_failed(books, settlement, legs, progress)
        return
    await books.settlements.move(
        settlement,
        SettlementState.PROCESSED,
        progress=progress,
        waits_code=None,
        error_message=None,
        next_try_at=None,
        processing_claim=None,
        processed_at=books.now,
    )


async def _stop_at_failed(
    books: Books, settlement: Settlement, legs: Sequence[Leg], progress: Progress
) -> None:
    """Errored: what was refused is looked at again later; a person is asked where waiting may not help."""
    failed = [leg for leg in legs if leg.state is LegState.FAILED]
    is_looked_at_again = any(may_be_lifted(leg) for leg in failed)
    tries = settlement.tries + 1 if is_looked_at_again else settlement.tries
    await books.settlements.move(
        settlement,
        SettlementState.ERRORED,
        progress=progress,
        waits_code=None,
        error_message="Not every leg could be paid; everything else was. See the legs for the reasons.",
        processing_claim=None,
        tries=tries,
        next_try_at=books.now + next_check(tries) if is_looked_at_again else None,
    )
    if failed and (tries >= MOST_TRIES or not all(passes_by_itself(leg) for leg in failed)):
        await ask_a_person(books, settlement)


async def ask_a_person(books: Books, settlement: Settlement) -> None:
    """Put failed legs of a sale into the worklist."""
    await books.worklist.open(
        MatterKind.LEGS_FAILED,
        settlement.id,
        operator_user_id=settlement.operator_user_id,
        machine_id=settlement.machine_id,
        detail="Legs of a sale failed and need a decision: retry them, name another receiver, or "
        "release them.",
    )


def after_payout(legs: Iterable[Leg], decision: Payout) -> list[Leg]:
    """The legs of a settlement once a decision was carried out."""
    sent = {one.leg_id for one in decision.sent}
    refused = {one.leg_id: one.code for one in decision.refused}
    after = [replace(leg, state=LegState.COMPLETED) if leg.id in sent else leg for leg in legs]
    return [
        replace(leg, state=LegState.FAILED, error_code=refused[leg.id]) if leg.id in refused else leg
        for leg in after
    ]


def restored_marks(
    stem: Stem, legs: Sequence[Leg], about_to_be_paid: Sequence[Leg] | None = None
) -> list[str]:
    """What a successful payment that our books do not know would begin with in the host's (DESIGN §7).

    `legs` are all legs of the settlement; about to be paid are, if nobody says so, the pending ones that
    are paid at once. While we know of no payment, there is none at all; afterwards
    there is none of any attempt at a leg that is still to be paid, or was to be tried again.
    """
    mark = f"sm1:{stem.payment_hash}:"
    known = (*PAID_LEG_STATES, LegState.PAYING, LegState.UNRESOLVED)
    if not any(leg.state in known for leg in legs):
        return [mark]
    if about_to_be_paid is None:
        about_to_be_paid = [leg for leg in legs if leg.state is LegState.PENDING and leg.is_paid_at_once]
    return [f"{mark}{leg.key}:" for leg in about_to_be_paid]


async def stop_as_restored(books: Books, settlement: Settlement) -> None:
    """The host paid legs that our books do not know: they are older than the host's. Never pay again."""
    await books.settlements.move(
        settlement,
        SettlementState.ERRORED,
        waits_code="restored",
        error_message="LNbits already holds payments of this settlement, but these books do not know "
        "them: they were restored from an older copy. Nothing was paid again.",
        processing_claim=None,
    )
    await tell_restored(books, settlement)


async def tell_restored(books: Books, settlement: Settlement) -> None:
    """Put it before the operator."""
    await books.worklist.open(
        MatterKind.RESTORED,
        settlement.id,
        operator_user_id=settlement.operator_user_id,
        machine_id=settlement.machine_id,
        detail="Payments of this settlement are in LNbits' history but not in these books.",
    )
