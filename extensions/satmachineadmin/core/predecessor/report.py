"""What a person is told before everything is taken over, and what stays with the move afterwards.

No address and no wallet of an LP's is in it: where an LP's sats go is the LP's to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any

from ..units import currency_digits, decimal_text, format_fiat, format_percent
from . import records, telling
from .found import Found
from .moves import EnrolmentMove, Move, MoveOutcome, Plan
from .rounding import roundings

#: Unfinished sales that are listed one by one; all of them are counted.
MOST_LISTED = 200


def report(found: Found, plan: Plan, names: Mapping[str, str]) -> dict[str, Any]:
    """Everything as plain values; `names` are what people of this LNbits are called, by user."""
    unfinished = [move for move in plan.sales if move.outcome is MoveOutcome.ADD and move.needs_a_person]
    lps = {one.id: one.name for one in found.enrolments if one.name}
    places = {move.old.id: move.old for move in plan.machines}
    return {
        "where": found.where,
        "tables": dict(found.counts),
        "counts": counts(plan),
        "platform_fee": found.platform_fee,
        "machines": [
            {
                **_outcome(move),
                "name": move.old.name,
                "operator": names.get(move.old.operator_user_id),
                "currency": move.old.currency,
                "cash_out_fee_pct": records.percent_of(move.old.cash_out_fee),
                "cash_in_fee_pct": records.percent_of(move.old.cash_in_fee),
                "unrecorded_payments": len(move.unrecorded),
                "unrecorded_sats": sum(one.sats for one in move.unrecorded),
            }
            for move in plan.machines
        ],
        "lps": [_lp(move, places, names) for move in plan.enrolments],
        "preferences": [
            {
                **_outcome(move),
                "name": names.get(move.old.user_id),
                "mode": move.old.mode.value,
                "forwards": move.old.forwards,
            }
            for move in plan.choices
        ],
        "splits": [
            {
                **_outcome(move),
                "operator": names.get(move.old.operator_user_id),
                "machine_name": _name(places, move.old.machine_id),
                "shares": [
                    {"label": share.label, "share_pct": format_percent(share.share_ppm)}
                    for share in move.old.shares
                ],
            }
            for move in plan.splits
        ],
        "unfinished_total": len(unfinished),
        "unfinished": [
            {
                "machine_name": _name(places, move.old.machine_id),
                "paid_at": _iso(move.old.paid_at),
                "wire_sats": move.old.wire_sats,
                "status": move.old.status,
                "sentence": telling.unfinished(move, lps),
            }
            for move in unfinished[:MOST_LISTED]
        ],
        "roundings": [
            {
                "table": one.table,
                "row_id": one.row_id,
                "what": one.what,
                "exact": one.exact,
                "rounded": one.rounded,
            }
            for one in roundings(plan)
        ],
        "unread": [{"table": one.table, "row_id": one.row_id, "problem": one.problem} for one in plan.strays],
    }


def counts(plan: Plan) -> dict[str, int]:
    """How many of each kind would be written."""

    def added(moves: Sequence[Move]) -> int:
        return sum(move.outcome is MoveOutcome.ADD for move in moves)

    new_sales = [move for move in plan.sales if move.outcome is MoveOutcome.ADD]
    return {
        "machines": added(plan.machines),
        "lps": added(plan.enrolments),
        "preferences": added(plan.choices),
        "deposits": sum(
            entry.counts or entry.is_pending
            for move in plan.enrolments
            if move.takes_cash
            for entry in move.entries
        ),
        "splits": added(plan.splits),
        "sales": len(new_sales),
        "legs": sum(len(move.legs) for move in new_sales) + len(plan.loose_legs),
    }


def _lp(
    move: EnrolmentMove, places: Mapping[str, records.OldMachine], names: Mapping[str, str]
) -> dict[str, Any]:
    place = places.get(move.old.machine_id)
    told = {
        **_outcome(move),
        "name": move.old.name or names.get(move.old.user_id),
        "machine_name": place.name if place else None,
        "status": move.old.status.value,
        "rows": 1 + len(move.merged),
        "cash_problem": move.cash_problem,
        "currency": place.currency if place else None,
        "deposited": None,
        "drawn": None,
        "exact_balance": None,
        "balance": None,
        "overdrawn": None,
        "received_sats": None,
    }
    if not move.takes_cash or place is None:
        return told
    currency = place.currency
    return {
        **told,
        "deposited": _exact(move.balance + move.drawn, currency),
        "drawn": _exact(move.drawn, currency),
        "exact_balance": _exact(move.balance, currency),
        "balance": format_fiat(move.balance_minor, currency),
        "overdrawn": format_fiat(move.overdrawn_minor, currency),
        "received_sats": move.received_sats,
    }


def _outcome(move: Move) -> dict[str, str]:
    return {"outcome": move.outcome.value, "problem": move.problem}


def _name(places: Mapping[str, records.OldMachine], machine_id: str | None) -> str | None:
    place = places.get(machine_id or "")
    return place.name if place else None


def _exact(minor: Fraction, currency: str) -> str:
    return decimal_text(minor / 10 ** currency_digits(currency))


def _iso(seconds: int) -> str | None:
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
