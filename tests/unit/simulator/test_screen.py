"""The screen over HTTP in front of a fake server: from the first touch to the receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import httpx
import pytest

from simulator.cash import Notes
from simulator.client import LnbitsClient
from simulator.config import parse_cassettes
from simulator.screen.app import make_app
from simulator.screen.qr import lightning_qr, qr_code
from simulator.screen.serving import Counter
from simulator.screen.session import Session, View
from simulator.screen.touches import Touches
from tests.fakes.machine_server import FakeMachineServer

from .bench import PairedBench, run

Json = dict[str, Any]
NOTE = Notes(denomination_minor=2000, count=1)
FULL = parse_cassettes("50:10,20:10,10:10", "EUR")


class Purse:
    """A customer's wallet that can pay."""

    def __init__(self, server: FakeMachineServer) -> None:
        self._server = server

    async def balance_msat(self) -> int:
        return 4_000_000_000

    async def pay(self, _invoice: str) -> str:
        self._server.pay(next(reversed(self._server.transactions)))
        return ""


class ScreenBench(PairedBench):
    """A machine with a screen, and a browser before it."""

    def __init__(self, *, purse: bool = True) -> None:
        super().__init__()
        wallet = cast(LnbitsClient, Purse(self.server)) if purse else None
        self.said: list[str] = []
        self.session = Session(
            self.machine,
            price=lambda: Decimal("66650.00"),
            purse=wallet,
            note_seconds=0,
            say=self.said.append,
        )
        self.counter = Counter(self.session)
        self.servers: list[str] = []
        self.booked: list[tuple[tuple[Notes, ...], tuple[Notes, ...]]] = []
        touches = Touches(
            self.session, self.counter, full=FULL, paired=self.servers.append, filled=self._book
        )
        self.browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=make_app(touches)), base_url="http://127.0.0.1"
        )

    async def _book(self, added: tuple[Notes, ...], taken: tuple[Notes, ...]) -> None:
        self.booked.append((added, taken))

    async def touch(self, name: str, **facts: Any) -> Json:
        response = await self.browser.post(f"/api/touch/{name}", json=facts)
        return cast(Json, response.json())

    async def until(self, *views: str) -> Json:
        """The state once one of these is shown."""
        for _ in range(2000):
            state = (await self.browser.get("/api/state?after=0")).json()
            if state["view"] in views:
                return cast(Json, state)
            await asyncio.sleep(0)
        raise AssertionError(f"the screen shows {self.session.view}")


def before_the_screen(visit: Callable[[ScreenBench], Coroutine[Any, Any, None]], **options: bool) -> None:
    """Lets a customer do something at a paired machine."""

    async def go() -> None:
        bench = ScreenBench(**options)
        await bench.paired()
        await bench.session.open()
        try:
            await visit(bench)
        finally:
            await bench.session.close()
            await bench.browser.aclose()

    run(go())


def test_the_first_screen_says_what_the_machine_does() -> None:
    async def look(bench: ScreenBench) -> None:
        state = await bench.until("idle")
        assert state["machine"]["name"] == "Plaza"
        assert (state["machine"]["cash_out_fee"], state["machine"]["cash_in_fee"]) == ("6", "4")
        assert state["machine"]["notes"] == [[5000, 10], [2000, 10], [1000, 10]]
        page = await bench.browser.get("/")
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "http" not in page.text.split("<body>")[1].split("</body>")[0]

    before_the_screen(look)


def test_a_customer_gets_cash() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("sell", notes=[[5000, 1], [1000, 2]])
        state = await bench.until("pay")
        assert state["facts"]["wire_sats"] == 111_319
        assert state["facts"]["qr"]["size"] > 20
        assert state["facts"]["seconds_left"] == 120
        await bench.touch("pay")
        receipt = (await bench.until("receipt"))["facts"]
        assert (receipt["outcome"], receipt["given"]) == ("complete", [5000, 1000, 1000])
        assert ["came out", "70.00 EUR"] in receipt["lines"]
        assert (await bench.touch("leave"))["view"] == "idle"

    before_the_screen(visit)


