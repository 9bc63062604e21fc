"""The events of docs/reference/machine-interface.md, made again by the firmware that knows only that page."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from coincurve import PrivateKey, PublicKeyXOnly

from tests.firmware.line import header, sign

PAGE = Path(__file__).parents[3] / "docs/reference/machine-interface.md"


def section() -> str:
    return PAGE.read_text().partition("### Test vectors\n")[2].partition("\n## ")[0]


def vectors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(section().partition("```json\n")[2].partition("```")[0])
    return found


def made(vector: dict[str, Any]) -> dict[str, Any]:
    """The event for the vector's request, by the key, the time and the randomness that the page names."""
    byte = re.search(r"secret key 32 bytes `0x([0-9a-f]{2})`", section())
    now = re.search(r"`created_at` (\d+)", section())
    assert byte and now and "32 zero bytes of auxiliary randomness" in section()
    tags = dict(vector.get("event", {}).get("tags", []))
    return sign(
        PrivateKey(bytes.fromhex(byte[1]) * 32),
        vector["method"],
        vector["address"],
        None if vector["body"] is None else vector["body"].encode(),
        now=int(now[1]),
        nonce=tags.get("nonce"),
        entropy=bytes(32),
    )


def sound() -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors() if "refused" not in vector]


def refused() -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors() if "refused" in vector]


def test_the_page_has_vectors_of_both_kinds() -> None:
    """With a body and without; an empty list would prove nothing below."""
    assert {vector.values[0]["body"] is None for vector in sound()} == {True, False}
    assert refused()


@pytest.mark.parametrize("vector", sound())
def test_the_firmware_makes_the_event_of_the_page(vector: dict[str, Any]) -> None:
    assert made(vector) == vector["event"]
    assert header(made(vector)) == vector["header"]


@pytest.mark.parametrize("vector", sound())
def test_a_signature_with_fresh_randomness_is_another_one_and_as_good(vector: dict[str, Any]) -> None:
    key = PrivateKey(b"\x11" * 32)
    event = sign(key, "GET", vector["address"], None, now=1, nonce=None)
    other = sign(key, "GET", vector["address"], None, now=1, nonce=None)
    assert event["id"] == other["id"]
    assert event["sig"] != other["sig"]
    for signed in (event, other):
        public = PublicKeyXOnly(bytes.fromhex(signed["pubkey"]))
        assert public.verify(bytes.fromhex(signed["sig"]), bytes.fromhex(signed["id"]))


@pytest.mark.parametrize("vector", refused())
def test_what_the_page_says_is_refused_is_nothing_that_the_firmware_would_send(
    vector: dict[str, Any],
) -> None:
    """It is the event of another request, or none that its key has signed."""
    sent = json.loads(base64.b64decode(vector["header"].removeprefix("Nostr ")))
    assert sent["id"] != made(vector)["id"] or sent["sig"] != made(vector)["sig"]


def test_two_requests_of_one_second_are_two_events_by_their_nonce() -> None:
    key = PrivateKey(b"\x11" * 32)
    ids = {sign(key, "GET", "https://bank.example/", None, now=1, nonce=nonce)["id"] for nonce in "ab"}
    assert len(ids) == 2
