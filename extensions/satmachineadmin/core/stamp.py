"""Reading what a machine wrote into `Payment.extra`, field by field.

`extra` is a hint, never an authority: anyone with an invoice key can write one. So nothing is
guessed or repaired; a field that is not plainly usable makes the whole stamp unusable (DESIGN §5).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from .model import Stamp
from .npub import key_hex
from .states import TxType, Word
from .units import minor_from_json, rate_from_json, sats_from_json

#: what `extra["source"]` says on a machine's payment
SOURCE = "bitspire"

_MAX_TEXT = 200
_MAX_JSON_TEXT = 10_000


class RejectReason(Word):
    """Why a payment is recorded but never distributed on its own. Closed."""

    #: money arrived without a machine's stamp
    NO_STAMP = "no_stamp"
    #: a field of the stamp is missing, negative, too precise, too large or of an unknown kind
    BAD_STAMP = "bad_stamp"
    #: LNbits priced the invoice in fiat itself, which overwrites the machine's fiat amount
    PRICED_IN_FIAT = "priced_in_fiat"
    #: the stamp names another currency than the machine's
    WRONG_CURRENCY = "wrong_currency"
    #: a cash-out that was paid by the wallet, or a cash-in that was received
    WRONG_DIRECTION = "wrong_direction"
    #: the payment is not a whole number of sats
    NOT_WHOLE_SATS = "not_whole_sats"
    #: principal and commission do not add up to what crossed Lightning
    WIRE_DISAGREES = "wire_disagrees"
    #: the principal is not the fiat amount at the stamp's exchange rate
    AMOUNTS_DISAGREE = "amounts_disagree"
    #: the host's fee on the incoming payment is larger than the payment
    HOST_FEE_TOO_LARGE = "host_fee_too_large"
    #: the stamp names another machine's key
    WRONG_MACHINE = "wrong_machine"
    #: the verified signer of the request is not this machine
    WRONG_SIGNER = "wrong_signer"
    #: a stamp without a signature, on the wallet of a machine that signs
    UNSIGNED = "unsigned"
    #: a withdraw link that a machine registered for one transaction paid once more, or for a cancelled one
    LINK_REUSED = "link_reused"


class _Unusable(Exception):
    """Ends the reading of a stamp; never leaves this module."""


def read_stamp(extra: Mapping[str, object], currency: str) -> Stamp | RejectReason:
    """The stamp in `extra`, or why there is none to use. `currency` is the machine's.

    A stamp without a currency means the machine's own. Exchange rate and fiat amount may be missing;
    given, they must be usable.
    """
    if extra.get("source") != SOURCE:
        return RejectReason.NO_STAMP
    if "fiat_currency" in extra:
        return RejectReason.PRICED_IN_FIAT
    try:
        stamped_currency = _text(extra, "currency")
        if stamped_currency is not None and stamped_currency.upper() != currency:
            return RejectReason.WRONG_CURRENCY
        return Stamp(
            tx_type=_tx_type(extra.get("type")),
            principal_sats=_sats(extra, "principal_sats"),
            commission_sats=_sats(extra, "fee_sats"),
            exchange_rate=_rate(extra),
            fiat_minor=_fiat(extra, currency),
            currency=currency,
            txid=_text(extra, "txid"),
            machine_npub=_key(extra, "machine_npub"),
            nostr_sender_pubkey=_key(extra, "nostr_sender_pubkey"),
            nostr_event_id=_text(extra, "nostr_event_id"),
            bills=_json_text(extra, "bills"),
            cassettes=_json_text(extra, "cassettes"),
        )
    except _Unusable:
        return RejectReason.BAD_STAMP


def _tx_type(value: object) -> TxType:
    for tx_type in TxType:
        if value == tx_type.value:
            return tx_type
    raise _Unusable


def _sats(extra: Mapping[str, object], name: str) -> int:
    sats = sats_from_json(extra.get(name))
    if sats is None:
        raise _Unusable
    return sats


def _rate(extra: Mapping[str, object]) -> str | None:
    value = extra.get("exchange_rate")
    rate = rate_from_json(value)
    if value is not None and rate is None:
        raise _Unusable
    return rate


def _fiat(extra: Mapping[str, object], currency: str) -> int | None:
    value = extra.get("fiat_amount")
    minor = minor_from_json(value, currency)
    if value is not None and minor is None:
        raise _Unusable
    return minor


def _text(extra: Mapping[str, object], name: str) -> str | None:
    value = extra.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MAX_TEXT:
        return str(value)
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise _Unusable
    return value


def _key(extra: Mapping[str, object], name: str) -> str | None:
    """A Nostr key as lower-case hex; what is not a key is kept, lower-case, and matches no machine."""
    text = _text(extra, name)
    return None if text is None else key_hex(text) or text.lower()


def _json_text(extra: Mapping[str, object], name: str) -> str | None:
    value = extra.get(name)
    if value is None:
        return None
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise _Unusable from None
    if len(text) > _MAX_JSON_TEXT:
        raise _Unusable
    return text
