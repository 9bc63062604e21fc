"""A million sales, drawn from a seed, each divided and checked against exact arithmetic.

`SATMACHINE_SEED=…` repeats a run, `SATMACHINE_CASES=…` shortens it.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from satmachineadmin.core.planning import draw
from satmachineadmin.core.units import currency_digits
from tests.unit.core.allocation_cases import check_case, some_case

CASES = int(os.environ.get("SATMACHINE_CASES", "1000000"))
SEED = int(os.environ.get("SATMACHINE_SEED", "20261122"))


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
