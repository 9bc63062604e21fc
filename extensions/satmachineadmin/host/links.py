"""Addresses under which the outside reaches us: always the configured public one, never a Host header."""

from __future__ import annotations

from lnbits.settings import settings
from lnurl import encode

_WITHDRAW = "satmachineadmin/api/v1/withdraw"
_MACHINE = "satmachineadmin/api/v1/machine"
_INVITATION = "satmachineclient/invitation"


def withdraw_url(k1: str) -> str:
    """Where a wallet asks what it may withdraw (LUD-03)."""
    return f"{settings.lnbits_baseurl.rstrip('/')}/{_WITHDRAW}/{k1}"


def address_of(path: str, query: str) -> str:
    """A request's address as whoever signs it knows it: the configured one, then what was asked for."""
    return settings.lnbits_baseurl.rstrip("/") + path + (f"?{query}" if query else "")


def pairing_url(code: str) -> str:
    """Where a machine redeems a pairing code. It stands behind the # and is posted: no log has it."""
    return f"{settings.lnbits_baseurl.rstrip('/')}/{_MACHINE}/pair#{code}"


def invitation_url(token: str) -> str:
    """Where an LP looks at an invitation. The secret stands behind the #, where browsers keep it: it
    reaches no server, no proxy and no log of theirs."""
    return f"{settings.lnbits_baseurl.rstrip('/')}/{_INVITATION}#{token}"


def withdraw_callback(k1: str) -> str:
    """Where a wallet hands its invoice in; it adds `k1` and `pr` itself."""
    return f"{withdraw_url(k1)}/invoice"


def withdraw_lnurl(k1: str) -> str:
    """The link as wallets read it: bech32 in capitals, which make the smaller QR code (LUD-01)."""
    return str(encode(withdraw_url(k1)).bech32).upper()
