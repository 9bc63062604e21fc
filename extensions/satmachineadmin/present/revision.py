"""What a correction would do, as the JSON of docs/reference/api.md: shown before anything happens."""

from __future__ import annotations

from typing import Any

from ..core.model import PlannedLeg
from ..core.states import LegType
from ..core.units import format_percent
from ..store.sql import Row
from ..usecases.adopting import Adoption
from ..usecases.correcting import Previewed
from ..usecases.settling import Quote
from ..usecases.supplying import Priced
from ..usecases.sweeping import Preview, Sweepable
from . import fiat, iso


def planned_leg(leg: PlannedLeg, currency: str) -> dict[str, Any]:
    """A leg that is not written yet."""
    return {
        "leg_type": leg.leg_type,
        "state": leg.state,
        "reason": leg.reason,
        "recipient": leg.label or ("platform" if leg.leg_type is LegType.SUPER_FEE else ""),
        "sats": leg.sats,
        "fiat_amount": fiat(leg.fiat_minor, currency),
    }


def sweep(row: Row, preview: Preview) -> dict[str, Any]:
    """Who would get what of the sats that a sale keeps."""
    currency, planned = row["currency"], preview.sweep
    is_open = preview.why_not is None
    return {
        "settlement_id": row["id"],
        "currency": currency,
        "paid_sats": planned.paid_sats if is_open else 0,
        "legs": [planned_leg(leg, currency) for leg in planned.legs] if is_open else [],
        "stuck": [{"leg_id": one.leg_id, "why": one.why} for one in planned.stuck],
        "why_not": preview.why_not,
    }


def sweepable(found: Sweepable) -> dict[str, Any]:
    """The sales of a machine that keep sats, with what a sweep of each would pay."""
    data = [
        {
            **sweep(row, preview),
            "state": row["state"],
            "wire_sats": row["wire_sats"],
            "fiat_amount": fiat(row["fiat_minor"], row["currency"]),
            "exchange_rate": row["exchange_rate"],
            "kept_sats": int(row["kept_sats"]),
            "paid_at": iso(row["paid_at"]),
        }
        for row, preview in found.settlements
    ]
    return {
        "data": data,
        "total": found.total,
        "kept_sats": found.kept_sats,
        "paid_sats": sum(one["paid_sats"] for one in data),
    }


def priced(found: Priced) -> dict[str, Any]:
    """The principal of a sale at a rate that is not written down yet."""
    return {
        "principal_sats": found.principal_sats,
        "currency": found.currency,
        "exchange_rate": found.exchange_rate,
        "fiat_amount": fiat(found.fiat_minor, found.currency),
        "reference_rate": found.reference_rate,
        "is_plausible": found.is_plausible,
    }


def adoption(found: Adoption) -> dict[str, Any]:
    """A rejected payment with the facts that the operator supplied."""
    facts = found.facts
    return {
        "tx_type": facts.tx_type,
        "wire_sats": facts.wire_sats,
        "principal_sats": facts.principal_sats,
        "commission_sats": facts.commission_sats,
        "platform_fee_sats": facts.platform_fee_sats,
        "operator_fee_sats": facts.operator_fee_sats,
        "super_fee_pct": format_percent(found.fee.ppm),
        "commission_difference_sats": facts.commission_difference_sats,
        "fiat_amount": fiat(facts.fiat_minor, facts.currency),
        "currency": facts.currency,
        "exchange_rate": facts.exchange_rate,
        "reference_rate": found.reference_rate,
        "is_plausible": found.is_plausible,
    }


def payer(row: Row) -> dict[str, Any]:
    """A remembered payer, without its wallet."""
    return {"id": row["id"], "label": row["label"], "created_at": iso(row["created_at"])}


def payoff(found: Quote) -> dict[str, Any]:
    """What paying an LP's balance off comes to."""
    currency = found.currency
    return {
        "username": found.label,
        "currency": currency,
        "remaining": fiat(found.remaining_minor, currency),
        "amount_fiat": fiat(found.fiat_minor, currency),
        "exchange_rate": found.exchange_rate,
        "sats": found.sats,
        "funding_sats": found.funding_sats,
        "reference_rate": found.reference_rate,
        "is_plausible": found.is_plausible,
    }


def correction(found: Previewed) -> dict[str, Any]:
    """What correcting a rate books for each LP."""
    currency = found.currency
    return {
        "currency": currency,
        "exchange_rate": found.exchange_rate,
        "booked_rate": found.booked_rate,
        "lps": [
            {
                "client_id": one.enrolment_id,
                "username": one.label,
                "sats": one.sats,
                "drawn": fiat(one.drawn_minor, currency),
                "right": fiat(one.right_minor, currency),
                "change": fiat(one.change_minor, currency),
                "short": fiat(one.short_minor, currency),
            }
            for one in found.lps
        ],
    }
