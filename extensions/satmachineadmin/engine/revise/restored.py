"""Accept as paid: a settlement whose payments are in the host's history but not in these books.

The books were restored from an older copy, or are new. Nothing is paid here. Where each of the host's
payments is one of the legs as planned now (books that are a few minutes old plan the same again), those
legs are booked as paid by these very payments; a leg that the host knows nothing of has failed, and a
person may try it again. Where they do not match (the LPs or the rules were others then), the legs are
taken out of the books, the LPs' cash is theirs again, and the sale is put aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.model import Leg, Settlement
from ...core.states import LegState, PayWay, SettlementState
from ...ports import Books
from .. import payout as steps
from . import conclude, leave_errored, void

_UNPAID = (LegState.PENDING, LegState.SKIPPED, LegState.VOIDED)


async def accept_as_paid(books: Books, settlement_id: str) -> None:
    """Take the host's payments of a stopped settlement as what was paid of it."""
    settlement = await books.settlements.get(settlement_id)
    if settlement is None or settlement.state is not SettlementState.ERRORED:
        return
    legs = await books.legs.of(settlement_id)
    pending = [leg for leg in legs if leg.state is LegState.PENDING]
    mark = f"sm1:{settlement.payment_hash}:"
    payments = {row["external_id"]: row for row in await books.reconcile.unknown_of_sale(mark)}
    matched = [leg for leg in pending if _pays(payments.get(leg.external_id), leg)]
    if len(matched) < len(payments) and all(leg.state in _UNPAID for leg in legs):
        for leg in pending:
            await void(books, settlement, leg)
        await leave_errored(books, settlement, SettlementState.DISMISSED, reason="accepted_as_paid")
        return
    for leg in pending:
        if leg in matched:
            await _book(books, settlement, leg, payments[leg.external_id])
        else:
            await books.legs.move(
                settlement,
                leg,
                LegState.FAILED,
                error_code="restored",
                error_message="LNbits' history does not say that this was paid.",
            )
    await conclude(books, settlement)


def _pays(payment: Mapping[str, Any] | None, leg: Leg) -> bool:
    """Whether a payment is the leg's: a part of the sats may have been kept back for fees."""
    if payment is None:
        return False
    taken_msat = -payment["amount_msat"] + payment["fee_msat"]
    return bool(leg.sats * 1000 == taken_msat or (leg.is_external and 0 < taken_msat < leg.sats * 1000))


async def _book(books: Books, settlement: Settlement, leg: Leg, payment: Mapping[str, Any]) -> None:
    """Write down what the host did with a leg."""
    sent_msat, fee_msat = -payment["amount_msat"], payment["fee_msat"]
    await books.legs.move(
        settlement,
        leg,
        LegState.PAYING,
        way=PayWay.SLOW,
        payment_hash=payment["payment_hash"],
        preimage=None,
        bolt11=None,
        sent_msat=sent_msat,
        fee_msat=fee_msat,
        fee_unused_msat=leg.sats * 1000 - sent_msat - fee_msat,
    )
    (paying,) = [one for one in await books.legs.of(settlement.id) if one.id == leg.id]
    await books.legs.move(settlement, paying, LegState.COMPLETED, completed_at=books.now)
    await books.lps.spend(steps.fills([paying], [await books.legs.sent(leg.id)]))
