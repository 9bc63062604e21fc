"""Commission splits as JSON: the sets, what an example comes to, and what a draft would have paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.what_if import Recipient, ReplayedSale, WhatIf
from ..store.sql import Row
from ..usecases.splits import SharedExample
from . import iso

_LINE = ("position", "target", "target_kind", "label", "share_pct")
NO_SET: dict[str, Any] = {
    "id": None, "machine_id": None, "machine_name": None, "is_override": False, "version": 0,
    "created_at": None, "created_by": None, "retired_at": None, "splits": [],
}  # fmt: skip


def split_set(row: Row, lines: Sequence[Row], names: Mapping[str, str]) -> dict[str, Any]:
    """A version of a split. `names` gives each user a name to show."""
    return {
        "id": row["id"],
        "machine_id": row["machine_id"] or None,
        "machine_name": row["machine_name"],
        "is_override": row["machine_id"] != "",
        "version": row["version"],
        "created_at": iso(row["created_at"]),
        "created_by": names.get(row["created_by"], ""),
        "retired_at": iso(row["retired_at"]),
        "splits": [{key: line[key] for key in _LINE} for line in lines],
    }


def example(shared: SharedExample) -> dict[str, Any]:
    return {
        "platform_fee_sats": shared.platform_sats,
        "operator_fee_sats": shared.operator_sats,
        "shares_sats": list(shared.shares_sats),
    }


def what_if(found: WhatIf, machine_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sales": len(found.sales),
        "shared_sats": found.shared_sats,
        "recipients": [_recipient(one) for one in found.recipients],
        "settlements": [_sale(sale, machine_names) for sale in found.sales],
    }


def _sale(sale: ReplayedSale, machine_names: Mapping[str, str]) -> dict[str, Any]:
    settlement = sale.settlement
    return {
        "settlement_id": settlement.id,
        "machine_name": machine_names.get(settlement.machine_id),
        "paid_at": iso(int(settlement.paid_at.timestamp())),
        "shared_sats": sale.shared_sats,
        "recipients": [_recipient(one) for one in sale.recipients],
    }


def _recipient(one: Recipient) -> dict[str, Any]:
    return {
        "target": one.target,
        "target_kind": one.target_kind,
        "label": one.label,
        "would_sats": one.would_sats,
        "got_sats": one.got_sats,
        "open_sats": one.open_sats,
        "difference_sats": one.difference_sats,
    }
