"""LNbits' websocket as we use it: a word to each page of an operator, whatever the others do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
from fastapi import WebSocket
from lnbits.core.services import websocket_manager

from satmachineadmin.host import live
from satmachineadmin.host.live import LivePages
from tests.harness.inprocess import InProcessHost

pytestmark = pytest.mark.anyio


class Page:
    """The server's end of a page's websocket."""

    def __init__(self, take: Callable[[], Awaitable[None]] | None = None) -> None:
        self.heard: list[str] = []
        self._take = take

    async def accept(self) -> None:
        pass

    async def send_text(self, word: str) -> None:
        if self._take:
            await self._take()
        self.heard.append(word)


async def gone() -> None:
    raise RuntimeError("the page was closed")


async def never() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def telling() -> AsyncIterator[LivePages]:
    pages = LivePages()
    pages.start()
    try:
        yield pages
    finally:
        await pages.stop()


@asynccontextmanager
async def open_pages(channel: str, *pages: Page) -> AsyncIterator[None]:
    made = [await websocket_manager.connect(channel, cast(WebSocket, page)) for page in pages]
    try:
        yield
    finally:
        for connection in made:
            websocket_manager.active_connections.remove(connection)


async def test_every_page_of_an_operator_hears_and_nobody_elses(lnbits: InProcessHost) -> None:
    one, other, strange = Page(), Page(), Page()
    async with (
        telling() as pages,
        open_pages(pages.channel_of("olga"), one, other),
        open_pages(pages.channel_of("otto"), strange),
    ):
        pages.tell({"olga"})
        await asyncio.sleep(0.1)

    assert (one.heard, other.heard, strange.heard) == (["refresh"], ["refresh"], [])


async def test_a_page_that_is_gone_or_does_not_listen_holds_up_no_other(
    lnbits: InProcessHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(live, "PAUSE_SECONDS", 0.1)
    page = Page()
    async with telling() as pages, open_pages(pages.channel_of("olga"), Page(gone), Page(never), page):
        for count in (1, 2):
            pages.tell({"olga"})
            await asyncio.sleep(0.05)
            assert page.heard == ["refresh"] * count
            await asyncio.sleep(0.5)


async def test_what_changes_often_is_told_once_a_second_and_the_last_time_too(lnbits: InProcessHost) -> None:
    page = Page()
    async with telling() as pages, open_pages(pages.channel_of("olga"), page):
        start = time.monotonic()
        while time.monotonic() - start < 1.5:
            pages.tell({"olga"})
            await asyncio.sleep(0.01)
        told = len(page.heard)
        await asyncio.sleep(1.2)
        assert 2 <= told <= 3
        assert len(page.heard) == told + 1


async def test_a_channel_is_another_one_after_each_start() -> None:
    assert LivePages().channel_of("olga") != LivePages().channel_of("olga")


async def test_stopping_leaves_nothing_running(lnbits: InProcessHost) -> None:
    async with telling() as pages:
        pages.tell({"olga"})
    page = Page()
    async with open_pages(pages.channel_of("olga"), page):
        pages.tell({"olga"})
        await asyncio.sleep(0.1)
    assert page.heard == []
