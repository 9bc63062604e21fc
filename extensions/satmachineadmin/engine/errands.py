"""Errands: payments that are made one at a time, each with an invoice of its own.

An errand is one leg, or several that go together, with everything that paying them takes: whose wallet
pays, where the invoice comes from, and what becomes of the books with the outcome. engine/makers.py says
how an errand is made of each type of leg; engine/pay_external.py runs it and knows nothing of types.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ..core.errors import InvariantViolated
from ..core.host_facts import HostLimits
from ..core.model import Leg, Machine, Stem
from ..core.outside import Ask, Invoice, OutsideCode, TargetTerms, ask_for, choose_gathered, why_not_asked
from ..core.progress import progress_of
from ..core.revising import is_stopped
from ..core.states import LEGS_BESIDE_SETTLEMENT, LegState, SettlementState
from ..ports import OWN_EXTENSION, Books, Host
from ..ports.lightning import TargetRefused
from ..uncancelled import to_the_end
from . import payout as steps
from .payoff import load_payoff
from .revise import conclude, leave_errored

#: So many gathered legs go with one payment at most; the rest goes with the next.
MOST_TOGETHER = 50


@dataclass(frozen=True, kw_only=True)
class Share:
    """One leg of an errand and what it stems from: nearly always a settlement."""

    stem: Stem
    leg: Leg


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What a source and its payee agreed on: an invoice that is good as far as the source can tell."""

    invoice: Invoice
    ask: Ask
    #: the text that the invoice's description hash, if it has one, is held against; None for any text
    metadata: str | None
    #: how many of the errand's gathered legs go with it
    joined: int = 0
    #: the preimage, where the invoice is one of our own
    preimage: str | None = None


class InvoiceSource(Protocol):
    """Where the invoice of an errand comes from."""

    async def agree(self, host: Host, errand: Errand, limits: HostLimits) -> Agreed:
        """An invoice to pay. Talks to the net; raises TargetRefused and core.outside.BelowMinimum."""


