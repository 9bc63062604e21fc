"""Satoshi Machine, the operator's extension and the engine: what LNbits looks up by name."""

from fastapi import APIRouter
from lnbits.db import Database

from . import api, lp, pages
from .services import compose

db = Database("ext_satmachineadmin")
_services = compose(db)

satmachineadmin_ext = APIRouter(prefix="/satmachineadmin", tags=["Satoshi Machine"])
satmachineadmin_ext.include_router(api.router)
satmachineadmin_ext.include_router(api.public_router)
satmachineadmin_ext.include_router(api.machine_router)
satmachineadmin_ext.include_router(api.elsewhere_router)
satmachineadmin_ext.include_router(pages.router)

satmachineadmin_static_files = [
    {"path": "/satmachineadmin/static", "name": "satmachineadmin_static"},
]


def satmachineadmin_start() -> None:
    """LNbits calls this inside its running loop."""
    _services.start()


async def satmachineadmin_stop() -> None:
    """LNbits calls this before it deactivates, upgrades or removes the extension."""
    await _services.stop()


__all__ = [
    "db",
    "lp",
    "satmachineadmin_ext",
    "satmachineadmin_start",
    "satmachineadmin_static_files",
    "satmachineadmin_stop",
]
