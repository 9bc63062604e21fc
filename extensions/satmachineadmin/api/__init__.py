"""The HTTP interface of docs/reference/api.md: authorise, call, translate. One module a resource."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    adopting,
    audit,
    cash,
    cash_position,
    clients,
    correcting,
    elsewhere,
    imports,
    machine,
    machines,
    months,
    moving,
    operators,
    overview,
    pairing,
    platform,
    refunds,
    reports,
    revising,
    settings,
    settlements,
    settling,
    splits,
    status,
    sweeping,
    transactions,
    withdraw,
    worklist,
)

#: What the world outside may ask without being anybody.
public_router = withdraw.router
#: What machines ask, and sign.
machine_router = machine.router
router = APIRouter(prefix="/api/v1/dca")
# `settlements/stuck` has to be asked before `settlements/{id}`.
for module in (
    status,
    machines,
    pairing,
    cash_position,
    overview,
    clients,
    cash,
    splits,
    platform,
    operators,
    revising,
    refunds,
    settlements,
    settings,
    audit,
    reports,
    months,
    adopting,
    sweeping,
    settling,
    correcting,
    worklist,
    transactions,
    imports,
    moving,
):
    router.include_router(module.router)
#: To be asked last: whatever else is below the prefix.
elsewhere_router = elsewhere.elsewhere(
    "/api", [*router.routes, *public_router.routes, *machine_router.routes]
)