#: Called in the transaction that moved a leg of an errand, once for each, after the move.
OnMoved = Callable[[Books, Share], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One payment and the legs that it settles."""

    #: the legs that are paid; the first one carries invoice and hash
    shares: tuple[Share, ...]
    #: skipped ones of the same target and payer that may go with it, the oldest first
    gathered: tuple[Share, ...] = ()
    machine: Machine
    #: whose wallet it must be that pays
    payer_user_id: str
    #: the extension that the payer's user must be allowed to use
    extension: str
    source: InvoiceSource
    on_moved: OnMoved
    #: an LP's own address: kept on the leg for the LP, in no event and in nothing an operator reads
    address: str | None = None
    #: what a leg is once it is paid
    paid_as: LegState = LegState.COMPLETED
    #: whether a fresh invoice is asked for after a confirmed failure
    is_tried_again: bool = True

    @property
    def first(self) -> Share:
        return self.shares[0]

    @property
    def memo(self) -> str:
        return steps.memo(self.first.stem, self.machine, self.first.leg)

    @property
    def extra(self) -> dict[str, object]:
        carried = [share.leg.external_id for share in self.shares[1:]]
        return {
            "tag": self.machine.tag,
            **({"settlement_id": self.first.stem.id} if self.first.stem.id else {}),
            "leg_type": self.first.leg.leg_type.value,
            **({"carries": carried} if carried else {}),
        }


@dataclass(frozen=True, kw_only=True)
class PayLink:
    """The invoice comes from a Lightning address or an LNURL."""

    target: str
    #: never more than this, whatever the legs hold; None where the payer waits until it has it all
    most_sats: int | None = None

    async def agree(self, host: Host, errand: Errand, limits: HostLimits) -> Agreed:
        """Ask for all of it where the payment stays here; else take off what the network may cost.

        Where it goes is only known from the invoice: so it is asked for once more when the guess was
        wrong. The first invoice is then never paid.
        """
        terms = await host.lightning.terms(self.target)
        for is_internal in (terms.is_here, not terms.is_here):
            agreed = await self._ask(host, errand, limits, terms, is_internal=is_internal)
            sides = await to_the_end(host.history.all_sides([agreed.invoice.payment_hash]))
            stays_here = any(row.is_lightning_inbound for row in sides)
            if stays_here == is_internal:
                return agreed
        if stays_here:
            # Asked as one that leaves: what was kept back for the network is just not used.
            return agreed
        raise TargetRefused(
            OutsideCode.TARGET_UNUSABLE,
            "The target hands out invoices of this LNbits at one time and of another node at the next.",
        )

    async def _ask(
        self, host: Host, errand: Errand, limits: HostLimits, terms: TargetTerms, *, is_internal: bool
    ) -> Agreed:
        sats = errand.first.leg.sats
        waiting = [share.leg.sats for share in errand.gathered]
        joined = choose_gathered(sats, waiting, terms, limits, is_internal=is_internal)
        total = sats + sum(waiting[:joined])
        most = total if self.most_sats is None else min(total, self.most_sats)
        ask = ask_for(most, limits, is_internal=is_internal)
        if most < total and ask.sent_msat < terms.min_msat:
            raise TargetRefused(
                OutsideCode.ALREADY_SPENT, f"The wallet holds {most} of these {total} sats by now."
            )
        problem = why_not_asked(ask, terms, limits)
        if problem is not None:
            raise TargetRefused(problem.code, problem.sentence)
        invoice = await host.lightning.invoice(terms, ask.sent_msat)
        return Agreed(invoice=invoice, ask=ask, metadata=terms.metadata, joined=joined)


async def finish_settlement(books: Books, share: Share) -> None:
    """After a leg that counts: the settlement ends when its last leg is decided, however late."""
    settlement = await books.settlements.get(share.stem.id)
    if settlement is None:
        raise InvariantViolated("a leg's settlement exists")
    legs = await books.legs.of(settlement.id)
    is_errored = settlement.state is SettlementState.ERRORED
    if is_errored and progress_of(legs).under_way and not is_stopped(settlement):
        # What nobody knew is known by now, and there is something to pay again.
        await leave_errored(books, settlement, SettlementState.PROCESSING)
        settlement = await books.settlements.get(share.stem.id) or settlement
    if settlement.state is SettlementState.PROCESSING:
        await steps.finish(books, settlement, legs)
    elif settlement.state is SettlementState.ERRORED:
        await conclude(books, settlement)


async def split_errand(books: Books, leg: Leg) -> Errand:
    """A leg of a settlement for a target outside, from the machine's wallet."""
    first = await share_of(books, leg)
    machine = await books.machines.get(leg.machine_id)
    if machine is None or leg.target is None:
        raise InvariantViolated("a leg for a target outside has its machine and its target")
    carried = [await share_of(books, other) for other in await books.outside.carried_by(leg.id)]
    waiting = await books.outside.gathered(leg.target, leg.payer_wallet_id, MOST_TOGETHER)
    return Errand(
        shares=(first, *carried),
        gathered=tuple([await share_of(books, other) for other in waiting]),
        machine=machine,
        payer_user_id=first.stem.operator_user_id,
        extension=OWN_EXTENSION,
        source=PayLink(target=leg.target),
        on_moved=finish_settlement,
    )


async def share_of(books: Books, leg: Leg) -> Share:
    return Share(stem=await stem_of(books, leg), leg=leg)


async def stem_of(books: Books, leg: Leg) -> Stem:
    """The settlement of a leg; where there is none, the payoff that it is, or that it passes on."""
    if not leg.settlement_id:
        payoff = await books.payoffs.called(leg.passes_on) if leg.passes_on else leg
        return await load_payoff(books, payoff.id if payoff else "")
    settlement = await books.settlements.get(leg.settlement_id)
    if settlement is None:
        raise InvariantViolated("a leg's settlement exists")
    return settlement


def counts(leg: Leg) -> bool:
    """Whether the leg's outcome is part of its settlement's."""
    return leg.leg_type not in LEGS_BESIDE_SETTLEMENT
