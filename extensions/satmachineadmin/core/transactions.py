"""Transactions: one customer's business at a machine, as the machine posts it again and again.

What can go wrong: a machine that was off line for days posts old news over new ones, or makes an amount
smaller than it was. So a machine numbers what it knows, and every value is one that stays or one that only
grows; `check_news` refuses whatever else. What the server can compute it computes: sats follow from the
fiat amount, the rate and the machine's configured commission, never from what a machine says.

Sats are whole, fiat is in minor units of the machine's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .commission import expected_commission
from .errors import ArrowNotAllowed, Ratchet, Stale, TooManyDigits
from .rates import sats_of
from .states import TxType, Word
from .units import MAX_SATS, format_fiat


class TransactionState(Word):
    """Where a transaction stands. Closed: docs/reference/states.md."""

    #: cash-out: the invoice is made and nobody has paid it
    INVOICED = "invoiced"
    #: cash-in: notes are going in
    COLLECTING = "collecting"
    #: cash-in: the notes are in, and the operator has to let the customer have its sats
    HELD = "held"
    #: cash-in: the customer has a link to its sats
    OFFERED = "offered"
    #: Lightning has moved
    PAID = "paid"
    #: cash-in: no notes were taken, or the customer was given its cash back
    CANCELLED = "cancelled"
    #: told, never stored: the invoice or the link is over
    EXPIRED = "expired"


class DispenseOutcome(Word):
    """What a machine reports of the notes of a cash-out. Closed."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class HeldFor(Word):
    """Why the customer of a cash-in has to wait for the operator. Closed."""

    #: more fiat than the operator lets through unseen
    ABOVE_THRESHOLD = "above_threshold"
    #: more fiat than the limit of one transaction
    ABOVE_TRANSACTION_LIMIT = "above_transaction_limit"
    #: more fiat than is left of the hour's limit
    ABOVE_HOUR_LIMIT = "above_hour_limit"
    #: more fiat than is left of the day's limit
    ABOVE_DAY_LIMIT = "above_day_limit"
    #: the machine's rate is far from what it sold at lately
    IMPLAUSIBLE_RATE = "implausible_rate"


#: How long a cash-out's invoice can be paid.
QUOTE_SECONDS = 120
#: How long the link of a cash-in can be claimed at first.
CLAIM_SECONDS = 30 * 86_400

_T = TransactionState
TRANSACTION_ARROWS: dict[tuple[TransactionState, TransactionState], str] = {
    (_T.INVOICED, _T.PAID): "paid",
    (_T.COLLECTING, _T.OFFERED): "offered",
    (_T.COLLECTING, _T.HELD): "held",
    (_T.COLLECTING, _T.CANCELLED): "cancelled",
    (_T.HELD, _T.OFFERED): "released",
    (_T.HELD, _T.CANCELLED): "given_back",
    (_T.OFFERED, _T.CANCELLED): "given_back",
    (_T.OFFERED, _T.PAID): "claimed",
    (_T.HELD, _T.PAID): "claimed",
}

#: The states in which a transaction may be written for the first time.
TRANSACTION_ENTRY_STATES = frozenset({_T.INVOICED, _T.COLLECTING})
#: Cash of a customer's is in the machine, and the customer has no sats for it yet.
OWING_STATES = frozenset({_T.COLLECTING, _T.HELD, _T.OFFERED})


def check_transaction_arrow(before: TransactionState, after: TransactionState) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return TRANSACTION_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="transaction", before=before, after=after) from None


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What a sale comes to."""

    principal_sats: int
    commission_sats: int
    #: what crosses Lightning
    wire_sats: int


def amounts_of(tx_type: TxType, fiat_minor: int, exchange_rate: str, currency: str, fee_ppm: int) -> Amounts:
    """principal = fiat × rate and commission = principal × fee, each rounded half up.

    A cash-out's customer pays both; a cash-in's gets the principal less the commission. Raises
    TooManyDigits where that is more than all the bitcoin there will be.
    """
    principal_sats = sats_of(fiat_minor, exchange_rate, currency)
    commission_sats = expected_commission(principal_sats, fee_ppm)
    if principal_sats + commission_sats > MAX_SATS:
        raise TooManyDigits(text=f"of {format_fiat(fiat_minor, currency)} {currency} at {exchange_rate} sats")
    wire_sats = (
        principal_sats + commission_sats
        if tx_type is TxType.CASH_OUT
        else max(0, principal_sats - commission_sats)
    )
    return Amounts(principal_sats=principal_sats, commission_sats=commission_sats, wire_sats=wire_sats)


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One customer's business at a machine."""

    id: str
    machine_id: str
    operator_user_id: str
    wallet_id: str
    #: the machine's own name for it
    txid: str
    tx_type: TxType
    state: TransactionState
    #: what the machine numbered its newest news
    version: int
    currency: str
    exchange_rate: str
    #: of a cash-in: what was taken so far
    fiat_minor: int
    principal_sats: int
    commission_sats: int
    wire_sats: int
    #: of a cash-in: the commission that its customer was shown, whatever is configured by now
    fee_ppm: int | None = None
    #: lower-case hex: the key that signed it first, and the event
    signer: str
    event_id: str
    #: JSON text of the notes that are to come out, or None
    bills: str | None
    payment_hash: str | None
    bolt11: str | None
    #: epoch seconds: when the invoice or the link is over
    expires_at: int | None
    held_for: HeldFor | None
    #: the link of LNbits' withdraw extension by which the machine pays, if it does
    withdraw_link_id: str | None
    dispense: DispenseOutcome | None
    dispensed_minor: int | None
    dispense_version: int | None
    #: fiat that stayed in the machine although the sale had been paid out
    stayed_minor: int | None
    settlement_id: str | None
    created_at: int
    updated_at: int
    paid_at: int | None

    def state_at(self, now: int) -> TransactionState:
        """The state as people are told it: what is over is expired."""
        is_open = self.state in (TransactionState.INVOICED, TransactionState.OFFERED)
        is_over = self.expires_at is not None and self.expires_at <= now
        return TransactionState.EXPIRED if is_open and is_over else self.state


def check_news(
    *,
    known_version: int,
    version: int,
    constants: Mapping[str, tuple[object, object]],
    growing: Mapping[str, tuple[int, int]],
) -> bool:
    """Whether a post says something new; False where it is what is known already.

    `constants` and `growing` are field → (known, posted). Raises Stale for a lower version, Ratchet for a
    constant that is another value, for less of what can only grow, and for the known version with more.
    """
    if version < known_version:
        raise Stale(version=known_version)
    for field, (known, posted) in constants.items():
        if known != posted:
            raise Ratchet(field=field, problem="it cannot change any more")
    for field, (before, after) in growing.items():
        if after < before:
            raise Ratchet(field=field, problem="it can only grow")
        if after > before and version == known_version:
            raise Ratchet(field=field, problem="what is new needs a higher version")
    return version > known_version
