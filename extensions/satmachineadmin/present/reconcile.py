"""Machines' proofs and the worklist as JSON: sats as integers, what is finer as millisatoshi."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.states import MatterKind
from ..store.sql import Row
from ..usecases.worklist import DECIDED_ELSEWHERE
from . import iso


def proof(row: Row | None) -> dict[str, Any]:
    """The statement of a machine's wallet; nothing but nulls before the first one."""
    if row is None:
        return {
            "proved_at": None, "lines": [], "holdings": [], "expected_msat": None, "balance_msat": None,
            "difference_msat": None,
        }  # fmt: skip
    return {
        "proved_at": iso(row["proved_at"]),
        "lines": [{"line": line, "msat": msat} for line, msat in json.loads(row["lines"]).items()],
        "holdings": [
            {"holding": holding, "reason": reason or None, "msat": msat}
            for holding, reason, msat in json.loads(row["holdings"])
        ],
        "expected_msat": row["expected_msat"],
        "balance_msat": row["balance_msat"],
        "difference_msat": row["balance_msat"] - row["expected_msat"],
    }


def matter(row: Row, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Something that the program noticed and cannot decide. `names` gives each user a name to show."""
    plain = (
        "id", "kind", "subject_id", "settlement_id", "earlier_sale_id", "machine_id", "machine_name",
        "detail", "close_reason",
    )  # fmt: skip
    closed_by = row["closed_by"]
    # Books that are older than LNbits' may know a balance as not paid off yet.
    is_payoff = row["kind"] == MatterKind.RESTORED and row["settlement_id"] is None
    return {
        **{key: row[key] for key in plain},
        "figures": json.loads(row["figures"]),
        "opened_at": iso(row["opened_at"]),
        "closed_at": iso(row["closed_at"]),
        "closed_by": (names or {}).get(closed_by, closed_by) if closed_by else None,
        "is_accepted": bool(row["is_accepted"]),
        "can_accept": closed_by is None and row["kind"] not in DECIDED_ELSEWHERE,
        "can_deny": is_payoff and closed_by is None,
    }
