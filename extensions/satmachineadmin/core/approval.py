"""Who may begin something as an operator, and what the platform decides about it.

What an operator has goes on whatever the platform decides: its machines are scanned on, what is sold is
landed, planned and paid, and it may work off what is open. The notes that came out were some LPs' cash,
and to hold their sats back would punish the wrong person. So nothing in the engine asks this module.
"""

from __future__ import annotations

from .errors import ArrowNotAllowed, OperatorNotApproved
from .states import Word


class OperatorPolicy(Word):
    """Who may begin something as an operator on this LNbits."""

    #: everybody who has the extension, but for those whom the platform has stopped
    OPEN = "open"
    #: those whom the platform has approved
    APPROVED = "approved"


class Standing(Word):
    """How the platform stands to an operator. Closed: docs/reference/states.md lists them all."""

    #: neither a machine nor a word from the platform yet
    NEW = "new"
    #: asks to be approved
    ASKED = "asked"
    #: may begin what it likes; also whoever began while everybody might
    APPROVED = "approved"
    #: begins nothing new; what it has goes on
    WITHDRAWN = "withdrawn"


_MAY_BEGIN = {
    OperatorPolicy.OPEN: frozenset(Standing) - {Standing.WITHDRAWN},
    OperatorPolicy.APPROVED: frozenset({Standing.APPROVED}),
}
#: What may become of a standing, and the name of the event.
STANDING_ARROWS = {
    (Standing.NEW, Standing.ASKED): "asked",
    (Standing.NEW, Standing.APPROVED): "approved",
    (Standing.ASKED, Standing.APPROVED): "approved",
    (Standing.WITHDRAWN, Standing.APPROVED): "approved",
    (Standing.NEW, Standing.WITHDRAWN): "withdrawn",
    (Standing.ASKED, Standing.WITHDRAWN): "withdrawn",
    (Standing.APPROVED, Standing.WITHDRAWN): "withdrawn",
}


def may_begin(policy: OperatorPolicy, standing: Standing) -> bool:
    """Whether an operator may add a machine, take in an LP or its cash."""
    return standing in _MAY_BEGIN[policy]


def require_may_begin(policy: OperatorPolicy, standing: Standing) -> None:
    """Raise OperatorNotApproved unless the operator may begin something new."""
    if not may_begin(policy, standing):
        raise OperatorNotApproved(standing=standing.value)


def check_standing_arrow(before: Standing, after: Standing) -> str:
    """The name of an arrow; raises ArrowNotAllowed where there is none."""
    arrow = STANDING_ARROWS.get((before, after))
    if arrow is None:
        raise ArrowNotAllowed(thing="operator", before=before, after=after)
    return arrow