def test_a_customer_gets_bitcoin() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("buy")
        await bench.until("insert")
        await bench.touch("insert", minor=5000)
        state = await bench.touch("insert", minor=2000)
        assert (state["facts"]["minor"], state["facts"]["left_minor"]) == (7000, 43_000)
        await bench.touch("done")
        claim = (await bench.until("claim"))["facts"]
        assert (claim["text"], claim["wire_sats"]) == ("LNURL1FAKE", 100_817)
        bench.server.pay(claim["txid"])
        assert (await bench.until("receipt"))["facts"]["outcome"] == "paid"

    before_the_screen(visit)


def test_a_customer_who_leaves_before_the_link_is_used_has_it_on_the_receipt() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("buy")
        await bench.until("insert")
        await bench.touch("insert", minor=5000)
        await bench.touch("done")
        await bench.until("claim")
        await bench.touch("leave")
        receipt = (await bench.until("receipt"))["facts"]
        assert (receipt["outcome"], receipt["text"]) == ("offered", "LNURL1FAKE")

    before_the_screen(visit)


def test_a_large_amount_waits_for_the_operator() -> None:
    async def visit(bench: ScreenBench) -> None:
        bench.server.hold_above = Decimal(40)
        await bench.touch("buy")
        await bench.until("insert")
        await bench.touch("insert", minor=5000)
        await bench.touch("done")
        held = (await bench.until("held"))["facts"]
        assert held["waits_for"] == "above_threshold"

    before_the_screen(visit)


def test_a_note_beyond_the_wallet_is_given_back() -> None:
    async def visit(bench: ScreenBench) -> None:
        bench.server.wallet_fiat = "60.00"
        await bench.touch("buy")
        await bench.until("insert")
        await bench.touch("insert", minor=5000)
        assert (await bench.touch("insert", minor=5000))["code"] == "note_given_back"

    before_the_screen(visit)


@pytest.mark.parametrize(("dispenser", "given"), [("partial", [5000]), ("failed", [])])
def test_a_fault_of_the_dispenser_is_on_the_receipt(dispenser: str, given: list[int]) -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("faults", dispenser=dispenser)
        await bench.touch("sell", notes=[[5000, 1], [1000, 1]])
        await bench.until("pay")
        await bench.touch("pay")
        receipt = (await bench.until("receipt"))["facts"]
        assert (receipt["outcome"], receipt["given"]) == (dispenser, given)
        assert (await bench.until("receipt"))["service"]["dispenser"] == "complete"

    before_the_screen(visit)


def test_without_a_network_the_customer_is_told_and_nothing_is_charged() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("faults", network_down=True)
        await bench.touch("sell", minor=7000)
        assert (await bench.until("sorry"))["facts"]["code"] == "unreachable"
        assert bench.server.transactions == {}

    before_the_screen(visit)


def test_what_was_not_told_is_told_when_the_network_is_back() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("sell", minor=7000)
        state = await bench.until("pay")
        bench.server.pay(state["facts"]["txid"])
        await bench.until("dispensing", "receipt")
        bench.faults.network_down = True
        receipt = await bench.until("receipt")
        if not receipt["facts"]["is_told"]:
            assert receipt["service"]["waiting"] == 1
        await bench.touch("faults", network_down=False)
        for _ in range(50):
            await asyncio.sleep(0)
        assert bench.server.transactions[state["facts"]["txid"]]["dispense"] == "complete"

    before_the_screen(visit)


def test_an_amount_that_the_notes_cannot_make_is_refused() -> None:
    async def visit(bench: ScreenBench) -> None:
        assert (await bench.touch("sell", minor=500))["code"] == "out_of_notes"
        await bench.touch("sell", notes=[[5000, 11]])
        assert (await bench.until("sorry"))["facts"]["code"] == "out_of_notes"

    before_the_screen(visit)


def test_a_touch_that_does_not_fit_what_is_shown_is_refused() -> None:
    async def visit(bench: ScreenBench) -> None:
        assert (await bench.touch("pay"))["code"] == "not_now"
        assert (await bench.touch("insert", minor=5000))["code"] == "not_now"
        await bench.touch("sell", minor=7000)
        assert (await bench.touch("sell", minor=7000))["code"] == "not_now"

    before_the_screen(visit)


def test_a_sale_that_is_cancelled_is_looked_after_until_it_is_over() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("sell", minor=7000)
        state = await bench.until("pay")
        assert (await bench.touch("leave"))["view"] == "idle"
        assert (await bench.until("idle"))["machine"]["notes"][0] == [5000, 9]
        bench.server.expire(state["facts"]["txid"])
        await bench.machine.catch_up()
        assert (await bench.until("idle"))["machine"]["notes"][0] == [5000, 10]

    before_the_screen(visit)


