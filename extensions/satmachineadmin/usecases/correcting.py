"""Paid sales whose rate was wrong: the LPs' cash is put right, visibly, and nothing is pulled back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from ..core.correcting import LpCorrection, correct, drawn_by
from ..core.errors import CorrectionTooLarge, NotCorrectable
from ..core.model import Settlement
from ..core.states import CashEntryKind, SettlementState
from ..core.units import format_fiat
from ..store import rows
from ..store.books import Books, Store
from .permissions import may


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """What a correction books."""

    currency: str
    exchange_rate: str
    #: the rate that the books hold so far
    booked_rate: str
    lps: tuple[LpCorrection, ...]


async def preview_correction(store: Store, user_id: str, settlement_id: str, exchange_rate: str) -> Previewed:
    """What each LP gave and should have given. Raises NotCorrectable."""
    async with store.reading() as books:
        _settlement, found = await _decide(books, user_id, settlement_id, exchange_rate)
    return found


async def correct_settlement(
    store: Store, user_id: str, settlement_id: str, exchange_rate: str, reason: str
) -> None:
    """Book the differences as confirmed cash entries of kind `correction`, all of them or none.

    Raises NotCorrectable, and CorrectionTooLarge where an LP's cash does not suffice.
    """
    async with store.transaction("correct", actor=user_id) as books:
        settlement, found = await _decide(books, user_id, settlement_id, exchange_rate)
        for one in found.lps:
            if one.short_minor > 0:
                raise CorrectionTooLarge(
                    username=one.label,
                    short=format_fiat(one.short_minor, found.currency),
                    currency=found.currency,
                )
        for one in found.lps:
            if one.change_minor != 0:
                await _book(books, user_id, settlement, one, reason)
        await books.settlements.amend(
            settlement, "corrected", said={"reason": reason}, corrected_rate=exchange_rate
        )


async def _book(books: Books, user_id: str, settlement: Settlement, one: LpCorrection, reason: str) -> None:
    entry_id = await books.cash.add(
        {
            "client_id": one.enrolment_id,
            "machine_id": settlement.machine_id,
            "operator_user_id": settlement.operator_user_id,
            "kind": CashEntryKind.CORRECTION,
            "amount_minor": one.change_minor,
            "currency": settlement.currency,
            "cash_date": datetime.fromtimestamp(books.now, timezone.utc).date().isoformat(),
            "notes": reason,
            "related_id": settlement.id,
            "created_by": user_id,
        }
    )
    entry = await books.cash.get(entry_id)
    await books.cash.confirm(may(user_id, "correct", entry, "cash entry"), by=user_id)


async def _decide(
    books: Books, user_id: str, settlement_id: str, exchange_rate: str
) -> tuple[Settlement, Previewed]:
    row = may(user_id, "correct", await books.settlements.row(settlement_id), "settlement")
    settlement = rows.settlement(row)
    booked_rate = row["corrected_rate"] or settlement.exchange_rate
    if settlement.state is not SettlementState.PROCESSED:
        raise NotCorrectable(why="It is not paid out.")
    if booked_rate is None:
        raise NotCorrectable(why="It has no rate yet: supply it.")
    if booked_rate == exchange_rate:
        raise NotCorrectable(why="The books hold this rate already.")
    drawn = drawn_by(await books.legs.of(settlement_id), await books.cash.corrections(settlement_id))
    if not drawn:
        raise NotCorrectable(why="No LP gave cash for it.")
    remaining = {}
    for one in drawn:
        enrolment = await books.lps.enrolment(one.enrolment_id)
        remaining[one.enrolment_id] = rows.balance(may(user_id, "read", enrolment, "LP")).remaining_minor
    return settlement, Previewed(
        currency=settlement.currency,
        exchange_rate=exchange_rate,
        booked_rate=booked_rate,
        lps=correct(drawn, exchange_rate, settlement.currency, remaining),
    )
