"""Cash-in: the banknotes of a machine's customer, and the link to what they buy."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ...core.errors import InvalidInput
from ...core.units import parse_fiat, parse_rate
from ...services import current
from ...usecases.cash_in import CashInPosted, take_in
from .cash_in_schemas import CashInBody, NoteTaken
from .signed import MachineRoute, SignedMachine
from .transactions import shown

router = APIRouter(route_class=MachineRoute)


@router.post("/cash-in", status_code=201)
async def post_cash_in(signed: SignedMachine, body: CashInBody) -> Any:
    services = current()
    posted = CashInPosted(
        txid=body.txid,
        version=body.version,
        exchange_rate=parse_rate(body.exchange_rate),
        notes=_read_notes(body.notes, signed.machine.currency),
        is_done=body.done,
        withdraw_link_id=body.withdraw_link_id,
    )
    if posted.withdraw_link_id is not None and not posted.is_done:
        raise InvalidInput(field="withdraw_link_id", problem="it is named when the customer is done")
    taken = await take_in(
        services.store, services.host, signed.row, posted, signer=signed.key, event_id=signed.event_id
    )
    answer = await shown(taken.transaction, most_minor=taken.most_minor)
    return JSONResponse(answer, status_code=201 if taken.is_new else 200)


def _read_notes(notes: list[NoteTaken], currency: str) -> dict[str, int]:
    """Id → value in minor units. Raises InvalidInput, InvalidFiat."""
    read: dict[str, int] = {}
    for note in notes:
        minor = parse_fiat(note.denomination, currency)
        if minor == 0:
            raise InvalidInput(field="notes", problem="a note is worth something")
        if note.id in read:
            raise InvalidInput(field="notes", problem="each id once")
        read[note.id] = minor
    return read
