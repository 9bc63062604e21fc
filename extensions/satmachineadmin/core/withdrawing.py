"""Links by which customers fetch sats (LUD-03): what each is for, and the mark of its payment.

What a refund's link pays is a leg of its settlement. The others have no leg: their payment is written down
on the link itself, and bears a mark that names the link. The mark is derived, never random, so a copy of
these books that is older than the host's finds the payment again instead of making another one.
"""

from __future__ import annotations

import re

from .states import Word


class WithdrawalKind(Word):
    """What a link gives, and to whom. Closed: docs/reference/states.md."""

    #: sats of one leg, whose notes did not come out
    REFUND = "refund"
    #: what a cash-in's customer gets for its notes
    CASH_IN = "cash_in"
    #: the same as a refund, from a wallet of the operator's, after the sale had been paid out
    LATE_REFUND = "late_refund"


#: What every payment of a link without a leg begins with in the host's `external_id`.
LINK_MARK = "smw1:"
_NAME = re.compile(rf"{LINK_MARK}([0-9a-f]{{32}}):[1-9][0-9]{{0,5}}")
#: The tag of those payments in the host's books.
TAGS = {WithdrawalKind.CASH_IN: "satmachine_cash_in", WithdrawalKind.LATE_REFUND: "satmachine_refund"}


def mark_of_link(link_id: str) -> str:
    """What every attempt at paying a link begins with in the host's books."""
    return f"{LINK_MARK}{link_id}:"


def payment_name(link_id: str, attempt: int) -> str:
    """The `external_id` of one attempt."""
    return f"{mark_of_link(link_id)}{attempt}"


def link_of_payment(external_id: str | None) -> str | None:
    """The link that a payment with this `external_id` paid; None of any other payment."""
    found = _NAME.fullmatch(external_id or "")
    return found[1] if found else None


def description_of(kind: WithdrawalKind, machine_name: str | None) -> str:
    """What a customer's wallet shows of a link, and what its payment is called in the host's books."""
    what, where = ("Cash-in", "at") if kind is WithdrawalKind.CASH_IN else ("Refund", "from")
    return f"{what} {where} {machine_name}" if machine_name else what
