"""The audit trail: an operator's own events, and whether the trail is whole."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..host import accounts
from ..present import audit as present_audit
from ..services import current
from ..store import lists
from ..store.books import ENGINE
from ..usecases.audit import verify
from ..usecases.cash_out import MACHINE
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import IdFilter, moment, page_of

router = APIRouter(route_class=TranslatingRoute)
WantedEvents = Annotated[lists.Page, Depends(page_of(lists.EVENTS))]
#: A word to filter by; one that nobody uses matches nothing.
WordFilter = Annotated[str | None, Query(max_length=40, pattern="^[a-z_]*$")]
MomentFilter = Annotated[str | None, Query(max_length=20)]


@router.get("/audit-events")
async def list_events(
    user: CurrentUser,
    page: WantedEvents,
    subject_kind: WordFilter = None,
    subject_id: IdFilter = None,
    since: MomentFilter = None,
    until: MomentFilter = None,
) -> dict[str, Any]:
    equals = {
        "event.operator_user_id": user.user_id,
        "event.subject_kind": subject_kind,
        "event.subject_id": subject_id,
    }
    wanted = page.only(equals).within("event.at", moment("since", since), moment("until", until))
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.EVENTS, wanted)
    people = {row["actor"] for row in rows} - {ENGINE, MACHINE}
    names = {person: await accounts.user_name(person) for person in people}
    return {"data": [present_audit.event(row, names) for row in rows], "total": total}


@router.post("/audit/verify")
async def post_verify(user: CurrentUser) -> dict[str, Any]:
    services = current()
    found = await verify(services.store, services.host, user.user_id, is_platform=user.is_platform)
    return present_audit.verdict(found)
