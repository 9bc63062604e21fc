"""REFUND: give sats back to a customer whose notes did not come out, by a link and exactly once.

What can go wrong: the same sats refunded twice, or refunded and paid out as well; a link that is
claimed by two people; a customer's invoice for more than is owed. So the sats stay in one leg all the
time: skipped as `undispensed` while the link is open, paid like any leg that leaves this LNbits once an
invoice is handed in (engine/pay_external.py: written down, paid, looked up), `refunded` when the host's
books say so. Only a confirmed failure opens the link again. The link is LNURL-withdraw, LUD-03.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ..core.errors import (
    InvariantViolated,
    NothingToRefund,
    RefundUnderWay,
    WithdrawalRefused,
    ensure,
)
from ..core.model import Leg, Settlement
from ..core.outside import ask_for
from ..core.revising import is_stopped
from ..core.states import (
    LegState,
    MatterKind,
    SettlementState,
    SkipReason,
    TargetKind,
    WithdrawalState,
)
from ..core.withdrawing import WithdrawalKind
from ..ports import OWN_EXTENSION, Books, Host, Store
from ..ports.lightning import TargetRefused
from ..uncancelled import to_the_end
from .write_down import check_invoice

#: How long a link can be claimed.
OPEN_SECONDS = 30 * 86_400
#: Settlements whose plan is written: their undispensed sats are in a leg.
_PLANNED = (SettlementState.PROCESSING, SettlementState.PROCESSED, SettlementState.ERRORED)


async def open_refund(store: Store, host: Host, settlement: Settlement, reason: str, by: str) -> None:
    """Make a link over the undispensed sats, less what the network may cost.

    Raises NothingToRefund, RefundUnderWay.
    """
    facts = await to_the_end(host.facts(settlement.wallet_id, (), OWN_EXTENSION))
    async with store.transaction("refund_open", actor=by) as books:
        leg = await _undispensed(books, settlement)
        before = await books.withdrawals.under_way(settlement.id)
        if before is not None:
            await expire(books, before)
        amount_msat = ask_for(leg.sats, facts.limits, is_internal=False).sent_msat
        if amount_msat == 0:
            raise NothingToRefund()
        await books.worklist.close(MatterKind.DISPENSE_FAILED, settlement.id)
        await books.withdrawals.open(
            {
                "kind": WithdrawalKind.REFUND,
                "settlement_id": settlement.id,
                "machine_id": settlement.machine_id,
                "operator_user_id": settlement.operator_user_id,
                "wallet_id": settlement.wallet_id,
                "k1": secrets.token_hex(32),
                "leg_sats": leg.sats,
                "amount_msat": amount_msat,
                "reason": reason,
                "created_by": by,
                "expires_at": books.now + OPEN_SECONDS,
            }
        )


async def cancel_refund(store: Store, settlement: Settlement, by: str) -> None:
    """Take the link back while nobody has claimed it. Raises NothingToRefund, ArrowNotAllowed."""
    async with store.transaction("refund_cancel", actor=by) as books:
        found = [
            await books.withdrawals.under_way(settlement.id, kind)
            for kind in (WithdrawalKind.REFUND, WithdrawalKind.LATE_REFUND)
        ]
        withdrawal = next((one for one in found if one is not None), None)
        if withdrawal is None:
            raise NothingToRefund()
        await books.withdrawals.move(withdrawal, WithdrawalState.CANCELLED)


async def hand_in(store: Store, host: Host, k1: str, bolt11: str) -> None:
    """A customer's invoice for an open link: checked, written down, and paid by the runner.

    Raises WithdrawalRefused with a sentence for the customer.
    """
    async with store.reading() as books:
        withdrawal = await open_link(books, k1)
        settlement = await books.settlements.get(withdrawal["settlement_id"])
    if settlement is None:
        raise InvariantViolated("a withdrawal's settlement exists")
    try:
        invoice = host.lightning.read(bolt11)
        await check_invoice(
            store,
            host,
            invoice,
            stem=settlement,
            payer_wallet_id=withdrawal["wallet_id"],
            asked_msat=withdrawal["amount_msat"],
            metadata=None,
        )
    except TargetRefused as refusal:
        raise WithdrawalRefused(reason=str(refusal)) from refusal
    async with store.transaction("refund_claimed") as books:
        withdrawal = await open_link(books, k1)
        settlement = await books.settlements.get(settlement.id)
        ensure(settlement is not None, "a settlement does not vanish")
        if settlement is not None:
            await _claim(books, settlement, withdrawal, invoice.payment_hash, invoice.bolt11)


async def open_link(books: Books, k1: str) -> Mapping[str, Any]:
    """The withdrawal that may be claimed by whoever knows its secret; raises WithdrawalRefused."""
    withdrawal = await books.withdrawals.by_secret(k1)
    if withdrawal is None:
        raise WithdrawalRefused(reason="There is no such link.")
    if withdrawal["state"] != WithdrawalState.OPEN:
        raise WithdrawalRefused(reason="This link was used or taken back.")
    if withdrawal["expires_at"] <= books.now:
        raise WithdrawalRefused(reason="This link has expired. Ask the machine's operator for another one.")
    return withdrawal


async def _claim(
    books: Books, settlement: Settlement, withdrawal: Mapping[str, Any], payment_hash: str, bolt11: str
) -> None:
    """The link is taken, and its sats are to be paid: a fresh leg beside the skipped one."""
    if settlement.state not in _PLANNED or is_stopped(settlement):
        raise WithdrawalRefused(reason="This refund is not ready; ask the machine's operator.")
    leg = await _undispensed(books, settlement)
    if leg.sats != withdrawal["leg_sats"]:
        raise WithdrawalRefused(reason="This refund has changed; ask the machine's operator for a new link.")
    if settlement.state is SettlementState.PROCESSED:
        await books.settlements.move(settlement, SettlementState.PROCESSING, processed_at=None)
    elif settlement.state is SettlementState.ERRORED:
        await books.settlements.move(settlement, SettlementState.PROCESSING, next_try_at=None)
    await books.withdrawals.move(
        withdrawal,
        WithdrawalState.CLAIMED,
        payment_hash=payment_hash,
        bolt11=bolt11,
        claimed_at=books.now,
        error_message=None,
    )
    await books.legs.move(settlement, leg, LegState.VOIDED)
    await books.legs.write_fresh_attempt(settlement, leg, None, target_kind=TargetKind.INVOICE)


async def _undispensed(books: Books, settlement: Settlement) -> Leg:
    """The leg that holds what the customer is owed; raises NothingToRefund, RefundUnderWay."""
    owed = [leg for leg in await books.legs.of(settlement.id) if leg.reason is SkipReason.UNDISPENSED]
    if any(leg.target_kind is TargetKind.INVOICE and leg.state in _UNDER_WAY for leg in owed):
        raise RefundUnderWay()
    for leg in owed:
        if leg.state is LegState.SKIPPED and not leg.is_kept:
            return leg
    raise NothingToRefund()


_UNDER_WAY = (LegState.PENDING, LegState.PAYING, LegState.UNRESOLVED)


async def expire(books: Books, withdrawal: Mapping[str, Any]) -> None:
    """Make room for a new link, if the old one is over. Raises RefundUnderWay."""
    is_over = withdrawal["state"] == WithdrawalState.OPEN and withdrawal["expires_at"] <= books.now
    if not is_over:
        raise RefundUnderWay()
    await books.withdrawals.move(withdrawal, WithdrawalState.EXPIRED)
