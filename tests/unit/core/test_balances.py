"""An LP's cash: reserved, paid, given back, never spent twice (DESIGN §3, §6, §7)."""

from __future__ import annotations

import pytest

from satmachineadmin.core.balances import Balance, after_leg_move, complete, release, reserve
from satmachineadmin.core.errors import InvariantViolated
from satmachineadmin.core.states import LEG_ARROWS, LegState

PLAIN = Balance(confirmed_minor=1_000, pending_minor=50, paid_minor=300, reserved_minor=200)


def test_what_remains_is_confirmed_less_paid_less_reserved() -> None:
    assert PLAIN.remaining_minor == 500


def test_reserving_takes_from_what_remains() -> None:
    assert reserve(PLAIN, 500) == Balance(
        confirmed_minor=1_000, pending_minor=50, paid_minor=300, reserved_minor=700
    )


def test_completing_turns_reserved_into_paid_and_what_remains_stays() -> None:
    after = complete(PLAIN, 200)

    assert (after.paid_minor, after.reserved_minor) == (500, 0)
    assert after.remaining_minor == PLAIN.remaining_minor


def test_releasing_gives_the_fiat_back() -> None:
    after = release(PLAIN, 200)

    assert (after.reserved_minor, after.remaining_minor) == (0, 700)


def test_more_than_what_remains_cannot_be_reserved() -> None:
    with pytest.raises(InvariantViolated):
        reserve(PLAIN, 501)


@pytest.mark.parametrize("move", [complete, release])
def test_more_than_what_is_reserved_cannot_be_completed_or_released(move) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvariantViolated):
        move(PLAIN, 201)


@pytest.mark.parametrize("move", [reserve, complete, release])
def test_a_negative_amount_is_a_bug(move) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvariantViolated):
        move(PLAIN, -1)


@pytest.mark.parametrize(
    "sums",
    [
        {"pending_minor": -1},
        {"paid_minor": -1},
        {"reserved_minor": -1},
        {"confirmed_minor": 5, "paid_minor": 6},
    ],
)
def test_a_balance_below_zero_does_not_exist(sums: dict[str, int]) -> None:
    with pytest.raises(InvariantViolated):
        Balance(**sums)


def test_a_planned_leg_reserves_and_a_skipped_one_does_not() -> None:
    assert after_leg_move(PLAIN, None, LegState.PENDING, 100) == reserve(PLAIN, 100)
    assert after_leg_move(PLAIN, None, LegState.SKIPPED, 100) == PLAIN


@pytest.mark.parametrize(("before", "after"), list(LEG_ARROWS))
def test_every_arrow_of_a_leg_completes_releases_or_keeps_its_fiat(before: LegState, after: LegState) -> None:
    moved = after_leg_move(PLAIN, before, after, 200)

    if before is LegState.SKIPPED or after in {LegState.PAYING, LegState.FAILED, LegState.UNRESOLVED}:
        assert moved == PLAIN
    elif after is LegState.COMPLETED:
        assert moved == complete(PLAIN, 200)
    else:
        assert after in {LegState.VOIDED, LegState.REFUNDED}
        assert moved == release(PLAIN, 200)
