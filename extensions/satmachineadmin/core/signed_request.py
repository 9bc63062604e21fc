"""What a signed request has to say (NIP-98): a Nostr event in its `Authorization` header, read strictly.

What can go wrong: an event made for another address, method or body is taken for this one, or two readers
of the same bytes see two events. So the event has exactly the fields of NIP-01, each of its one type and
form, named once; whatever else a header brings is refused, before anything is computed or looked up.
Whether id and signature are genuine is host/nostr.py's to say.

The checks stand in the order in which a request goes through them, the cheapest first.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from .errors import ClockSkew, NotSigned

#: NIP-98's kind of event.
KIND = 27235
#: How far the signer's clock may be off, either way.
MOST_SKEW_SECONDS = 60
#: More of a header is not read.
MOST_HEADER_CHARACTERS = 2048

#: So much of an address is told to whoever signed another one.
_MOST_TOLD = 300
_SCHEME = "nostr "
_FIELDS = frozenset({"id", "pubkey", "created_at", "kind", "tags", "content", "sig"})
_HEX_32 = re.compile(r"[0-9a-f]{64}")
_HEX_64 = re.compile(r"[0-9a-f]{128}")
#: The tags that say what is asked for, each at most once.
_SAYING = ("u", "method", "payload")
#: Past this no clock is meant, and no library's integer ends.
_END_OF_TIME = 2**53


@dataclass(frozen=True, kw_only=True)
class SignedEvent:
    """An event as its fields say; nothing of it is proved."""

    id: str
    #: the signer, lower-case hex
    pubkey: str
    created_at: int
    tags: tuple[tuple[str, ...], ...]
    sig: str

    def said(self, name: str) -> str | None:
        """The value of a tag; None where there is none."""
        return next((tag[1] for tag in self.tags if tag[0] == name and len(tag) > 1), None)

    def as_json(self) -> str:
        """The event as NIP-01 writes it, made of what was read and of nothing else."""
        fields = {
            "id": self.id,
            "pubkey": self.pubkey,
            "created_at": self.created_at,
            "kind": KIND,
            "tags": [list(tag) for tag in self.tags],
            "content": "",
            "sig": self.sig,
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_event(headers: Sequence[str]) -> SignedEvent:
    """The event of a request's `Authorization` headers. Raises NotSigned."""
    if len(headers) != 1:
        _refuse("send one Authorization header" if headers else "there is no Authorization header")
    header = headers[0]
    if len(header) > MOST_HEADER_CHARACTERS:
        _refuse(f"the Authorization header is longer than {MOST_HEADER_CHARACTERS} characters")
    if header[: len(_SCHEME)].lower() != _SCHEME:
        _refuse("the Authorization header does not begin with Nostr")
    return _event_of(_json_of(header[len(_SCHEME) :]))


def check_asked(event: SignedEvent, *, address: str, method: str) -> None:
    """The event asks for this and nothing else. Raises NotSigned."""
    if event.said("u") != address:
        _refuse(f"the tag u is not {address[:_MOST_TOLD]}")
    if event.said("method") != method:
        _refuse(f"the tag method is not {method}")


def check_payload(event: SignedEvent, body: bytes) -> None:
    """The event is about this very body. Raises NotSigned."""
    payload = event.said("payload")
    if payload is None and not body:
        return
    if payload != hashlib.sha256(body).hexdigest():
        _refuse("the tag payload is not the SHA-256 of the body in lower-case hex")


def check_clock(event: SignedEvent, now: int) -> None:
    """The event was made just now. Raises ClockSkew, which only the signer should hear."""
    if abs(event.created_at - now) > MOST_SKEW_SECONDS:
        raise ClockSkew(server_time=now)


def _json_of(encoded: str) -> Any:
    """What the base64 holds: one spelling of it and no other, so that a header means one thing."""
    try:
        written = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        _refuse("what follows Nostr is no base64")
    if base64.b64encode(written).decode() != encoded:
        _refuse("what follows Nostr is no base64 as RFC 4648 writes it")
    try:
        return json.loads(
            written.decode(), object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        _refuse("the event is no JSON that can be read")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different; another reader might take the other value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no integer")


def _event_of(value: Any) -> SignedEvent:
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        _refuse("the event does not have the fields of NIP-01 and no others")
    if type(value["kind"]) is not int or value["kind"] != KIND:
        _refuse(f"the kind is not {KIND}")
    if value["content"] != "":
        _refuse("the content is not empty")
    created_at = value["created_at"]
    if type(created_at) is not int or not 0 <= created_at < _END_OF_TIME:
        _refuse("created_at is no time in seconds")
    return SignedEvent(
        id=_hex("id", value["id"], _HEX_32),
        pubkey=_hex("pubkey", value["pubkey"], _HEX_32),
        created_at=created_at,
        tags=_tags_of(value["tags"]),
        sig=_hex("sig", value["sig"], _HEX_64),
    )


def _hex(name: str, value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        _refuse(f"{name} is not in lower-case hex of its length")
    return value


def _tags_of(value: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list):
        _refuse("tags are no list")
    for tag in value:
        if not isinstance(tag, list) or not tag or not all(_is_text(part) for part in tag):
            _refuse("a tag is no list of texts")
    tags = tuple(tuple(tag) for tag in value)
    for name in _SAYING:
        found = [tag for tag in tags if tag[0] == name]
        if len(found) > 1 or any(len(tag) != 2 for tag in found):
            _refuse(f"the tag {name} is not given once, with one value")
    return tags


def _is_text(part: object) -> bool:
    """A text that UTF-8 can write: JSON's escapes can also name halves of letters."""
    return isinstance(part, str) and not any("\ud800" <= letter <= "\udfff" for letter in part)


def _refuse(reason: str) -> NoReturn:
    raise NotSigned(reason=reason)
