"""The screen over HTTP, for the page in `static` on this computer.

What can go wrong: another page in the same browser touches the screen, which could spend the customer's
wallet. So every touch is JSON (which another origin may not send unasked), and the address must be one
that the screen was told of.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ..cash import CannotDispense
from ..cash_in import NoteGivenBack
from ..client import HostRefused, HostUnreachable
from ..machine_client import MachineRefused
from .session import NotNow
from .touches import Touches

STATIC = Path(__file__).parent / "static"
#: Longer bodies than any touch has.
MOST_BYTES = 10_000
#: The page is all its own: no script, style or picture from elsewhere, and nobody frames it.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def make_app(
    touches: Touches, *, hosts: Sequence[str] = ("127.0.0.1", "localhost"), lifespan: Lifespan | None = None
) -> Starlette:
    """The application. `hosts` are the names under which it may be called."""

    async def state(request: Request) -> Response:
        after = request.query_params.get("after", "0")
        await touches.session.changed_since(int(after) if after.isdecimal() else 0)
        if touches.session.is_closed:
            return _refused(503, "switched_off", "This machine is being switched off.")
        return JSONResponse(touches.snapshot(), headers=HEADERS)

    async def preview(request: Request) -> Response:
        return await _answered(lambda: touches.preview(dict(request.query_params)))

    async def touch(request: Request) -> Response:
        name = request.path_params["name"]
        body = await request.body()
        if request.headers.get("content-type") != "application/json" or len(body) > MOST_BYTES:
            return _refused(415, "not_json", "A touch is a small JSON object.")
        try:
            facts = json.loads(body)
        except ValueError:
            facts = None
        if not isinstance(facts, dict):
            return _refused(400, "not_json", "A touch is a small JSON object.")
        if name not in touches.names:
            return _refused(404, "unknown", "There is nothing to touch by this name.")
        return await _answered(lambda: touches.do(name, facts))

    async def page(_request: Request) -> Response:
        return FileResponse(STATIC / "index.html", headers=HEADERS)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/api/state", state),
            Route("/api/preview", preview),
            Route("/api/touch/{name}", touch, methods=["POST"]),
            Mount("/static", _Static(directory=STATIC)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
        lifespan=lifespan,
    )


class _Static(StaticFiles):
    """Files that are asked for anew each time: the page may be newer than the browser's copy."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers.update(HEADERS)
        return response


async def _answered(work: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
    """The answer of a touch, or why it came to nothing."""
    try:
        return JSONResponse(await work(), headers=HEADERS)
    except NotNow as error:
        return _refused(409, "not_now", str(error))
    except NoteGivenBack as error:
        return _refused(409, "note_given_back", str(error))
    except CannotDispense as error:
        return _refused(409, "out_of_notes", str(error))
    except MachineRefused as error:
        return _refused(409, error.code, error.detail)
    except HostRefused as error:
        return _refused(409, "refused", error.detail)
    except HostUnreachable as error:
        return _refused(503, "unreachable", str(error))
    except ValueError as error:
        return _refused(400, "not_understood", str(error))


def _refused(status: int, code: str, detail: str) -> Response:
    return JSONResponse({"detail": detail, "code": code}, status_code=status, headers=HEADERS)
