"""Before a payment leaves: agree on an invoice, check it, and write it down.

What can go wrong: a target that answers slowly or falsely, an invoice that belongs to somebody else, a
wallet that is short. Nothing has moved yet, so everything here may be broken off at any time; the last
step alone changes who owns which hash, and it is one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.errors import InvariantViolated
from ..core.lease import Lease
from ..core.model import Refused, Sent, Stem
from ..core.outside import (
    SOONEST_LOOK_SECONDS,
    BelowMinimum,
    Invoice,
    OutsideCode,
    mark_of,
    share_outcome,
    why_invoice_refused,
)
from ..core.payout import why_payer_waits
from ..core.states import LegState, SettlementState, SkipReason
from ..ports import Books, Host, Store
from ..ports.lightning import TargetRefused
from ..uncancelled import to_the_end
from . import payout as steps
from .errands import Agreed, Errand, Share, counts
from .outcome import fail

#: How long a target may take in all, its terms and its invoice together.
CONVERSATION_SECONDS = 12
#: A payment of a sale may bear an earlier time than the sale by so much: clocks step.
CLOCK_SECONDS = 900
_PAID_BEFORE = (
    "LNbits has paid this already, but these books do not know it: they were restored from an older copy. "
    "Nothing was paid again."
)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A payment as it is written down."""

    payment_hash: str
    sent_msat: int
    #: kept back for the network's fee
    reserve_msat: int
    #: None where only the host's books have it
    bolt11: str | None = None
    #: where the invoice is one of our own
    preimage: str | None = None


async def prepare(store: Store, host: Host, errand: Errand, lease: Lease) -> Errand | None:
    """Agree on an invoice and write it down; None where nothing is to be paid now."""
    paid = await to_the_end(find_paid(host, store, errand))
    if paid:
        await to_the_end(_leave_paid(store, errand, paid, lease))
        if errand.first in paid:
            return None
        errand = replace(errand, gathered=tuple(share for share in errand.gathered if share not in paid))
    leg = errand.first.leg
    facts = await to_the_end(host.facts(leg.payer_wallet_id, (), errand.extension))
    try:
        agreed = await asyncio.wait_for(errand.source.agree(host, errand, facts.limits), CONVERSATION_SECONDS)
        await check_invoice(
            store,
            host,
            agreed.invoice,
            stem=errand.first.stem,
            payer_wallet_id=leg.payer_wallet_id,
            asked_msat=agreed.ask.sent_msat,
            metadata=agreed.metadata,
        )
    except asyncio.TimeoutError:
        sentence = f"The target gave no answer within {CONVERSATION_SECONDS} seconds."
        await to_the_end(fail(store, errand, lease, OutsideCode.TARGET_SILENT, sentence))
        return None
    except TargetRefused as refusal:
        await to_the_end(fail(store, errand, lease, refusal.code, str(refusal)))
        return None
    except BelowMinimum as below:
        await to_the_end(_set_aside(store, errand, lease, str(below)))
        return None
    together = (errand.first, *errand.gathered[: agreed.joined])
    total_msat = 1000 * sum(share.leg.sats for share in together)
    waits = why_payer_waits(
        sent=[
            Sent(
                leg_id=leg.id,
                destination_wallet_id="",
                sent_msat=agreed.ask.sent_msat,
                fee_msat=agreed.ask.reserve_msat,
                fee_unused_msat=total_msat - agreed.ask.sent_msat - agreed.ask.reserve_msat,
            )
        ],
        payer=facts.payer,
        payer_user_id=errand.payer_user_id,
        limits=facts.limits,
        payer_balance_msat=facts.payer_balance_msat,
        sent_today_msat=facts.sent_today_msat,
        seconds_since_last_payment=facts.seconds_since_last_payment,
        extension_refusal=facts.extension_refusal,
    )
    if waits is not None:
        await to_the_end(wait(store, errand, lease, waits))
        return None
    return await to_the_end(_write_down(store, errand, agreed, lease))


