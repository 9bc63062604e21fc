"""Heartbeats: that a machine is there, and what it says of itself and of its banknotes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import ConstrainedInt, Field, StrictStr

from ...core.cash_position import CashUnitKind, Reported
from ...core.errors import InvalidInput
from ...core.units import parse_fiat
from ...services import current
from ..schemas import Body, read
from .signed import MachineRoute, SignedMachine

router = APIRouter(route_class=MachineRoute)


class _Notes(ConstrainedInt):
    strict = True
    ge = 0
    le = 100_000


class CashUnitPosted(Body):
    unit: CashUnitKind
    denomination: StrictStr = Field(min_length=1, max_length=20)
    count: _Notes
    capacity: _Notes | None = None


class HeartbeatPosted(Body):
    software: StrictStr | None = Field(None, max_length=100)
    screen: StrictStr | None = Field(None, max_length=100)
    cash_units: list[CashUnitPosted] | None = Field(None, max_items=40)


@router.post("/heartbeat")
async def post_heartbeat(signed: SignedMachine, body: HeartbeatPosted) -> dict[str, Any]:
    units = (
        None if body.cash_units is None else [_unit(one, signed.machine.currency) for one in body.cash_units]
    )
    async with current().store.transaction("heartbeat") as books:
        await books.machine_reports.said(signed.row, software=body.software, screen=body.screen)
        if units is not None:
            await books.cash_units.report(signed.machine, units)
        now = books.now
    return {"config_version": signed.row["config_version"], "server_time": now}


def _unit(one: CashUnitPosted, currency: str) -> Reported:
    minor = read("cash_units", parse_fiat, one.denomination, currency)
    if minor == 0:
        raise InvalidInput(field="cash_units", problem="there is no note of nothing")
    return Reported(unit=one.unit, denomination_minor=minor, count=one.count, capacity=one.capacity)
