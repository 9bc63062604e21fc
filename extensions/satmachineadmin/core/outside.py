"""Payments that leave this LNbits: how much is asked of a target, and whether its invoice is paid.

What can go wrong: a target that asks for more than it was offered, hands out an invoice that is over,
somebody else's, for another network, or one of our own machines', or takes no amount this small. So
what a target says is believed in nothing: every field of its answer is held against what was asked
before a sat moves. The target bears the network fee: what LNbits would reserve for it is taken off
before the invoice is asked for (DESIGN §7).

Amounts are in millisatoshi, an amount that is asked for is a whole number of sats.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .allocation import allocate, allocate_capped
from .errors import ensure
from .host_facts import HostLimits
from .model import HostPayment
from .service_fee import nearest_double, service_fee_of_any_msat, share_leg
from .states import Word

#: An invoice has to be good for at least this long when it is written down.
LEAST_SECONDS_LEFT = 60
#: After its expiry an invoice is given this long before it counts as one that nobody pays any more.
GRACE_SECONDS = 600
#: How soon, and how seldom at last, a payment without a decision is looked up again.
SOONEST_LOOK_SECONDS = 3
LATEST_LOOK_SECONDS = 600
#: A payment without a decision for this long is a matter for a person.
PATIENCE_SECONDS = 45


class OutsideCode(Word):
    """Why a payment that leaves this LNbits was not made, or is not decided. Closed."""

    #: the target could not be reached or did not answer in time
    TARGET_SILENT = "target_silent"
    #: the target said no, and why
    TARGET_REFUSED = "target_refused"
    #: what the target answered is not what LNURL-pay asks for
    TARGET_UNUSABLE = "target_unusable"
    #: more than the target takes at once
    ABOVE_MAXIMUM = "above_maximum"
    #: more than the host lets anybody send at once
    ABOVE_HOST_MAXIMUM = "above_host_maximum"
    #: the fee reserve leaves no whole sat
    EATEN_BY_RESERVE = "eaten_by_reserve"
    #: the invoice cannot be read
    INVOICE_UNREADABLE = "invoice_unreadable"
    #: the invoice is over another amount than was asked for
    INVOICE_AMOUNT = "invoice_amount"
    #: the invoice is over, or nearly
    INVOICE_EXPIRED = "invoice_expired"
    #: the invoice is for another network, such as testnet
    INVOICE_NETWORK = "invoice_network"
    #: the invoice names the hash of another text than the target's own
    INVOICE_DESCRIPTION = "invoice_description"
    #: the invoice pays a machine's wallet, or the wallet that would pay it
    INVOICE_OURS = "invoice_ours"
    #: the invoice was handed out for another payment before
    INVOICE_USED = "invoice_used"
    #: the host refused before anything moved
    HOST_REFUSED = "host_refused"
    #: the host says that the payment failed
    PAYMENT_FAILED = "payment_failed"
    #: the wallet that would pay exists no more, or is somebody else's
    WALLET_GONE = "wallet_gone"
    #: the wallet that would pay holds too little of it by now
    ALREADY_SPENT = "already_spent"
    #: the host's books hold this payment, ours do not
    PAID_BEFORE = "paid_before"
    #: there is no decision yet
    UNDECIDED = "undecided"


#: What may be gone by itself the next time: tried again, within reason.
WORTH_ANOTHER_TRY = frozenset(
    {
        OutsideCode.TARGET_SILENT,
        OutsideCode.TARGET_REFUSED,
        OutsideCode.INVOICE_EXPIRED,
        OutsideCode.HOST_REFUSED,
        OutsideCode.PAYMENT_FAILED,
    }
)


@dataclass(frozen=True, kw_only=True)
class TargetTerms:
    """What a target says before it is asked for an invoice."""

    callback: str
    min_msat: int
    max_msat: int
    #: the text whose hash the invoice should carry
    metadata: str
    #: its callback is this LNbits itself, so the payment probably never leaves
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What a BOLT 11 text says, read."""

    bolt11: str
    payment_hash: str
    #: None where the payer may choose
    amount_msat: int | None
    #: `bc`, `tb`, `bcrt` … as in the text's prefix
    network: str
    expires_at: int
    #: hex of the `h` field; None where the invoice carries a plain description
    description_hash: str | None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How much an invoice is asked for, and what is kept back for the network's fee."""

    sent_msat: int
    reserve_msat: int


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a payment outside is not made, with a sentence for a person."""

    code: OutsideCode
    sentence: str


class BelowMinimum(Exception):
    """The target takes no amount this small; `min_sats` is its least."""

    def __init__(self, min_sats: int) -> None:
        self.min_sats = min_sats
        super().__init__(f"The target takes no less than {min_sats} sats.")


def reserve_msat(amount_msat: int, limits: HostLimits) -> int:
    """What LNbits wants free beside a payment that leaves it: fee reserve and service fee.

    Both are computed as LNbits does it, with doubles, so that a wallet is never short by one msat.
    """
    percent = nearest_double(Fraction(limits.reserve_fee_percent))
    share = nearest_double(Fraction(nearest_double(amount_msat * percent), 100))
    return max(limits.reserve_fee_min_msat, int(share)) + service_fee_of_any_msat(amount_msat, limits)


def ask_for(sats: int, limits: HostLimits, *, is_internal: bool) -> Ask:
    """The largest whole-sat amount that leaves room for its own fees; 0 where there is none."""
    if is_internal:
        shares = share_leg(sats, limits)
        return Ask(sent_msat=shares.sent_msat, reserve_msat=shares.fee_msat)

    def cost_msat(amount_sats: int) -> int:
        return amount_sats * 1000 + reserve_msat(amount_sats * 1000, limits)

    sent_sats = max(0, bisect_right(range(sats + 1), sats * 1000, key=cost_msat) - 1)
    return Ask(sent_msat=sent_sats * 1000, reserve_msat=reserve_msat(sent_sats * 1000, limits))


def choose_gathered(
    sats: int, gathered_sats: Sequence[int], terms: TargetTerms, limits: HostLimits, *, is_internal: bool
) -> int:
    """How many of the gathered amounts, the oldest first, go together with this one.

    Raises BelowMinimum where all of them together do not reach the target's least amount.
    """
    total = sats
    taken = 0
    most_msat = terms.max_msat
    if limits.max_outgoing_sats is not None:
        most_msat = min(most_msat, limits.max_outgoing_sats * 1000)
    for more in gathered_sats:
        if ask_for(total + more, limits, is_internal=is_internal).sent_msat > most_msat:
            break
        total += more
        taken += 1
    if ask_for(total, limits, is_internal=is_internal).sent_msat < terms.min_msat:
        raise BelowMinimum(-(-terms.min_msat // 1000))
    return taken


def why_not_asked(ask: Ask, terms: TargetTerms, limits: HostLimits) -> Problem | None:
    """Why no invoice over this amount is asked for."""
    sats = ask.sent_msat // 1000
    if sats == 0:
        return Problem(
            code=OutsideCode.EATEN_BY_RESERVE,
            sentence="The fee that LNbits reserves for the network leaves nothing of it.",
        )
    if limits.max_outgoing_sats is not None and sats > limits.max_outgoing_sats:
        return Problem(
            code=OutsideCode.ABOVE_HOST_MAXIMUM,
            sentence=f"{sats} sats are more than the {limits.max_outgoing_sats} that this LNbits lets "
            "anybody send at once. Ask its admin to raise the limit, then retry.",
        )
    if ask.sent_msat > terms.max_msat:
        return Problem(
            code=OutsideCode.ABOVE_MAXIMUM,
            sentence=f"The target takes at most {terms.max_msat // 1000} sats at once, not {sats}.",
        )
    return None


def why_invoice_refused(
    invoice: Invoice,
    *,
    asked_msat: int,
    metadata: str | None,
    network: str,
    now: int,
    payee_wallet_ids: Collection[str],
    own_wallet_ids: Collection[str],
    is_known: bool,
) -> Problem | None:
    """Why an invoice that a target handed out is not paid; None when it is.

    `payee_wallet_ids` are the wallets of this LNbits that the invoice pays, `own_wallet_ids` those
    that no payout may go to; `is_known` says that the hash belongs to a payment made before. An
    invoice whose payee made no promise beforehand (`metadata` is None) may be for any text.
    """
    if invoice.amount_msat != asked_msat:
        asks = "no amount" if invoice.amount_msat is None else f"{invoice.amount_msat} msat"
        sentence = f"The target was asked for an invoice over {asked_msat} msat; its invoice says {asks}."
        return Problem(code=OutsideCode.INVOICE_AMOUNT, sentence=sentence)
    if invoice.network != network:
        sentence = f"The target's invoice is for the network {invoice.network}, not for {network}."
        return Problem(code=OutsideCode.INVOICE_NETWORK, sentence=sentence)
    if invoice.expires_at < now + LEAST_SECONDS_LEFT:
        sentence = "The target's invoice has expired or is about to."
        return Problem(code=OutsideCode.INVOICE_EXPIRED, sentence=sentence)
    if metadata is not None and invoice.description_hash not in (None, _sha256(metadata)):
        sentence = "The target's invoice is for another text than the one that the target shows."
        return Problem(code=OutsideCode.INVOICE_DESCRIPTION, sentence=sentence)
    if set(payee_wallet_ids) & set(own_wallet_ids):
        sentence = "The target's invoice pays a machine's wallet, or the wallet that would pay it."
        return Problem(code=OutsideCode.INVOICE_OURS, sentence=sentence)
    if is_known:
        sentence = "The target handed out an invoice that belongs to another payment."
        return Problem(code=OutsideCode.INVOICE_USED, sentence=sentence)
    return None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def share_outcome(leg_msats: Sequence[int], sent_msat: int, fee_msat: int) -> list[tuple[int, int, int]]:
    """How one payment falls on the legs that went together: (sent, fee, unused) of each, exactly.

    The three of a leg add up to it, and all of them to the payment. Only a fee above what was kept
    back for it, which a node should not take, makes an unused part negative.
    """
    ensure(sent_msat <= sum(leg_msats), "no more is sent than the legs hold")
    sent = allocate(sent_msat, leg_msats)
    room = [leg - part for leg, part in zip(leg_msats, sent, strict=True)]
    fees = allocate_capped(fee_msat, room, room)
    beyond = fee_msat - sum(fees)
    extra = allocate(beyond, leg_msats) if beyond else (0,) * len(leg_msats)
    return [
        (part, fee + more, left - fee - more)
        for part, fee, more, left in zip(sent, fees, extra, room, strict=True)
    ]


def mark_of(external_id: str) -> str:
    """What every attempt at one leg begins with in the host's books."""
    return external_id.rpartition(":")[0] + ":"


def attempt_of(external_id: str) -> int | None:
    """Which attempt it was; None of a name that is not one of ours."""
    last = external_id.rpartition(":")[2]
    return int(last) if external_id.startswith("sm1:") and re.fullmatch("[1-9][0-9]{0,3}", last) else None


def carried_by(row: HostPayment) -> tuple[str, ...]:
    """The external ids of the legs that went with a payment of ours, beside its own; () if none did."""
    named = row.extra.get("carries")
    return tuple(one for one in named if isinstance(one, str)) if isinstance(named, list) else ()


def is_dead(expires_at: int, now: int) -> bool:
    """Whether an invoice that the host's books do not know is one that nobody pays any more."""
    return now > expires_at + GRACE_SECONDS


def next_look(age_seconds: int) -> int:
    """Seconds until a payment that was handed over `age_seconds` ago is looked up again: ever more seldom."""
    return max(SOONEST_LOOK_SECONDS, min(age_seconds // 10, LATEST_LOOK_SECONDS))
