"""When a machine may change its wallet, and when its former one may be let go."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from satmachineadmin.core.wallet_ties import INVOICE_LIFE, Tie, is_awaited, why_not_changed, why_not_closed

from .builders import payment

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
PENDING = {Tie.UNDER_WAY, Tie.HELD, Tie.PAYMENT, Tie.REFUND}


@pytest.mark.parametrize("tie", Tie)
def test_a_wallet_is_changed_only_while_nothing_is_pending(tie: Tie) -> None:
    """What is merely owed, failed or unexplained stays with the old wallet, which is scanned on."""
    refusal = why_not_changed({tie})
    assert (refusal is not None) == (tie in PENDING)
    if refusal is not None:
        assert (refusal.code, refusal.fields) == ("wallet_busy", {"ties": [tie.value]})


@pytest.mark.parametrize("tie", Tie)
def test_a_wallet_is_closed_only_when_nothing_ties_the_machine_to_it(tie: Tie) -> None:
    refusal = why_not_closed({tie})
    assert refusal is not None
    assert (refusal.code, refusal.fields) == ("wallet_still_needed", {"ties": [tie.value]})
    assert why_not_closed(set()) is None


def test_everything_that_is_in_the_way_is_named_in_one_order() -> None:
    refusal = why_not_closed({Tie.UNEXPLAINED, Tie.HELD, Tie.OWED})
    assert refusal is not None and refusal.fields["ties"] == ["held", "owed", "unexplained"]


@pytest.mark.parametrize(
    ("amount_msat", "age", "awaited"),
    [
        (1000, timedelta(0), True),
        (1000, INVOICE_LIFE - timedelta(seconds=1), True),
        (1000, INVOICE_LIFE, False),
        (-1000, INVOICE_LIFE * 30, True),
    ],
)
def test_an_old_invoice_is_not_waited_for_but_a_payment_is(
    amount_msat: int, age: timedelta, awaited: bool
) -> None:
    row = payment(amount_msat=amount_msat, status="pending", created_at=NOW - age)
    assert is_awaited(row, NOW) is awaited
