"""How often something that is known to have failed is tried again by itself, and when.

Only what is confirmed not to have moved any money is ever tried again; whoever does not know waits. A leg
that our own decision refused is *looked at* again, ever more seldom and without end, and tried only once
nothing refuses it any more: a full wallet empties, an admin raises a limit, an LP chooses another wallet.
"""

from __future__ import annotations

from .errors import ensure
from .model import Leg
from .payout import RefuseCode
from .states import LegState

#: Why a leg was refused, where waiting may be all that is needed. With the others, somebody has to choose
#: another wallet or to bring one back.
PASSING_REFUSALS = frozenset(
    {
        RefuseCode.RECEIVER_FULL,
        RefuseCode.ABOVE_MAX_OUTGOING,
        RefuseCode.ABOVE_MAX_INCOMING,
        RefuseCode.EATEN_BY_FEE,
    }
)
#: Failures, or looks in vain, after which a person has to look.
MOST_TRIES = 5
_FIRST_SECONDS = 30
_LONGEST_SECONDS = 3600


def next_try(tries: int) -> int | None:
    """Seconds until the next attempt after `tries` failures, each four times the last; None: no more."""
    return None if tries >= MOST_TRIES else next_check(tries)


def next_check(tries: int) -> int:
    """Seconds until what was refused is looked at again, after `tries` looks in vain; at last each hour."""
    ensure(tries >= 1, "only what failed is tried again")
    return min(_FIRST_SECONDS << 2 * (min(tries, MOST_TRIES) - 1), _LONGEST_SECONDS)


def may_be_lifted(leg: Leg) -> bool:
    """Whether our own decision refused a leg within this LNbits, which it may not do another time.

    Legs that leave this LNbits have their own retries and come to `failed` only after the last.
    """
    return leg.state is LegState.FAILED and leg.is_paid_at_once and leg.error_code in frozenset(RefuseCode)


def passes_by_itself(leg: Leg) -> bool:
    """Whether a refused leg is worth waiting for before a person is asked."""
    return may_be_lifted(leg) and leg.error_code in PASSING_REFUSALS
