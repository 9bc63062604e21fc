"""The life of a sale against a host made of a few lines: paid, expired, busy, gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from simulator.backoff import Backoff, asked_to_wait
from simulator.cash import CannotDispense
from simulator.client import ATTEMPTS, HostRefused, HostUnreachable, LnbitsClient
from simulator.config import MachineConfig, parse_cassettes
from simulator.customer import Behaviour, Customer
from simulator.machine import GRACE_SECONDS, Machine, Sale, SaleState

T = TypeVar("T")


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class FakeHost:
    """Just enough of LNbits: makes one kind of invoice and lets it be paid."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.looks = 0
        self.paid = False
        self.failed = False
        self.before: list[httpx.Response | Exception] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.before:
            first = self.before.pop(0)
            if isinstance(first, Exception):
                raise first
            return first
        self.keys.append(request.headers["x-api-key"])
        if request.method == "GET":
            self.looks += 1
            status = "success" if self.paid else "failed" if self.failed else "pending"
            return httpx.Response(200, json={"paid": self.paid, "status": status})
        body = json.loads(request.content)
        self.bodies.append(body)
        if body["out"]:
            self.paid = True
        return httpx.Response(201, json={"payment_hash": "ab" * 32, "bolt11": "lnbc1"})


class Bench:
    """A machine, its host and a customer on one clock."""

    def __init__(self, config: MachineConfig | None = None) -> None:
        self.host = FakeHost()
        self.time = FakeTime()
        self.machine = Machine(
            config or MachineConfig(),
            self.client("invoice-key"),
            rate=lambda: Decimal("1500.25"),
            clock=self.time.clock,
            sleep=self.time.sleep,
            new_txid=lambda: "7f3a",
        )

    def client(self, key: str) -> LnbitsClient:
        return LnbitsClient(
            "http://host.test",
            key,
            transport=httpx.MockTransport(self.host),
            sleep=self.time.sleep,
        )

    def customer(self, behaviour: Behaviour = Behaviour.PAYS) -> Customer:
        return Customer(wallet=self.client("admin-key"), behaviour=behaviour, sleep=self.time.sleep)

    def sell(self, fiat_minor: int, behaviour: Behaviour = Behaviour.PAYS) -> Sale:
        return run(self.machine.sell(fiat_minor, self.customer(behaviour).meet))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_a_paid_sale_is_dispensed_with_a_receipt(tmp_path: Path) -> None:
    bench = Bench(MachineConfig(receipts_dir=tmp_path))
    before = bench.machine.cash.value_minor
    sale = bench.sell(20_000)
    assert sale.state is SaleState.DISPENSED
    assert bench.machine.cash.value_minor == before - 20_000
    assert "paid         318053 sat" in (tmp_path / "7f3a.txt").read_text(encoding="utf-8")


def test_the_invoice_is_made_with_the_invoice_key_and_carries_the_stamp() -> None:
    bench = Bench()
    bench.sell(20_000)
    order = bench.host.bodies[0]
    assert bench.host.keys[0] == "invoice-key"
    assert (order["out"], order["amount"], order["unit"]) == (False, 318_053, "sat")
    assert order["expiry"] == 120
    assert order["extra"]["principal_sats"] + order["extra"]["fee_sats"] == order["amount"]
    assert order["extra"]["cassettes"][0] == {"denomination": "50", "count": 196}


def test_an_expired_invoice_gives_no_notes_and_puts_them_on_offer_again() -> None:
    bench = Bench(MachineConfig(invoice_expiry_seconds=30))
    before = bench.machine.cash.cassettes
    sale = bench.sell(20_000, Behaviour.WALKS_AWAY)
    assert sale.state is SaleState.EXPIRED
    assert bench.machine.cash.cassettes == before
    assert 30 <= bench.time.now <= 30 + GRACE_SECONDS + 0.2


def test_an_invoice_that_the_host_gave_up_ends_the_sale_at_once() -> None:
    bench = Bench()
    bench.host.failed = True
    assert bench.sell(20_000, Behaviour.WALKS_AWAY).state is SaleState.EXPIRED
    assert bench.host.looks == 1


