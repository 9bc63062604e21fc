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

from ..core.errors import InvalidInput, NotAllowed, NotAuthenticated, NotFound, Refusal
from ..usecases.once import end
from .acting import AnsweredBefore, again, kept


class TranslatingRoute(APIRoute):
    """A route whose refusals become responses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def translated(request: Request) -> Response:
            try:
                return await kept(await handle(request))
            except AnsweredBefore as before:
                return again(before.answer)
            except Refusal as refusal:
                return as_response(refusal)
            except RequestValidationError as error:
                return as_response(_invalid_input(error))
            except HTTPException as error:
                return as_response(_of_host(error))
            except Exception as trouble:  # noqa: BLE001 - the outermost loop of a request: logged, and told without details
                logger.exception(f"satmachineadmin: {request.method} {request.url.path}: {trouble!r}")
                return JSONResponse(
                    {
                        "detail": "Something went wrong on the server; nothing was changed. "
                        "The log of LNbits says what.",
                        "code": "internal_error",
                    },
                    status_code=500,
                )
            finally:
                end()

        return translated


def as_response(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.body(), status_code=refusal.status)


def _invalid_input(error: RequestValidationError) -> InvalidInput:
    """The first problem, named by its field."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    # A field's name is what the caller wrote, lone surrogates included, which no answer can hold.
    field = ".".join(where).encode(errors="backslashreplace").decode()
    return InvalidInput(field=field or "body", problem=str(first["msg"]))


def _of_host(error: HTTPException) -> Refusal:
    """What FastAPI raises for a body that it cannot parse, and LNbits' own checks, in our shape."""
    if error.status_code == 400:
        return InvalidInput(field="body", problem="it is no JSON that can be read")
    if error.status_code == 401:
        return NotAuthenticated(reason=str(error.detail))
    if error.status_code == 404:
        return NotFound(what="page")
    return NotAllowed(reason=str(error.detail))
