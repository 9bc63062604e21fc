"""Trading at a human pace: a customer, a sale, its settlement, the proof; over and over."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from simulator.cash_out import CashOut
from simulator.client import HostUnreachable, LnbitsClient
from simulator.faults import Dispenser
from simulator.money import format_minor, parse_minor
from simulator.rates import RandomWalk
from simulator.receipt import slip, slip_text, write_receipt
from simulator.screen.session import Session

from . import settings, show
from .balances import Books, instant
from .errors import DemoStopped
from .machine import FULL_CASSETTES, book_notes, bring_sats
from .seed import OPERATOR_API, World, bring_cash

SETTLE_SECONDS = 45
LOOK_SECONDS = 0.4
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
        self,
        world: World,
        walk: RandomWalk,
        purse: LnbitsClient,
        screen: Session,
        *,
        started_at: datetime,
        check_alive: Callable[[], None],
    ) -> None:
        self._world = world
        #: when LNbits was started
        self._started_at = started_at
        self._walk = walk
        self._check_alive = check_alive
        self._drawing = random.Random()
        self._books = Books(world)
        self._purse = purse
        #: the machine, and whoever stands before it: one customer at a time
        self._screen = screen
        self._machine = screen.machine
        self._served = -1

    async def trade(self, *, sales: int | None, pace_seconds: float) -> None:
        """Sells until `sales` is reached, or for ever."""
        number = 0
        while sales is None or number < sales:
            started = time.monotonic()
            number += 1
            await self._until_plugged_in()
            async with self._screen.counter:
                await self._let_settle()
                try:
                    await self._sell(number)
                except HostUnreachable:
                    if not self._machine.client.faults.network_down:
                        raise
                    # somebody unplugs it: what was begun is told later, and blurs the next proof
                    self._served = -1
            if sales is None or number < sales:
                await asyncio.sleep(max(0.0, pace_seconds - (time.monotonic() - started)))

    async def _until_plugged_in(self) -> None:
        """The screen's service menu can unplug the machine; it sells nothing then."""
        if self._machine.client.faults.network_down:
            show.say("    the machine is unplugged; the script waits", "yellow")
        while self._machine.client.faults.network_down:
            self._check_alive()
            await asyncio.sleep(LOOK_SECONDS)

    async def _let_settle(self) -> None:
        """Waits for what an earlier run, or somebody at the screen, did last: it would blur the proof."""
        if self._served == self._screen.served:
            return
        self._served = self._screen.served
        await self._wait_until_settled()
        await self._books.open()

    async def _wait_until_settled(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            status = await self._world.operator.get(f"{OPERATOR_API}/status")
            scanned = status["last_scan_at"]
            has_scanned = scanned is not None and instant(scanned) >= self._started_at
            if has_scanned and status["totals"]["open"] == 0:
                return
            self._check_alive()
            await asyncio.sleep(LOOK_SECONDS)
        show.say("    some settlements are still open; trading goes on", "yellow")

    async def _sell(self, number: int) -> None:
        self._check_alive()
        await self._fill_purse()
        if await bring_sats(self._world):
            await self._books.open()
        await self._fill_cassettes()
        sale = await self._sale(number, await self._amount(number))
        settlement = await self._settlement_of(sale)
        show.sale_table(number, settlement)
        if settlement["state"] != "processed":
            raise DemoStopped(
                f"Settlement {settlement['id']} is {settlement['state']}"
                f" ({settlement['reason'] or settlement['error_message'] or 'no reason given'})."
            )
        show.say(f"    {await self._books.prove(settlement)}", "green")

    async def _sale(self, number: int, amount_minor: int) -> CashOut:
        """A customer pays and takes the notes; the machine reports them, which releases the payout."""
        self._walk.step()
        bills = self._machine.till.notes_for(amount_minor, self._machine.journal.open_entries)
        sale = CashOut(self._machine, bills)
        transaction = await sale.ask()
        await self._purse.pay(str(transaction.invoice))
        if not await sale.wait():
            raise DemoStopped(f"Sale {number} came to nothing: nobody paid.")
        await sale.dispense(dispenser=Dispenser.COMPLETE)
        await sale.report()
        lines = slip(self._machine.config.name, sale.entry, transaction, datetime.now(timezone.utc))
        write_receipt(settings.DATA / "receipts", sale.entry.txid, slip_text(lines))
        return sale

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

    async def _fill_cassettes(self) -> None:
        """The LPs' cash goes into the cassettes; the demo fills them before they run dry."""
        if any(some.count < LOW_NOTES for some in self._machine.till.cassettes):
            await book_notes(self._world, self._machine.till.fill(FULL_CASSETTES), ())
            show.say()
            show.say(f"    {settings.MACHINE}'s cassettes are filled up", "cyan")

    async def _settlement_of(self, sale: CashOut) -> dict[str, Any]:
        """The settlement of this sale, once it has come to an end. A held one is released."""
        deadline = time.monotonic() + SETTLE_SECONDS
        operator = self._world.operator
        query = f"{OPERATOR_API}/settlements?machine_id={self._world.machine['id']}&limit=25"
        payment_hash = sale.transaction.payment_hash if sale.transaction else None
        state = "not seen yet"
        while time.monotonic() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
            self._check_alive()
            newest = (await operator.get(query))["data"]
            found = [s for s in newest if s["payment_hash"] == payment_hash]
            if not found:
                continue
            state = found[0]["state"]
            if state == "held" and found[0]["reason"] != "awaiting_dispense":
                show.say(f"    held ({found[0]['reason']}): the operator releases it", "yellow")
                await operator.post(f"{OPERATOR_API}/settlements/{found[0]['id']}/release")
            elif state in ("processed", "errored", "rejected", "dismissed"):
                return dict(await operator.get(f"{OPERATOR_API}/settlements/{found[0]['id']}"))
        raise DemoStopped(
            f"The sale {sale.entry.txid} is {state} after {SETTLE_SECONDS} s; the log may say why."
        )

    def _fiat(self, amount_minor: int) -> str:
        return f"{format_minor(amount_minor, settings.CURRENCY)} {settings.CURRENCY}"
