"""What machines post of a cash-in, field by field."""

from __future__ import annotations

from pydantic import Field, StrictBool, StrictStr

from ...core.cash_in import MOST_NOTES
from ..schemas import Body
from .schemas import Posted


class NoteTaken(Body):
    """A banknote that is in the machine."""

    id: StrictStr = Field(min_length=1, max_length=64)
    denomination: StrictStr = Field(min_length=1, max_length=20)


class CashInBody(Posted):
    exchange_rate: StrictStr = Field(max_length=50)
    notes: list[NoteTaken] = Field(max_items=MOST_NOTES)
    done: StrictBool = False
    withdraw_link_id: StrictStr | None = Field(None, min_length=1, max_length=64)
