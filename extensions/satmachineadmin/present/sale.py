"""One sale in full: how its sats came about, who works on it, and what a support person asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core import steps
from ..core.model import PlatformFee
from ..core.states import FeeBasis, LegType, SettlementState
from ..core.steps import Rounding, Share
from ..core.units import parse_percent
from ..store import rows
from ..store.lease import LeaseHolder
from ..store.sql import Row
from . import iso


def roundings(row: Row, legs: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Leg id → its exact share and the unit that rounding gave it, where that can be worked out again."""
    shares = [
        Share(
            leg=rows.leg(leg),
            plan_version=leg["plan_version"],
            share_ppm=None if leg["share_pct"] is None else parse_percent(leg["share_pct"]),
        )
        for leg in legs
    ]
    found = {leg_id: _rounding(one) for leg_id, one in steps.roundings(shares).items()}
    fee = PlatformFee(
        ppm=parse_percent(row["super_fee_pct"]),
        basis=FeeBasis(row["super_fee_basis"]),
        version=row["super_fee_version"],
    )
    platform = steps.platform_rounding(rows.settlement(row), fee)
    if platform is not None:
        ours = (leg["id"] for leg in legs if leg["leg_type"] == LegType.SUPER_FEE)
        found |= {leg_id: _rounding(platform) for leg_id in ours}
    return found


def _rounding(found: Rounding) -> dict[str, int]:
    return {"exact_msat": found.exact_msat, "units": found.units}


def work(row: Row, holder: LeaseHolder | None) -> dict[str, Any] | None:
    """Who has it in hand while it is processed, and until when that one may pay unless it renews."""
    if row["state"] != SettlementState.PROCESSING:
        return None
    is_held = holder is not None and row["processing_claim"] == f"{holder.holder}/{holder.epoch}"
    return {
        "claim": row["processing_claim"],
        "claimed_at": iso(row["claimed_at"]),
        # Another one has the right to pay by now, and takes the sale over.
        "lease_until": iso(holder.expires_at) if holder is not None and is_held else None,
    }


def raw(row: Row, legs: Sequence[Row]) -> dict[str, Any]:
    """Versions, keys and tokens: of the sale, its stamp and each of its legs. No secret, no receiver."""
    of_sale = (
        "wallet_id", "plan_version", "super_fee_version", "split_set_id", "machine_npub",
        "nostr_sender_pubkey", "nostr_event_id", "bills", "cassettes", "waits_code",
    )  # fmt: skip
    of_leg = ("id", "leg_key", "plan_version", "attempt", "external_id", "way", "error_code")
    return {
        **{name: row[name] for name in of_sale},
        "updated_at": iso(row["updated_at"]),
        "legs": [{name: leg[name] for name in of_leg} for leg in legs],
    }
