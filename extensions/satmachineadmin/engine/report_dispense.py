"""REPORT: what a machine says came out of it for a cash-out, and what becomes of the sale.

What can go wrong: a machine that says too late that nothing came out, says something else than before, or
lies. So a report is taken once and can only grow; before anything is paid the sale is scaled to it, by the
engine's own partial dispense; of what was paid out already a person is told, and no sat is pulled back. A
report alone never moves sats to a customer: that is the operator's to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..core.dispense import scale_by_fraction
from ..core.errors import InvariantViolated, NotFound, NotPaid, Ratchet, Refusal
from ..core.landing import HoldReason
from ..core.model import Settlement
from ..core.states import MatterKind, SettlementState, TxType
from ..core.transactions import DispenseOutcome, Transaction, TransactionState, check_news
from ..ports import Books
from .revise.dispense import partial_dispense


@dataclass(frozen=True, kw_only=True)
class DispenseReport:
    """What a machine posts about the notes of a cash-out, read."""

    txid: str
    version: int
    outcome: DispenseOutcome
    #: what a partial one says that came out, in minor units; None of the others
    partial_minor: int | None


async def take_report(books: Books, machine_id: str, report: DispenseReport) -> tuple[Transaction, bool]:
    """Book a report; the transaction, and whether the report said anything new.

    Raises NotFound, NotPaid, Stale, Ratchet.
    """
    one = await books.transactions.called(machine_id, report.txid)
    if one is None:
        raise NotFound(what="transaction")
    if one.tx_type is not TxType.CASH_OUT:
        raise Ratchet(field="txid", problem="it is the one of a cash-in")
    if one.state is not TransactionState.PAID or one.settlement_id is None:
        raise NotPaid()
    dispensed_minor = _dispensed(one, report)
    if not _is_news(one, report, dispensed_minor):
        return one, False
    one = await books.transactions.amend(
        one,
        "dispensed",
        dispense=report.outcome,
        dispensed_minor=dispensed_minor,
        dispense_version=report.version,
    )
    settlement = await books.settlements.get(one.settlement_id or "")
    if settlement is None:
        raise InvariantViolated("a paid transaction has its settlement")
    return await _apply(books, one, settlement, dispensed_minor), True


def _dispensed(one: Transaction, report: DispenseReport) -> int:
    if report.outcome is DispenseOutcome.COMPLETE:
        return one.fiat_minor
    return (report.partial_minor or 0) if report.outcome is DispenseOutcome.PARTIAL else 0


def _is_news(one: Transaction, report: DispenseReport, dispensed_minor: int) -> bool:
    if one.dispense_version is None:
        return True
    return check_news(
        known_version=one.dispense_version,
        version=report.version,
        constants={"outcome": (one.dispense, report.outcome)},
        growing={"fiat_amount": (one.dispensed_minor or 0, dispensed_minor)},
    )


async def _apply(books: Books, one: Transaction, settlement: Settlement, dispensed_minor: int) -> Transaction:
    """Let the report have its effect on the sale, if it can still have one."""
    await books.worklist.close(MatterKind.NO_DISPENSE_REPORT, settlement.id)
    is_held = settlement.state is SettlementState.HELD
    if dispensed_minor == one.fiat_minor:
        if is_held and settlement.reason == HoldReason.AWAITING_DISPENSE:
            await _release(books, settlement)
        return one
    if is_held and dispensed_minor == 0:
        await _hold_failed(books, settlement)
        return one
    try:
        part = Fraction(dispensed_minor, one.fiat_minor)
        note = f"The machine reports that {dispensed_minor * 100 // one.fiat_minor} % of the notes came out."
        await partial_dispense(books, settlement, lambda: scale_by_fraction(settlement, part), note)
    except Refusal:
        return await _note_late(books, one, settlement, dispensed_minor)
    if is_held and settlement.reason == HoldReason.AWAITING_DISPENSE:
        await _release(books, await _again(books, settlement))
    if dispensed_minor == 0:
        await _open(books, MatterKind.DISPENSE_FAILED, settlement, _FAILED)
    return one


_FAILED = (
    "The machine reports that nothing came out. Look at the machine: give the customer its sats back, or "
    "release the sale if the notes did come out."
)


async def _hold_failed(books: Books, settlement: Settlement) -> None:
    """Nothing came out: the sale waits for a person, whatever else it was held for."""
    await books.settlements.amend(
        settlement,
        "dispense_failed",
        reason=HoldReason.DISPENSE_FAILED,
        next_try_at=None,
        waits_code=None,
        error_message=None,
    )
    await _open(books, MatterKind.DISPENSE_FAILED, settlement, _FAILED)


async def _release(books: Books, settlement: Settlement) -> None:
    await books.settlements.move(
        settlement,
        SettlementState.PENDING,
        reason=None,
        next_try_at=None,
        waits_code=None,
        error_message=None,
    )


_STAYED = (
    "The machine reports that not all notes came out, after the sale had been paid out. Refund the customer "
    "from a wallet of yours; the cash that stayed in the machine is yours."
)
_MORE = (
    "The machine reports that more notes came out, after the sale had been paid out for fewer. Of the sats "
    "that it keeps as undispensed the customer is owed less by now: keep them, and settle with the customer."
)


async def _note_late(
    books: Books, one: Transaction, settlement: Settlement, dispensed_minor: int
) -> Transaction:
    """The sale is paid out, or may be: the cash that stayed is the operator's, and a person is told.

    Only what it is paid out for: what it was scaled by before stands in its own leg, and the customer is
    owed that there.
    """
    is_scaled = settlement.landed is not None and settlement.fiat_minor is not None
    counted_minor = (settlement.fiat_minor if is_scaled else one.fiat_minor) or 0
    if dispensed_minor > counted_minor:
        await _open(books, MatterKind.LATE_DISPENSE, settlement, _MORE)
    stayed_minor = max(0, counted_minor - dispensed_minor) or None
    if stayed_minor == one.stayed_minor:
        return one
    one = await books.transactions.amend(one, "stayed", stayed_minor=stayed_minor)
    if stayed_minor is not None:
        await _open(books, MatterKind.LATE_DISPENSE, settlement, _STAYED)
    elif dispensed_minor == counted_minor:
        await books.worklist.close(MatterKind.LATE_DISPENSE, settlement.id)
    return one


async def _again(books: Books, settlement: Settlement) -> Settlement:
    written = await books.settlements.get(settlement.id)
    if written is None:
        raise InvariantViolated("a settlement does not vanish")
    return written


async def _open(books: Books, kind: MatterKind, settlement: Settlement, detail: str) -> None:
    await books.worklist.open(
        kind,
        settlement.id,
        operator_user_id=settlement.operator_user_id,
        machine_id=settlement.machine_id,
        detail=detail,
    )
