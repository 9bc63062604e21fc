"""Talking to a server as one person: JSON in, JSON out, an unexpected status is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


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
        response = self.raw(method, path, json=json, params=params, headers=headers)
        fits = response.is_success if expect is None else response.status_code == expect
        if not fits:
            raise UnexpectedStatus(response)
        if "application/json" in response.headers.get("content-type", ""):
            return response.json()
        return response.text

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
