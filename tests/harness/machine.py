"""A machine as its firmware is: a key of its own, and HTTP that it signs.

machine = Machine.paired(server.url, shop.api, shop.machine["id"])
machine.get("/config")
machine.post("/cash-out", {"txid": …}, expect=201)
"""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import httpx
from coincurve import PrivateKey

from .http import Api, UnexpectedStatus
from .signing import event_of, header_of, public_hex

BASE = "/satmachineadmin/api/v1/machine"
DCA = "/satmachineadmin/api/v1/dca"


class Machine:
    """Paths are below the machine interface and may have a query; answers are parsed JSON."""

    def __init__(self, base_url: str, key: PrivateKey | None = None, *, timeout: float = 60) -> None:
        self.key = key or PrivateKey()
        self.base_url = base_url.rstrip("/")
        #: how far its clock is off
        self.skew_seconds = 0
        self._client = httpx.Client(base_url=self.base_url, timeout=timeout, trust_env=False)

    @classmethod
    def paired(cls, base_url: str, operator: Api, machine_id: str, key: PrivateKey | None = None) -> Machine:
        """A machine with a key of its own, which its operator has paired."""
        machine = cls(base_url, key)
        machine.pair(operator.post(f"{DCA}/machines/{machine_id}/pairing")["code"])
        return machine

    @property
    def key_hex(self) -> str:
        return public_hex(self.key)

    def pair(self, code: str) -> Any:
        """Redeem a pairing code; the machine's configuration."""
        return self.post("/pair", {"code": code}, expect=201)

    def get(self, path: str, *, expect: int | None = None) -> Any:
        return self._answer(self._patiently("GET", path, None, expect), expect)

    def post(self, path: str, body: object, *, expect: int | None = None) -> Any:
        return self._answer(self._patiently("POST", path, body, expect), expect)

    def _patiently(self, method: str, path: str, body: object, expect: int | None) -> httpx.Response:
        """As firmware does: told to wait, it waits and asks again; unless that is what is tried."""
        response = self.raw(method, path, body)
        while response.status_code == 429 and expect != 429:
            time.sleep(float(response.headers["Retry-After"]))
            response = self.raw(method, path, body)
        return response

    def raw(self, method: str, path: str, body: object = None, /, **event: Any) -> httpx.Response:
        """The response itself, whatever its status; `event` is what the signed event says otherwise."""
        content = None if body is None else json.dumps(body).encode()
        return self.send(method, path, content, self.header(method, path, content, **event))

    def header(self, method: str, path: str, content: bytes | None = None, /, **event: Any) -> str:
        """The Authorization of one request: new each time, also within a second."""
        asked = {
            "address": f"{self.base_url}{BASE}{path}",
            "method": method,
            "body": content,
            "created_at": int(time.time()) + self.skew_seconds,
            "further": [["nonce", uuid4().hex]],
            **event,
        }
        return header_of(event_of(self.key, **asked))

    def send(self, method: str, path: str, content: bytes | None, authorization: str) -> httpx.Response:
        """A request with whatever header, perhaps for the second time."""
        headers = {"Authorization": authorization}
        if content is not None:
            headers["Content-Type"] = "application/json"
        return self._client.request(method, f"{BASE}{path}", content=content, headers=headers)

    def close(self) -> None:
        self._client.close()

    @staticmethod
    def _answer(response: httpx.Response, expect: int | None) -> Any:
        fits = response.is_success if expect is None else response.status_code == expect
        if not fits:
            raise UnexpectedStatus(response)
        return response.json()
