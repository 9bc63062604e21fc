"""Rows as an LP sees them: its own choices, its cash, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.chart import STEPS, cash_over_time, fills_together, sats_over_time
from ..core.choices import Notifications
from ..core.days import UTC, zone_in_use
from ..core.limits import left_of_limit
from ..core.outside import TargetTerms
from ..core.rates import fiat_of, mean_rate
from ..core.statement import sha256
from ..core.states import (
    CashEntryKind,
    CashEntryStatus,
    DcaMode,
    LegState,
    LegType,
    NoPart,
)
from ..store import rows
from ..store.lp_figures import Drawn
from ..store.sql import Row
from ..usecases.lp_views import Chart, Fill, Places
from ..usecases.statements import Checked, Statement
from . import fiat, iso
from .cash import balance, no_part


def preferences(
    row: Row | None, gathering_sats: int, *, channels: Mapping[str, tuple[bool, bool]], has_password: bool
) -> dict[str, Any]:
    """An LP's choices. Of a way to tell it something only whether it is there: no address leaves."""
    known = row or _NOTHING_CHOSEN
    currency = known["fixed_mode_currency"]
    plain = (
        "dca_wallet_id", "default_dca_mode", "fixed_mode_currency", "autoforward_ln_address",
        "autoforward_min_sats", "autoforward_next_address", "time_zone", "notifications",
    )  # fmt: skip
    return {
        "onboarded": row is not None,
        **{key: known[key] for key in plain},
        "fixed_mode_daily_limit": fiat(known["fixed_mode_daily_limit"], currency) if currency else None,
        "autoforward_enabled": bool(known["autoforward_enabled"]),
        "autoforward_gathering_sats": gathering_sats,
        "autoforward_next_at": iso(known["autoforward_next_at"]),
        "time_zone_in_use": zone_in_use(known["time_zone"]),
        "channels": [
            {"channel": channel, "is_set": is_set, "is_open": is_open}
            for channel, (is_set, is_open) in channels.items()
        ],
        "has_password": has_password,
        "updated_at": iso(known["updated_at"]),
    }


_NOTHING_CHOSEN: Row = {
    "dca_wallet_id": None,
    "default_dca_mode": DcaMode.FLOW,
    "fixed_mode_daily_limit": None,
    "fixed_mode_currency": None,
    "autoforward_ln_address": None,
    "autoforward_enabled": False,
    "autoforward_min_sats": 0,
    "autoforward_next_address": None,
    "autoforward_next_at": None,
    "time_zone": UTC,
    "notifications": Notifications.PROBLEMS,
    "updated_at": None,
}


def change(row: Row) -> dict[str, Any]:
    """One change of the preferences; an amount is written with the digits of the currency beside it."""
    lines = json.loads(row["changes"])
    currency = next((line for line in lines if line["field"] == "fixed_mode_currency"), None)
    for line in lines:
        if line["field"] == "fixed_mode_daily_limit" and currency is not None:
            for side in ("before", "after"):
                line[side] = fiat(line[side], currency[side]) if currency[side] else None
        if line["field"] == "autoforward_enabled":
            line |= {side: None if line[side] is None else bool(line[side]) for side in ("before", "after")}
    return {"at": iso(row["at"]), "how": row["how"], "changes": lines}


