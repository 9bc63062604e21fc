"""Answers that only the caller's own key opens.

An answer may hold what nobody should find in a stolen copy of the database: a refund's link, say. The
database knows a key by its digest alone, so it holds no answer that it could read.
"""

from __future__ import annotations

import base64
import hashlib

from Cryptodome.Cipher import AES
from Cryptodome.Cipher._mode_gcm import GcmMode
from Cryptodome.Random import get_random_bytes

_NONCE_BYTES = 12
_TAG_BYTES = 16


def seal(key: str, act_id: str, text: bytes) -> str:
    """AES-GCM under the key, bound to its act."""
    cipher = _cipher(key, act_id, None)
    sealed, tag = cipher.encrypt_and_digest(text)
    return base64.b64encode(bytes(cipher.nonce) + tag + sealed).decode()


def unseal(key: str, act_id: str, stored: str) -> bytes:
    """What was sealed; raises ValueError for anything else."""
    raw = base64.b64decode(stored)
    nonce, tag = raw[:_NONCE_BYTES], raw[_NONCE_BYTES : _NONCE_BYTES + _TAG_BYTES]
    cipher = _cipher(key, act_id, nonce)
    return bytes(cipher.decrypt_and_verify(raw[_NONCE_BYTES + _TAG_BYTES :], tag))


def _cipher(key: str, act_id: str, nonce: bytes | None) -> GcmMode:
    secret = hashlib.sha256(b"answer\0" + act_id.encode() + key.encode()).digest()
    return AES.new(secret, AES.MODE_GCM, nonce=nonce or get_random_bytes(_NONCE_BYTES))
