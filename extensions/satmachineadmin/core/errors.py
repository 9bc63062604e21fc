"""Refusals: the rules of the product that a request or a payment can break.

A refusal is a class named after the rule. Its docstring is the message that a person reads
(filled with the fields it was raised with), its `code` is stable and documented in
`docs/reference/errors.md`, its `status` is the HTTP status that the API answers with.

A bug is not a refusal: `ensure()` raises `InvariantViolated`, which nobody is meant to handle.
"""

from __future__ import annotations

import inspect
from typing import ClassVar


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The docstring's first paragraph with the fields filled in."""
        text = inspect.cleandoc(self.__doc__ or Refusal.__doc__ or "")
        return " ".join(text.split("\n\n")[0].split()).format(**self.fields)

    def body(self) -> dict[str, object]:
        """The one JSON error shape: `detail`, `code`, then the refusal's own fields."""
        return {"detail": self.sentence(), "code": self.code, **self.fields}


class NotAuthenticated(Refusal):
    """{reason}"""

    code = "not_authenticated"
    status = 401


class NotAllowed(Refusal):
    """{reason}"""

    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    """There is no {what} with this id among yours."""

    code = "not_found"
    status = 404


class NothingHere(NotFound):
    """There is nothing at this address."""


class MethodNotAllowed(Refusal):
    """This address takes {allow}, not {method}."""

    code = "method_not_allowed"
    status = 405


class BodyTooLarge(Refusal):
    """The request is larger than the {limit_bytes} bytes that are read."""

    code = "body_too_large"
    status = 413


class InvalidInput(Refusal):
    """The field {field} is not usable: {problem}."""

    code = "invalid_input"


class InvalidPercent(Refusal):
    """{text} is not a percentage: write a decimal number from 0 to 100 with at most four decimals,
    such as "30" or "2.5"."""

    code = "invalid_percent"


class InvalidFiat(Refusal):
    """{text} is not an amount of {currency}: write a positive decimal number with at most {digits}
    decimals, such as "100"."""

    code = "invalid_fiat"


class InvalidRate(Refusal):
    """{text} is not an exchange rate: write how many sats one unit of the currency costs, as a
    decimal number above zero."""

    code = "invalid_rate"


class UnknownCurrency(Refusal):
    """{currency} is not an ISO 4217 currency code: write three capital letters, such as "EUR"."""

    code = "unknown_currency"


class UnknownTimeZone(Refusal):
    """{time_zone} is no time zone that this host knows: write "UTC" or a name of the IANA database,
    such as "Europe/Zurich"."""

    code = "unknown_time_zone"


class ArrowNotAllowed(Refusal):
    """A {thing} cannot go from {before} to {after}."""

    code = "arrow_not_allowed"
    status = 409


class SaleIsTest(Refusal):
    """This sale was made while the machine was in maintenance. Release it as a real sale if notes came
    out and the LPs' cash is to be drawn for them; otherwise dismiss it."""

    code = "test_sale"
    status = 409


class StateMoved(Refusal):
    """The {thing} was changed by somebody else meanwhile; load it again."""

    code = "state_moved"
    status = 409


class AlreadyExists(Refusal):
    """This {what} exists already."""

    code = "already_exists"
    status = 409


class WalletNotYours(Refusal):
    """The chosen wallet is not one of your wallets."""

    code = "wallet_not_yours"
    status = 400


class WalletInUse(Refusal):
    """The chosen wallet already belongs to a machine. Choose another one."""

    code = "wallet_in_use"
    status = 409


class SharedWallet(Refusal):
    """The chosen wallet is a shared mirror; its money lives in somebody else's wallet. Choose an
    ordinary wallet."""

    code = "shared_wallet"


class MachineWalletRefused(Refusal):
    """The chosen wallet is a machine's wallet and cannot receive payouts. Choose another one."""

    code = "machine_wallet_refused"


class SharesDoNotSum(Refusal):
    """The shares sum to {sum_pct} %, not to exactly 100 %."""

    code = "shares_do_not_sum"


class TargetNotFound(Refusal):
    """There is no wallet or invoice key {target}."""

    code = "target_not_found"


class InvalidTarget(Refusal):
    """This target cannot be used: {problem}."""

    code = "invalid_target"


class UnknownUser(Refusal):
    """There is no user with the name {username}."""

    code = "unknown_user"


class LpNotOnboarded(Refusal):
    """{username} has not chosen a payout wallet yet. Ask them to open their invitation, or the Satoshi
    Machine LP extension, to choose where their sats arrive and to accept."""

    code = "lp_not_onboarded"


class InvitationClosed(Refusal):
    """This invitation is {state}. Ask the operator for a new link."""

    code = "invitation_closed"
    status = 409


class InvitationNotYours(Refusal):
    """This invitation was made for another user. Log in as that user, or ask the operator for a link of
    your own."""

    code = "invitation_not_yours"
    status = 403


class EnrolmentNotActive(Refusal):
    """This enrolment is {status}; cash can be booked for an active or paused one only."""

    code = "enrolment_not_active"


class CashLeft(Refusal):
    """{left} {currency} of this LP's cash are left, reserved or not confirmed yet. Settle, return or move
    what is left, and confirm or cancel what waits; then the enrolment can be ended."""

    code = "cash_left"


class CashShort(Refusal):
    """Only {free} {currency} of {username}'s cash are free, so {amount} cannot be taken out. The rest is
    paid, or reserved for sats that are on their way."""

    code = "cash_short"


class EntryDisputed(Refusal):
    """The LP disputes this entry: “{reason}”. Talk to the LP, who can withdraw that; or cancel the entry
    and record what is right."""

    code = "entry_disputed"
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
    """{exchange_rate} is far from {reference_rate}, which this machine sold at lately. Look again; if it
    is right all the same, confirm it."""

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


class RequestReused(Refusal):
    """This Idempotency-Key belongs to a request with another content. Nothing was done; send what is new
    with a key of its own."""

    code = "request_reused"
    status = 409


class RequestRunning(Refusal):
    """The same request is being worked on at this moment. Send it again in a few seconds, with the same
    Idempotency-Key, and get its answer."""

    code = "request_running"
    status = 409


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


class TargetNotYours(Refusal):
    """Where this leg goes is for {whose} alone to decide."""

    code = "target_not_yours"


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


class TooManyDigits(Refusal):
    """The amount {text} is larger than this system keeps."""

    code = "too_many_digits"


class InvariantViolated(Exception):
    """A rule that the program itself must keep was broken: a bug, never a person's mistake."""


def ensure(holds: bool, rule: str) -> None:
    """Raise InvariantViolated with `rule` when `holds` is false.

    Used instead of `assert`, which LNbits turns into a 400 and `python -O` removes.
    """
    if not holds:
        raise InvariantViolated(rule)
