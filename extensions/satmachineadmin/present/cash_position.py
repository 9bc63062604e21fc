"""The cash in a machine as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.cash_position import Outlook
from ..core.units import format_fiat, without_spare_zeros
from ..store.sql import Row
from ..usecases.cash_position import CashSeen
from . import fiat, iso


def cash_position(seen: CashSeen, names: Mapping[str, str]) -> dict[str, Any]:
    """`names` gives each person who moved notes a name to show."""
    position, currency = seen.position, seen.currency
    return {
        "currency": currency,
        "today": seen.today.isoformat(),
        "reported_at": iso(seen.reported_at),
        "expected_total": fiat(position.expected_minor, currency),
        "reported_total": fiat(position.reported_minor, currency),
        "operators_own": fiat(position.operators_own_minor, currency),
        "units": [_unit(one, currency) for one in position.units],
        "box_full_on": None if position.box_full_on is None else position.box_full_on.isoformat(),
        "movements": [_movement(row, currency, names) for row in seen.movements],
    }


def denomination(minor: int, currency: str) -> str:
    """A note's value as people say it: "50", not "50.00"."""
    return without_spare_zeros(format_fiat(minor, currency))


def _unit(one: Outlook, currency: str) -> dict[str, Any]:
    unit = one.unit
    return {
        "unit": unit.unit,
        "denomination": denomination(unit.denomination_minor, currency),
        "expected": unit.expected,
        "reported": unit.reported,
        "difference": unit.difference,
        "capacity": unit.capacity,
        "since": {
            "at": iso(unit.base_at),
            "count": unit.base,
            "refilled": unit.refilled,
            "dispensed": unit.dispensed,
            "taken": unit.taken,
        },
        "notes_a_day": one.notes_a_day,
        "runs_out_on": None if one.runs_out_on is None else one.runs_out_on.isoformat(),
    }


def _movement(row: Row, currency: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": iso(row["at"]),
        "unit": row["unit"],
        "denomination": denomination(row["denomination_minor"], currency),
        "kind": row["kind"],
        "count": row["count"],
        "difference": row["difference"],
        "note": row["note"],
        "by": None if row["by_user"] is None else names.get(row["by_user"], ""),
    }
