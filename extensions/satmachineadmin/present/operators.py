"""Operators as the platform sees them: sums, no business of theirs, and no user id."""

from __future__ import annotations

from typing import Any

from ..usecases.operators import OperatorSeen, OwnStanding
from . import iso

_SOLD = ("sales", "wire_sats", "commission_sats", "platform_fee_sats")


def operator(seen: OperatorSeen, name: str) -> dict[str, Any]:
    row, machines, sold = seen.row, seen.machines, seen.sold
    return {
        "id": row["id"],
        "name": row["name"] or name,
        "standing": row["standing"],
        "reason": row["reason"],
        "moved_at": iso(row["moved_at"]),
        "machines": int(machines["machines"]) if machines else 0,
        "machines_active": int(machines["active"]) if machines else 0,
        "settlements": int(machines["settlements"]) if machines else 0,
        "last_sale_at": iso(machines["last_sale_at"]) if machines else None,
        **{key: int(sold[key]) if sold else 0 for key in _SOLD},
    }


def own_standing(own: OwnStanding) -> dict[str, Any]:
    return {"policy": own.policy, "standing": own.standing, "may_begin": own.may_begin}
