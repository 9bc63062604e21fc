"""Paying a refund: the invoice is the customer's own, and the leg ends as `refunded`.

What can go wrong is that a payment fails after the link was claimed. Then the sats stand as they did,
skipped as `undispensed`, and the link is open again; the same invoice is never tried a second time.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InvariantViolated
from ..core.host_facts import HostLimits
from ..core.model import Leg
from ..core.outside import Ask, OutsideCode, reserve_msat
from ..core.states import LegState, SkipReason, WithdrawalState
from ..ports import OWN_EXTENSION, Books, Host
from ..ports.lightning import TargetRefused
from ..uncancelled import to_the_end
from .errands import Agreed, Errand, Share, finish_settlement


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """The invoice is the customer's own."""

    bolt11: str
    amount_msat: int

    async def agree(self, host: Host, errand: Errand, limits: HostLimits) -> Agreed:
        """The invoice as it was handed in, if there is still room for the network's fee beside it."""
        invoice = host.lightning.read(self.bolt11)
        sides = await to_the_end(host.history.all_sides([invoice.payment_hash]))
        stays_here = any(row.is_lightning_inbound for row in sides)
        kept_msat = 0 if stays_here else reserve_msat(self.amount_msat, limits)
        if self.amount_msat + kept_msat > errand.first.leg.sats * 1000:
            raise TargetRefused(
                OutsideCode.EATEN_BY_RESERVE,
                "LNbits keeps more back for the network's fee than when the link was made.",
            )
        ask = Ask(sent_msat=self.amount_msat, reserve_msat=kept_msat)
        return Agreed(invoice=invoice, ask=ask, metadata=None)


async def refund_errand(books: Books, leg: Leg) -> Errand:
    """A leg of undispensed sats whose link was claimed."""
    settlement = await books.settlements.get(leg.settlement_id)
    machine = await books.machines.get(leg.machine_id)
    withdrawal = await books.withdrawals.under_way(leg.settlement_id)
    if settlement is None or machine is None or withdrawal is None:
        raise InvariantViolated("a leg that is refunded has its settlement, machine and link")
    return Errand(
        shares=(Share(stem=settlement, leg=leg),),
        machine=machine,
        payer_user_id=settlement.operator_user_id,
        extension=OWN_EXTENSION,
        source=HandedIn(bolt11=withdrawal["bolt11"], amount_msat=withdrawal["amount_msat"]),
        on_moved=_after_move,
        paid_as=LegState.REFUNDED,
        is_tried_again=False,
    )


async def _after_move(books: Books, share: Share) -> None:
    """The link ends with its leg; after a failure the sats stand as they did, and so does the link."""
    settlement = await books.settlements.get(share.stem.id)
    withdrawal = await books.withdrawals.under_way(share.stem.id)
    legs = await books.legs.of(share.stem.id)
    leg = next(leg for leg in legs if leg.id == share.leg.id)
    if settlement is None or withdrawal is None:
        raise InvariantViolated("a leg that is refunded has its settlement and link")
    if leg.state is LegState.REFUNDED:
        await books.withdrawals.move(withdrawal, WithdrawalState.PAID, paid_at=books.now)
    if leg.state is LegState.FAILED:
        await books.legs.move(settlement, leg, LegState.VOIDED)
        await books.legs.write_fresh_attempt(
            settlement,
            leg,
            None,
            state=LegState.SKIPPED,
            reason=SkipReason.UNDISPENSED,
            target_kind=None,
        )
        await books.withdrawals.move(
            withdrawal,
            WithdrawalState.OPEN,
            payment_hash=None,
            bolt11=None,
            claimed_at=None,
            error_message=leg.error_message,
        )
    await finish_settlement(books, share)
