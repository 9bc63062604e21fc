"""A server with sales on it, and pages of real people in Chromium (SQLite only)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.harness.farm import ServerFarm
from tests.harness.people import User
from tests.harness.shop import Shop

DESKTOP, PHONE = (1280, 800), (375, 800)


@dataclass
class Seen:
    """A page and what its console complained of."""

    page: Any
    complaints: list[str]


def _complaint(message: Any) -> list[str]:
    """What a page's console says in earnest."""
    return [message.text] if message.type in ("error", "warning") else []


def _breakage(error: Any) -> list[str]:
    """A script that broke; LNbits' own does when a payment is announced while no wallet is chosen."""
    return [] if "onWebsocketMessage" in (error.stack or "") else [str(error)]


OpenPage = Callable[..., Seen]


@pytest.fixture(scope="module")
def shop(farm: ServerFarm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A processed sale with an uncovered rest, a held one and a rejected one."""
    with farm.running(tmp_path_factory.mktemp("browser"), "sqlite") as server:
        shop = Shop.open(server, cash={"ana": "100.00", "ben": "60.00"})
        shop.settled(
            shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
        )
        shop.settled(
            shop.sell(principal_sats=2000, commission_sats=100, fiat_amount="200.00", exchange_rate="10")
        )
        shop.settled(server.send(shop.customer, shop.machine_wallet, 777))
        yield shop
        assert server.log_defects() == []


@pytest.fixture(scope="module")
def contexts(browser: Any, shop: Shop) -> Iterator[Callable[[User], Any]]:
    """A browser of each person's own, logged in and with its cache: LNbits' scripts are loaded once."""
    opened: dict[str, Any] = {}

    def of(user: User) -> Any:
        if user.token not in opened:
            context = opened[user.token] = browser.new_context(service_workers="block", timezone_id="UTC")
            context.add_init_script("localStorage.setItem('lnbits.disclaimerShown', 'true')")
            cookie = {"name": "cookie_access_token", "value": user.token, "url": shop.server.url}
            context.add_cookies([cookie])
        return opened[user.token]

    yield of
    for context in opened.values():
        context.close()


@pytest.fixture
def open_page(contexts: Callable[[User], Any], shop: Shop) -> Iterator[OpenPage]:
    """`open_page(user, path)`: a page of that person, logged in, with its console watched."""
    pages = []

    def open_as(user: User, path: str, size: tuple[int, int] = DESKTOP) -> Seen:
        page = contexts(user).new_page()
        pages.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        seen = Seen(page=page, complaints=[])
        page.on("pageerror", lambda error: seen.complaints.extend(_breakage(error)))
        page.on("console", lambda message: seen.complaints.extend(_complaint(message)))
        page.goto(shop.server.url + path)
        return seen

    yield open_as
    for page in pages:
        page.close()
