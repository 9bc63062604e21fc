"""Refusals of what machines ask: who signs, what was known before, what is allowed."""

from __future__ import annotations

from .base import Refusal


class NotSigned(Refusal):
    """The request is not signed as docs/reference/machine-interface.md says: {reason}"""

    code = "not_signed"
    status = 401


class ClockSkew(Refusal):
    """The machine's clock is too far off: the server's says {server_time} seconds since 1970."""

    code = "clock_skew"
    status = 401


class Replayed(Refusal):
    """This signed event was used before. Sign each request anew."""

    code = "replayed"
    status = 401


class UnknownKey(Refusal):
    """No machine has this key, or it was revoked. Pair the machine with a new code."""

    code = "unknown_key"
    status = 401


class TooManyRequests(Refusal):
    """Too many requests. Send the next one in {retry_after} seconds."""

    code = "too_many_requests"
    status = 429


class PairingClosed(Refusal):
    """This pairing code is not known, was used, or is over. Have the operator make a new one."""

    code = "pairing_closed"
    status = 409


class KeyTaken(Refusal):
    """This key belongs to {owner}. A machine has a key of its own: make a new one."""

    code = "key_taken"
    status = 409


class KeyPaired(Refusal):
    """This machine made its key itself, so no other one is typed in its place. Revoke the key, or pair the
    machine anew."""

    code = "key_paired"
    status = 409


class NotPaired(Refusal):
    """This machine is not paired."""

    code = "not_paired"
    status = 409


class Stale(Refusal):
    """Newer news of this transaction are known: version {version}."""

    code = "stale"
    status = 409


class Ratchet(Refusal):
    """The field {field} does not agree with what was posted before: {problem}."""

    code = "ratchet"
    status = 409


class MachineInactive(Refusal):
    """The operator has switched this machine off: it sells and buys nothing."""

    code = "machine_inactive"
    status = 409


class LimitExceeded(Refusal):
    """This is more than the machine's limit: {left} {currency} are left of the one for {limit}."""

    code = "limit_exceeded"


class TooFewSats(Refusal):
    """The machine's wallet holds sats for {most_fiat_amount} {currency} only, which is less than the machine
    may take at once. Take no note; the operator has to top the wallet up."""

    code = "too_few_sats"
    status = 409


class NotPaid(Refusal):
    """Nobody has paid this transaction yet, so no notes can have come out for it."""

    code = "not_paid"
    status = 409


class TransactionClosed(Refusal):
    """This transaction is closed: it takes no more notes."""

    code = "transaction_closed"
    status = 409


class InvoiceNotMade(Refusal):
    """LNbits could not make the invoice: {reason}. Post the transaction again."""

    code = "invoice_not_made"
    status = 503
