"""Retry: pay again what is known to have failed, with the same amounts, in a fresh attempt.

The failed attempt is voided and the fresh one written in one transaction, so each leg stands in the books
once, and the LP's cash stays in reserve all the while. What is `unresolved` is never tried again: it may
have been paid. What is completed is not touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...core.errors import InvariantViolated, NotFound, Refusal, StateMoved, TargetNotYours
from ...core.lease import Lease
from ...core.model import Leg, Minted, Settlement, SplitRule
from ...core.progress import progress_of
from ...core.retries import MOST_TRIES, may_be_lifted, next_check
from ...core.revising import counting, rule_now, why_leg_not_retried, why_no_retry
from ...core.states import EXTERNAL_TARGETS, LegState, LegType, SettlementState
from ...ports import Books, Host, Store
from .. import payout as steps
from . import conclude, leave_errored
from .release import give_up


async def retry_by_itself(store: Store, host: Host, settlement_id: str, lease: Lease, claim: str) -> None:
    """Try refused legs of an errored settlement again once what refused them is gone; look later if not."""
    async with store.reading() as books:
        settlement = await books.settlements.get(settlement_id)
        legs = [leg for leg in await books.legs.of(settlement_id) if may_be_lifted(leg)]
    if settlement is None or settlement.state is not SettlementState.ERRORED:
        return
    # What a person or a restored copy stopped goes on by a person's hand only.
    is_stopped = settlement.waits_code is not None
    lifted = [] if is_stopped else await _lifted(store, host, settlement, legs)
    minted = await mint_for(host, lifted)
    async with store.transaction("retry") as books:
        await books.require_lease(lease)
        if is_stopped or not legs:
            await books.settlements.look_again(settlement, at=None, tries=settlement.tries)
            return
        if not lifted:
            await _look_again(books, settlement)
            return
        for leg in lifted:
            await try_again(books, settlement, leg, minted, tries=leg.tries + 1)
        await leave_errored(
            books, settlement, SettlementState.PROCESSING, processing_claim=claim, claimed_at=books.now
        )


async def _lifted(store: Store, host: Host, settlement: Settlement, legs: Sequence[Leg]) -> list[Leg]:
    """Those of the refused legs that would not be refused again for the same reason.

    Where the machine's wallet itself may not pay, nobody can say: then all of them, and the sale waits.
    """
    if not legs:
        return []
    async with store.reading() as books:
        destinations = await steps.find_destinations(books, legs)
        platform_wallet_id = await books.platform.wallet_id()
    for leg in legs:
        if leg.leg_type is LegType.SUPER_FEE and platform_wallet_id is not None:
            destinations[leg.id] = platform_wallet_id
    facts = await host.facts(settlement.wallet_id, {wallet for wallet in destinations.values() if wallet})
    async with store.reading() as books:
        decision = await steps.decide(books, settlement, legs, destinations, facts)
    if decision.waits is not None:
        return list(legs)
    refused = {one.leg_id: one.code for one in decision.refused}
    return [leg for leg in legs if refused.get(leg.id) != leg.error_code]


async def _look_again(books: Books, settlement: Settlement) -> None:
    """Still refused: later, and ever more seldom. No attempt is made, so none is written."""
    tries = settlement.tries + 1
    await books.settlements.look_again(settlement, at=books.now + next_check(tries), tries=tries)
    if tries == MOST_TRIES:
        await steps.ask_a_person(books, settlement)


async def mint_for(host: Host, legs: Sequence[Leg]) -> dict[str, Minted]:
    """Invoices for fresh attempts within this LNbits, by leg id."""
    return await host.mint({leg.id: leg.sats for leg in legs}, memo="Satoshi Machine payout")


async def try_again(
    books: Books,
    settlement: Settlement,
    leg: Leg,
    minted: Mapping[str, Minted],
    *,
    tries: int,
    **columns: object,
) -> None:
    """Void a failed leg and write the next attempt beside it.

    The platform's wallet is read anew, as an LP's is when it is paid: both may have changed.
    """
    if leg.leg_type is LegType.SUPER_FEE:
        wallet_id = await books.platform.wallet_id() or leg.destination_wallet_id
        columns = {"target": wallet_id, "destination_wallet_id": wallet_id, **columns}
    await books.legs.move(settlement, leg, LegState.VOIDED)
    await books.legs.write_fresh_attempt(settlement, leg, minted.get(leg.id), tries=tries, **columns)


async def retry_by_hand(
    store: Store,
    host: Host,
    settlement_id: str,
    *,
    actor: str,
    wishes: Mapping[str, SplitRule | None] | None = None,
) -> None:
    """Try an errored settlement's failed legs again: all, or those of `wishes`, by leg id, each at the
    receiver that is named there, else at the one that is configured now.

    An LP whose wallet is gone has its leg released instead. What was merely stopped goes on where it
    stood. Raises NotFound, ActionNotAllowed, OutcomeUnknown, TargetNotYours, StateMoved.
    """
    async with store.reading() as books:
        before = await _load(books, settlement_id)
        settlement, legs = before
        chosen = _choose(settlement, legs, wishes)
        receivers = await _receivers(books, settlement, chosen, wishes or {})
        wallets = await books.lps.payout_wallets(_enrolments(chosen))
    gone = await _gone(host, settlement, set(wallets.values()))
    minted = await mint_for(host, [leg for leg in chosen if not _leaves(leg, receivers[leg.id])])
    async with store.transaction("retry", actor=actor) as books:
        if await _load(books, settlement_id) != before:
            raise StateMoved(thing="settlement")
        wallets = await books.lps.payout_wallets(_enrolments(chosen))
        books.settlements.remark(settlement, "retry_asked", **_asked(chosen, receivers))
        for leg in chosen:
            if leg.enrolment_id is not None and wallets.get(leg.enrolment_id) in {None, *gone}:
                await give_up(books, settlement, leg, "The LP's wallet is gone.")
            else:
                columns = _columns(receivers[leg.id])
                await try_again(books, settlement, leg, minted, tries=0, **columns)
        await _go_on(books, settlement)


async def _load(books: Books, settlement_id: str) -> tuple[Settlement, tuple[Leg, ...]]:
    settlement = await books.settlements.get(settlement_id)
    if settlement is None:
        raise InvariantViolated("a settlement that a person retries was looked up before")
    return settlement, await books.legs.of(settlement_id)


def _choose(
    settlement: Settlement, legs: Sequence[Leg], wishes: Mapping[str, SplitRule | None] | None
) -> list[Leg]:
    """The failed legs that are meant; raises where one of them is none."""
    _raise(why_no_retry(settlement, legs))
    if wishes is None:
        return [leg for leg in counting(legs) if leg.state is LegState.FAILED]
    chosen = [leg for leg in legs if leg.id in wishes]
    if len(chosen) != len(wishes):
        raise NotFound(what="leg")
    for leg in chosen:
        _raise(why_leg_not_retried(leg))
        if wishes[leg.id] is not None and leg.leg_type is not LegType.OPERATOR_SPLIT:
            raise TargetNotYours(whose="the LP" if leg.leg_type is LegType.DCA else "the platform")
    return chosen


def _raise(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


async def _receivers(
    books: Books, settlement: Settlement, legs: Sequence[Leg], wishes: Mapping[str, SplitRule | None]
) -> dict[str, SplitRule | None]:
    """Where each leg goes now, by leg id; None where that is not for the operator's rules to say."""
    split_set = (await books.plan_input(settlement)).split_set
    rules = split_set.rules if split_set else ()
    return {leg.id: wishes.get(leg.id) or rule_now(leg, rules) for leg in legs}


