"""What machines post, field by field. What a machine writes is believed in nothing: types are strict."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import ConstrainedInt, Field, StrictStr, validator

from ...core.errors import InvalidInput
from ...core.units import parse_fiat
from ..schemas import Body

_TXID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class _Version(ConstrainedInt):
    """A number that the machine lets grow with each change of what it knows."""

    strict = True
    ge = 1
    le = 2**31 - 1


class _Count(ConstrainedInt):
    strict = True
    ge = 1
    le = 10_000


class Bills(Body):
    """So many notes of one denomination."""

    denomination: StrictStr = Field(min_length=1, max_length=20)
    count: _Count


class Posted(Body):
    """Of every post about a transaction."""

    txid: StrictStr = Field(min_length=8, max_length=64)
    version: _Version

    @validator("txid")
    def _is_a_name(cls, value: str) -> str:
        if not _TXID.fullmatch(value):
            raise ValueError("8 to 64 of the characters A-Z a-z 0-9 . _ -")
        return value


class CashOutPosted(Posted):
    fiat_amount: StrictStr = Field(max_length=30)
    exchange_rate: StrictStr = Field(max_length=50)
    bills: list[Bills] | None = Field(None, max_items=20)


class DispensePosted(Posted):
    outcome: Literal["complete", "partial", "failed"]
    fiat_amount: StrictStr | None = Field(None, max_length=30)
    bills: list[Bills] | None = Field(None, max_items=20)


def read_bills(
    bills: list[Bills] | None, currency: str, *, amount_minor: int | None
) -> tuple[tuple[int, int], ...] | None:
    """(value in minor units, count) of each denomination; together they are the amount.

    Raises InvalidInput, InvalidFiat.
    """
    if bills is None:
        return None
    counts: dict[int, int] = {}
    for some in bills:
        minor = parse_fiat(some.denomination, currency)
        if minor in counts:
            raise InvalidInput(field="bills", problem="each denomination once")
        counts[minor] = some.count
    if amount_minor is not None and sum(minor * count for minor, count in counts.items()) != amount_minor:
        raise InvalidInput(field="bills", problem="the notes are not worth the amount")
    return tuple(counts.items())
