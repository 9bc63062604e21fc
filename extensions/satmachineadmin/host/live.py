"""Tells open pages, and machines, that something changed: the word "refresh", and nothing else.

LNbits' websocket is open to anyone, to listen and to speak. So a channel's name cannot be guessed, it is
told only to its reader by an answer that needs a login, and it is another one after each start; and
what goes over it says nothing. Nothing depends on it: a page that hears nothing looks by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable

from fastapi import WebSocket
from lnbits.core.services import websocket_manager
from loguru import logger

from ..core.concerned import of_machine

WORD = "refresh"
#: A person's pages are told at most this often.
PAUSE_SECONDS = 1.0
#: A page that has not taken the word by then looks by itself.
PATIENCE_SECONDS = 2.0


class LivePages:
    """Gathers whose pages to tell, and tells them about once a second: operators, and LPs who have looked
    at their page since the start."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._waiting: set[str] = set()
        #: enrolment → the LP whose pages show it
        self._lps: dict[str, str] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="satmachineadmin_live")

    async def stop(self) -> None:
        """Who was not told yet looks by itself."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def channel_of(self, user_id: str) -> str:
        """The name of this person's channel, for nobody else."""
        return hmac.new(self._secret, user_id.encode(), hashlib.sha256).hexdigest()

    def machine_channel_of(self, machine_id: str) -> str:
        """The name of a machine's channel, for the machine alone."""
        return self.channel_of(of_machine(machine_id))

    def lp_channel_of(self, user_id: str, enrolment_ids: Iterable[str]) -> str:
        """The name of an LP's channel, which says the word when one of its enrolments has changed."""
        self._lps |= dict.fromkeys(enrolment_ids, user_id)
        return self.channel_of(user_id)

    def tell(self, ids: Collection[str]) -> None:
        """Something of these operators, enrolments or machines has changed; returns at once."""
        self._waiting |= {self._lps.get(one, one) for one in ids}
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            told, self._waiting = self._waiting, set()
            try:
                await _send(page for user_id in told for page in _pages_on(self.channel_of(user_id)))
            except Exception as trouble:  # noqa: BLE001 - the outermost loop: telling never stops
                logger.warning(f"satmachineadmin could not tell a page to look: {trouble!r}")
            await asyncio.sleep(PAUSE_SECONDS)


def _pages_on(channel: str) -> list[WebSocket]:
    return [connection.websocket for connection in websocket_manager.get_connections(channel)]


async def _send(pages: Iterable[WebSocket]) -> None:
    """Say the word to each page. One that is gone or does not listen holds up no other."""
    sending = [asyncio.create_task(page.send_text(WORD)) for page in pages]
    if not sending:
        return
    try:
        done, _late = await asyncio.wait(sending, timeout=PATIENCE_SECONDS)
    finally:
        for task in sending:
            task.cancel()
    for task in done:
        if task.exception() is not None:
            logger.debug(f"satmachineadmin: a page was gone: {task.exception()!r}")
