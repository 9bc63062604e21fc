"""Requests that a machine signs: a route that takes a `SignedMachine` is asked by it, or not at all.

Its router's `route_class` is `MachineRoute`, so that who asks is settled before anything of the body is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from ...host import links
from ...services import current
from ...usecases.signing import Asked, Signed
from ..errors import TranslatingRoute


class MachineRoute(TranslatingRoute):
    """A route of the machine interface."""


async def signed(request: Request) -> Signed:
    """The machine that signed a request; raises what docs/reference/machine-interface.md lists."""
    return await current().gate.admit(await asked(request))


SignedMachine = Annotated[Signed, Depends(signed)]


async def asked(request: Request) -> Asked:
    return Asked(
        headers=request.headers.getlist("authorization"),
        address=links.address_of(_path(request.scope), request.url.query),
        method=request.method,
        body=await request.body(),
        client=request.client.host if request.client else "",
    )


def _path(scope: Mapping[str, Any]) -> str:
    """The path as it was sent, escapes included: that is what was signed."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else str(scope["path"])
