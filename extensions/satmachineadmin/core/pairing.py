"""Pairing codes: a secret that an operator reads off a page and a machine redeems once, within an hour.

Of a code only a digest is kept. It has 100 bits from the system's source of randomness, written with
letters that nobody mixes up, so it can neither be guessed within its hour nor be read wrong.
"""

from __future__ import annotations

import hashlib
import secrets

from .states import Word

#: How long a code can be redeemed.
OPEN_SECONDS = 3600
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 20
_GROUP = 4
#: What people read for the letters that are left out (Crockford's base 32).
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


class PairingState(Word):
    """Where a pairing code stands. Closed: docs/reference/states.md."""

    OPEN = "open"
    #: a machine has redeemed it
    REDEEMED = "redeemed"
    #: the operator took it back, or made another one
    REPLACED = "replaced"
    #: nobody redeemed it within the hour
    EXPIRED = "expired"


def new_code() -> str:
    """A fresh code in groups of four: `7K3M-…`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def code_digest(typed: str) -> str | None:
    """The digest of a code however it was typed; None of what cannot be one."""
    letters = "".join(typed.split()).replace("-", "").upper().translate(_READ_AS)
    if len(letters) != _LENGTH or not set(letters) <= set(_LETTERS):
        return None
    return hashlib.sha256(letters.encode()).hexdigest()
