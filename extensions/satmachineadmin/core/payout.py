"""Which legs of a settlement are paid now: every check that the host would make, before it is asked.

What can go wrong: the fast way writes the host's rows itself, so a limit that the host would have
kept must be kept here; and a leg that is refused must hold up no other. So each leg is *sent* or
*refused* on its own, and what concerns the payer makes the whole settlement *wait*: it goes on by
itself when the cause is gone (DESIGN §7). A settlement counts as one transaction.

The host's own checks are those of LNbits 1.6 `core/services/payments.py`. Sentences name no wallet
of an LP: operators read them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .commission import whole_sats_above
from .errors import ensure
from .host_facts import HostLimits, WalletFacts
from .model import Leg, Payout, Refused, Sent
from .service_fee import share_leg
from .states import LegType, Word


class WaitCode(Word):
    """Why nothing of a settlement is paid now. It goes on by itself. Closed."""

    #: the host accepts incoming payments only
    ONLY_INCOMING = "only_incoming"
    #: the machine's wallet does not exist any more
    PAYER_GONE = "payer_gone"
    #: the machine's wallet belongs to somebody else than its operator
    PAYER_NOT_YOURS = "payer_not_yours"
    #: the machine's wallet is a shared mirror
    PAYER_SHARED = "payer_shared"
    #: the operator may not use the extension, or has switched it off
    EXTENSION_DISABLED = "extension_disabled"
    #: the host wants some seconds between two payments of a wallet
    TOO_SOON = "too_soon"
    #: the host lets nobody spend
    SPENDING_FORBIDDEN = "spending_forbidden"
    #: with this settlement the wallet would send more in one day than the host allows
    DAILY_MAXIMUM = "daily_maximum"
    #: the machine's wallet holds less than the settlement pays
    WALLET_SHORT = "wallet_short"
    #: a difference between these books and the host's was found and nobody has decided on it yet
    PAYOUTS_PAUSED = "payouts_paused"


class RefuseCode(Word):
    """Why one leg cannot be paid; the others are. Closed."""

    #: the LP has no payout wallet
    NO_LP_WALLET = "no_lp_wallet"
    #: the receiving wallet does not exist any more
    RECEIVER_GONE = "receiver_gone"
    #: the receiving wallet is a shared mirror
    RECEIVER_SHARED = "receiver_shared"
    #: the receiving wallet is a machine's
    RECEIVER_IS_MACHINE = "receiver_is_machine"
    #: the host's service fee leaves no whole sat of the leg
    EATEN_BY_FEE = "eaten_by_fee"
    #: larger than the host lets anybody send at once
    ABOVE_MAX_OUTGOING = "above_max_outgoing"
    #: larger than the host lets anybody receive at once
    ABOVE_MAX_INCOMING = "above_max_incoming"
    #: the receiving wallet would hold more than the host allows
    RECEIVER_FULL = "receiver_full"


@dataclass(frozen=True, kw_only=True)
class _Receiving:
    """What the legs of one payout are checked against on the receiving side."""

    receivers: Mapping[str, WalletFacts]
    destinations: Mapping[str, str | None]
    #: no payout goes to any of these
    machine_wallet_ids: Collection[str]
    limits: HostLimits
    #: what each wallet gets from the legs before, in msat
    arriving_msat: dict[str, int]


def decide_payout(
    *,
    legs: Sequence[Leg],
    payer: WalletFacts | None,
    operator_user_id: str,
    receivers: Mapping[str, WalletFacts],
    destinations: Mapping[str, str | None],
    machine_wallet_ids: Collection[str],
    limits: HostLimits,
    payer_balance_msat: int,
    sent_today_msat: int,
    seconds_since_last_payment: int | None,
    extension_refusal: str | None,
    payer_name: str = "The machine's wallet",
) -> Payout:
    """Decide one pay transaction: everything waits, or each leg is sent or refused. DESIGN §7.

    `legs` are internal and unpaid, in the order in which they are paid. `destinations` gives each
    leg's wallet as it is now, None where the LP has chosen none. `sent_today_msat` is what the
    payer's wallet has sent since midnight, `seconds_since_last_payment` the age of the newest row
    of the wallet in either direction (None without one), as the host counts them.
    `extension_refusal` is the host's reason why the payer may not use the extension, else None.
    """
    own_wallets = {*machine_wallet_ids, *([payer.id] if payer else [])}
    receiving = _Receiving(
        receivers=receivers,
        destinations=destinations,
        machine_wallet_ids=own_wallets,
        limits=limits,
        arriving_msat={},
    )
    outcomes = [_decide_leg(leg, receiving) for leg in legs]
    sent = tuple(outcome for outcome in outcomes if isinstance(outcome, Sent))
    refused = tuple(outcome for outcome in outcomes if isinstance(outcome, Refused))
    # Nothing to pay needs no payer: refusals are told even while the host would not let us pay.
    waits = sent and why_payer_waits(
        sent=sent,
        payer=payer,
        payer_user_id=operator_user_id,
        limits=limits,
        payer_balance_msat=payer_balance_msat,
        sent_today_msat=sent_today_msat,
        seconds_since_last_payment=seconds_since_last_payment,
        extension_refusal=extension_refusal,
        payer_name=payer_name,
    )
    if waits:
        return Payout(waits=waits)
    return Payout(
        sent=sent,
        refused=refused,
        service_fees_msat={one.leg_id: one.fee_msat for one in sent if one.fee_msat > 0},
    )


def why_payer_waits(
    *,
    sent: Sequence[Sent],
    payer: WalletFacts | None,
    payer_user_id: str,
    limits: HostLimits,
    payer_balance_msat: int,
    sent_today_msat: int,
    seconds_since_last_payment: int | None,
    extension_refusal: str | None,
    payer_name: str = "The machine's wallet",
) -> Refused | None:
    """What has to change before this wallet may pay these amounts; None when it may now."""
    return (
        _why_payer_waits(payer, payer_user_id, limits, extension_refusal, payer_name)
        or _why_limits_wait(sent, limits, sent_today_msat, seconds_since_last_payment)
        or _why_wallet_waits(sent, payer_balance_msat, payer_name)
    )


def _decide_leg(leg: Leg, receiving: _Receiving) -> Sent | Refused:
    """One leg against its receiver and the host's limits; notes what arrives if it is sent."""
    ensure(leg.sats > 0, "a leg to pay has sats")
    ensure(leg.id in receiving.destinations, "the destination of every leg was looked up")
    wallet_id = receiving.destinations[leg.id]
    if wallet_id is None:
        return _refuse_without_wallet(leg)
    refused = _why_receiver_refused(leg, wallet_id, receiving)
    if refused is not None:
        return refused
    shares = share_leg(leg.sats, receiving.limits)
    refused = _why_amount_refused(leg, shares.sent_msat, receiving.limits)
    if refused is None:
        refused = _why_receiver_full(leg, wallet_id, shares.sent_msat, receiving)
    if refused is not None:
        return refused
    _note_arrival(receiving, wallet_id, shares.sent_msat)
    # The host books its fee as income of the fee wallet, which may be a receiver as well.
    if receiving.limits.service_fee_wallet_id:
        _note_arrival(receiving, receiving.limits.service_fee_wallet_id, shares.fee_msat)
    return Sent(
        leg_id=leg.id,
        destination_wallet_id=wallet_id,
        sent_msat=shares.sent_msat,
        fee_msat=shares.fee_msat,
        fee_unused_msat=shares.fee_unused_msat,
    )


