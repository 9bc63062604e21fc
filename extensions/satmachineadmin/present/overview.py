"""The overview as JSON. Fiat of two currencies is never added up; sats are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

from ..core.figures import Figures
from ..usecases.overview import Overview
from . import fiat


def overview(found: Overview) -> dict[str, Any]:
    asked = found.compared
    return {
        "period": found.period,
        "time_zone": found.time_zone,
        "is_counted": found.is_counted,
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "before_since": asked.before_since.isoformat(),
        "before_until": asked.before_until.isoformat(),
        "now": _totals(found.now),
        "before": _totals(found.before),
        "days": [
            {"day": row.day, "machine_id": row.machine_id, **_figures(row.figures, row.currency)}
            for row in found.days
        ],
        "machines": [
            {
                "machine_id": machine_id,
                "machine_name": found.names.get(machine_id),
                **_figures(figures, currency),
            }
            for (machine_id, currency), figures in found.machines.items()
        ]
        + [
            {"machine_id": None, "machine_name": None, **_figures(figures, currency)}
            for currency, figures in found.others.items()
        ],
        "names": found.names,
    }


def _figures(figures: Figures, currency: str) -> dict[str, Any]:
    return {**_sats(figures), "currency": currency, "amount": fiat(figures.fiat_minor, currency)}


def _totals(by_currency: Mapping[str, Figures]) -> dict[str, Any]:
    """Sats of all currencies, and the fiat of each."""
    return {
        **_sats(reduce(add, by_currency.values(), Figures())),
        "fiat": [
            {"currency": currency, "amount": fiat(figures.fiat_minor, currency)}
            for currency, figures in sorted(by_currency.items())
        ],
    }


def _sats(figures: Figures) -> dict[str, int]:
    return {name: value for name, value in vars(figures).items() if name != "fiat_minor"}
