"""Requests of a hostile machine, signed beforehand: each is to be refused, and none may cost much."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from coincurve import PrivateKey

from .machine import BASE, Machine
from .signing import event_of, header_of

CASH_OUT = json.dumps(
    {"txid": "hostile-0001", "version": 1, "fiat_amount": "200.00", "exchange_rate": "5"}
).encode()


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One request as it goes out."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes | None = None


def attacks(machine: Machine, victim: str) -> list[Attack]:
    """What `machine`, paired and gone bad, sends: nothing of it is let in.

    `victim` is the key of another machine. What is signed well is a day old, so that it is refused whenever
    it is sent.
    """
    stranger, now = PrivateKey(), int(time.time())
    address = f"{machine.base_url}{BASE}/cash-out"

    def signed(key: PrivateKey, **other: object) -> str:
        asked = {"address": address, "method": "POST", "body": CASH_OUT, "created_at": now, **other}
        return header_of(event_of(key, **asked))  # type: ignore[arg-type]

    forged = event_of(stranger, address=address, method="POST", body=CASH_OUT, created_at=now)
    headers = {
        "no signature": "",
        "no event": "Nostr " + base64.b64encode(b"hello").decode(),
        "an event without end": "Nostr " + "A" * 20_000,
        "a bracket without end": "Nostr " + base64.b64encode(b"[" * 1500).decode(),
        "a stranger's key": signed(stranger),
        "another machine's key, with a stranger's signature": header_of({**forged, "pubkey": victim}),
        "its own key, with a stranger's signature": header_of({**forged, "pubkey": machine.key_hex}),
        "another address": signed(machine.key, address=f"{address}/"),
        "another method": signed(machine.key, method="GET"),
        "another body": signed(machine.key, body=b"{}"),
        "another kind": signed(machine.key, kind=1),
        "yesterday": signed(machine.key, created_at=now - 86_400),
        "tomorrow": signed(machine.key, created_at=now + 86_400),
    }
    return [
        Attack(
            name=name,
            method="POST",
            path=f"{BASE}/cash-out",
            headers={"Authorization": header, "Content-Type": "application/json"},
            content=CASH_OUT,
        )
        for name, header in headers.items()
    ]
