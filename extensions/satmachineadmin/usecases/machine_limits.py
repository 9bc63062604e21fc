"""What an operator lets its machine move: set and taken back by it alone."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.errors import InvalidInput, Refusal
from ..core.machine_limits import LIMIT_COLUMNS
from ..core.states import TxType
from ..core.units import parse_fiat
from ..store.books import Store
from ..store.sql import Row
from .permissions import may

#: Direction → a limit's name → fiat as decimal text, None for none.
Wanted = Mapping[str, Mapping[str, str | None]]


async def set_limits(store: Store, user_id: str, machine_id: str, wanted: Wanted) -> None:
    """Set the limits that are named; the others stay. Raises InvalidInput for what is no amount."""
    async with store.transaction("machine", actor=user_id) as books:
        row = may(user_id, "change", await books.machines.row(machine_id), "machine")
        fields = {
            f"{direction}_{LIMIT_COLUMNS[name]}": _minor(f"{direction}.{name}", text, row["currency"])
            for direction, limits in wanted.items()
            for name, text in limits.items()
        }
        await books.machines.change(machine_id, fields, noted={"currency": row["currency"]})


def has_limits(machine: Row) -> bool:
    """Whether any is set, in the machine's currency."""
    return any(
        machine[f"{tx_type}_{column}"] is not None for tx_type in TxType for column in LIMIT_COLUMNS.values()
    )


def _minor(field: str, text: str | None, currency: str) -> int | None:
    if text is None:
        return None
    try:
        return parse_fiat(text, currency)
    except Refusal as refusal:
        raise InvalidInput(field=field, problem=refusal.sentence().rstrip(".")) from refusal
