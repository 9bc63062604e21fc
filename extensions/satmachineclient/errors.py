"""Whatever goes wrong in a route leaves it in the one error shape: detail, code, fields."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from loguru import logger
from starlette.exceptions import HTTPException

from .engine import EngineMissing, lp

_HOST_CODES = {401: "not_authenticated", 404: "not_found"}


class AnsweredBefore(Exception):
    """The request was answered: this is the answer."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"answered before, with {status}")
        self.status = status
        self.body = body


class TranslatingRoute(APIRoute):
    """A route whose refusals become responses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def translated(request: Request) -> Response:
            try:
                return await _answered(request, handle)
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
            except Exception as error:  # noqa: BLE001 - the outermost loop of a request
                if _is_refusal(error):
                    return _json(error.status, **error.body())  # type: ignore[attr-defined]
                logger.exception(f"satmachineclient: {request.method} {request.url.path}: {error!r}")
                return _json(
                    500,
                    detail="Something went wrong on the server; nothing was changed. The log says what.",
                    code="internal_error",
                )

        return translated


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
