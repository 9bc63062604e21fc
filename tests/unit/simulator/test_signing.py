"""A machine's key and its signatures, checked by another library than the one that signs."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import nostr_sdk
import pytest
from coincurve import PrivateKey

from simulator.signing import MOST_HEADER_CHARACTERS, KeyNotUsable, MachineKey, signed_event

DOCS = Path(__file__).parents[3] / "docs" / "reference"

ADDRESS = "https://lnbits.example/satmachineadmin/api/v1/machine/transactions/7f3a?wait=25&known=invoiced"
NOW = 1_795_960_987


def event_of(header: str) -> dict[str, Any]:
    scheme, _, encoded = header.partition(" ")
    assert scheme == "Nostr"
    event: dict[str, Any] = json.loads(base64.b64decode(encoded))
    return event


def test_a_signed_request_is_what_nip_98_asks_for() -> None:
    key, body = MachineKey.new(), b'{"fiat_amount":"200.00"}'
    event = event_of(key.authorization("post", ADDRESS, body, NOW))
    assert nostr_sdk.Event.from_json(json.dumps(event)).verify()
    tags = {tag[0]: tag[1] for tag in event["tags"]}
    assert (event["kind"], event["content"], event["created_at"]) == (27235, "", NOW)
    assert event["pubkey"] == key.public_hex
    assert (tags["u"], tags["method"]) == (ADDRESS, "POST")
    assert tags["payload"] == hashlib.sha256(body).hexdigest()


def test_the_published_vectors_are_signed_alike() -> None:
    """Same key, second, body and nonce: the same event, to the last byte of what is signed."""
    text = (DOCS / "machine-interface.md").read_text(encoding="utf-8")
    vectors = json.loads(text.split("### Test vectors")[1].split("```json")[1].split("```")[0])
    (vector,) = [one for one in vectors if "event" in one and one["body"]]
    wanted = vector["event"]
    nonce = dict(wanted["tags"])["nonce"]
    event = signed_event(
        PrivateKey(b"\x11" * 32),
        address=vector["address"],
        method=vector["method"],
        body=vector["body"].encode(),
        created_at=wanted["created_at"],
        nonce=nonce,
    )
    assert {**event, "sig": wanted["sig"]} == wanted
    assert nostr_sdk.Event.from_json(json.dumps(event)).verify()


def test_a_request_without_a_body_has_no_payload() -> None:
    event = event_of(MachineKey.new().authorization("GET", ADDRESS, None, NOW))
    assert "payload" not in {tag[0] for tag in event["tags"]}


def test_the_same_request_in_the_same_second_is_another_event() -> None:
    key = MachineKey.new()
    ids = {event_of(key.authorization("GET", ADDRESS, None, NOW))["id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_changed_event_does_not_verify() -> None:
    """The check of these tests can fail."""
    event = event_of(MachineKey.new().authorization("GET", ADDRESS, None, NOW))
    event["created_at"] += 1
    assert not nostr_sdk.Event.from_json(json.dumps(event)).verify()


def test_the_npub_is_that_of_the_key() -> None:
    key = MachineKey.new()
    assert nostr_sdk.PublicKey.parse(key.npub).to_hex() == key.public_hex


def test_a_header_is_never_longer_than_the_server_reads() -> None:
    key = MachineKey.new()
    assert len(key.authorization("POST", ADDRESS, b"x" * 9000, NOW)) < MOST_HEADER_CHARACTERS
    with pytest.raises(ValueError, match="too long"):
        key.authorization("GET", ADDRESS + "a" * 2000, None, NOW)


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "plaza" / "machine.key"
    key = MachineKey.kept_in(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MachineKey.kept_in(path).public_hex == key.public_hex


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "machine.key"
    MachineKey.kept_in(path)
    path.chmod(0o644)
    with pytest.raises(KeyNotUsable, match="read by others"):
        MachineKey.kept_in(path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "machine.key"
    path.write_text("not a key")
    path.chmod(0o600)
    with pytest.raises(KeyNotUsable, match="not the key"):
        MachineKey.kept_in(path)


def test_a_key_is_not_shown_where_it_is_printed() -> None:
    key = MachineKey.new()
    assert key.private.secret.hex() not in repr(key)
