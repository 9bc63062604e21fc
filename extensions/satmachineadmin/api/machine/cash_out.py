"""Cash-out: the invoice that a machine's customer pays."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ...core.units import parse_fiat, parse_rate
from ...services import current
from ...usecases.cash_out import CashOutAsked, ask_for_cash_out
from .schemas import CashOutPosted, read_bills
from .signed import MachineRoute, SignedMachine
from .transactions import shown

router = APIRouter(route_class=MachineRoute)


@router.post("/cash-out", status_code=201)
async def post_cash_out(signed: SignedMachine, body: CashOutPosted) -> Any:
    services, currency = current(), signed.machine.currency
    fiat_minor = parse_fiat(body.fiat_amount, currency)
    asked = CashOutAsked(
        txid=body.txid,
        version=body.version,
        fiat_minor=fiat_minor,
        exchange_rate=parse_rate(body.exchange_rate),
        bills=read_bills(body.bills, currency, amount_minor=fiat_minor),
    )
    one, is_new = await ask_for_cash_out(
        services.store, services.host, signed.row, asked, signer=signed.key, event_id=signed.event_id
    )
    return JSONResponse(await shown(one), status_code=201 if is_new else 200)
