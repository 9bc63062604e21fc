"""A machine's own Nostr key, and the signature under each of its requests (NIP-98).

What can go wrong: the key is read by somebody else (its file is made for its owner alone, and one that
others can read is refused), or made twice (the file is created once, never written over). Two requests of
one second must not be the same event, because an event serves once: each carries a `nonce` tag.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from bech32 import bech32_encode, convertbits
from coincurve import PrivateKey

KIND = 27235
#: The server reads no more of the header than this.
MOST_HEADER_CHARACTERS = 2048


class KeyNotUsable(ValueError):
    """The key's file is not what this program wrote, or others can read it."""


def signed_event(
    key: PrivateKey, *, address: str, method: str, body: bytes | None, created_at: int, nonce: str
) -> dict[str, object]:
    """The NIP-98 event of one request: NIP-01's id over its fields, signed by BIP-340."""
    tags = [["u", address], ["method", method.upper()]]
    if body is not None:
        tags.append(["payload", hashlib.sha256(body).hexdigest()])
    tags.append(["nonce", nonce])
    pubkey = _x_only(key).hex()
    fields = [0, pubkey, created_at, KIND, tags, ""]
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    event_id = hashlib.sha256(text.encode()).digest()
    return {
        "id": event_id.hex(),
        "pubkey": pubkey,
        "created_at": created_at,
        "kind": KIND,
        "tags": tags,
        "content": "",
        "sig": key.sign_schnorr(event_id, secrets.token_bytes(32)).hex(),
    }


@dataclass(frozen=True, kw_only=True)
class MachineKey:
    """A machine's key. It never leaves the machine, and no text of it is ever printed."""

    private: PrivateKey = field(repr=False)

    @classmethod
    def new(cls) -> MachineKey:
        """A key of its own for a test, or for a machine without a memory."""
        return cls(private=PrivateKey())

    @classmethod
    def kept_in(cls, path: Path) -> MachineKey:
        """The key of this file; it is made at the first call. Raises KeyNotUsable."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, PrivateKey().secret.hex())
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyNotUsable(f"{path} can be read by others; `chmod 600` it, and pair the machine anew.")
        text = path.read_text(encoding="ascii").strip()
        try:
            return cls(private=PrivateKey(bytes.fromhex(text)))
        except ValueError:
            raise KeyNotUsable(f"{path} is not the key of a machine.") from None

    @property
    def public_hex(self) -> str:
        """The public key as events carry it."""
        return _x_only(self.private).hex()

    @property
    def npub(self) -> str:
        """The public key as people read it (NIP-19)."""
        data = convertbits(bytes.fromhex(self.public_hex), 8, 5)
        if data is None:
            raise RuntimeError("a public key is 32 bytes, whatever the key")
        return bech32_encode("npub", data)

    def authorization(self, method: str, address: str, body: bytes | None, created_at: int) -> str:
        """The Authorization header of one request, for this one attempt only."""
        event = signed_event(
            self.private,
            address=address,
            method=method,
            body=body,
            created_at=created_at,
            nonce=secrets.token_hex(8),
        )
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        header = "Nostr " + base64.b64encode(text.encode()).decode("ascii")
        if len(header) > MOST_HEADER_CHARACTERS:
            raise ValueError("the address is too long to be signed")
        return header


def _x_only(key: PrivateKey) -> bytes:
    return bytes(key.public_key.format(compressed=True)[1:])


def _write_once(path: Path, text: str) -> None:
    """Creates the file for its owner alone. One that another process made in between stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
