"""Refusals about machines, their wallets, and who may have any."""

from __future__ import annotations

from .base import Refusal


class OperatorNotApproved(Refusal):
    """The owner of this LNbits has not approved you as an operator, so nothing new can begin. What you have
    goes on, and what is owed is paid. Ask to be approved on the overview."""

    code = "operator_not_approved"
    status = 403


class WalletGetsPayouts(Refusal):
    """The chosen wallet receives payouts: of a commission, of the platform's fee or of an LP. What arrives
    in a machine's wallet counts as a sale, so choose another one."""

    code = "wallet_gets_payouts"


class WalletBusy(Refusal):
    """The machine has something under way in its wallet, so it cannot have another one now. Wait until it
    is done, or decide on it."""

    code = "wallet_busy"
    status = 409


class WalletStillNeeded(Refusal):
    """This wallet is still needed: not everything in it is explained and paid."""

    code = "wallet_still_needed"
    status = 409


class CurrencyFixed(Refusal):
    """The currency of this machine cannot be changed any more: cash or sales were booked in {currency}."""

    code = "currency_fixed"
    status = 409


class PreviewOutdated(Refusal):
    """What was confirmed is not what would happen now: something has changed since the preview. Nothing
    was done. Look at the preview again."""

    code = "preview_outdated"
    status = 409


class PredecessorUnreadable(Refusal):
    """The predecessor's table {table} has no column {columns}: it is none that these books can read.
    Nothing was taken over."""

    code = "predecessor_unreadable"
    status = 409


class PredecessorActive(Refusal):
    """The extension {name} is still active in this LNbits, and would go on paying beside these books.
    Deactivate it first; nothing was taken over."""

    code = "predecessor_active"
    status = 409


class TooMuchEarlier(Refusal):
    """More than {most} payments lie between that instant and now. Choose a later one."""

    code = "too_much_earlier"
