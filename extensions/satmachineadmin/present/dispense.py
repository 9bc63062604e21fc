"""A partial dispense before it is done, as JSON: what would change, in figures."""

from __future__ import annotations

from typing import Any

from ..usecases.revising import DispensePreview
from . import fiat, landed


def preview(given: DispensePreview) -> dict[str, Any]:
    before, after, currency = given.before, given.after, given.before.currency
    return {
        "currency": currency,
        "wire_sats": before.wire_sats,
        "dispensed_sats": after.dispensed_sats,
        "undispensed_sats": given.undispensed_sats,
        "withdrawn_legs": given.withdrawn_legs,
        "landed": landed(given.landed, currency),
        "before": {
            "principal_sats": before.principal_sats,
            "commission_sats": before.commission_sats,
            "platform_fee_sats": before.platform_fee_sats,
            "operator_fee_sats": before.operator_fee_sats,
            "fiat_amount": fiat(before.fiat_minor, currency),
        },
        "after": {
            "principal_sats": after.principal_sats,
            "commission_sats": after.commission_sats,
            "platform_fee_sats": after.platform_fee_sats,
            "operator_fee_sats": after.operator_fee_sats,
            "fiat_amount": fiat(after.fiat_minor, currency),
        },
    }
