"""LNbits over HTTP, as a person with a login meets it."""

from __future__ import annotations

from typing import Any

import httpx

from .errors import Refused

Json = Any


class Host:
    """One LNbits, before anybody has logged in."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx.AsyncClient(base_url=base_url, timeout=60, trust_env=False)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def is_up(self) -> bool:
        """Whether it answers; a new one sends everybody to its first installation."""
        try:
            response = await self._http.get("/api/v1/health", timeout=5)
        except httpx.TransportError:
            return False
        return response.status_code in (httpx.codes.OK, httpx.codes.TEMPORARY_REDIRECT)

    async def is_new(self) -> bool:
        """Whether nobody has made the first installation yet."""
        response = await self._http.get("/api/v1/health")
        return response.status_code == httpx.codes.TEMPORARY_REDIRECT

    async def call(self, method: str, path: str, body: Json = None, *, headers: dict[str, str]) -> Json:
        """One request; anything but success is raised as Refused."""
        response = await self._http.request(method, path, json=body, headers=headers)
        if response.is_success:
            return response.json() if response.content else None
        raise Refused(method, path.split("?")[0], response.status_code, _detail_of(response))

    async def first_install(self, username: str, password: str) -> Session:
        """Makes the super user."""
        body = {"username": username, "password": password, "password_repeat": password}
        answer = await self.call("PUT", "/api/v1/auth/first_install", body, headers={})
        return Session(self, username, answer["access_token"])

    async def login(self, username: str, password: str) -> Session:
        """Logs someone in; Refused with 401 where there is no such login."""
        body = {"username": username, "password": password}
        answer = await self.call("POST", "/api/v1/auth", body, headers={})
        return Session(self, username, answer["access_token"])


class Session:
    """One person, logged in."""

    def __init__(self, host: Host, username: str, token: str) -> None:
        self.host = host
        self.username = username
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Json:
        return await self.host.call("GET", path, headers=self._headers)

    async def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of one of the extensions' lists; the demo's are short enough for one page."""
        page = await self.get(f"{path}{'&' if '?' in path else '?'}limit=200")
        return list(page["data"])

    async def post(self, path: str, body: Json = None) -> Json:
        return await self.host.call("POST", path, body, headers=self._headers)

    async def put(self, path: str, body: Json = None) -> Json:
        return await self.host.call("PUT", path, body, headers=self._headers)

    async def patch(self, path: str, body: Json = None) -> Json:
        return await self.host.call("PATCH", path, body, headers=self._headers)

    async def delete(self, path: str) -> Json:
        return await self.host.call("DELETE", path, headers=self._headers)


def _detail_of(response: httpx.Response) -> str:
    try:
        answer = response.json()
    except ValueError:
        return response.text[:200] or response.reason_phrase
    return str(answer.get("detail", answer) if isinstance(answer, dict) else answer)