def test_a_payment_in_the_last_second_is_still_seen() -> None:
    """The machine looks once more after the expiry, before it gives the notes back."""
    bench = Bench(MachineConfig(invoice_expiry_seconds=30))
    sleep = bench.time.sleep

    async def pay_late(seconds: float) -> None:
        await sleep(seconds)
        bench.host.paid = bench.time.now > 30

    bench.machine._sleep = pay_late
    assert bench.sell(20_000, Behaviour.WALKS_AWAY).state is SaleState.DISPENSED


def test_an_amount_without_notes_is_refused_before_the_host_is_asked() -> None:
    bench = Bench(MachineConfig(cassettes=parse_cassettes("50:10", "EUR")))
    with pytest.raises(CannotDispense):
        bench.sell(2_000)
    assert bench.host.bodies == []


def test_a_refused_invoice_puts_the_notes_on_offer_again() -> None:
    bench = Bench()
    before = bench.machine.cash.cassettes
    bench.host.before = [httpx.Response(404, json={"detail": "Wallet not found."})]
    with pytest.raises(HostRefused, match="Wallet not found"):
        bench.sell(20_000)
    assert bench.machine.cash.cassettes == before


def test_a_customer_whose_wallet_cannot_pay_only_complains() -> None:
    bench = Bench(MachineConfig(invoice_expiry_seconds=5))
    complaints: list[str] = []
    bench_customer = Customer(
        wallet=LnbitsClient(
            "http://host.test",
            "admin-key",
            transport=httpx.MockTransport(
                lambda _: httpx.Response(520, json={"detail": "Insufficient balance."})
            ),
        ),
        complain=complaints.append,
        sleep=bench.time.sleep,
    )
    sale = run(bench.machine.sell(20_000, bench_customer.meet))
    assert sale.state is SaleState.EXPIRED
    assert "Insufficient balance." in complaints[0]


def test_a_host_with_too_much_to_do_is_asked_again_after_the_wait_it_names() -> None:
    bench = Bench()
    bench.host.before = [
        httpx.Response(429, headers={"retry-after": "17"}),
        httpx.Response(429),
    ]
    assert bench.sell(20_000).state is SaleState.DISPENSED
    assert bench.time.slept[0] == 17
    assert bench.time.slept[1] < 17


def test_a_host_that_stays_busy_is_given_up_after_so_many_requests() -> None:
    bench = Bench()
    bench.host.before = [httpx.Response(429) for _ in range(ATTEMPTS)]
    with pytest.raises(HostUnreachable, match="too much to do"):
        bench.sell(20_000)
    assert bench.host.before == []
    assert bench.host.bodies == []


def test_a_question_without_an_answer_is_asked_again() -> None:
    bench = Bench()
    bench.host.before = [httpx.ReadTimeout("slow"), httpx.ConnectError("restarting")]
    assert run(bench.client("key").paid("ab" * 32)) == "not_yet"


def test_an_order_that_may_have_been_carried_out_is_never_sent_twice() -> None:
    bench = Bench()
    bench.host.before = [httpx.ReadTimeout("slow")]
    with pytest.raises(HostUnreachable):
        run(bench.client("key").pay("lnbc1"))
    assert bench.host.bodies == []


def test_a_sale_only_moves_along_its_arrows() -> None:
    bench = Bench()
    with pytest.raises(RuntimeError, match="from quoting to dispensed"):
        bench.machine.dispense(bench.machine.quote(20_000))


def test_waits_grow_up_to_a_bound() -> None:
    waits = Backoff(first=1, factor=2, longest=5).waits()
    assert [next(waits) for _ in range(5)] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize(("header", "seconds"), [("5", 5), ("0", 1), (None, 1), ("soon", 1), ("99999", 120)])
def test_a_named_wait_is_honoured_within_bounds(header: str | None, seconds: int) -> None:
    assert asked_to_wait(header, 1) == seconds
