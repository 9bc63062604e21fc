"""A machine's signature, from BIP-340 and NIP-01 alone: not by the library that the server checks with."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from coincurve import PrivateKey

#: NIP-98
KIND = 27235


def public_hex(key: PrivateKey) -> str:
    """The x coordinate of the public key, which is the name of a Nostr key."""
    return key.public_key.format()[1:].hex()


def sign(key: PrivateKey, event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its id and signature. The auxiliary randomness is zero: the same each time."""
    fields = [0, event["pubkey"], event["created_at"], event["kind"], event["tags"], event["content"]]
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    event_id = hashlib.sha256(text.encode()).digest()
    return {"id": event_id.hex(), **event, "sig": key.sign_schnorr(event_id, bytes(32)).hex()}


def event_of(
    key: PrivateKey,
    *,
    address: str,
    method: str,
    body: bytes | None,
    created_at: int,
    further: Sequence[Sequence[str]] = (),
    **other: Any,
) -> dict[str, Any]:
    """The event of one request; `further` are tags, `other` are fields that are to say something else."""
    tags = [["u", address], ["method", method]]
    if body is not None:
        tags.append(["payload", hashlib.sha256(body).hexdigest()])
    event = {
        "pubkey": public_hex(key),
        "created_at": created_at,
        "kind": KIND,
        "tags": [*tags, *map(list, further)],
        "content": "",
        **other,
    }
    return sign(key, event)


def header_of(event: Mapping[str, Any]) -> str:
    """What stands in the Authorization header."""
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    return "Nostr " + base64.b64encode(text.encode()).decode()
