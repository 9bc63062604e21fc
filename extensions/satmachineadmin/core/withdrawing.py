"""What links by which customers fetch sats are for (LNURL-withdraw, LUD-03)."""

from __future__ import annotations

from .states import Word


class WithdrawalKind(Word):
    """What a link gives, and to whom. Closed: docs/reference/states.md."""

    #: sats of one leg, whose notes did not come out
    REFUND = "refund"
    #: what a cash-in's customer gets for its notes
    CASH_IN = "cash_in"
    #: the same as a refund, from a wallet of the operator's, after the sale had been paid out
    LATE_REFUND = "late_refund"
