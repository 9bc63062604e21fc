"""What a person may write as a target outside this LNbits, read with the library that LNbits ships."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lnbits.settings import settings
from lnurl import InvalidLnurl, LnAddress, Lnurl
from lnurl.exceptions import InvalidUrl, LnAddressError
from pydantic import ValidationError

from ..core.errors import InvalidTarget
from ..core.states import TargetKind

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_PAY_PREFIXES = (None, "lnurlp")


def read_target(text: str) -> tuple[TargetKind, str]:
    """Kind and one canonical text: a lower-case address, or the address of the pay link.

    One target has one text, however it is written, so that small amounts to it gather. Raises
    InvalidTarget.
    """
    text = re.sub(r"^lightning:", "", text.strip(), flags=re.IGNORECASE)
    if "@" in text and "/" not in text:
        return TargetKind.LN_ADDRESS, _address(text.lower())
    return TargetKind.LNURL, _pay_link(text)


def _address(text: str) -> str:
    try:
        return str(LnAddress(text))
    except (LnAddressError, ValidationError, ValueError) as problem:
        raise InvalidTarget(problem="it is not a Lightning address such as name@example.com") from problem


def _pay_link(text: str) -> str:
    """The URL that a bech32 LNURL, an `lnurlp://` or a plain https link stands for."""
    try:
        lnurl = Lnurl(text)
    except (InvalidLnurl, InvalidUrl, ValidationError, ValueError, AssertionError) as problem:
        raise InvalidTarget(
            problem="write a wallet id, an invoice key, a Lightning address or an LNURL-pay"
        ) from problem
    url = lnurl.url
    if lnurl.lud17_prefix not in _PAY_PREFIXES or lnurl.is_login or lnurl.is_fast_withdraw:
        raise InvalidTarget(problem="this LNURL is not one that takes payments")
    is_onion = (url.host or "").endswith(".onion")
    is_allowed_here = url.host in _LOOPBACK and settings.lnbits_lnurl_allow_private_ips
    if url.scheme != "https" and not is_onion and not is_allowed_here:
        raise InvalidTarget(problem="an LNURL has to be reached over https")
    if url.user or url.password:
        raise InvalidTarget(problem="an LNURL must not hold a user's name or password")
    return str(url)


def readable(target: str) -> str:
    """A name for a target that was given none: the address, or the host of the pay link."""
    return target if "/" not in target else urlsplit(target).netloc