def test_whoever_fills_the_machine_is_told_what_to_book() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("sell", notes=[[5000, 2]])
        await bench.until("pay")
        await bench.touch("pay")
        await bench.until("receipt")
        await bench.touch("leave")
        bench.machine.till.take(2000)
        await bench.touch("fill")
        assert bench.booked == [((Notes(denomination_minor=5000, count=2),), (NOTE,))]
        state = await bench.until("idle")
        assert (state["service"]["cassettes"][0], state["service"]["box"]) == ([5000, 10], [])

    before_the_screen(visit)


@pytest.mark.parametrize(
    ("terms", "most"),
    [
        ({}, None),
        ({"most_per_transaction": "200.00", "left_today": "150.00"}, 15_000),
        ({"most_per_transaction": "200.00", "left_this_hour": "0.00"}, 0),
    ],
)
def test_the_least_limit_is_the_one_that_counts(terms: dict[str, Any], most: int | None) -> None:
    async def visit(bench: ScreenBench) -> None:
        config = bench.machine.config
        bench.machine._config = replace(config, cash_out=replace(config.cash_out, **terms))
        assert (await bench.until("idle"))["machine"]["most_minor"] == most

    before_the_screen(visit)


def test_without_a_wallet_nobody_pays_by_a_button() -> None:
    async def visit(bench: ScreenBench) -> None:
        await bench.touch("sell", minor=7000)
        state = await bench.until("pay")
        assert state["customer"]["configured"] is False
        assert (await bench.touch("pay"))["code"] == "not_now"

    before_the_screen(visit, purse=False)


def test_whoever_is_served_elsewhere_goes_first() -> None:
    async def visit(bench: ScreenBench) -> None:
        async with bench.session.counter:
            await bench.touch("sell", minor=7000)
            await asyncio.sleep(0)
            assert (await bench.until("working"))["facts"]["about"] == "one_moment"
            assert bench.server.transactions == {}
        await bench.until("pay")

    before_the_screen(visit)


def test_a_machine_that_nobody_knows_asks_to_be_paired() -> None:
    async def go() -> None:
        bench = ScreenBench()
        await bench.session.open()
        await bench.until("unpaired")
        address = f"https://lnbits.test/satmachineadmin/api/v1/machine/pair#{bench.server.code}"
        state = await bench.touch("pair", address=address)
        assert (state["view"], bench.servers) == ("idle", ["https://lnbits.test"])
        await bench.session.close()
        await bench.browser.aclose()

    run(go())


@pytest.mark.parametrize(
    "address",
    [
        "7K3M",
        "https://lnbits.test/elsewhere/pair#7K3M",
        "http://127.0.0.1.evil.test/satmachineadmin/api/v1/machine/pair#7K3M",
        "ftp://lnbits.test/satmachineadmin/api/v1/machine/pair#7K3M",
    ],
)
def test_an_address_that_is_no_pairing_is_refused(address: str) -> None:
    async def go() -> None:
        bench = ScreenBench()
        await bench.session.open()
        assert (await bench.touch("pair", address=address))["code"] == "not_understood"
        assert bench.session.view is View.UNPAIRED
        await bench.browser.aclose()

    run(go())


def test_other_pages_cannot_touch_the_screen() -> None:
    """A form of another page is no JSON, and a name that points here is not this machine's."""

    async def visit(bench: ScreenBench) -> None:
        form = await bench.browser.post(
            "/api/touch/pay", content=b"{}", headers={"content-type": "text/plain"}
        )
        assert (form.status_code, form.json()["code"]) == (415, "not_json")
        rebound = await bench.browser.get("/api/state", headers={"host": "evil.test"})
        assert rebound.status_code == 400

    before_the_screen(visit)


def test_a_qr_code_is_one_path_that_covers_its_dark_modules() -> None:
    code = qr_code("hello")
    assert code["size"] == 21
    assert code["path"].startswith("M0 0h7v1h-7z")


def test_a_code_in_capitals_is_smaller() -> None:
    invoice = "lnbc1" + "q" * 300
    assert lightning_qr(invoice)["size"] < qr_code("lightning:" + invoice)["size"]
