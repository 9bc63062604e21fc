"""What was not a whole number of the smallest units there, and what it is here: each listed, none hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..units import WHOLE_PPM, currency_digits, decimal_text, format_fiat, format_percent, round_half_up
from . import records
from .columns import DEPOSITS, ENROLMENTS, MACHINES, SPLITS
from .moves import EnrolmentMove, MoveOutcome, Plan


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """A number of the predecessor's that became another one: half up, to the nearest."""

    table: str
    row_id: str
    #: which number: of a deposit, of a balance, …
    what: str
    exact: str
    rounded: str


def roundings(plan: Plan) -> list[Rounding]:
    """Of everything that is written: deposits, balances, limits, shares and machines' fees."""
    return [
        *_of_machines(plan),
        *(one for move in plan.enrolments if move.takes_cash for one in _of_cash(move, plan)),
        *_of_choices(plan),
        *_of_splits(plan),
    ]


def _of_machines(plan: Plan) -> Iterator[Rounding]:
    for move in plan.machines:
        if move.outcome is not MoveOutcome.ADD:
            continue
        old = move.old
        for what, fraction in (("cash_out_fee", old.cash_out_fee), ("cash_in_fee", old.cash_in_fee)):
            if fraction is not None and Fraction(fraction) * WHOLE_PPM % 1:
                yield Rounding(
                    table=MACHINES,
                    row_id=old.id,
                    what=what,
                    exact=f"{decimal_text(Fraction(fraction) * 100)} %",
                    rounded=f"{records.percent_of(fraction)} %",
                )


def _of_cash(move: EnrolmentMove, plan: Plan) -> Iterator[Rounding]:
    currency = next(one.old.currency for one in plan.machines if one.old.id == move.old.machine_id)
    for entry in move.entries:
        if entry.is_rounded:
            yield _of_fiat(DEPOSITS, entry.old.id, "deposit", entry.exact, entry.minor, currency)
    if move.balance != move.balance_minor and move.balance > 0:
        yield _of_fiat(ENROLMENTS, move.old.id, "balance", move.balance, move.balance_minor, currency)


def _of_choices(plan: Plan) -> Iterator[Rounding]:
    for move in plan.choices:
        limit = move.limit if move.outcome is MoveOutcome.ADD else None
        if limit is not None and limit % 1:
            old, minor = move.old, round_half_up(limit)
            yield _of_fiat(old.table, old.row_id, "daily_limit", limit, minor, move.currency)


def _of_splits(plan: Plan) -> Iterator[Rounding]:
    for move in plan.splits:
        if move.outcome is not MoveOutcome.ADD:
            continue
        for share in move.old.shares:
            if share.exact_ppm != share.share_ppm:
                yield Rounding(
                    table=SPLITS,
                    row_id=share.id,
                    what="share",
                    exact=f"{decimal_text(share.exact_ppm / 10_000)} %",
                    rounded=f"{format_percent(share.share_ppm)} %",
                )


def _of_fiat(table: str, row_id: str, what: str, exact: Fraction, minor: int, currency: str) -> Rounding:
    whole = exact / 10 ** currency_digits(currency)
    return Rounding(
        table=table,
        row_id=row_id,
        what=what,
        exact=f"{decimal_text(whole)} {currency}",
        rounded=f"{format_fiat(minor, currency)} {currency}",
    )
