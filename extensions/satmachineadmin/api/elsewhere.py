"""Addresses under our prefix that no route has: 404, or 405 where another method has one, in our shape.

Without it LNbits answers, sometimes with a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from ..core.errors import MethodNotAllowed, NothingHere
from .errors import OpenRoute

#: OPTIONS is for LNbits, which answers browsers of other origins.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def elsewhere(prefix: str, routes: Sequence[BaseRoute]) -> APIRouter:
    """What catches all that `routes` leave, below a prefix; to be asked last."""
    router = APIRouter(route_class=OpenRoute)

    @router.api_route(prefix + "/{rest:path}", methods=list(METHODS), include_in_schema=False)
    async def nothing_here(request: Request, rest: str) -> None:
        path = f"{prefix}/{rest}"
        found = [route for route in routes if isinstance(route, APIRoute) and route.path_regex.match(path)]
        allowed = sorted({method for route in found for method in route.methods})
        if allowed:
            raise MethodNotAllowed(method=request.method, allow=", ".join(allowed))
        raise NothingHere()

    return router
