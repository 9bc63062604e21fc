"""Books from elsewhere: looked at row by row, then taken over as one act."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter

from ..host.links import invitation_url
from ..present import imports as present
from ..services import current
from ..store import lists
from ..store.books import Books
from ..store.invitations import new_token
from ..store.sql import Row
from ..usecases.importing import import_files, own_import, preview_import
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .import_schemas import FilesConfirmed, FilesShown

router = APIRouter(prefix="/imports", route_class=TranslatingRoute)


@router.post("/preview")
async def post_preview(user: CurrentUser, body: FilesShown) -> dict[str, Any]:
    return present.preview(await preview_import(current().store, user.user_id, _files(body)))


@router.post("", status_code=201)
async def post_import(user: ActingUser, body: FilesConfirmed) -> dict[str, Any]:
    services, tokens = current(), list[str]()

    def token() -> str:
        tokens.append(new_token())
        return tokens[-1]

    importing = import_files(services.store, user.user_id, _files(body), body.confirmation, token)
    import_id = await once(importing)
    services.runner.wake()
    async with services.store.reading() as books:
        row = await own_import(books, user.user_id, import_id)
        invited = await _invited(books, row)
    # Of an import that was done before without its answer being kept, nobody knows the links any more.
    links: list[str | None] = [invitation_url(token) for token in tokens]
    return present.done(row, invited, links or [None] * len(invited))


async def _invited(books: Books, row: Row) -> list[Row]:
    """The LPs that the import brought, in its order; they are no more than one import may have rows."""
    found = []
    for client_id in json.loads(row["client_ids"]):
        one = lists.Page(limit=1, equals={"client.id": client_id})
        rows, _total = await lists.page(books.sql, lists.CLIENTS, one)
        found += rows
    return found


def _files(body: FilesShown) -> list[tuple[str, str]]:
    return [(file.name, file.content) for file in body.files]
