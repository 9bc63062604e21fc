"""Requests that change something: done once for each `Idempotency-Key`, whoever sends them how often.

A route that writes takes an `ActingUser` (or an `ActingOwner`) and does what it does through `once()`.
Those that are no GET and change nothing all the same are listed in docs/reference/api.md; a test holds
that list complete.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from ..core.acts import HEADER, KEPT_SECONDS
from ..services import current
from ..usecases import once
from .auth import Caller, CurrentUser, PlatformOwner

_DESCRIPTION = (
    f"Chosen by the caller, once for each act. The same key with the same content within "
    f"{KEPT_SECONDS // 86_400} days gets the first answer again, and nothing is done twice; with another "
    f"content, or while the first is being worked on, 409."
)


class AnsweredBefore(Exception):
    """The request was answered: this is the answer."""

    def __init__(self, answer: once.Answer) -> None:
        super().__init__(f"answered before, with {answer.status}")
        self.answer = answer


async def acting(
    request: Request,
    user: CurrentUser,
    _key: Annotated[
        str | None, Header(alias=HEADER, description=_DESCRIPTION, min_length=1, max_length=257)
    ] = None,
) -> Caller:
    """The caller, who means to change something; raises AnsweredBefore, and what `begin` raises."""
    keys = request.headers.getlist(HEADER)
    if keys:
        answer = await once.begin(
            current().store,
            user.user_id,
            keys=keys,
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            body=await request.body(),
        )
        if answer is not None:
            raise AnsweredBefore(answer)
    return user


ActingUser = Annotated[Caller, Depends(acting)]


async def acting_owner(_owner: PlatformOwner, user: ActingUser) -> Caller:
    """The same for the owner of this LNbits; raises NotAllowed before a key is looked at."""
    return user


ActingOwner = Annotated[Caller, Depends(acting_owner)]


async def kept(response: Response) -> Response:
    """The answer of a request, stored under its key before anybody gets it; a stream has no key."""
    if once.is_under_way():
        await once.keep(current().store, once.Answer(status=response.status_code, body=bytes(response.body)))
    return response


def again(answer: once.Answer) -> Response:
    """The first answer once more, and said to be that."""
    return Response(
        answer.body,
        status_code=answer.status,
        media_type="application/json",
        headers={"Idempotency-Replayed": "true"},
    )
