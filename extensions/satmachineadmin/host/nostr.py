"""Signatures of Nostr events (BIP-340 over NIP-01's id), by the library that LNbits ships."""

from __future__ import annotations

from nostr_sdk import Event, InternalError, NostrSdkError

from ..core.signed_request import SignedEvent


def is_genuine(event: SignedEvent) -> bool:
    """Whether the event's id is its own and its signature its signer's; a tenth of a millisecond."""
    try:
        return bool(Event.from_json(event.as_json()).verify())
    except (NostrSdkError, InternalError):  # the second is a panic of its Rust
        return False