def _refuse_without_wallet(leg: Leg) -> Refused:
    if leg.leg_type is LegType.DCA:
        return _refuse(
            leg,
            RefuseCode.NO_LP_WALLET,
            "The LP has no payout wallet. Ask the LP to choose one, then retry.",
        )
    return _refuse(leg, RefuseCode.RECEIVER_GONE, "This leg has no wallet to go to. Choose one, then retry.")


def _why_receiver_refused(leg: Leg, wallet_id: str, receiving: _Receiving) -> Refused | None:
    return why_receiver_refused(
        leg, receiving.receivers.get(wallet_id), machine_wallet_ids=receiving.machine_wallet_ids
    )


def why_receiver_refused(
    leg: Leg, wallet: WalletFacts | None, *, machine_wallet_ids: Collection[str]
) -> Refused | None:
    """Why a wallet, None where there is none any more, may not receive a leg; None when it may."""
    if wallet is None or wallet.deleted:
        sentence = "The receiving wallet does not exist any more. Choose another one, then retry."
        return _refuse(leg, RefuseCode.RECEIVER_GONE, sentence)
    if wallet.is_shared:
        sentence = "The receiving wallet is a shared mirror. Choose an ordinary wallet, then retry."
        return _refuse(leg, RefuseCode.RECEIVER_SHARED, sentence)
    if wallet.id in machine_wallet_ids:
        sentence = "The receiving wallet is a machine's wallet. Choose another one, then retry."
        return _refuse(leg, RefuseCode.RECEIVER_IS_MACHINE, sentence)
    return None


def _why_amount_refused(leg: Leg, sent_msat: int, limits: HostLimits) -> Refused | None:
    sent_sats = sent_msat // 1000
    if sent_sats == 0:
        sentence = f"The host's service fee leaves nothing of {leg.sats} sats."
        return _refuse(leg, RefuseCode.EATEN_BY_FEE, sentence)
    if limits.max_outgoing_sats is not None and sent_sats > limits.max_outgoing_sats:
        sentence = (
            f"{sent_sats} sats are more than the {limits.max_outgoing_sats} that this LNbits lets "
            "anybody send at once. Ask its admin to raise the limit, then retry."
        )
        return _refuse(leg, RefuseCode.ABOVE_MAX_OUTGOING, sentence)
    if limits.max_incoming_sats is not None and sent_sats > limits.max_incoming_sats:
        sentence = (
            f"{sent_sats} sats are more than the {limits.max_incoming_sats} that this LNbits lets "
            "anybody receive at once. Ask its admin to raise the limit, then retry."
        )
        return _refuse(leg, RefuseCode.ABOVE_MAX_INCOMING, sentence)
    return None


