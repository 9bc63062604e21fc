"""What a machine reports of the notes of a cash-out, booked with the notes that left it."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.cash_position import bills_of
from ..core.model import Machine
from ..core.transactions import DispenseOutcome, Transaction
from ..engine.report_dispense import DispenseReport, take_report
from ..store.books import Store
from .cash_out import MACHINE


async def report_dispense(
    store: Store, machine: Machine, report: DispenseReport, bills: Sequence[tuple[int, int]]
) -> Transaction:
    """Take a report: the sale, the books of the machine's cassettes and the report itself, all or nothing.

    `bills` are the notes that came out: (value in minor units, how many so far); where a complete report
    names none, those that the machine had said it would give. Raises NotFound, NotPaid, Stale, Ratchet.
    """
    async with store.transaction("dispense_report", actor=MACHINE) as books:
        one, is_news = await take_report(books, machine.id, report)
        if is_news and not bills and report.outcome is DispenseOutcome.COMPLETE:
            bills = bills_of(one.bills, one.currency)
        if is_news and bills:
            await books.cash_units.dispensed(machine, bills, one.id)
        return one
