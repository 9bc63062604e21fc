"""Keys of the operator's machines: paired, and taken away; and what a machine may move."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..core.pairing import code_digest, new_code
from ..host.links import pairing_url
from ..present import iso
from ..services import current
from ..usecases.machine_limits import set_limits
from ..usecases.once import once
from ..usecases.pairing import cancel_pairing, open_pairing, revoke_key
from .acting import ActingUser
from .errors import TranslatingRoute
from .machines import one_machine
from .schemas import LimitsChanged, Reasoned, identifier

router = APIRouter(prefix="/machines", route_class=TranslatingRoute)


@router.post("/{machine_id}/pairing", status_code=201)
async def post_pairing(user: ActingUser, machine_id: str) -> dict[str, Any]:
    """Of a request that was done before without its answer being kept, nobody knows the code any more."""
    code = new_code()
    await once(open_pairing(current().store, user.user_id, identifier(machine_id, "machine"), code))
    async with current().store.reading() as books:
        opened = await books.pairings.by_digest(code_digest(code) or "")
    if opened is None:
        return {"code": None, "url": None, "expires_at": None}
    return {"code": code, "url": pairing_url(code), "expires_at": iso(opened["expires_at"])}


@router.post("/{machine_id}/pairing/cancel")
async def post_cancel_pairing(user: ActingUser, machine_id: str) -> dict[str, Any]:
    await once(cancel_pairing(current().store, user.user_id, identifier(machine_id, "machine")))
    return await one_machine(user.user_id, machine_id)


@router.post("/{machine_id}/revoke")
async def post_revoke(user: ActingUser, machine_id: str, body: Reasoned) -> dict[str, Any]:
    await once(revoke_key(current().store, user.user_id, identifier(machine_id, "machine"), body.reason))
    return await one_machine(user.user_id, machine_id)


@router.put("/{machine_id}/limits")
async def put_limits(user: ActingUser, machine_id: str, body: LimitsChanged) -> dict[str, Any]:
    wanted = body.dict(exclude_unset=True)
    await once(set_limits(current().store, user.user_id, identifier(machine_id, "machine"), wanted))
    return await one_machine(user.user_id, machine_id)
