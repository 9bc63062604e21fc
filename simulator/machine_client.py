"""The machine interface, as a paired machine speaks it: signed requests that are sent until answered.

What can go wrong, and what happens then: no answer (it is sent again, with a new signature, at growing
intervals; the interface makes repeating safe), too much to do (429, 503: no sooner than Retry-After says),
a clock that is off (it is corrected by the server's, once), an error of the server (500: as no answer).
A refusal is raised as MachineRefused with its code, and never repeated.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .answers import Config, Transaction, read_config, read_transaction
from .backoff import Backoff, asked_to_wait
from .client import HostUnreachable, Sleep
from .faults import Faults
from .signing import MachineKey

API = "/satmachineadmin/api/v1/machine"
#: How often one request is sent before the caller is told that nobody answers.
ATTEMPTS = 6
#: The longest wait that the server offers, and what an answer may take on top of it.
LONGEST_WAIT_SECONDS = 25
ANSWER_SECONDS = 15.0
#: A Retry-After is obeyed up to here; beyond it a person has to look anyway.
LONGEST_ASKED_SECONDS = 3600.0

Json = dict[str, Any]


class MachineRefused(Exception):
    """The server refused what the machine asked. `code` is stable, `fields` say more."""

    def __init__(self, status: int, code: str, detail: str, fields: Json) -> None:
        super().__init__(f"{code} ({status}): {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class SentRequest:
    """A request exactly as it went out, for a thief who listens and sends it again."""

    method: str
    address: str
    headers: dict[str, str]
    content: bytes | None


class MachineClient:
    """One machine with its key, in front of one LNbits. `clock` is in epoch seconds."""

    def __init__(
        self,
        base_url: str,
        key: MachineKey,
        *,
        faults: Faults | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        attempts: int = ATTEMPTS,
        pace: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.key = key
        self.faults = faults or Faults()
        #: what the own clock has to be corrected by, once the server has said so
        self.clock_offset = 0
        self.requests_sent = 0
        self.last_sent: SentRequest | None = None
        self._http = httpx.AsyncClient(
            transport=transport, timeout=LONGEST_WAIT_SECONDS + ANSWER_SECONDS, trust_env=False
        )
        self._sleep = sleep
        self._clock = clock
        self._attempts = attempts
        self._pace = pace

    async def aclose(self) -> None:
        """Closes the connections; `contextlib.aclosing` calls it."""
        await self._http.aclose()

    async def pair(self, code: str) -> Config:
        """Redeems a pairing code: from now on this machine is that of the operator."""
        return read_config(await self.post("/pair", {"code": code}))

    async def config(self) -> Config:
        """What the operator configured."""
        return read_config(await self.get("/config"))

    async def transaction(self, txid: str, *, known: str | None = None, wait_seconds: int = 0) -> Transaction:
        """A transaction; with `known` the answer waits until it is in another state, or for so long."""
        query = f"?wait={min(wait_seconds, LONGEST_WAIT_SECONDS)}&known={known}" if known else ""
        return read_transaction(await self.get(f"/transactions/{txid}{query}"))

    async def post_transaction(self, route: str, body: Json) -> Transaction:
        """Posts news of a transaction: route is cash-out, cash-in or dispense."""
        return read_transaction(await self.post(f"/{route}", body))

    async def heartbeat(self, report: Json) -> int:
        """Tells that the machine lives; gives the version of its configuration."""
        return int((await self.post("/heartbeat", report))["config_version"])

    async def get(self, path: str) -> Json:
        """One question, asked until it is answered."""
        return await self._until_answered("GET", path, None)

    async def post(self, path: str, body: Json) -> Json:
        """One post, sent until it is answered; twice if the machine has that fault."""
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        answer = await self._until_answered("POST", path, content)
        if self.faults.duplicates:
            return await self._until_answered("POST", path, content)
        return answer

    async def replay(self, request: SentRequest) -> httpx.Response:
        """Sends the very bytes of an earlier request again: what a thief on the line can do."""
        return await self._send(request)

    async def _until_answered(self, method: str, path: str, content: bytes | None) -> Json:
        address = f"{self.base_url}{API}{path}"
        waits = Backoff(first=0.5, factor=2, longest=60).waits()
        problem, was_corrected = "it was not asked", False
        for attempt in range(self._attempts):
            try:
                response = await self._once(method, address, content)
            except httpx.TransportError as error:
                problem, retry_after = str(error) or type(error).__name__, None
            else:
                if not was_corrected and self._correct_clock(response):
                    was_corrected = True
                    continue
                if not _is_asked_again(response):
                    return _answer_of(response)
                problem = f"it answered {response.status_code}"
                retry_after = response.headers.get("retry-after")
            wait = next(waits)
            if attempt + 1 < self._attempts:
                await self._sleep(asked_to_wait(retry_after, wait, longest=LONGEST_ASKED_SECONDS))
        raise HostUnreachable(f"no answer to {method} {path}: {problem}")

    async def _once(self, method: str, address: str, content: bytes | None) -> httpx.Response:
        """One attempt, signed for itself."""
        now = int(self._clock()) + self.clock_offset
        headers = {"Authorization": self.key.authorization(method, address, content, now)}
        if content is not None:
            headers["Content-Type"] = "application/json"
        return await self._send(SentRequest(method=method, address=address, headers=headers, content=content))

    async def _send(self, request: SentRequest) -> httpx.Response:
        self.faults.before_sending()
        if self._pace is not None:
            await self._pace()
        self.requests_sent += 1
        self.last_sent = request
        response = await self._http.request(
            request.method, request.address, headers=request.headers, content=request.content
        )
        self.faults.after_answer()
        return response

    def _correct_clock(self, response: httpx.Response) -> bool:
        """Takes the server's time where it says that ours is off; True if it did."""
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return False
        answer = _json_of(response)
        server_time = answer.get("server_time")
        if answer.get("code") != "clock_skew" or not isinstance(server_time, int):
            return False
        self.clock_offset = server_time - int(self._clock())
        return True


def _is_asked_again(response: httpx.Response) -> bool:
    """Too much to do, an error of the server, or an event that something on the way sent twice."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.status_code >= 500:
        return True
    return response.status_code == httpx.codes.UNAUTHORIZED and _json_of(response).get("code") == "replayed"


def _answer_of(response: httpx.Response) -> Json:
    """The JSON of a good answer; a refusal or something unreadable is raised."""
    answer = _json_of(response)
    if response.is_success and answer:
        return answer
    code, detail = answer.pop("code", None), answer.pop("detail", None)
    raise MachineRefused(
        response.status_code, str(code or "not_understood"), str(detail or response.text[:200]), answer
    )


def _json_of(response: httpx.Response) -> Json:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
