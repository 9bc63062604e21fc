"""The two state machines of the product, and every other closed list of words.

Nothing moves a settlement or a leg except along an arrow of these tables: `check_settlement_arrow`
and `check_leg_arrow` are called by the store before its compare-and-swap, and the arrow's name goes
into the audit event that is written in the same transaction. A test holds the tables against
`docs/reference/states.md`.
"""

from __future__ import annotations

from enum import Enum

from .errors import ArrowNotAllowed


class Word(str, Enum):
    """An enum whose members are the words themselves, in SQL, JSON and text alike."""

    def __str__(self) -> str:
        return str(self.value)


class SettlementState(Word):
    #: landed, waiting to be planned and paid
    PENDING = "pending"
    #: landed, waiting for a person or a dispense report before anything is planned
    HELD = "held"
    #: planned: legs are written, LPs' fiat is reserved, payment is under way or waits for the host
    PROCESSING = "processing"
    #: every leg is completed or skipped
    PROCESSED = "processed"
    #: some leg failed or is unresolved: a person or the retry rule acts
    ERRORED = "errored"
    #: landed without usable facts: never distributed on its own
    REJECTED = "rejected"
    #: a rejected landing or a held sale that the operator put aside for good
    DISMISSED = "dismissed"


class SettlementMark(Word):
    """What an operator should see of a sale at a glance, beside its state."""

    #: landed while its machine was in maintenance, and never released as a real sale
    TEST = "test"
    #: the machine charged another commission than it is configured for
    COMMISSION_DIFFERS = "commission_differs"


class LegState(Word):
    #: planned, its fiat reserved, nothing paid yet
    PENDING = "pending"
    #: its payment hash is stored and its payment was handed to the host
    PAYING = "paying"
    #: paid, and the host's rows say so
    COMPLETED = "completed"
    #: confirmed not paid
    FAILED = "failed"
    #: the host gave no answer: wait and look up, never pay again blindly
    UNRESOLVED = "unresolved"
    #: not to be paid now, with a reason: the sats stay in the machine's wallet
    SKIPPED = "skipped"
    #: taken out of the books; other legs stand in its place
    VOIDED = "voided"
    #: its sats went back to the customer
    REFUNDED = "refunded"


class LegType(Word):
    SUPER_FEE = "super_fee"
    OPERATOR_SPLIT = "operator_split"
    DCA = "dca"
    SETTLEMENT = "settlement"
    AUTOFORWARD = "autoforward"


class SkipReason(Word):
    """Why sats of a settlement were not paid out. Closed: docs/reference/states.md lists them all."""

    NO_PLATFORM_WALLET = "no_platform_wallet"
    NO_SPLIT_RULES = "no_split_rules"
    NO_EXCHANGE_RATE = "no_exchange_rate"
    NO_LP = "no_lp"
    NO_LP_BALANCE = "no_lp_balance"
    UNCOVERED = "uncovered"
    CASH_IN = "cash_in"
    UNDISPENSED = "undispensed"
    DUST = "dust"
    BELOW_MINIMUM = "below_minimum"
    FEE_UNUSED = "fee_unused"
    RELEASED = "released"


class TxType(Word):
    """The business direction: the customer takes (cash-out) or gives (cash-in) banknotes."""

    CASH_OUT = "cash_out"
    CASH_IN = "cash_in"


class Origin(Word):
    """Where the facts of a settlement come from."""

    #: the machine wrote them into the payment
    STAMP = "stamp"
    #: the machine signed them, and they were written down before the payment was made
    SIGNED = "signed"
    #: the commission that the machine's operator set for payments without a stamp
    FALLBACK = "fallback"
    #: the operator supplied them
    ADOPTED = "adopted"


class EnrolmentStatus(Word):
    #: entered by the operator, not yet accepted by the LP
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class InvitationState(Word):
    """Where a link stands by which an LP is invited."""

    OPEN = "open"
    #: the LP has used it
    ACCEPTED = "accepted"
    #: the operator took it back
    REVOKED = "revoked"
    #: the operator made another one
    REPLACED = "replaced"
    #: nobody used it within a week
    EXPIRED = "expired"


class CashEntryKind(Word):
    DEPOSIT = "deposit"
    OPENING = "opening"
    CASH_RETURNED = "cash_returned"
    #: one of two entries that stand and fall together: out of one enrolment, into another
    MOVED = "moved"
    #: a counter-entry of a confirmed one, or of what a sale drew at a wrong rate
    CORRECTION = "correction"
    #: what the predecessor had turned into sats, so that a balance is the one it had there
    EARLIER = "earlier"


class CashEntryStatus(Word):
    #: recorded; what it brings does not count yet, what it takes out is held already
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    #: the LP says otherwise: it cannot be confirmed
    DISPUTED = "disputed"


class TargetKind(Word):
    WALLET = "wallet"
    LN_ADDRESS = "ln_address"
    LNURL = "lnurl"
    #: an invoice that a customer handed in
    INVOICE = "invoice"


