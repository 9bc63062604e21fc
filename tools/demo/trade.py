"""Trading at a human pace: a customer, a sale, its settlement, the proof; over and over."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.cash import Notes
from simulator.client import LnbitsClient
from simulator.config import MachineConfig, parse_cassettes
from simulator.customer import Customer
from simulator.machine import Machine, Sale, SaleState
from simulator.money import format_minor, parse_minor
from simulator.rates import RandomWalk

from . import settings, show
from .balances import Books, instant
from .errors import DemoStopped
from .seed import OPERATOR_API, World, bring_cash

SETTLE_SECONDS = 45
LOOK_SECONDS = 0.4
FULL_CASSETTES = parse_cassettes("50:150,20:100,10:100", settings.CURRENCY)
#: a cassette below this many notes is filled up again
LOW_NOTES = 40
AMOUNTS_MINOR = (2_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000)
#: what a customer asks for beyond all the LPs' cash
BEYOND_MINOR = 12_000
STEP_MINOR = 1_000
MOST_MINOR = 350_000


class Trader:
    """Lets one machine trade until it is told to stop."""

    def __init__(
        self, world: World, walk: RandomWalk, *, started_at: datetime, check_alive: Callable[[], None]
    ) -> None:
        self._world = world
        #: when LNbits was started
        self._started_at = started_at
        self._walk = walk
        self._check_alive = check_alive
        self._drawing = random.Random()
        self._complaints: list[str] = []
        self._books = Books(world)
        machine_wallet = world.wallet(settings.OPERATOR, settings.MACHINE)
        self._till = LnbitsClient(world.base_url, machine_wallet["inkey"])
        self._purse = LnbitsClient(world.base_url, world.wallet(settings.CUSTOMER)["adminkey"])
        self._machine = Machine(_machine_config(world), self._till, rate=walk.step)

    async def trade(self, *, sales: int | None, pace_seconds: float) -> None:
        """Sells until `sales` is reached, or for ever."""
        async with aclosing(self._till), aclosing(self._purse):
            await self._let_settle()
            await self._books.open()
            number = 0
            while sales is None or number < sales:
                started = time.monotonic()
                number += 1
                await self._sell(number)
                if sales is None or number < sales:
                    await asyncio.sleep(max(0.0, pace_seconds - (time.monotonic() - started)))

    async def _let_settle(self) -> None:
        """Waits for what an earlier run sold in its last moment: it would blur the first proof."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            status = await self._world.operator.get(f"{OPERATOR_API}/status")
            scanned = status["last_scan_at"]
            has_scanned = scanned is not None and instant(scanned) >= self._started_at
            if has_scanned and status["totals"]["open"] == 0:
                return
            self._check_alive()
            await asyncio.sleep(LOOK_SECONDS)
        show.say("    some settlements of an earlier run are still open; trading goes on", "yellow")

    async def _sell(self, number: int) -> None:
        self._check_alive()
        await self._fill_purse()
        self._fill_cassettes()
        amount_minor = await self._amount(number)
        customer = Customer(wallet=self._purse, complain=self._complaints.append)
        sale = await self._machine.sell(amount_minor, customer.meet)
        if sale.state is not SaleState.DISPENSED:
            why = "; ".join(self._complaints) or "nobody paid"
            raise DemoStopped(f"Sale {number} came to nothing: {why}")
        settlement = await self._settlement_of(sale)
        show.sale_table(number, settlement)
        if settlement["state"] != "processed":
            raise DemoStopped(
                f"Settlement {settlement['id']} is {settlement['state']}"
                f" ({settlement['reason'] or settlement['error_message'] or 'no reason given'})."
            )
        show.say(f"    {await self._books.prove(settlement)}", "green")

    async def _amount(self, number: int) -> int:
        """What the customer asks for: something that the LPs can cover, but for one sale."""
        cash = await self._cash_of_lps()
        if number == settings.UNCOVERED_SALE:
            beyond = -(-cash // STEP_MINOR) * STEP_MINOR + BEYOND_MINOR
            show.say()
            show.say(f"    a customer asks for more than the LPs' {self._fiat(cash)}", "yellow")
            return min(MOST_MINOR, beyond)
        if cash < settings.LOW_CASH_MINOR:
            await self._bring_cash(cash)
        return self._drawing.choice(AMOUNTS_MINOR)

    async def _cash_of_lps(self) -> int:
        """What is left of the cash of all active LPs of the machine."""
        clients = await self._world.operator.rows(
            f"{OPERATOR_API}/clients?machine_id={self._world.machine['id']}"
        )
        left = [c["balance"]["remaining"] for c in clients if c["status"] == "active"]
        return sum(parse_minor(text, settings.CURRENCY) for text in left if Decimal(text) > 0)

    async def _bring_cash(self, cash: int) -> None:
        """The LPs come by with new cash, as they would in life."""
        brought = []
        for username, client_id in self._world.clients.items():
            amount = settings.CASH_OF_LP[username]
            await bring_cash(self._world.operator, client_id, amount, "new cash")
            brought.append(f"{username} +{amount}")
        show.say()
        show.say(
            f"    LPs' cash is down to {self._fiat(cash)}; new cash confirmed: {', '.join(brought)} EUR",
            "cyan",
        )

    async def _fill_purse(self) -> None:
        if await self._purse.balance_msat() >= settings.LOW_PURSE_SATS * 1000:
            return
        wallet_id = self._world.wallet(settings.CUSTOMER)["id"]
        credit = {"id": wallet_id, "amount": settings.PURSE_TOP_UP_SATS}
        await self._world.platform.put("/users/api/v1/balance", credit)
        show.say()
        show.say(f"    the customer's wallet gets {show.sats(settings.PURSE_TOP_UP_SATS)} sats", "cyan")

    def _fill_cassettes(self) -> None:
        """The LPs' cash goes into the cassettes; the demo fills them before they run dry."""
        now = {some.denomination_minor: some.count for some in self._machine.cash.cassettes}
        missing = [
            Notes(denomination_minor=full.denomination_minor, count=full.count - count)
            for full in FULL_CASSETTES
            if (count := now[full.denomination_minor]) < LOW_NOTES
        ]
        if missing:
            self._machine.cash.put_back(missing)
            show.say()
            show.say(f"    {settings.MACHINE}'s cassettes are filled up", "cyan")

    async def _settlement_of(self, sale: Sale) -> dict[str, Any]:
        """The settlement of this sale, once it has come to an end. A held one is released."""
        deadline = time.monotonic() + SETTLE_SECONDS
        operator = self._world.operator
        query = f"{OPERATOR_API}/settlements?machine_id={self._world.machine['id']}&limit=25"
        state = "not seen yet"
        while time.monotonic() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
            self._check_alive()
            newest = (await operator.get(query))["data"]
            found = [s for s in newest if s["payment_hash"] == sale.payment_hash]
            if not found:
                continue
            state = found[0]["state"]
            if state == "held":
                show.say(f"    held ({found[0]['reason']}): the operator releases it", "yellow")
                await operator.post(f"{OPERATOR_API}/settlements/{found[0]['id']}/release")
            elif state in ("processed", "errored", "rejected", "dismissed"):
                return dict(await operator.get(f"{OPERATOR_API}/settlements/{found[0]['id']}"))
        raise DemoStopped(f"The sale {sale.txid} is {state} after {SETTLE_SECONDS} s; the log may say why.")

    def _fiat(self, amount_minor: int) -> str:
        return f"{format_minor(amount_minor, settings.CURRENCY)} {settings.CURRENCY}"


def _machine_config(world: World) -> MachineConfig:
    """The simulated machine, as the operator has it in the books."""
    return MachineConfig(
        name=world.machine["name"],
        currency=settings.CURRENCY,
        cash_out_fee_pct=Decimal(settings.COMMISSION_PCT),
        cassettes=FULL_CASSETTES,
        receipts_dir=settings.DATA / "receipts",
        npub=world.machine["npub"],
    )