def address_terms(kind: str, address: str, terms: TargetTerms) -> dict[str, Any]:
    """What an address takes, in whole sats."""
    return {
        "address": address,
        "kind": kind,
        "least_sats": -(-terms.min_msat // 1000),
        "most_sats": terms.max_msat // 1000,
        "is_here": terms.is_here,
    }


def enrolment(row: Row, operator_name: str) -> dict[str, Any]:
    plain = ("id", "machine_name", "machine_location", "currency", "status")
    return {
        **{key: row[key] for key in plain},
        "operator_name": operator_name,
        "created_at": iso(row["created_at"]),
    }


def offer(row: Row, operator_name: str, *, onboarded: bool) -> dict[str, Any]:
    """What an invitation offers."""
    plain = ("machine_name", "machine_location", "currency")
    return {
        **{key: row[key] for key in plain},
        "operator_name": operator_name,
        "onboarded": onboarded,
        "expires_at": iso(row["invitation_expires_at"]),
    }


def position(
    row: Row, operator_name: str, drawn: Drawn, rate: str | None, today_minor: int
) -> dict[str, Any]:
    """An enrolment; `today_minor` is what the LP gave today of this currency, anywhere."""
    currency = row["currency"]
    limit_minor = None
    if row["default_dca_mode"] == DcaMode.FIXED:
        limit_minor = rows.pace(row).limit_in(currency)
    reason = no_part(row)
    if reason is None and limit_minor is not None and not left_of_limit(limit_minor, today_minor):
        reason = NoPart.LIMIT_USED
    return {
        "enrolment_id": row["id"],
        "operator_name": operator_name,
        "machine_name": row["machine_name"],
        "status": row["status"],
        **figures(currency, [row], [drawn], rate),
        "takes_part": reason is None,
        "no_part_reason": reason,
        "daily_limit": fiat(limit_minor, currency),
        "drawn_today": None if limit_minor is None else fiat(today_minor, currency),
    }


_SUMMED = (
    "confirmed_minor", "pending_minor", "paid_minor", "reserved_minor", "leaving_minor", "received_sats",
    "forwarded_msat", "fills",
)  # fmt: skip


def figures(currency: str, places: Sequence[Row], drawn: Sequence[Drawn], rate: str | None) -> dict[str, Any]:
    """What became of the LP's cash in one currency, at one machine or at several together."""
    sums: Row = {name: sum(row[name] for row in places) for name in _SUMMED}
    received = sums["received_sats"]
    remaining_minor = rows.balance(sums).remaining_minor
    pace = Drawn(
        sales=sum(one.sales for one in drawn),
        fiat_minor=sum(one.fiat_minor for one in drawn),
        seconds=max((one.seconds for one in drawn), default=0),
    )
    return {
        **balance({**sums, "currency": currency}),
        "received_sats": received,
        "forwarded_sats": sums["forwarded_msat"] // 1000,
        "fills": sums["fills"],
        "average_rate": mean_rate(received, sums["paid_minor"], currency),
        "rate_now": rate,
        "value_now": None if rate is None else fiat(fiat_of(received, rate, currency), currency),
        "days_left": pace.lasts(remaining_minor),
    }


def summary(places: Places, waiting: Sequence[Fill], waiting_total: int, live_channel: str) -> dict[str, Any]:
    """All machines of an LP together; fiat of each currency by itself. An invitation is none yet."""
    currencies = sorted({row["currency"] for row in places.rows if row["accepted_at"] is not None})
    return {
        "received_sats": sum(row["received_sats"] for row in places.rows),
        "forwarded_sats": sum(row["forwarded_msat"] for row in places.rows) // 1000,
        "fills": sum(row["fills"] for row in places.rows),
        "currencies": [_of_currency(currency, places) for currency in currencies],
        "waiting": [fill(one) for one in waiting],
        "waiting_total": waiting_total,
        "live_channel": live_channel,
    }


def _of_currency(currency: str, places: Places) -> dict[str, Any]:
    own = [row for row in places.rows if row["currency"] == currency]
    return figures(currency, own, [places.drawn[row["id"]] for row in own], places.rates[currency])


def cash_entry(row: Row) -> dict[str, Any]:
    """Cash that was handed over or put right. An operator's notes are its own; a correction says why."""
    plain = ("id", "machine_name", "kind", "status", "currency", "cash_date", "dispute_reason")
    return {
        **{key: row[key] for key in plain},
        "enrolment_id": row["client_id"],
        "amount": fiat(row["amount_minor"], row["currency"]),
        "can_dispute": row["status"] == CashEntryStatus.PENDING,
        "can_withdraw": row["status"] == CashEntryStatus.DISPUTED,
        "reason": row["notes"] if row["kind"] == CashEntryKind.CORRECTION else None,
        "created_at": iso(row["created_at"]),
        "confirmed_at": iso(row["confirmed_at"]),
    }


def fill(one: Fill) -> dict[str, Any]:
    """A payment to the LP, or one of its sats to its own address: then it has the parts that it passes on."""
    row = one.row
    plain = (
        "id", "leg_type", "machine_name", "state", "currency", "exchange_rate", "error_code", "error_message",
    )  # fmt: skip
    parts = one.parts or [row]
    is_decided = row["completed_at"] is not None
    waits = row["state"] == LegState.PENDING and row["leg_type"] == LegType.DCA
    return {
        **{key: row[key] for key in plain},
        "enrolment_id": row["client_id"],
        "sats": sum(part["sats"] for part in parts),
        "sent_sats": sum(part["sent_msat"] for part in parts) // 1000 if is_decided else None,
        "fee_msat": sum(part["fee_msat"] for part in parts) if is_decided else None,
        "kept_msat": sum(part["fee_unused_msat"] for part in parts) if is_decided else None,
        "fiat_amount": fiat(row["fiat_minor"], row["currency"]),
        "day_rate": one.day_rate,
        "premium_pct": one.premium_pct,
        "payment_hash": row["payment_hash"] if is_decided else None,
        "destination_ln_address": row["destination_ln_address"],
        "waits_code": row["sale_waits_code"] if waits else None,
        "passes_on": [
            {
                "machine_name": part["machine_name"],
                "sats": part["sats"],
                "arrived_at": iso(part["arrived_at"]),
            }
            for part in one.parts
        ],
        "created_at": iso(row["created_at"]),
        "completed_at": iso(row["completed_at"]),
    }


def chart(found: Chart) -> dict[str, Any]:
    """What an LP's chart shows: a value for the end of each step, and the fills."""
    scale = found.scale
    ends = [iso(scale.end(step)) for step in range(STEPS)]
    received = sum(row["received_sats"] for own in found.places.values() for row in own)
    sats = sats_over_time(received, found.moved)
    return {
        "period": found.span,
        "since": iso(scale.since),
        "until": iso(scale.until - 1),
        "step_seconds": scale.step_seconds,
        "sats": [{"at": at, "sats": value} for at, value in zip(ends, sats, strict=True)],
        "currencies": [
            {"currency": currency, **_chart_of(currency, own, found, ends)}
            for currency, own in sorted(found.places.items())
        ],
    }


def _chart_of(currency: str, own: Sequence[Row], found: Chart, ends: Sequence[str | None]) -> dict[str, Any]:
    left_minor = sum(row["confirmed_minor"] - row["paid_minor"] for row in own)
    left = cash_over_time(left_minor, currency, found.moved)
    paid_minor = sum(row["paid_minor"] for row in own)
    return {
        "average_rate": mean_rate(sum(row["received_sats"] for row in own), paid_minor, currency),
        "cash": [{"at": at, "left": fiat(value, currency)} for at, value in zip(ends, left, strict=True)],
        "fills": [one for one in _fills_of(currency, found) if one["rate"] is not None],
    }


def _fills_of(currency: str, found: Chart) -> list[dict[str, Any]]:
    if found.single is None:
        together = fills_together(currency, found.moved)
        each = [(found.scale.end(one.step), one.sats, one.turned_minor, one.fills) for one in together]
    else:
        own = [row for row in found.single if row["currency"] == currency]
        each = [(row["completed_at"], int(row["sats"]), row["fiat_minor"] or 0, 1) for row in own]
    return [
        {
            "at": iso(at),
            "rate": mean_rate(sats, minor, currency),
            "sats": sats,
            "fiat_amount": fiat(minor, currency),
            "fills": count,
        }
        for at, sats, minor, count in each
    ]


def statement(found: Statement) -> dict[str, Any]:
    text = found.text
    return {
        "month": found.month.name,
        "since": found.month.first_day,
        "until": found.month.last_day,
        "time_zone": found.time_zone,
        "is_over": found.is_over,
        "sha256": sha256(text),
        "text": text,
        "lines": list(found.lines),
    }


def checked(found: Checked) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "month": found.month.name,
        "sha256": found.sha256,
        "sha256_now": found.sha256_now,
        "changes": [{"before": one.before, "after": one.after} for one in found.changes],
    }
