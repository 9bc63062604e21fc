"""What a machine may move, and what of it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.machine_limits import DAY_SECONDS, HOUR_SECONDS, Left, Limits, left_of
from ..core.states import TxType
from ..ports import Books

#: A row of dca_machines.
Row = Mapping[str, Any]


def limits_of(machine: Row, tx_type: TxType) -> Limits:
    """The limits of one direction, from a machine's row."""
    return Limits(
        transaction_minor=machine[f"{tx_type}_transaction_minor"],
        hour_minor=machine[f"{tx_type}_hour_minor"],
        day_minor=machine[f"{tx_type}_day_minor"],
        hold_above_minor=machine[f"{tx_type}_hold_above_minor"],
    )


async def left_for(books: Books, machine: Row, tx_type: TxType, *, without: str | None = None) -> Left:
    """What is left of the machine's limits; `without` is a transaction that is not to be counted."""
    limits = limits_of(machine, tx_type)
    counted = books.transactions.fiat_since
    hour, day = 0, 0
    if limits.hour_minor is not None:
        hour = await counted(machine["id"], tx_type, books.now - HOUR_SECONDS, without=without)
    if limits.day_minor is not None:
        day = await counted(machine["id"], tx_type, books.now - DAY_SECONDS, without=without)
    return left_of(limits, of_hour_minor=hour, of_day_minor=day)
