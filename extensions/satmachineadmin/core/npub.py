"""Nostr public keys as text: hex and `npub1…` (NIP-19, bech32 of BIP-173), brought to one form."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_HEX_KEY = re.compile(r"[0-9a-f]{64}")
#: prefix, separator, 52 characters for 32 bytes, 6 for the checksum
_NPUB_LENGTH = len("npub1") + 52 + 6


def key_hex(text: str) -> str | None:
    """The lower-case hex of a public key written as hex or npub; None when it is neither."""
    lowered = text.strip().lower()
    if _HEX_KEY.fullmatch(lowered):
        return lowered
    # BIP-173 forbids mixed case.
    if text.strip() not in (lowered, lowered.upper()):
        return None
    return _npub_hex(lowered)


def npub_of(key: str) -> str:
    """The `npub1…` of a public key in lower-case hex."""
    bits = int(key, 16) << 4
    values = [bits >> shift & 31 for shift in range(255, -1, -5)]
    checksum = _checksum("npub", [*values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [checksum >> shift & 31 for shift in range(25, -1, -5)]
    return "npub1" + "".join(_ALPHABET[value] for value in values)


def _npub_hex(npub: str) -> str | None:
    if len(npub) != _NPUB_LENGTH or not npub.startswith("npub1"):
        return None
    values = [_ALPHABET.find(character) for character in npub[5:]]
    if -1 in values or _checksum("npub", values) != 1:
        return None
    bits = 0
    for value in values[:-6]:
        bits = bits << 5 | value
    # 52 × 5 bits hold 32 bytes and four bits of padding, which must be zero.
    if bits & 0b1111:
        return None
    return f"{bits >> 4:064x}"


def _checksum(prefix: str, values: Sequence[int]) -> int:
    """BIP-173's over a prefix and its values: 1 where the last six are the checksum of the others."""
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    checksum = 1
    for value in (*expanded, *values):
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_GENERATORS):
            checksum ^= generator if top >> position & 1 else 0
    return checksum