#: Targets outside the wallets of this LNbits.
EXTERNAL_TARGETS = frozenset({TargetKind.LN_ADDRESS, TargetKind.LNURL, TargetKind.INVOICE})


class PayoutPolicy(Word):
    AT_ONCE = "at_once"
    AFTER_MINUTES = "after_minutes"
    ON_DISPENSE = "on_dispense"


class DcaMode(Word):
    #: takes part in every sale in proportion to its balance
    FLOW = "flow"
    #: the same, but never more fiat in one day than its limit
    FIXED = "fixed"


class NoPart(Word):
    """Why an LP takes no part in a machine's sales. Closed: docs/reference/states.md lists them all."""

    #: it has not chosen a payout wallet yet
    NOT_ONBOARDED = "not_onboarded"
    #: its enrolment is not active
    NOT_ACTIVE = "not_active"
    #: it is in fixed mode, and its daily limit is in another currency
    NO_LIMIT_IN_CURRENCY = "no_limit_in_currency"
    #: today's limit is used up; only the LP itself is told
    LIMIT_USED = "limit_used"


class FeeBasis(Word):
    COMMISSION = "commission"
    PRINCIPAL = "principal"


class PayWay(Word):
    """How internal legs are paid: `fast` in one database transaction, `slow` through the host's
    own functions, one leg after the other, written down before each."""

    FAST = "fast"
    SLOW = "slow"


class WithdrawalState(Word):
    """Where a link stands by which a customer fetches sats (LUD-03)."""

    #: whoever holds the link may hand in an invoice
    OPEN = "open"
    #: an invoice was handed in and is being paid
    CLAIMED = "claimed"
    PAID = "paid"
    #: taken back by the operator before anybody had claimed it
    CANCELLED = "cancelled"
    #: nobody claimed it in time
    EXPIRED = "expired"


class MatterKind(Word):
    """What the program notices and cannot decide. Closed: docs/reference/states.md lists them all."""

    #: a payment says something else than when it was settled
    PAYMENT_CHANGED = "payment_changed"
    #: a payment could not be read; it is tried again
    LANDING_FAILED = "landing_failed"
    #: the host holds payments that our books do not know
    RESTORED = "restored"
    #: legs of a settlement failed and need somebody to put something right
    LEGS_FAILED = "legs_failed"
    #: a rule of the program was broken while a settlement was worked on; nothing more of it is paid
    STOPPED = "stopped"
    #: nobody knows yet what became of a payment that left this LNbits
    UNDECIDED = "undecided"
    #: a machine that reports its dispenses has not reported this one in time
    NO_DISPENSE_REPORT = "no_dispense_report"
    #: the audit trail is not the one that was written
    TRAIL_BROKEN = "trail_broken"
    #: an LP says that a cash entry is wrong
    CASH_DISPUTED = "cash_disputed"
    #: a machine reports that nothing came out for a sale that was paid
    DISPENSE_FAILED = "dispense_failed"
    #: less came out than was paid for, and the sale was paid out before that was known
    LATE_DISPENSE = "late_dispense"
    #: a customer's cash is in a machine, and the operator has to let it have its sats
    CASH_IN_HELD = "cash_in_held"
    #: a machine's clock is too far off for what it signs to be taken
    CLOCK_SKEW = "clock_skew"
    #: a paired machine has not been heard of for longer than its operator allows
    MACHINE_SILENT = "machine_silent"
    #: a machine sends more requests than it may
    MACHINE_FLOODS = "machine_floods"
    #: what the predecessor left unfinished or did not record: nothing here pays it
    UNFINISHED_BEFORE = "unfinished_before"


class TrailFault(Word):
    """How a link of the audit trail is broken; the first that applies is named."""

    #: the event that should stand here is not there
    MISSING = "missing"
    #: its bytes do not have the hash that was stored with them
    ALTERED = "altered"
    #: a column beside the bytes says something else than they do
    COLUMN_ALTERED = "column_altered"
    #: it does not follow the event before it
    UNCHAINED = "unchained"
    #: the trail is sound in itself, but an earlier verification saw another event here
    REWRITTEN = "rewritten"
    #: an earlier verification saw more events than there are
    CUT_OFF = "cut_off"


_S = SettlementState
SETTLEMENT_ARROWS: dict[tuple[SettlementState, SettlementState], str] = {
    (_S.HELD, _S.PENDING): "released",
    (_S.PENDING, _S.PROCESSING): "planned",
    (_S.PROCESSING, _S.PROCESSED): "processed",
    (_S.PROCESSING, _S.ERRORED): "errored",
    (_S.PENDING, _S.ERRORED): "stopped",
    (_S.ERRORED, _S.PROCESSING): "retried",
    (_S.ERRORED, _S.PENDING): "replanned",
    (_S.ERRORED, _S.PROCESSED): "concluded",
    (_S.PROCESSING, _S.PENDING): "withdrawn",
    (_S.PROCESSED, _S.PROCESSING): "reopened",
    (_S.REJECTED, _S.PENDING): "adopted",
    (_S.REJECTED, _S.DISMISSED): "dismissed",
    (_S.HELD, _S.DISMISSED): "dismissed",
    (_S.ERRORED, _S.DISMISSED): "put_aside",
}

