"""A paired machine at the gate: no server, and a clock to turn."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from coincurve import PrivateKey

from satmachineadmin.core.pairing import new_code
from satmachineadmin.core.signed_request import SignedEvent
from satmachineadmin.host.nostr import is_genuine
from satmachineadmin.usecases import pairing, signing
from satmachineadmin.usecases.signing import Asked, Gate, Signed
from tests.harness.signing import event_of, header_of, public_hex

from .rig import OPERATOR, Rig

BASE = "https://bank.example/satmachineadmin/api/v1/machine"
_nonces = itertools.count()


@dataclass
class AtTheGate:
    """A machine that signs, and a gate that its requests go through."""

    rig: Rig
    gate: Gate
    key: PrivateKey
    #: how often a signature was looked at
    checked: list[SignedEvent] = field(default_factory=list)
    #: how far the machine's clock is off
    skew_seconds: int = 0

    @classmethod
    def of(cls, rig: Rig, key: PrivateKey | None = None) -> AtTheGate:
        checked: list[SignedEvent] = []

        def check(event: SignedEvent) -> bool:
            checked.append(event)
            return is_genuine(event)

        gate = Gate(rig.store, lambda: int(rig.clock.now().timestamp()), check)
        return cls(rig=rig, gate=gate, key=key or PrivateKey(), checked=checked)

    async def pair(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Bind the key to the rig's machine; nobody logs in with it."""
        monkeypatch.setattr(pairing.accounts, "is_login", _nobodys)
        code = new_code()
        await pairing.open_pairing(self.rig.store, OPERATOR, self.rig.machine_id, code)
        await pairing.redeem_code(self.rig.store, code, public_hex(self.key))
        self.gate.forget_keys()

    def asked(
        self,
        path: str = "/config",
        method: str = "GET",
        body: object = None,
        *,
        headers: Sequence[str] | None = None,
        client: str = "1.2.3.4",
        key: PrivateKey | None = None,
        **event: Any,
    ) -> Asked:
        """A request as it arrives; `event` is what the signed event says otherwise."""
        content = b"" if body is None else json.dumps(body).encode()
        said = {
            "address": BASE + path,
            "method": method,
            "body": content or None,
            "created_at": int(self.rig.clock.now().timestamp()) + self.skew_seconds,
            "further": [["nonce", str(next(_nonces))]],
            **event,
        }
        signed = headers or [header_of(event_of(key or self.key, **said))]

        async def read() -> bytes:
            return content

        return Asked(headers=signed, address=BASE + path, method=method, body=read, client=client)

    async def ask(self, **asked: Any) -> Signed:
        return await self.gate.admit(self.asked(**asked))


async def _nobodys(_npub: str) -> bool:
    return False


class Ticking:
    """The clock of the gate's limits, in milliseconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ms = 1_000_000
        monkeypatch.setattr(signing, "_now_ms", lambda: self.now_ms)

    def advance(self, seconds: int) -> None:
        self.now_ms += seconds * 1000


class Untouched:
    """A store that must not be asked for anything."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        raise AssertionError("the database was read")
        yield

    @asynccontextmanager
    async def transaction(self, place: str, actor: str = "engine") -> AsyncIterator[Any]:
        raise AssertionError("the database was written to")
        yield