async def find_paid(host: Host, store: Store, errand: Errand) -> list[Share]:
    """The legs that the host has paid, or is paying, though these books do not know it: they are older.

    A payment bears the mark of the leg that carried it and names those that went with it.
    """
    shares = (errand.first, *errand.gathered)
    since = min(int(share.stem.paid_at.timestamp()) for share in shares) - CLOCK_SECONDS
    carried = await host.lightning.carried(errand.first.leg.payer_wallet_id, since)
    gone = {mark_of(external_id) for external_id in carried}
    paid = [share for share in shares if mark_of(share.leg.external_id) in gone]
    if errand.first not in paid and await _is_paid(host, store, errand.first):
        paid.append(errand.first)
    return paid


async def _is_paid(host: Host, store: Store, share: Share) -> bool:
    stem, leg = share.stem, share.leg
    marks = [mark_of(leg.external_id)]
    if counts(leg):
        async with store.reading() as books:
            marks = steps.restored_marks(stem, await books.legs.of(stem.id), [leg])
    return any([await host.paid_before(leg.payer_wallet_id, mark) for mark in marks])


async def _leave_paid(store: Store, errand: Errand, paid: list[Share], lease: Lease) -> None:
    """Never pay them again: the sale stops, what had gathered does not gather any more, a person is told.

    An LP sees what was passed on already on its own page, and nobody else does.
    """
    if errand.first in paid and not counts(errand.first.leg):
        await fail(store, errand, lease, OutsideCode.PAID_BEFORE, _PAID_BEFORE)
    async with store.transaction("external_restored") as books:
        await books.require_lease(lease)
        for share in paid:
            if share.leg.state is LegState.SKIPPED:
                await books.outside.wait(
                    share.leg, code=OutsideCode.PAID_BEFORE, sentence=_PAID_BEFORE, until=books.now
                )
            if not counts(share.leg):
                continue
            settlement = await books.settlements.get(share.stem.id)
            if settlement is None:
                raise InvariantViolated("a leg's settlement exists")
            if share.leg.state is LegState.SKIPPED:
                await steps.tell_restored(books, settlement)
            elif settlement.state is SettlementState.PROCESSING:
                await steps.stop_as_restored(books, settlement)


async def check_invoice(
    store: Store,
    host: Host,
    invoice: Invoice,
    *,
    stem: Stem,
    payer_wallet_id: str,
    asked_msat: int,
    metadata: str | None,
) -> None:
    """Hold an invoice against everything that we know; raises TargetRefused."""
    network = await host.lightning.network(stem.wallet_id, stem.payment_hash)
    await check_invoice_on(
        store,
        host,
        invoice,
        network=network,
        payer_wallet_id=payer_wallet_id,
        asked_msat=asked_msat,
        metadata=metadata,
    )


async def check_invoice_on(
    store: Store,
    host: Host,
    invoice: Invoice,
    *,
    network: str,
    payer_wallet_id: str,
    asked_msat: int,
    metadata: str | None,
) -> None:
    """The same where the network is known otherwise than by a sale."""
    sides = await to_the_end(host.history.all_sides([invoice.payment_hash]))
    now, machine_wallets, is_ours = await to_the_end(_known(store, invoice.payment_hash))
    problem = why_invoice_refused(
        invoice,
        asked_msat=asked_msat,
        metadata=metadata,
        network=network,
        now=now,
        payee_wallet_ids={row.wallet_id for row in sides if row.is_lightning_inbound},
        own_wallet_ids={*machine_wallets, payer_wallet_id},
        is_known=is_ours or any(row.is_lightning_outbound for row in sides),
    )
    if problem is not None:
        raise TargetRefused(problem.code, problem.sentence)


async def _known(store: Store, payment_hash: str) -> tuple[int, frozenset[str], bool]:
    """The time, the wallets that no payout goes to, and whether the hash is known."""
    async with store.reading() as books:
        wallets = await books.machines.all_wallet_ids()
        return books.now, wallets, await has_hash(books, payment_hash)


async def has_hash(books: Books, payment_hash: str) -> bool:
    """Whether the hash belongs to a payment of these books: a leg's, a claimed link's, a transaction's."""
    return bool(
        await books.legs.known_hashes([payment_hash])
        or await books.withdrawals.known_hashes([payment_hash])
        or await books.transactions.of_payments([payment_hash])
    )


