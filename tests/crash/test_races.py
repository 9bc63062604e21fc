"""Two processes on one database, and LNbits stopping in the middle of its own payment."""

from __future__ import annotations

import random

import pytest

from .conftest import Play

pytestmark = pytest.mark.timeout(600)


def test_the_lease_of_a_dead_process_is_taken_at_once_and_a_living_one_is_not_robbed(play: Play) -> None:
    """A process id and its start tell the dead from the living."""
    play("races.lease")


@pytest.mark.parametrize("way", ["fast", "slow"])
def test_two_processes_that_pay_the_same_settlement_pay_each_leg_once(play: Play, way: str) -> None:
    """Both believe to hold the lease, and half of the time nobody checks it."""
    seed = random.randrange(10**6)
    assert play("races.two_payers", way=way, seed=seed)["races"] == 10


@pytest.mark.long
@pytest.mark.parametrize("way", ["fast", "slow"])
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_races_pay_each_leg_once(play: Play, way: str, seed: int) -> None:
    """Twenty races each with ten fixed seeds."""
    assert play("races.many_payers", way=way, seed=seed)["races"] == 20


def test_a_payment_that_lnbits_left_half_done_is_completed_exactly_once(play: Play) -> None:
    """Debited, not credited: for each leg, with the credit pending or given up."""
    assert play("races.half_payments", way="slow")["halves"] == 10