def _enrolments(legs: Sequence[Leg]) -> list[str]:
    return [leg.enrolment_id for leg in legs if leg.enrolment_id is not None]


async def _gone(host: Host, settlement: Settlement, wallet_ids: Collection[str]) -> set[str]:
    """Those of the LPs' wallets that do not exist any more."""
    if not wallet_ids:
        return set()
    known = (await host.facts(settlement.wallet_id, wallet_ids)).receivers
    return {wallet_id for wallet_id in wallet_ids if wallet_id not in known or known[wallet_id].deleted}


def _leaves(leg: Leg, receiver: SplitRule | None) -> bool:
    """Whether the fresh attempt leaves this LNbits: then it has no invoice before it is paid."""
    return (receiver.target_kind if receiver else leg.target_kind) in EXTERNAL_TARGETS


def _columns(receiver: SplitRule | None) -> dict[str, object]:
    """What of a fresh attempt says where it goes, where that has changed."""
    if receiver is None:
        return {}
    return {
        "target": receiver.target,
        "target_kind": receiver.target_kind,
        "destination_wallet_id": receiver.wallet_id,
        "destination_ln_address": receiver.target if receiver.target_kind in EXTERNAL_TARGETS else None,
        "label": receiver.label,
    }


def _asked(legs: Sequence[Leg], receivers: Mapping[str, SplitRule | None]) -> dict[str, object]:
    """What the audit trail keeps: which legs, and where to if elsewhere than before."""
    elsewhere = {leg.id: rule.target for leg in legs if (rule := receivers[leg.id]) is not None}
    return {"legs": [leg.id for leg in legs], "targets": elsewhere}


async def _go_on(books: Books, settlement: Settlement) -> None:
    """On to what is to be done: paid or looked up, planned where nothing is planned, or nothing at all."""
    legs = await books.legs.of(settlement.id)
    states = {leg.state for leg in counting(legs)}
    if not states:
        await leave_errored(books, settlement, SettlementState.PENDING, tries=0)
    elif states & {LegState.PENDING, LegState.PAYING}:
        await leave_errored(
            books,
            settlement,
            SettlementState.PROCESSING,
            progress=progress_of(legs),
            tries=0,
            processing_claim=None,
            claimed_at=books.now,
        )
    else:
        await conclude(books, settlement)
