"""Bodies of the routes about LPs and their cash."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydantic import Field, StrictStr, validator

from ..core.states import CashEntryKind, EnrolmentStatus
from .schemas import Body, Changed


class ClientInvited(Body):
    """With a username the user of exactly this name, without one whoever opens the link."""

    machine_id: StrictStr
    username: StrictStr | None = Field(None, min_length=1, max_length=60)
    display_name: StrictStr | None = Field(None, min_length=1, max_length=60)


class ClientChanged(Changed):
    username: StrictStr | None = Field(None, min_length=1, max_length=60)
    status: EnrolmentStatus | None = None


class _Cash(Body):
    client_id: StrictStr
    amount: StrictStr = Field(max_length=32)
    cash_date: date | None = None
    notes: StrictStr = Field("", max_length=2000)

    @validator("cash_date", pre=True)
    def _is_text(cls, value: Any) -> Any:
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
            raise ValueError('write the day as "2026-11-22"')
        return value


class CashRecorded(_Cash):
    kind: CashEntryKind = CashEntryKind.DEPOSIT


class CashMoved(_Cash):
    to_client_id: StrictStr


class CashCorrected(Body):
    """What the entry should come to, as a positive amount; 0 where it should not be there at all."""

    amount: StrictStr = Field(max_length=32)
    reason: StrictStr = Field(min_length=1, max_length=2000)
