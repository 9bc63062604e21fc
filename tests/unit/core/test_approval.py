"""Who may begin something as an operator, and what may become of its standing."""

from __future__ import annotations

import pytest

from satmachineadmin.core.approval import (
    STANDING_ARROWS,
    OperatorPolicy,
    Standing,
    check_standing_arrow,
    may_begin,
    require_may_begin,
)
from satmachineadmin.core.errors import ArrowNotAllowed, OperatorNotApproved

MAY = {
    (OperatorPolicy.OPEN, Standing.NEW),
    (OperatorPolicy.OPEN, Standing.ASKED),
    (OperatorPolicy.OPEN, Standing.APPROVED),
    (OperatorPolicy.APPROVED, Standing.APPROVED),
}


@pytest.mark.parametrize("policy", OperatorPolicy)
@pytest.mark.parametrize("standing", Standing)
def test_who_may_begin(policy: OperatorPolicy, standing: Standing) -> None:
    assert may_begin(policy, standing) is ((policy, standing) in MAY)
    if (policy, standing) in MAY:
        require_may_begin(policy, standing)
    else:
        with pytest.raises(OperatorNotApproved) as refused:
            require_may_begin(policy, standing)
        assert refused.value.body()["standing"] == standing.value


@pytest.mark.parametrize("before", Standing)
@pytest.mark.parametrize("after", Standing)
def test_a_standing_moves_along_its_arrows_only(before: Standing, after: Standing) -> None:
    """Nobody becomes new again, nothing stays by moving, and only who is new asks."""
    if (before, after) in STANDING_ARROWS:
        assert check_standing_arrow(before, after) == after.value
        assert after is not Standing.NEW and before is not after
    else:
        with pytest.raises(ArrowNotAllowed):
            check_standing_arrow(before, after)
    assert ((before, after) in STANDING_ARROWS) or after in (Standing.NEW, before, Standing.ASKED)
