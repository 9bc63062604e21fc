"""Talking to a server as one person: JSON in, JSON out, an unexpected status is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

#: Where a write takes an Idempotency-Key, and how the paths of those end that change nothing.
_OURS = ("/satmachineadmin/api/v1/dca", "/satmachineclient/api/v1/dca-client")
_CHANGES_NOTHING = ("/preview", "/check", "/verify", "/example", "/what-if", "/look", "/test")


class UnexpectedStatus(AssertionError):
    """A server answered with another status than the test expected; the answer is in the message."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        request = response.request
        super().__init__(f"{request.method} {request.url} answered {self.status}: {response.text[:2000]}")


class Api:
    """One person's view of a server. Paths start with a slash; answers are parsed JSON.

    Without `expect` every 2xx is fine. With it, `api.get("/x", expect=404)` returns the body of a
    refusal, for the test to look at.

    Whatever changes something of ours is sent with a key, and once it has succeeded a second time: the
    first answer comes again, byte for byte, and the tests go on as if nothing had been sent.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str] | None = None, timeout: float = 60) -> None:
        self._client = httpx.Client(
            base_url=base_url, headers=dict(headers or {}), timeout=timeout, trust_env=False
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int | None = None,
    ) -> Any:
        keyed = dict(headers or {})
        is_act = method != "GET" and path.startswith(_OURS) and not path.endswith(_CHANGES_NOTHING)
        if is_act:
            keyed.setdefault("Idempotency-Key", uuid4().hex)
        response = self.raw(method, path, json=json, params=params, headers=keyed)
        if is_act and response.is_success:
            self._repeat(response)
        fits = response.is_success if expect is None else response.status_code == expect
        if not fits:
            raise UnexpectedStatus(response)
        if "application/json" in response.headers.get("content-type", ""):
            return response.json()
        return response.text

    def _repeat(self, first: httpx.Response) -> None:
        """The very same request once more; a server that was killed meanwhile says nothing."""
        try:
            second = self._client.send(first.request)
        except httpx.TransportError:
            return
        self._client.cookies.clear()
        is_same = (second.status_code, second.content) == (first.status_code, first.content)
        if not is_same or second.headers.get("Idempotency-Replayed") != "true":
            raise UnexpectedStatus(second)

    def raw(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The response itself, whatever its status."""
        wanted = {name: value for name, value in (params or {}).items() if value is not None}
        response = self._client.request(method, path, params=wanted, headers=dict(headers or {}), json=json)
        # a login sets a cookie, and who asks is to be said by the header alone
        self._client.cookies.clear()
        return response

    def get(self, path: str, *, expect: int | None = None, **params: Any) -> Any:
        return self.request("GET", path, params=params, expect=expect)

    def post(self, path: str, json: object = None, *, expect: int | None = None, **params: Any) -> Any:
        return self.request("POST", path, json=json, params=params, expect=expect)

    def put(self, path: str, json: object = None, *, expect: int | None = None, **params: Any) -> Any:
        return self.request("PUT", path, json=json, params=params, expect=expect)

    def patch(self, path: str, json: object = None, *, expect: int | None = None, **params: Any) -> Any:
        return self.request("PATCH", path, json=json, params=params, expect=expect)

    def delete(self, path: str, *, expect: int | None = None, **params: Any) -> Any:
        return self.request("DELETE", path, params=params, expect=expect)

    def close(self) -> None:
        self._client.close()
