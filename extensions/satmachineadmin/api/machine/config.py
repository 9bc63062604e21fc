"""What a machine is configured for, and how it comes to its key."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field, StrictStr

from ...core.states import TxType
from ...engine.machine_limits import left_for
from ...present import machine_config as present
from ...services import current
from ...store.sql import Row
from ...usecases.pairing import redeem_code
from ..schemas import Body
from .signed import MachineRoute, SignedMachine, SignedStranger, StrangerRoute

router = APIRouter(route_class=MachineRoute)
pairing_router = APIRouter(route_class=StrangerRoute)


class CodePosted(Body):
    code: StrictStr = Field(min_length=1, max_length=64)


@router.get("/config")
async def get_config(signed: SignedMachine) -> dict[str, Any]:
    return await _config(signed.row)


@pairing_router.post("/pair", status_code=201)
async def post_pair(stranger: SignedStranger, body: CodePosted) -> dict[str, Any]:
    services = current()
    with services.gate.pairing(stranger):
        machine = await redeem_code(services.store, body.code, stranger.key)
    return await _config(machine)


async def _config(machine: Row) -> dict[str, Any]:
    services = current()
    async with services.store.reading(at_one_instant=True) as books:
        row = await books.machines.row(machine["id"]) or machine
        left = {tx_type: await left_for(books, row, tx_type) for tx_type in TxType}
        channel = services.live.machine_channel_of(row["id"])
        return present.config(row, left, hint_channel=channel, now=books.now)
