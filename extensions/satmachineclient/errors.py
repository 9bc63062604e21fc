"""Whatever goes wrong in a route leaves it in the one error shape: detail, code, fields."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence, Set
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from loguru import logger
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute
from starlette.types import Message

from .engine import EngineMissing, lp

#: As much as the engine itself reads.
MAX_BODY_BYTES = 1_048_576
_HOST_CODES = {401: "not_authenticated", 404: "not_found"}


class AnsweredBefore(Exception):
    """The request was answered: this is the answer."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"answered before, with {status}")
        self.status = status
        self.body = body


class Refused(Exception):
    """What this extension refuses by itself, before the engine is asked."""

    def __init__(self, response: JSONResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


class TranslatingRoute(APIRoute):
    """A route whose refusals become responses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        self.dependant.call = _answering(self.endpoint, self.status_code or 200)
        handle = super().get_route_handler()
        known = {field.alias for field in get_flat_dependant(self.dependant).query_params}

        async def translated(request: Request) -> Response:
            try:
                _require_known(request.query_params, known)
                return await _answered(await _bounded(request), handle)
            except Refused as refused:
                return refused.response
            except RequestValidationError as error:
                first = error.errors()[0]
                where = [
                    str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")
                ]
                return _invalid_input(".".join(where) or "body", str(first["msg"]))
            except HTTPException as error:
                if error.status_code == 400:  # a body that FastAPI cannot parse
                    return _invalid_input("body", "it is no JSON that can be read")
                status = error.status_code if error.status_code in _HOST_CODES else 403
                return _json(status, detail=str(error.detail), code=_HOST_CODES.get(status, "not_allowed"))
            except EngineMissing as missing:
                return _json(missing.status, **missing.body())
            except ClientDisconnect:
                # It left before its request had come whole: nothing was done, and nobody hears this.
                return Response(status_code=400)
            except Exception as error:  # noqa: BLE001 - the outermost loop of a request
                if _is_refusal(error):
                    return _json(error.status, **error.body())  # type: ignore[attr-defined]
                logger.exception(f"satmachineclient: {request.method} {request.url.path}: {error!r}")
                return _json(
                    500,
                    detail="Something went wrong on the server; the log of LNbits says what. "
                    "Look at how things stand before you repeat a change.",
                    code="internal_error",
                )

        return translated


def _answering(
    endpoint: Callable[..., Coroutine[Any, Any, Any]], status: int
) -> Callable[..., Coroutine[Any, Any, Response]]:
    """An endpoint whose plain data become a response at once: FastAPI would look at every value first."""

    async def answer(**values: Any) -> Response:
        given = await endpoint(**values)
        return given if isinstance(given, Response) else JSONResponse(given, status_code=status)

    return answer


def _require_known(query: QueryParams, known: Set[str]) -> None:
    """Raise Refused for a parameter that is unknown or given twice."""
    for name in query:
        if name not in known:
            names = ", ".join(sorted(known - {"usr"})) or "none"
            raise Refused(
                _invalid_input(name[:60] or "(no name)", f"there is no such parameter; there are: {names}")
            )
        if len(query.getlist(name)) > 1:
            raise Refused(_invalid_input(name, "give it once"))


async def _bounded(request: Request) -> Request:
    """The request with its body read, up to a limit. Raises Refused."""
    if request.method == "GET":
        return request
    detail = f"The request is larger than the {MAX_BODY_BYTES} bytes that are read."
    too_large = Refused(_json(413, detail=detail, code="body_too_large", limit_bytes=MAX_BODY_BYTES))
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > MAX_BODY_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise too_large

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return Request(request.scope, receive)


def elsewhere(prefix: str, routes: Sequence[BaseRoute]) -> APIRouter:
    """Addresses below a prefix that no route has: 404, or 405 where another method has one. Asked last."""
    router = APIRouter(route_class=TranslatingRoute)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

    @router.api_route(prefix + "/{rest:path}", methods=methods, include_in_schema=False)
    async def nothing_here(request: Request, rest: str) -> JSONResponse:
        path = f"{prefix}/{rest}"
        found = [route for route in routes if isinstance(route, APIRoute) and route.path_regex.match(path)]
        allow = ", ".join(sorted({method for route in found for method in route.methods}))
        if not allow:
            return _json(404, detail="There is nothing at this address.", code="not_found")
        detail = f"This address takes {allow}, not {request.method}."
        refusal = _json(405, detail=detail, code="method_not_allowed", method=request.method, allow=allow)
        refusal.headers["Allow"] = allow
        return refusal

    return router


async def _answered(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    """The route's answer; that of a request with a key is kept, or is the first one once more."""
    if request.method == "GET":
        return await handle(request)
    engine = lp()
    try:
        response = await handle(request)
        await engine.keep(response.status_code, bytes(response.body))
    except AnsweredBefore as before:
        headers = {"Idempotency-Replayed": "true"}
        return Response(before.body, before.status, headers, "application/json")
    finally:
        engine.end()
    return response


def _is_refusal(error: Exception) -> bool:
    """The class belongs to the other extension, which an upgrade may have replaced: ask it now."""
    try:
        return isinstance(error, lp().Refusal)
    except EngineMissing:
        return False


def _invalid_input(field: str, problem: str) -> JSONResponse:
    # A field's name is what the caller wrote, lone surrogates included, which no answer can hold.
    field = field.encode(errors="backslashreplace").decode()
    detail = f"The field {field} is not usable: {problem}."
    return _json(422, detail=detail, code="invalid_input", field=field, problem=problem)


def _json(status: int, **body: object) -> JSONResponse:
    return JSONResponse(body, status_code=status)
