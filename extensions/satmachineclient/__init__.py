"""Satoshi Machine for liquidity providers: what LNbits looks up by name.

No tables of its own: everything goes through `satmachineadmin.lp`.
"""

from fastapi import APIRouter
from lnbits.db import Database

from . import api, errors, pages

db = Database("ext_satmachineclient")

satmachineclient_ext = APIRouter(prefix="/satmachineclient", tags=["Satoshi Machine LP"])
satmachineclient_ext.include_router(api.router)
satmachineclient_ext.include_router(errors.elsewhere("/api", api.router.routes))
satmachineclient_ext.include_router(pages.router)

satmachineclient_static_files = [
    {"path": "/satmachineclient/static", "name": "satmachineclient_static"},
]


def satmachineclient_stop() -> None:
    """Nothing of this extension runs beside its requests. LNbits complains of one that has no stop."""


__all__ = ["db", "satmachineclient_ext", "satmachineclient_static_files", "satmachineclient_stop"]
