"""Refusals about a sale: its facts, its payout, what is corrected or given back."""

from __future__ import annotations

from .base import Refusal


class ArrowNotAllowed(Refusal):
    """The {thing} cannot go from {before} to {after}."""

    code = "arrow_not_allowed"
    status = 409


class SaleIsTest(Refusal):
    """This sale was made while the machine was in maintenance. Release it as a real sale if notes came
    out and the LPs' cash is to be drawn for them; otherwise dismiss it."""

    code = "test_sale"
    status = 409


class NotSweepable(Refusal):
    """Nothing can be swept now. {why}"""

    code = "not_sweepable"
    status = 409


class FactsKnown(Refusal):
    """The rate of this sale cannot be supplied: it is known already and another one, or the sale is no
    cash-out that has landed."""

    code = "facts_known"
    status = 409


class AmountsDisagree(Refusal):
    """The principal is not this amount of fiat at this exchange rate. Correct one of them."""

    code = "amounts_disagree"


class FactsUnusable(Refusal):
    """These cannot be the facts of this payment: {problem}."""

    code = "facts_unusable"


class PaymentGone(Refusal):
    """LNbits' history does not hold this payment as paid, so nothing can be made of it."""

    code = "payment_gone"
    status = 409


class ImplausibleRate(Refusal):
    """{exchange_rate} is far from {reference_rate}, which this machine sold at lately. Look again. An
    operator who knows that it is right can confirm it, or enter a reference rate."""

    code = "implausible_rate"


class NotCorrectable(Refusal):
    """The rate of this sale cannot be corrected. {why}"""

    code = "not_correctable"
    status = 409


class CorrectionTooLarge(Refusal):
    """At this rate {username} would have given {short} {currency} more than is left of its cash. Settle
    that outside, or correct once more cash is there."""

    code = "correction_too_large"


class NothingLeft(Refusal):
    """Nothing is left of {username}'s cash, or it changed while you decided. Look again."""

    code = "nothing_left"
    status = 409


class FundingShort(Refusal):
    """This needs {sats} sats; the wallet holds {held_sats}. Top it up or choose another one."""

    code = "funding_short"


class ActionNotAllowed(Refusal):
    """A {thing} that is {state} does not take this action: {action}."""

    code = "action_not_allowed"
    status = 409


class OutcomeUnknown(Refusal):
    """It is not known yet whether a payment was made, so nothing is repeated or changed. It is looked up
    by itself; wait until that is decided."""

    code = "outcome_unknown"
    status = 409


class AlreadyPaid(Refusal):
    """Legs of this settlement are paid, and sats that have arrived cannot be taken back."""

    code = "already_paid"
    status = 409


class NoSuchPayment(Refusal):
    """LNbits does not hold just one payment of {sats} sats to {username} with this payoff's mark, so it
    cannot be taken as paid. Say that it was not paid; what the LP may have got is entered as a correction."""

    code = "no_such_payment"
    status = 409


class NotStuckYet(Refusal):
    """It has been worked on for {minutes} minutes only; from {threshold_minutes} on it may be stopped."""

    code = "not_stuck_yet"
    status = 409


class OnlyCashOut(Refusal):
    """Only a cash-out hands out notes, so only a cash-out can be dispensed in part."""

    code = "only_cash_out"


class InvalidFraction(Refusal):
    """{text} is not a part of the whole: write a decimal number from 0 to below 1 with at most twelve
    decimals, such as "0.5"."""

    code = "invalid_fraction"


class NothingToRefund(Refusal):
    """There are no undispensed sats of this settlement to refund, or nothing of them is left beside the
    network's fee."""

    code = "nothing_to_refund"
    status = 409


class RefundUnderWay(Refusal):
    """There is a link for these sats already. Cancel it first, or wait for what becomes of it."""

    code = "refund_under_way"
    status = 409


class WithdrawalRefused(Refusal):
    """{reason}"""

    code = "withdrawal_refused"
    status = 409
