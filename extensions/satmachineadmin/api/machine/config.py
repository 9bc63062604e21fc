"""What a machine is configured to do."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .signed import MachineRoute, SignedMachine

router = APIRouter(route_class=MachineRoute)


@router.get("/config")
async def get_config(machine: SignedMachine) -> dict[str, Any]:
    return {"machine_id": machine.machine.id}
