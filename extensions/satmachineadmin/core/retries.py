"""How often something that is known to have failed is tried again by itself, and when.

Only what is confirmed not to have moved any money is ever tried again; whoever does not know waits.
And only what may pass without anybody choosing another receiver: a full wallet empties, an admin raises
a limit; a wallet that is gone, shared or a machine's stays so until its owner names another one.
"""

from __future__ import annotations

from .errors import ensure
from .model import Leg
from .payout import RefuseCode
from .states import LegState

#: Why a leg was refused, where waiting may be all that is needed.
PASSING_REFUSALS = frozenset(
    {
        RefuseCode.RECEIVER_FULL,
        RefuseCode.ABOVE_MAX_OUTGOING,
        RefuseCode.ABOVE_MAX_INCOMING,
        RefuseCode.EATEN_BY_FEE,
    }
)
#: Failures after which a person has to look.
MOST_TRIES = 5
_FIRST_SECONDS = 30
_LONGEST_SECONDS = 3600


def next_try(tries: int) -> int | None:
    """Seconds until the next attempt after `tries` failures, each four times the last; None: no more."""
    ensure(tries >= 1, "only what failed is tried again")
    if tries >= MOST_TRIES:
        return None
    return min(_FIRST_SECONDS << 2 * (tries - 1), _LONGEST_SECONDS)


def passes_by_itself(leg: Leg) -> bool:
    """Whether a failed leg within this LNbits is worth trying again without a person.

    Legs that leave this LNbits have their own retries and come to `failed` only after the last.
    """
    return leg.state is LegState.FAILED and leg.is_paid_at_once and leg.error_code in PASSING_REFUSALS