#: The states in which a settlement may be written for the first time.
SETTLEMENT_ENTRY_STATES = frozenset({_S.PENDING, _S.HELD, _S.REJECTED})

_L = LegState
LEG_ARROWS: dict[tuple[LegState, LegState], str] = {
    (_L.PENDING, _L.PAYING): "handed_over",
    (_L.PENDING, _L.COMPLETED): "completed_at_once",
    (_L.PENDING, _L.FAILED): "refused",
    (_L.PENDING, _L.VOIDED): "withdrawn",
    (_L.PAYING, _L.COMPLETED): "completed",
    (_L.PAYING, _L.REFUNDED): "refunded",
    (_L.PAYING, _L.FAILED): "failed",
    (_L.PAYING, _L.UNRESOLVED): "lost_sight",
    (_L.UNRESOLVED, _L.COMPLETED): "found_completed",
    (_L.UNRESOLVED, _L.REFUNDED): "found_refunded",
    (_L.UNRESOLVED, _L.FAILED): "found_failed",
    (_L.FAILED, _L.VOIDED): "given_up",
    (_L.SKIPPED, _L.VOIDED): "swept",
}

_W = WithdrawalState
WITHDRAWAL_ARROWS: dict[tuple[WithdrawalState, WithdrawalState], str] = {
    (_W.OPEN, _W.CLAIMED): "claimed",
    (_W.CLAIMED, _W.PAID): "paid",
    (_W.CLAIMED, _W.OPEN): "came_back",
    (_W.OPEN, _W.CANCELLED): "cancelled",
    (_W.OPEN, _W.EXPIRED): "expired",
}

_E = EnrolmentStatus
ENROLMENT_ARROWS: dict[tuple[EnrolmentStatus, EnrolmentStatus], str] = {
    (_E.INVITED, _E.ACTIVE): "accepted",
    (_E.INVITED, _E.ENDED): "withdrawn",
    (_E.ACTIVE, _E.PAUSED): "paused",
    (_E.PAUSED, _E.ACTIVE): "resumed",
    (_E.ACTIVE, _E.ENDED): "ended",
    (_E.PAUSED, _E.ENDED): "ended",
    (_E.ENDED, _E.ACTIVE): "reactivated",
    (_E.ENDED, _E.INVITED): "invited_again",
}

_C = CashEntryStatus
CASH_ARROWS: dict[tuple[CashEntryStatus, CashEntryStatus], str] = {
    (_C.PENDING, _C.CONFIRMED): "confirmed",
    (_C.PENDING, _C.CANCELLED): "cancelled",
    (_C.PENDING, _C.DISPUTED): "disputed",
    (_C.DISPUTED, _C.PENDING): "dispute_withdrawn",
    (_C.DISPUTED, _C.CANCELLED): "cancelled",
}

#: Cash entries in these statuses wait for somebody.
WAITING_CASH_STATUSES = frozenset({_C.PENDING, _C.DISPUTED})

#: The states in which a leg may be written for the first time.
LEG_ENTRY_STATES = frozenset({_L.PENDING, _L.SKIPPED})

#: Legs in these states were paid, and the host's rows say so.
PAID_LEG_STATES = frozenset({_L.COMPLETED, _L.REFUNDED})

#: Legs in these states hold an LP's fiat in reserve: it may still be paid.
RESERVING_LEG_STATES = frozenset({_L.PENDING, _L.PAYING, _L.FAILED, _L.UNRESOLVED})

#: A settlement is processed when all its counting legs are in one of these.
SETTLED_LEG_STATES = frozenset({_L.COMPLETED, _L.SKIPPED, _L.VOIDED, _L.REFUNDED})

#: Leg types whose outcome never changes the state of the settlement they stem from.
LEGS_BESIDE_SETTLEMENT = frozenset({LegType.AUTOFORWARD, LegType.SETTLEMENT})


def check_settlement_arrow(before: SettlementState, after: SettlementState) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return SETTLEMENT_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="settlement", before=before, after=after) from None


def check_leg_arrow(before: LegState, after: LegState) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return LEG_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="leg", before=before, after=after) from None


def check_enrolment_arrow(before: EnrolmentStatus, after: EnrolmentStatus) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return ENROLMENT_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="enrolment", before=before, after=after) from None


def check_cash_arrow(before: CashEntryStatus, after: CashEntryStatus) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return CASH_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="cash entry", before=before, after=after) from None


def check_withdrawal_arrow(before: WithdrawalState, after: WithdrawalState) -> str:
    """The name of the arrow from `before` to `after`; raises ArrowNotAllowed if there is none."""
    try:
        return WITHDRAWAL_ARROWS[before, after]
    except KeyError:
        raise ArrowNotAllowed(thing="withdrawal", before=before, after=after) from None
