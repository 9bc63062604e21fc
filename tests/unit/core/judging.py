"""Short ways to ask what becomes of a payment."""

from __future__ import annotations

from typing import Any

from satmachineadmin.core.landing import Counterparty, Ignored, judge
from satmachineadmin.core.model import Facts, HostPayment, Landing, Machine
from tests.unit.core.builders import CASH_IN_STAMP, PLATFORM_FEE, STAMP, machine, payment

CASH_IN = payment(stamp=CASH_IN_STAMP, amount_msat=-142_500_000)


def judged(
    one: HostPayment,
    at: Machine | None = None,
    *,
    by: Counterparty = Counterparty.OUTSIDE,
    recent: tuple[str, ...] = (),
    host_rate: str | None = None,
) -> Landing | Ignored:
    return judge(one, at or machine(), PLATFORM_FEE, by, recent, host_rate)


def landed(*args: Any, **kwargs: Any) -> Landing:
    outcome = judged(*args, **kwargs)
    assert isinstance(outcome, Landing)
    return outcome


def facts_of(*args: Any, **kwargs: Any) -> Facts:
    facts = landed(*args, **kwargs).facts
    assert facts is not None
    return facts


def stamped(**changes: object) -> HostPayment:
    return payment(stamp={**STAMP, **changes})


def without(name: str) -> HostPayment:
    return payment(stamp={key: value for key, value in STAMP.items() if key != name})
