"""What a machine still has in a wallet: whether it may have another one, and whether its former one may go.

What can go wrong: a wallet that is let go while a payment to it is on its way, or while sats in it are
owed to somebody. So a machine changes its wallet only while nothing is under way; the former one is
scanned and proved on like the present one, and is closed only when every sat in it is explained and
nothing is left to be paid out of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from .errors import Refusal, WalletBusy, WalletStillNeeded
from .model import HostPayment
from .states import SkipReason, Word

#: An invoice that was not paid within this time is not waited for; LNbits' own lives an hour.
INVOICE_LIFE = timedelta(days=1)
#: Sats of these legs stay in the wallet for the time being, and belong to somebody else than its operator.
OWED_REASONS = frozenset(
    {
        SkipReason.NO_PLATFORM_WALLET,
        SkipReason.NO_EXCHANGE_RATE,
        SkipReason.UNDISPENSED,
        SkipReason.BELOW_MINIMUM,
    }
)


class Tie(Word):
    """What a machine still has in a wallet. Closed: docs/reference/states.md lists them all."""

    #: a sale is being planned or paid
    UNDER_WAY = "under_way"
    #: a sale is held
    HELD = "held"
    #: a leg is to be paid, is being paid, or its outcome is not known
    PAYMENT = "payment"
    #: a customer may fetch a refund by a link
    REFUND = "refund"
    #: a customer's cash is in the machine, and its sats are not fetched
    CASH_IN = "cash_in"
    #: a sale is not paid out completely
    ERRORED = "errored"
    #: nobody has decided on a payment without usable facts
    REJECTED = "rejected"
    #: sats are kept that belong to somebody else
    OWED = "owed"
    #: an invoice may still be paid, or a payment is on its way
    INVOICE = "invoice"
    #: these books and LNbits disagree about the machine
    UNEXPLAINED = "unexplained"
    #: the wallet was not proved since somebody asked to close it
    NOT_PROVED = "not_proved"


#: What forbids a machine to change its wallet: it may yet need the one it has.
_PENDING = frozenset({Tie.UNDER_WAY, Tie.HELD, Tie.PAYMENT, Tie.REFUND})


def why_not_changed(ties: Collection[Tie]) -> Refusal | None:
    """A machine changes its wallet only while nothing is pending."""
    pending = _in_order(set(ties) & _PENDING)
    return WalletBusy(ties=pending) if pending else None


def why_not_closed(ties: Collection[Tie]) -> Refusal | None:
    """A former wallet is closed when nothing ties the machine to it."""
    return WalletStillNeeded(ties=_in_order(ties)) if ties else None


def is_awaited(payment: HostPayment, now: datetime) -> bool:
    """Whether a row that LNbits has not decided yet may still move money."""
    return payment.is_lightning_outbound or now - payment.created_at < INVOICE_LIFE


def _in_order(ties: Iterable[Tie]) -> list[str]:
    known = set(ties)
    return [tie.value for tie in Tie if tie in known]
