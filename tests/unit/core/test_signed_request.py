"""What a signed request says is read strictly: one spelling, one meaning, and everything else is refused."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from coincurve import PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from satmachineadmin.core.errors import ClockSkew, NotSigned
from satmachineadmin.core.signed_request import (
    MOST_HEADER_CHARACTERS,
    MOST_SKEW_SECONDS,
    SignedEvent,
    check_asked,
    check_clock,
    check_payload,
    read_event,
)
from satmachineadmin.host.nostr import is_genuine
from tests.harness import REPOSITORY
from tests.harness.signing import event_of, header_of, public_hex

KEY = PrivateKey(b"\x11" * 32)
NOW = 1_795_960_987
ADDRESS = "https://bank.example/satmachineadmin/api/v1/machine/cash-out?x=1"
BODY = b'{"txid": "20261129-000017"}'
EVENT = event_of(KEY, address=ADDRESS, method="POST", body=BODY, created_at=NOW)


def why_refused(event: SignedEvent, *, address: str, method: str, body: bytes) -> str | None:
    """The reason that the signer is told; None where everything is in order."""
    try:
        check_asked(event, address=address, method=method)
        check_payload(event, body)
    except NotSigned as refusal:
        return str(refusal.fields["reason"])
    return None if is_genuine(event) else "the id or the signature is not the event's"


def vectors() -> list[dict[str, Any]]:
    """Those of the reference."""
    page = (REPOSITORY / "docs/reference/machine-interface.md").read_text()
    block = page.split("### Test vectors", 1)[1].split("```json\n", 1)[1].split("```", 1)[0]
    found: list[dict[str, Any]] = json.loads(block)
    return found


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_the_vectors_of_the_reference_are_judged_as_it_says(vector: dict[str, Any]) -> None:
    event = read_event([vector["header"]])

    assert event.pubkey == public_hex(KEY)
    refused = why_refused(
        event,
        address=vector["address"],
        method=vector["method"],
        body=(vector["body"] or "").encode(),
    )
    assert refused == vector.get("refused")


@pytest.mark.parametrize("vector", [one for one in vectors() if "event" in one], ids=lambda one: one["name"])
def test_the_vectors_of_the_reference_can_be_made_again(vector: dict[str, Any]) -> None:
    body = None if vector["body"] is None else vector["body"].encode()
    signed = event_of(
        KEY,
        address=vector["address"],
        method=vector["method"],
        body=body,
        created_at=NOW,
        further=[tag for tag in vector["event"]["tags"] if tag[0] == "nonce"],
    )

    assert signed == vector["event"]
    assert header_of(signed) == vector["header"]


def test_the_signatures_of_these_tests_are_those_of_bip_340() -> None:
    """Its first vector."""
    signature = PrivateKey.from_int(3).sign_schnorr(bytes(32), bytes(32)).hex().upper()

    assert signature == (
        "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA8215"
        "25F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0"
    )


def test_a_sound_event_is_read_as_it_was_written() -> None:
    event = read_event([header_of(EVENT)])

    assert json.loads(event.as_json()) == EVENT
    assert why_refused(event, address=ADDRESS, method="POST", body=BODY) is None


@pytest.mark.parametrize("scheme", ["nostr", "NOSTR"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    assert read_event([header_of(EVENT).replace("Nostr", scheme)]).id == EVENT["id"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"address": ADDRESS + "&y=2"}, "the tag u is not "),
        ({"address": ADDRESS.replace("https", "http")}, "the tag u is not "),
        ({"method": "PUT"}, "the tag method is not PUT"),
        ({"body": BODY + b" "}, "the tag payload is not "),
        ({"body": b""}, "the tag payload is not "),
    ],
)
def test_an_event_is_of_use_for_its_own_request_alone(asked: dict[str, Any], reason: str) -> None:
    event = read_event([header_of(EVENT)])

    refused = why_refused(event, **{"address": ADDRESS, "method": "POST", "body": BODY, **asked})

    assert refused is not None
    assert refused.startswith(reason)


def test_where_there_is_no_body_a_payload_may_be_left_out_or_be_of_nothing() -> None:
    for body in (None, b""):
        event = read_event([header_of({**event_of(KEY, address="u", method="GET", body=body, created_at=1)})])
        assert why_refused(event, address="u", method="GET", body=b"") is None


#: what is written instead of a sound event: the JSON text, or what becomes of the fields
WRONG: dict[str, Any] = {
    "another kind": {"kind": 1},
    "the kind as a text": {"kind": "27235"},
    "true for a kind": {"kind": True},
    "a content": {"content": "hello"},
    "an upper-case id": {"id": str(EVENT["id"]).upper()},
    "a short id": {"id": str(EVENT["id"])[:-1]},
    "a key with a prefix": {"pubkey": "02" + str(EVENT["pubkey"])},
    "a short signature": {"sig": str(EVENT["sig"])[:-2]},
    "no number": {"created_at": "now"},
    "a fraction of a second": {"created_at": 1.5},
    "before 1970": {"created_at": -1},
    "the end of time": {"created_at": 2**64},
    "true for a time": {"created_at": True},
    "no tags": {"tags": None},
    "tags in an object": {"tags": {}},
    "an empty tag": {"tags": [[]]},
    "a tag that is no list": {"tags": ["u"]},
    "a number in a tag": {"tags": [["u", 1]]},
    "half a letter in a tag": {"tags": [["x", "\ud800"]]},
    "an address without a value": {"tags": [["u"]]},
    "two addresses": {"tags": [["u", ADDRESS], ["u", ADDRESS]]},
    "an address with two values": {"tags": [["u", ADDRESS, "x"]]},
    "two methods": {"tags": [["method", "POST"], ["method", "GET"]]},
    "two payloads": {"tags": [["payload", "a"], ["payload", "b"]]},
    "one field more": {"relays": []},
}


@pytest.mark.parametrize("what", WRONG)
def test_an_event_of_another_form_is_none(what: str) -> None:
    text = json.dumps({**EVENT, **WRONG[what]})

    with pytest.raises(NotSigned):
        read_event([_header(text.encode())])


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b"[" * 1500,
        b'{"a":' * 300,
        json.dumps(EVENT).replace('"kind": 27235', '"kind": 1, "kind": 27235').encode(),
        json.dumps(EVENT).replace('"kind": 27235', '"kind": 27235.0').encode(),
        json.dumps(EVENT).replace('"created_at": 1795960987', '"created_at": NaN').encode(),
        json.dumps(EVENT).replace('"created_at": 1795960987', '"created_at": ' + "9" * 1000).encode(),
        json.dumps(EVENT).encode() + b" {}",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_no_event_is_none(written: bytes) -> None:
    with pytest.raises(NotSigned):
        read_event([_header(written)])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [""],
        ["Nostr"],
        ["Nostr "],
        ["Bearer abc"],
        [header_of(EVENT)] * 2,
        [header_of(EVENT) + " "],
        [header_of(EVENT).replace("Nostr ", "Nostr  ")],
        [header_of(EVENT) + "="],
        ["Nostr " + "A" * MOST_HEADER_CHARACTERS],
        ["Nostr ünïcode"],
    ],
    ids=lambda headers: repr(headers)[:40],
)
def test_a_header_of_another_form_is_none(headers: list[str]) -> None:
    with pytest.raises(NotSigned):
        read_event(headers)


def test_a_header_has_one_spelling() -> None:
    """The spare bits of base64 would let the same bytes be written in several ways."""
    spare = _header(json.dumps({**EVENT, "tags": [["n", "x"]]}).encode() + b" " * 2)
    assert spare.endswith("=")
    letters = spare.rstrip("=")
    padding = spare[len(letters) :]

    with pytest.raises(NotSigned):
        read_event([letters[:-1] + chr(ord(letters[-1]) + 1) + padding])


@pytest.mark.parametrize("skew", [-MOST_SKEW_SECONDS, 0, MOST_SKEW_SECONDS])
def test_a_clock_may_be_a_minute_off(skew: int) -> None:
    check_clock(read_event([header_of(EVENT)]), NOW + skew)


@pytest.mark.parametrize("skew", [-MOST_SKEW_SECONDS - 1, MOST_SKEW_SECONDS + 1, 86_400])
def test_a_clock_that_is_further_off_is_told_the_time(skew: int) -> None:
    with pytest.raises(ClockSkew) as refused:
        check_clock(read_event([header_of(EVENT)]), NOW + skew)

    assert refused.value.fields == {"server_time": NOW + skew}


@given(st.one_of(st.text(max_size=200), st.binary(max_size=300).map(lambda data: _header(data))))
def test_whatever_is_sent_is_an_event_or_refused(header: str) -> None:
    with pytest.raises(NotSigned):
        read_event([header])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300)
@given(field=st.sampled_from([*EVENT, "other"]), value=_JSON)
def test_a_field_with_whatever_value_is_used_for_what_it_says_or_refused(field: str, value: Any) -> None:
    """No value of any field makes it past the checks but the one that was signed."""
    changed = {**EVENT, field: value}
    try:
        event = read_event([_header(json.dumps(changed).encode())])
    except NotSigned:
        return
    is_same = changed == EVENT
    assert (why_refused(event, address=ADDRESS, method="POST", body=BODY) is None) is is_same


@given(place=st.integers(0, len(header_of(EVENT)) - 1), letter=st.sampled_from("AZaz09+/= {\n"))
def test_a_header_with_another_letter_is_refused(place: int, letter: str) -> None:
    sent = header_of(EVENT)
    changed = sent[:place] + letter + sent[place + 1 :]
    if changed.lower()[:6] == sent.lower()[:6] and changed[6:] == sent[6:]:
        return
    try:
        event = read_event([changed])
    except NotSigned:
        return
    assert why_refused(event, address=ADDRESS, method="POST", body=BODY) is not None


@settings(max_examples=50)
@given(text=st.text(max_size=40), secret=st.integers(1, 2**255))
def test_what_nip_01_signs_is_genuine_whatever_the_tags_say(text: str, secret: int) -> None:
    """Two programs that know nothing of each other agree on the id of an event."""
    if any(letter < " " or letter == "\x7f" for letter in text):
        return
    signed = event_of(
        PrivateKey.from_int(secret),
        address=text,
        method="GET",
        body=None,
        created_at=NOW,
        further=[["n", text]],
    )
    header = header_of(signed)
    if len(header) > MOST_HEADER_CHARACTERS:
        return

    event = read_event([header])

    assert is_genuine(event)
    assert event.said("u") == text


def test_a_signature_of_another_key_is_not_genuine() -> None:
    other = event_of(PrivateKey(b"\x22" * 32), address=ADDRESS, method="POST", body=BODY, created_at=NOW)

    assert not is_genuine(read_event([header_of({**EVENT, "sig": other["sig"]})]))
    assert not is_genuine(read_event([header_of({**EVENT, "pubkey": other["pubkey"]})]))
    assert not is_genuine(read_event([header_of({**EVENT, "id": hashlib.sha256(b"x").hexdigest()})]))
    assert not is_genuine(read_event([header_of({**EVENT, "pubkey": "ff" * 32})]))


def _header(written: bytes) -> str:
    return "Nostr " + base64.b64encode(written).decode()
