"""The HTTP interface of docs/reference/api.md: authorise, call, translate. One module a resource."""

from __future__ import annotations

from fastapi import APIRouter

from . import (
    adopting,
    audit,
    cash,
    clients,
    machines,
    platform,
    settings,
    settlements,
    splits,
    status,
    sweeping,
)

router = APIRouter(prefix="/api/v1/dca")
for module in (
    status,
    machines,
    clients,
    cash,
    splits,
    platform,
    settlements,
    settings,
    audit,
    adopting,
    sweeping,
):
    router.include_router(module.router)
