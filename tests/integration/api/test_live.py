"""What an operator's open page hears: one word, soon after anything of its own changed, and nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.harness import Api
from tests.harness.shop import DCA, LP

from .world import OLGA_SALE, World

#: The issue's measure.
SOON_SECONDS = 2.0


def channel_of(api: Api) -> str:
    return str(api.get(f"{DCA}/status")["live_channel"])


@contextmanager
def page_of(world: World, name: str) -> Iterator[Connection]:
    """A page of an operator that listens; anyone may, who knows the channel."""
    channel = channel_of(world.operator(name))
    with connect(f"{world.server.url.replace('http', 'ws', 1)}/api/v1/ws/{channel}") as page:
        hush(page)
        yield page


def hush(page: Connection) -> None:
    """Wait until nothing more is said about what was before."""
    while heard(page, 1.2) is not None:
        pass


def heard(page: Connection, seconds: float) -> str | None:
    try:
        return str(page.recv(timeout=seconds))
    except TimeoutError:
        return None


def test_a_channel_cannot_be_guessed_and_is_an_operators_own(world: World) -> None:
    mine, others = channel_of(world.operator("olga")), channel_of(world.operator("otto"))

    assert re.fullmatch(r"[0-9a-f]{64}", mine)
    assert mine != others
    assert mine == channel_of(world.operator("olga"))
    assert world.olga.operator.id not in mine


def test_a_page_hears_within_two_seconds_of_a_sale_and_only_its_operators_does(world: World) -> None:
    with page_of(world, "olga") as olga, page_of(world, "otto") as otto:
        world.olga.sell(**OLGA_SALE)
        assert heard(olga, SOON_SECONDS) == "refresh"
        assert heard(otto, SOON_SECONDS) is None


def test_a_page_hears_of_cash_of_the_worklist_and_of_what_an_lp_decides(world: World) -> None:
    api, ids = world.operator("olga"), world.ids["olga"]
    with page_of(world, "olga") as page:
        entry = api.post(f"{DCA}/deposits", {"client_id": ids["client_id"], "amount": "1.00"})
        assert heard(page, SOON_SECONDS) == "refresh"
        hush(page)
        world.lp("ana").post(f"{LP}/cash/{entry['id']}/dispute", {"reason": "It was two."})
        assert heard(page, SOON_SECONDS) == "refresh"
        hush(page)
        world.lp("ana").post(f"{LP}/cash/{entry['id']}/withdraw-dispute")
        assert heard(page, SOON_SECONDS) == "refresh"
        hush(page)
        api.post(f"{DCA}/deposits/{entry['id']}/cancel")
        assert heard(page, SOON_SECONDS) == "refresh"


def test_many_changes_are_one_word_a_second(world: World) -> None:
    api, sale = world.operator("olga"), world.ids["olga"]["settlement_id"]
    with page_of(world, "olga") as page:
        start = time.monotonic()
        for count in range(10):
            api.post(f"{DCA}/settlements/{sale}/notes", {"text": f"note {count}"})
        said = []
        while (word := heard(page, 1.5)) is not None:
            said.append(word)
        seconds = time.monotonic() - start

    assert set(said) == {"refresh"}
    assert 1 <= len(said) <= seconds + 1


def test_a_request_that_changes_nothing_says_nothing(world: World) -> None:
    api = world.operator("olga")
    with page_of(world, "olga") as page:
        for path in ("status", "machines", "settlements", "worklist", "deposits"):
            api.get(f"{DCA}/{path}")
        api.post(f"{DCA}/deposits/{'0' * 32}/confirm", expect=404)
        assert heard(page, 1.5) is None


@pytest.mark.parametrize("word", ["refresh", "something else", "x" * 10_000])
def test_what_others_say_on_a_channel_changes_nothing_here(world: World, word: str) -> None:
    """Anyone may speak there: our end does not listen at all."""
    with page_of(world, "olga") as page:
        page.send(word)
        assert world.operator("olga").get(f"{DCA}/status")["runner"] == "active"
