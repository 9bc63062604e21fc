"""The way to the engine: `satmachineadmin.lp`, found by name at each call.

LNbits imports extensions under `lnbits.extensions.<id>` or, from a path of their own, under `<id>`; an
upgrade replaces the module. So nothing of it is kept, and its absence is an answer, not a crash.
"""

from __future__ import annotations

import sys
from types import ModuleType

from lnbits.settings import settings

EXTENSION = "satmachineadmin"
_MODULES = (f"lnbits.extensions.{EXTENSION}.lp", f"{EXTENSION}.lp")


class EngineMissing(Exception):
    """The Satoshi Machine extension is not installed or not active on this LNbits. Ask the operator of
    this LNbits to install and activate it."""

    status = 503

    def body(self) -> dict[str, object]:
        sentence = " ".join((EngineMissing.__doc__ or "").split())
        return {"detail": sentence, "code": "engine_missing"}


def lp() -> ModuleType:
    """The façade of the engine; raises EngineMissing."""
    if EXTENSION not in settings.lnbits_deactivated_extensions:
        for name in _MODULES:
            module = sys.modules.get(name)
            if module is not None:
                return module
    raise EngineMissing
