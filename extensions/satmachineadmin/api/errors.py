"""Whatever goes wrong in a route leaves it in the one error shape: detail, code, fields.

What a route does not know is refused before it runs: a parameter that is misspelled would else be a
filter that does not filter.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Set
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from loguru import logger
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message

from ..core.errors import (
    BodyTooLarge,
    InvalidInput,
    MethodNotAllowed,
    NotAllowed,
    NotAuthenticated,
    NothingHere,
    Refusal,
    TooManyTries,
)
from ..usecases.once import end
from .acting import AnsweredBefore, again, kept

#: What a query may hold for LNbits, which no list of ours names.
_OF_THE_LOGIN = frozenset({"usr"})
#: A CSV of thousands of rows fits in.
MAX_BODY_BYTES = 1_048_576
#: When to ask again after a refusal that is over by itself and does not know when.
ASK_AGAIN_SECONDS = 5


class OpenRoute(APIRoute):
    """A route whose refusals become responses; what else a query brings is of no interest."""

    #: whether a query may hold what the route does not know
    is_lenient = True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        self.dependant.call = answering(self.endpoint, self.status_code or 200)
        handle = super().get_route_handler()
        known = {field.alias for field in get_flat_dependant(self.dependant).query_params}

        async def translated(request: Request) -> Response:
            try:
                if not self.is_lenient:
                    require_known(request.query_params, known)
                return await kept(await handle(await self.taken(request)))
            except AnsweredBefore as before:
                return again(before.answer)
            except Refusal as refusal:
                return as_response(refusal)
            except RequestValidationError as error:
                return as_response(_invalid_input(error))
            except HTTPException as error:
                return as_response(_of_host(error))
            except ClientDisconnect:
                # It left before its request had come whole: nothing was done, and nobody hears this.
                return Response(status_code=400)
            except Exception as trouble:  # noqa: BLE001 - the outermost loop of a request: logged, and told without details
                logger.exception(f"satmachineadmin: {request.method} {request.url.path}: {trouble!r}")
                return JSONResponse(
                    {
                        "detail": "Something went wrong on the server; the log of LNbits says what. "
                        "Look at how things stand before you repeat a change.",
                        "code": "internal_error",
                    },
                    status_code=500,
                )
            finally:
                end()

        return translated

    async def taken(self, request: Request) -> Request:
        """The request as it is worked on: with its body read, up to a limit."""
        return await bounded(request)


class TranslatingRoute(OpenRoute):
    """The same for routes of ours alone: each parameter of a query is known, and given once."""

    is_lenient = False


def answering(
    endpoint: Callable[..., Coroutine[Any, Any, Any]], status: int
) -> Callable[..., Coroutine[Any, Any, Response]]:
    """An endpoint that makes a response of what it gives, which is plain data already (`present`).

    FastAPI would look at every value of it, to make it plain: half of the time of a long list.
    """

    async def answer(**values: Any) -> Response:
        given = await endpoint(**values)
        return given if isinstance(given, Response) else JSONResponse(given, status_code=status)

    return answer


def require_known(query: QueryParams, known: Set[str]) -> None:
    """Raise InvalidInput for a parameter that is unknown or given twice."""
    for name in query:
        if name not in known:
            names = ", ".join(sorted(known - _OF_THE_LOGIN)) or "none"
            raise InvalidInput(
                field=name[:60] or "(no name)", problem=f"there is no such parameter; there are: {names}"
            )
        if len(query.getlist(name)) > 1:
            raise InvalidInput(field=name, problem="give it once")


async def bounded(request: Request, limit_bytes: int = MAX_BODY_BYTES) -> Request:
    """The request with its body read, up to a limit. Raises BodyTooLarge."""
    if request.method == "GET":
        return request
    said = request.headers.get("content-length", "")
    body = bytearray()
    if said.isdecimal() and int(said) > limit_bytes:
        raise BodyTooLarge(limit_bytes=limit_bytes)
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise BodyTooLarge(limit_bytes=limit_bytes)

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return Request(request.scope, receive)


def as_response(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.body(), status_code=refusal.status, headers=_headers_of(refusal))


def _headers_of(refusal: Refusal) -> dict[str, str]:
    """What HTTP says beside the body: for which methods, or when to ask again."""
    if isinstance(refusal, MethodNotAllowed):
        return {"Allow": str(refusal.fields["allow"])}
    if isinstance(refusal, TooManyTries):
        return {"Retry-After": str(int(str(refusal.fields["minutes"])) * 60)}
    if refusal.status in (429, 503):
        return {"Retry-After": str(refusal.fields.get("retry_after", ASK_AGAIN_SECONDS))}
    return {}


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
        return NothingHere()
    return NotAllowed(reason=str(error.detail))
