"""A million sales, drawn from a seed, each divided and checked against exact arithmetic.

`SATMACHINE_SEED=…` repeats a run, `SATMACHINE_CASES=…` shortens it.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from satmachineadmin.core.model import LpStake
from satmachineadmin.core.planning import draw
from satmachineadmin.core.units import currency_digits
from tests.unit.core.allocation_cases import Case, check_case

CASES = int(os.environ.get("SATMACHINE_CASES", "1000000"))
SEED = int(os.environ.get("SATMACHINE_SEED", "20261122"))

#: currencies of 2, 0 and 3 digits, with the fiat of a usual sale and the sats of one minor unit
CURRENCIES = (("EUR", 20_000, 15), ("JPY", 20_000, 9), ("KWD", 60_000, 4))


def some_amount(rng: Random, typical: int) -> int:
    """Mostly around a typical amount, sometimes a handful, sometimes very large."""
    kind = rng.random()
    if kind < 0.1:
        return 1 + int(rng.random() * 10)
    if kind < 0.95:
        return 1 + int(rng.random() * 2 * typical)
    return 1 + int(rng.random() * 1000 * typical)


def some_stake(rng: Random, fiat_minor: int, names: list[str], index: int) -> LpStake:
    kind = rng.random()
    if kind < 0.07:
        balance = 0
    elif kind < 0.15:
        balance = 1 + int(rng.random() * 5)
    else:
        balance = 1 + int(rng.random() * 2 * fiat_minor)
    cap = int(rng.random() * fiat_minor) if rng.random() < 0.4 else None
    return LpStake(enrolment_id=names[index], label="", balance_minor=balance, cap_minor=cap)


def some_case(rng: Random, names: list[str]) -> Case:
    currency, typical_minor, sats_per_minor = CURRENCIES[int(rng.random() * 3)]
    fiat_minor = some_amount(rng, typical_minor)
    # One sale in ten pays so few sats that some shares come to none.
    few = rng.random() < 0.1
    principal_sats = int(rng.random() * 8) if few else fiat_minor * sats_per_minor
    how_many = 1 + int(rng.random() * 6)
    return Case(
        currency=currency,
        fiat_minor=fiat_minor,
        principal_sats=principal_sats,
        stakes=tuple(some_stake(rng, fiat_minor, names, index) for index in range(how_many)),
        commission_sats=int(rng.random() * 20_000),
        shares_ppm=tuple(1 + int(rng.random() * 500_000) for _ in range(1 + int(rng.random() * 4))),
    )


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_million_random_sales_are_divided_exactly() -> None:
    print(f"seed {SEED}, {CASES} cases")  # noqa: T201 - a failed run is repeated by its seed
    rng = Random(SEED)
    names = [f"lp{index}" for index in range(10)]
    seen: Counter[str] = Counter()
    for number in range(CASES):
        case = some_case(rng, names)
        try:
            caps_bind = check_case(case)
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}, case {number}: {case}") from error
        seen["caps bind"] += caps_bind
        seen["three LPs or more"] += len(case.stakes) >= 3
        seen[f"{currency_digits(case.currency)} digits"] += 1
        if number % 100 == 0:
            again = draw(case.fiat_minor, case.principal_sats, case.stakes)
            first = draw(case.fiat_minor, case.principal_sats, case.stakes)
            assert again == first, f"seed {SEED}, case {number} is decided differently the second time"
            seen["left out"] += bool(first.left_out)
            seen["uncovered"] += first.uncovered_minor > 0
    print(dict(seen))  # noqa: T201 - what was measured belongs to the result
    assert seen["caps bind"] >= 0.3 * CASES
    assert seen["three LPs or more"] >= 0.5 * CASES
    assert min(seen["0 digits"], seen["2 digits"], seen["3 digits"]) > 0
    # Of the sample, so that the rarer paths are known to be walked, too.
    assert seen["left out"] > 0
    assert seen["uncovered"] > 0