def _why_receiver_full(leg: Leg, wallet_id: str, sent_msat: int, receiving: _Receiving) -> Refused | None:
    """The host's maximum for a wallet's balance; several legs to one wallet add up."""
    max_sats = receiving.limits.max_wallet_balance_sats
    if not max_sats or max_sats < 0:
        return None
    balance_msat = receiving.receivers[wallet_id].balance_msat
    ensure(balance_msat is not None, "receivers' balances are loaded where the host limits them")
    held_msat = (balance_msat or 0) + receiving.arriving_msat.get(wallet_id, 0)
    if held_msat + sent_msat <= max_sats * 1000:
        return None
    sentence = (
        f"The receiving wallet would hold more than the {max_sats} sats that this LNbits allows. "
        "Retry when there is room in it."
    )
    return _refuse(leg, RefuseCode.RECEIVER_FULL, sentence)


def _note_arrival(receiving: _Receiving, wallet_id: str, amount_msat: int) -> None:
    arrived_msat = receiving.arriving_msat.get(wallet_id, 0)
    receiving.arriving_msat[wallet_id] = arrived_msat + amount_msat


def _why_payer_waits(
    payer: WalletFacts | None,
    operator_user_id: str,
    limits: HostLimits,
    extension_refusal: str | None,
    payer_name: str,
) -> Refused | None:
    """What the host or the operator has to change before the wallet may pay anybody."""
    if limits.only_incoming:
        return _wait(
            WaitCode.ONLY_INCOMING,
            "This LNbits accepts incoming payments only. Ask its admin to allow outgoing ones.",
        )
    if payer is None or payer.deleted:
        return _wait(
            WaitCode.PAYER_GONE, f"{payer_name} does not exist any more. Ask the admin to restore it."
        )
    if payer.user_id != operator_user_id:
        return _wait(WaitCode.PAYER_NOT_YOURS, f"{payer_name} belongs to another user now.")
    if payer.is_shared:
        return _wait(WaitCode.PAYER_SHARED, f"{payer_name} is a shared mirror and pays nothing.")
    if extension_refusal is not None:
        sentence = f"The operator cannot use the extension: {extension_refusal} Enable it to go on."
        return _wait(WaitCode.EXTENSION_DISABLED, sentence)
    return None


def _why_limits_wait(
    sent: Sequence[Sent], limits: HostLimits, sent_today_msat: int, seconds_since_last: int | None
) -> Refused | None:
    """The host's limits on paying. Unlike the host, the first payment of a day is limited, too."""
    pause_seconds = limits.seconds_between_payments or 0
    if seconds_since_last is not None and seconds_since_last < pause_seconds:
        left_seconds = pause_seconds - seconds_since_last
        return _wait(
            WaitCode.TOO_SOON,
            f"This LNbits wants {pause_seconds} seconds between payments: {left_seconds} more to go.",
        )
    daily_max_sats = limits.daily_max_withdraw_sats or 0
    if daily_max_sats < 0:
        return _wait(WaitCode.SPENDING_FORBIDDEN, "This LNbits lets nobody spend. Ask its admin to allow it.")
    to_send_msat = sum(one.sent_msat for one in sent)
    if daily_max_sats and sent_today_msat + to_send_msat > daily_max_sats * 1000:
        return _wait(
            WaitCode.DAILY_MAXIMUM,
            f"This LNbits lets a wallet send {daily_max_sats} sats a day; {sent_today_msat // 1000} are "
            f"sent and this settlement needs {to_send_msat // 1000} more.",
        )
    return None


def _why_wallet_waits(sent: Sequence[Sent], balance_msat: int, payer_name: str) -> Refused | None:
    """All or nothing: a wallet that is short pays nothing, and says by how much. DESIGN §7."""
    short_msat = sum(one.sent_msat + one.fee_msat for one in sent) - balance_msat
    if short_msat <= 0:
        return None
    sentence = f"{payer_name} is short by {whole_sats_above(short_msat)} sats. Top it up to go on."
    return _wait(WaitCode.WALLET_SHORT, sentence)


def _refuse(leg: Leg, code: RefuseCode, sentence: str) -> Refused:
    return Refused(leg_id=leg.id, code=code, sentence=sentence)


def _wait(code: WaitCode, sentence: str) -> Refused:
    """A wait concerns the whole settlement, so it names no leg."""
    return Refused(leg_id="", code=code, sentence=sentence)