async def wait(store: Store, errand: Errand, lease: Lease, waits: Refused) -> None:
    """Nothing is paid now: say why, and try again by itself."""
    async with store.transaction("external_wait") as books:
        await books.require_lease(lease)
        until = books.now + steps.RETRY_SECONDS
        leg = errand.first.leg
        await books.outside.wait(leg, code=waits.code, sentence=waits.sentence, until=until)
        current = await books.settlements.get(leg.settlement_id)
        if counts(leg) and current is not None and current.state is SettlementState.PROCESSING:
            await steps.wait(books, current, waits)


async def _set_aside(store: Store, errand: Errand, lease: Lease, sentence: str) -> None:
    """The target takes no amount this small: a skipped leg gathers beside the voided one."""
    async with store.transaction("external_set_aside") as books:
        await books.require_lease(lease)
        stem, leg = errand.first.stem, errand.first.leg
        await books.legs.move(stem, leg, LegState.VOIDED)
        skipped = await books.legs.write_fresh_attempt(
            stem,
            leg,
            None,
            state=LegState.SKIPPED,
            reason=SkipReason.BELOW_MINIMUM,
            error_message=f"{sentence} It goes when enough has gathered for this target.",
        )
        await errand.on_moved(books, Share(stem=stem, leg=skipped))


async def _write_down(store: Store, errand: Errand, agreed: Agreed, lease: Lease) -> Errand | None:
    """Before it is paid: invoice and hash stored, every leg that goes with it `paying`."""
    async with store.transaction("external_written_down") as books:
        await books.require_lease(lease)
        current = await books.settlements.get(errand.first.stem.id)
        is_stopped = current is None or current.state is not SettlementState.PROCESSING
        if counts(errand.first.leg) and is_stopped:
            return None
        if await has_hash(books, agreed.invoice.payment_hash):
            raise InvariantViolated("an invoice that was checked belongs to no other leg")
        taken_back = [await take_back(books, share) for share in errand.gathered[: agreed.joined]]
        given = HandedOver(
            payment_hash=agreed.invoice.payment_hash,
            preimage=agreed.preimage,
            bolt11=agreed.invoice.bolt11,
            sent_msat=agreed.ask.sent_msat,
            reserve_msat=agreed.ask.reserve_msat,
        )
        written = await hand_over(books, (errand.first, *taken_back), given)
        if errand.address is not None:
            await books.outside.note_address(errand.first.leg, errand.address)
    return replace(errand, shares=written, gathered=())


async def hand_over(books: Books, shares: Sequence[Share], given: HandedOver) -> tuple[Share, ...]:
    """Every leg that goes with a payment becomes `paying`; the first one carries hash and invoice."""
    carrier = shares[0].leg
    parts = share_outcome([1000 * share.leg.sats for share in shares], given.sent_msat, given.reserve_msat)
    for share, (sent_msat, reserve_msat, unused_msat) in zip(shares, parts, strict=True):
        is_carrier = share.leg.id == carrier.id
        await books.legs.move(
            share.stem,
            share.leg,
            LegState.PAYING,
            carrier_id=None if is_carrier else carrier.id,
            payment_hash=given.payment_hash if is_carrier else None,
            preimage=given.preimage if is_carrier else None,
            bolt11=given.bolt11 if is_carrier else None,
            sent_msat=sent_msat,
            fee_msat=reserve_msat,
            fee_unused_msat=unused_msat,
            reserve_msat=reserve_msat,
            error_code=None,
            error_message=None,
            next_try_at=books.now + SOONEST_LOOK_SECONDS,
        )
    return tuple([await _reload(books, share) for share in shares])


async def take_back(books: Books, share: Share) -> Share:
    """A skipped leg is to be paid after all: its settlement is open again."""
    if counts(share.leg):
        settlement = await books.settlements.get(share.stem.id)
        if settlement is None:
            raise InvariantViolated("a leg's settlement exists")
        if settlement.state is SettlementState.PROCESSED:
            await books.settlements.move(settlement, SettlementState.PROCESSING, processed_at=None)
    await books.legs.move(share.stem, share.leg, LegState.VOIDED)
    leg = await books.legs.write_fresh_attempt(share.stem, share.leg, None, reason=None)
    return replace(share, leg=leg)


async def _reload(books: Books, share: Share) -> Share:
    leg = await books.legs.get(share.leg.id)
    if leg is None:
        raise InvariantViolated("a leg that was written down exists")
    return replace(share, leg=leg)
