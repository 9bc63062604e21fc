"""The machine interface of docs/reference/machine-interface.md: what machines ask, and sign.

One module a resource. Its router has `route_class=MachineRoute`, and is listed here.
"""

from __future__ import annotations

from fastapi import APIRouter

from . import cash_in, cash_out, config, dispense, heartbeat, transactions

router = APIRouter(prefix="/api/v1/machine")
for module in (config, heartbeat, cash_in, cash_out, dispense, transactions):
    router.include_router(module.router)
router.include_router(config.pairing_router)
