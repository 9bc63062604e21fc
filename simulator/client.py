"""The few calls of LNbits' public API that a machine and a customer need.

What can go wrong: the host is asked too often (429: it did nothing, so the same request is sent again
after a wait), or it cannot be reached. A question is then asked again; an order (make an invoice, pay
one) is not, unless the connection was never made, because it may have been carried out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx

from .backoff import Backoff, asked_to_wait

Sleep = Callable[[float], Awaitable[None]]

#: How often one request is sent before the host counts as unreachable or too busy.
ATTEMPTS = 8


class HostUnreachable(Exception):
    """LNbits cannot be reached, gave no answer, or stayed too busy."""


class HostRefused(Exception):
    """LNbits refused the request."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"LNbits answered {status}: {detail}")
        self.status = status
        self.detail = detail


class Paid(str, Enum):
    """What LNbits knows about an invoice."""

    YES = "yes"
    NOT_YET = "not_yet"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """An invoice of the machine's wallet."""

    payment_hash: str
    bolt11: str


class LnbitsClient:
    """One wallet, seen through one key. `transport` and `sleep` are there for the tests."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        backoff: Backoff | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Api-Key": api_key},
            transport=transport,
            timeout=30,
            trust_env=False,
        )
        self._sleep = sleep
        self._backoff = backoff or Backoff()

    async def aclose(self) -> None:
        """Closes the connections; `contextlib.aclosing` calls it."""
        await self._http.aclose()

    async def create_invoice(
        self, *, amount_sats: int, memo: str, expiry_seconds: int, extra: dict[str, Any]
    ) -> Invoice:
        """A new invoice of this wallet; the invoice key is enough."""
        body = {
            "out": False,
            "amount": amount_sats,
            "unit": "sat",
            "memo": memo,
            "expiry": expiry_seconds,
            "extra": extra,
        }
        answer = await self._request("POST", "/api/v1/payments", body)
        return Invoice(payment_hash=answer["payment_hash"], bolt11=answer["bolt11"])

    async def paid(self, payment_hash: str) -> Paid:
        """Whether the invoice was paid; NEVER when LNbits gave it up."""
        answer = await self._request("GET", f"/api/v1/payments/{payment_hash}")
        if answer.get("paid") is True:
            return Paid.YES
        return Paid.NEVER if answer.get("status") == "failed" else Paid.NOT_YET

    async def pay(self, bolt11: str) -> str:
        """Pays an invoice from this wallet; needs its admin key. Gives the payment hash."""
        answer = await self._request("POST", "/api/v1/payments", {"out": True, "bolt11": bolt11})
        return str(answer["payment_hash"])

    async def balance_msat(self) -> int:
        """What LNbits says is in this wallet."""
        return int((await self._request("GET", "/api/v1/wallet"))["balance"])

    async def _request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        waits = self._backoff.waits()
        problem = "it was not asked"
        for _ in range(ATTEMPTS):
            wait = next(waits)
            try:
                response = await self._http.request(method, path, json=body)
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
                if method != "GET" and not isinstance(error, httpx.ConnectError):
                    break
            else:
                if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    return _answer_of(response)
                problem = "it has too much to do (429)"
                wait = asked_to_wait(response.headers.get("retry-after"), wait)
            await self._sleep(wait)
        raise HostUnreachable(f"no answer from LNbits to {method} {path}: {problem}")


def _answer_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON of a good answer; a refusal or something unreadable is raised."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.is_success and isinstance(answer, dict):
        return answer
    detail = answer.get("detail") if isinstance(answer, dict) else None
    raise HostRefused(response.status_code, str(detail or response.text[:200]))
