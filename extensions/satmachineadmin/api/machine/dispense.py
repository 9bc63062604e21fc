"""Dispense reports: which notes came out for a cash-out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ...core.errors import InvalidInput, NotFound
from ...core.transactions import DispenseOutcome
from ...core.units import parse_fiat
from ...engine.report_dispense import DispenseReport
from ...services import current
from ...usecases.report_dispense import report_dispense
from .schemas import DispensePosted, read_bills
from .signed import MachineRoute, SignedMachine
from .transactions import shown

router = APIRouter(route_class=MachineRoute)


@router.post("/dispense")
async def post_dispense(signed: SignedMachine, body: DispensePosted) -> dict[str, Any]:
    services, machine = current(), signed.machine
    outcome = DispenseOutcome(body.outcome)
    amount_minor = await _amount(machine.id, machine.currency, outcome, body)
    bills = read_bills(body.bills, machine.currency, amount_minor=amount_minor)
    report = DispenseReport(
        txid=body.txid,
        version=body.version,
        outcome=outcome,
        partial_minor=amount_minor if outcome is DispenseOutcome.PARTIAL else None,
    )
    one = await report_dispense(services.store, machine, report, bills or ())
    services.runner.wake()
    return await shown(one)


async def _amount(machine_id: str, currency: str, outcome: DispenseOutcome, body: DispensePosted) -> int:
    """What came out, in minor units, held against the sale. Raises InvalidInput, InvalidFiat, NotFound."""
    async with current().store.reading() as books:
        one = await books.transactions.called(machine_id, body.txid)
    if one is None:
        raise NotFound(what="transaction")
    given = None if body.fiat_amount is None else parse_fiat(body.fiat_amount, currency)
    if outcome is DispenseOutcome.PARTIAL:
        if given is None or given >= one.fiat_minor:
            raise InvalidInput(
                field="fiat_amount",
                problem="a partial report says what came out: more than nothing, less than all",
            )
        return given
    whole = one.fiat_minor if outcome is DispenseOutcome.COMPLETE else 0
    if given is not None and given != whole:
        raise InvalidInput(field="fiat_amount", problem=f"it contradicts the outcome {outcome}")
    if outcome is DispenseOutcome.FAILED and body.bills:
        raise InvalidInput(field="bills", problem="nothing came out")
    return whole
