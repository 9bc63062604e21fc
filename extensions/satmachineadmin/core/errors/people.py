"""Refusals about wallets, shares, liquidity providers and their cash."""

from __future__ import annotations

from .base import Refusal


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


class NoInvitationAccepted(Refusal):
    """You take part nowhere yet. Accept an operator's invitation first: with it you choose where your
    sats arrive."""

    code = "no_invitation_accepted"
    status = 409


class NoAddressWaits(Refusal):
    """No new address waits to be used."""

    code = "no_address_waits"
    status = 409


class NoPassword(Refusal):
    """Your account has no password to confirm this with. The new address is used by itself once it has
    waited for 24 hours."""

    code = "no_password"
    status = 409


class WrongPassword(Refusal):
    """This is not your password. Nothing was changed; {left} more tries are left for now."""

    code = "wrong_password"
    status = 403


class TooManyTries(Refusal):
    """The password was wrong too often. Try again in {minutes} minutes; the new address is used by itself
    once it has waited for 24 hours."""

    code = "too_many_tries"
    status = 429


class StatementUnreadable(Refusal):
    """This is not the whole text of a statement: {problem}. Copy it from its first line to its last."""

    code = "statement_unreadable"


class AddressRefused(Refusal):
    """The address could not be asked, or its answer cannot be used: {problem}"""

    code = "address_refused"


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


class TargetNotYours(Refusal):
    """Where this leg goes is for {whose} alone to decide."""

    code = "target_not_yours"
