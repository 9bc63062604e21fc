"""Nostr keys as text: hex and npub are the same key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.npub import key_hex, npub_of

# The example of NIP-19.
HEX = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
NPUB = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"


@pytest.mark.parametrize("text", [HEX, HEX.upper(), NPUB, NPUB.upper(), f" {NPUB}\n"])
def test_hex_and_npub_of_a_key_are_the_same(text: str) -> None:
    assert key_hex(text) == HEX


@pytest.mark.parametrize(
    "text",
    ["", "npub1", HEX[:-1], HEX + "0", NPUB[:-1] + "q", NPUB[:-1], NPUB[:9] + "b" + NPUB[10:],
     NPUB.replace("npub", "nsec"), NPUB[:30] + NPUB[30:].upper(), "npub1" + "q" * 58,
     # a valid checksum over padding that is not zero
     "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8pl6x5k6"],
)  # fmt: skip
def test_what_is_no_key_is_none(text: str) -> None:
    assert key_hex(text) is None


def test_a_key_is_written_as_nip_19_writes_it() -> None:
    assert npub_of(HEX) == NPUB


@given(st.binary(min_size=32, max_size=32))
def test_a_key_that_was_written_is_read_again(key: bytes) -> None:
    assert key_hex(npub_of(key.hex())) == key.hex()
