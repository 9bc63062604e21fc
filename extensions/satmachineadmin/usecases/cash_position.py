"""The cash in a machine: what its operator sees of it, puts in and takes out.

What can go wrong: what the operator says of the notes goes where it was not meant, or twice. So each act is
of one cassette, or of one denomination in the box, and a count never takes the place of what was expected
without the difference being written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..core.cash_position import CashPosition, CashUnitKind, cash_position
from ..core.errors import InvalidInput
from ..core.units import format_fiat, parse_fiat
from ..store import rows
from ..store.books import Books, Store
from ..store.sql import Row
from .permissions import may

#: How many movements are shown.
MOST_MOVEMENTS = 50


@dataclass(frozen=True, kw_only=True)
class CashSeen:
    """A machine's cash, and what moved it, newest first."""

    currency: str
    #: on the operator's clock
    today: date
    reported_at: int | None
    position: CashPosition
    movements: list[Row]


async def look_at_cash(store: Store, user_id: str, machine_id: str, *, by_people: bool = False) -> CashSeen:
    """What is in a machine by the books and by its own report. `by_people`: of the movements only those that
    people made. Raises NotFound."""
    async with store.reading(at_one_instant=True) as books:
        machine = may(user_id, "read", await books.machines.row(machine_id), "machine")
        units = await books.cash_units.of(machine_id)
        today = date.fromisoformat(await books.operators.day(user_id))
        position = cash_position(
            [rows.cash_unit(row) for row in units],
            await books.cash_units.notes_of_days(machine_id),
            stayed_minor=await books.cash_units.stayed_minor(machine_id),
            today=today,
        )
        return CashSeen(
            currency=machine["currency"],
            today=today,
            reported_at=max((row["reported_at"] for row in units if row["reported_at"]), default=None),
            position=position,
            movements=await books.cash_units.movements(machine_id, MOST_MOVEMENTS, by_people=by_people),
        )


async def refill(
    store: Store, user_id: str, machine_id: str, *, denomination: str, count: int, note: str
) -> str:
    """So many notes were put into the cassette; the movement's id. Raises NotFound, InvalidFiat,
    InvalidInput."""
    async with store.transaction("cash_units", actor=user_id) as books:
        machine, minor = await _asked(books, user_id, machine_id, denomination)
        return books.made(await books.cash_units.refill(machine, minor, count, by=user_id, note=note))


async def empty(
    store: Store,
    user_id: str,
    machine_id: str,
    *,
    unit: CashUnitKind,
    denomination: str,
    counted: int,
    note: str,
) -> str:
    """Every note of a cassette, or of one denomination in the box, was taken out, and so many were counted;
    the movement's id. Raises NotFound, InvalidFiat, InvalidInput."""
    async with store.transaction("cash_units", actor=user_id) as books:
        machine, minor = await _asked(books, user_id, machine_id, denomination)
        # In a box there may be a note that nobody knew of; a cassette that nobody knew of is a typing error.
        is_cassette = unit is CashUnitKind.CASSETTE
        if is_cassette and await books.cash_units.one(machine_id, unit, minor) is None:
            amount = format_fiat(minor, machine["currency"])
            problem = f"this machine has no cassette with notes of {amount} {machine['currency']}"
            raise InvalidInput(field="denomination", problem=problem)
        return books.made(await books.cash_units.empty(machine, unit, minor, counted, by=user_id, note=note))


async def _asked(books: Books, user_id: str, machine_id: str, denomination: str) -> tuple[Row, int]:
    """The operator's machine, and a note's value in minor units."""
    machine = may(user_id, "count_cash", await books.machines.row(machine_id), "machine")
    minor = parse_fiat(denomination, machine["currency"])
    if minor == 0:
        raise InvalidInput(field="denomination", problem="no note is worth nothing")
    return machine, minor
