"""Requests that a machine signs: a route that takes a `SignedMachine` is asked by it, or not at all.

Its router's `route_class` is `MachineRoute`: who asks is settled before anything of the body is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from ...host import links
from ...services import current
from ...usecases.signing import Asked, Signed, Stranger
from ..errors import TranslatingRoute, bounded

#: A cash-in of a thousand notes fits in.
MOST_BODY_BYTES = 262_144


class MachineRoute(TranslatingRoute):
    """A route of the machine interface, for a machine whose key is known."""

    async def taken(self, request: Request) -> Request:
        request = _Once(request.scope, request.receive)
        request.state.signed = await current().gate.admit(_asked(request))
        return request


class StrangerRoute(TranslatingRoute):
    """A route for a key that no machine has yet."""

    async def taken(self, request: Request) -> Request:
        request = _Once(request.scope, request.receive)
        request.state.stranger = await current().gate.admit_stranger(_asked(request))
        return request


async def signed(request: Request) -> Signed:
    """The machine that signed a request; raises what docs/reference/machine-interface.md lists."""
    found: Signed = request.state.signed
    return found


async def stranger(request: Request) -> Stranger:
    """The key that signed a request, and is no machine's."""
    found: Stranger = request.state.stranger
    return found


SignedMachine = Annotated[Signed, Depends(signed)]
SignedStranger = Annotated[Stranger, Depends(stranger)]


class _Once(Request):
    """A request whose body is read when it is asked for, up to a limit, and kept."""

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            if self.method == "GET":
                self._body = b""
            else:
                read = await bounded(Request(self.scope, self.receive), MOST_BODY_BYTES)
                self._body = await read.body()
        return self._body


def _asked(request: Request) -> Asked:
    return Asked(
        headers=request.headers.getlist("authorization"),
        address=links.address_of(_path(request.scope), request.url.query),
        method=request.method,
        body=request.body,
        client=request.client.host if request.client else "",
    )


def _path(scope: Mapping[str, Any]) -> str:
    """The path as it was sent, escapes included: that is what was signed."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else str(scope["path"])
