"""The engine with its store, its use cases and an LNbits in memory, and everything that happens to them.

One process at a time works on the books; it dies where a fuse burns down, and is followed by the next one
over the same database and the same LNbits. What a person does can happen in the middle of what the engine
does, at any of its calls of LNbits; so can another process that takes the engine's lease over.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from loguru import logger

from satmachineadmin import failpoints
from satmachineadmin.core.errors import Refusal
from satmachineadmin.core.host_facts import HostLimits
from satmachineadmin.core.lease import Lease, LeaseLost
from satmachineadmin.core.model import HostPayment
from satmachineadmin.core.outside import Invoice
from satmachineadmin.engine.claim import hand_in
from satmachineadmin.engine.claims import work_claims
from satmachineadmin.engine.pay_external import work_outside
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.engine.work import work_once
from satmachineadmin.store.books import Store
from satmachineadmin.usecases import machines, platform
from tests.fakes.books import FakeClock
from tests.fakes.host import FakeHost
from tests.fakes.seen import host_rows
from tests.judge import STATEMENTS, Snapshot
from tests.unit.engine.crash import Crashed
from tests.unit.engine.rig import OPERATOR, PLATFORM, machine_fields

from .follow import Follower
from .ledger import IN_FLIGHT, NETWORK_FEE_MSAT
from .people import CUSTOMER, ELLA, FRED, GRETA, LPS, PARTNERS, PURSE, hex_id
from .storage import Storage

RATES = {"EUR": "5", "JPY": "0.25", "KWD": "17.003"}
#: LNbits' own: at least 2 sats, or 1 %
LIMITS = HostLimits(reserve_fee_min_msat=2000, reserve_fee_percent="1.0")

_SIDE_CALLS = ("mint", "facts", "paid_before", "make_invoice", "pay_invoice", "look_up", "complete_half")
_OUTSIDE_CALLS = ("terms", "invoice", "pay", "look_up", "charge")

#: what is only wrong with the slow way
_SLOW = ("slow way", "stops half way", "lies after paying", "no invoices")
#: rounds after which everything must be decided
_MENDING = 12

Command = Callable[[], Awaitable[object]]


class Fuse(Counter[str]):
    """Counts the places that the process reaches, and kills it at the last one."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self.left = places

    def __setitem__(self, name: str, times: int) -> None:
        super().__setitem__(name, times)
        if not name.startswith("setup."):
            self.left -= 1
            if self.left == 0:
                raise Crashed


class World:
    """One run. `say` tells what happens, for a person who reads a failing example."""

    def __init__(self, storage: Storage, currencies: tuple[str, ...], say: Callable[[str], None]) -> None:
        self.say = say
        self.clock = FakeClock()
        self._storage = storage
        self._place = storage.fresh()
        self.store = Store(storage.open(self._place), self.clock)
        self.host = FakeHost(self.store, self.clock)
        self.host.limits = LIMITS
        self.host.lightning.fee_msat = NETWORK_FEE_MSAT
        self.books = Follower(wallet_of=self.wallet_of)
        self.machines: list[str] = []
        self.currencies = currencies
        self.lease = Lease(holder="", epoch=0)
        #: the lease of the process that works: somebody else may hold the right to pay by now
        self.working = self.lease
        #: a person's command that waits for the engine to call LNbits, and after how many calls it comes
        self.later: tuple[int, Command] | None = None
        self.fuse: Fuse | None = None
        self.defects: list[str] = []
        #: of each settlement and leg the newest event that names its state
        self._newest: dict[str, Mapping[str, Any]] = {}
        self._sink = logger.add(
            lambda text: self.defects.append(str(text)), level="ERROR", format="{message}"
        )
        self._watch()

    async def open(self) -> None:
        self.host.add_wallet("platform", PLATFORM)
        self.host.add_wallet(PURSE, OPERATOR)
        self.receive(PURSE, 2_000_000, memo="Admin credit")
        for name in (*PARTNERS, "greta"):
            self.host.add_wallet(hex_id(name), name)
        self.host.add_wallet(CUSTOMER, "carla")
        for name in LPS:
            self.host.add_wallet(f"{name}'s wallet", name)
            self.host.add_wallet(f"{name}'s other wallet", name)
            self.host.lightning.add_target(f"{name}@home.com")
        self.host.lightning.add_target(ELLA)
        self.host.lightning.add_target(FRED, min_msat=40_000)
        self.host.lightning.add_target(GRETA, wallet_id=hex_id("greta"))
        await platform.change_platform(
            self.store, PLATFORM, {"super_fee_pct": "30", "super_fee_wallet_id": "platform"}
        )
        for number, currency in enumerate(self.currencies):
            wallet = self.host.add_wallet(f"machine {number}", OPERATOR)
            fields = machine_fields(wallet, currency=currency, reference_rate=RATES[currency])
            self.machines.append(await machines.add_machine(self.store, OPERATOR, fields))
        await self._take_lease()

    async def close(self) -> None:
        logger.remove(self._sink)
        await self.store.database.dispose()

    # Processes -----------------------------------------------------------------------------------

    async def _take_lease(self) -> Lease:
        async with self.store.transaction("setup") as books:
            lease = await books.take_lease(f"process {self.lease.epoch + 1}", previous_is_gone=True)
            await books.sql.run("UPDATE satmachineadmin.runner_lease SET expires_at = expires_at + 100000000")
        assert lease is not None
        self.lease = lease
        return lease

    async def next_life(self) -> None:
        """Another process over the same databases, which knows that the one before is dead."""
        await self.store.database.dispose()
        self.store = Store(self._storage.open(self._place), self.clock)
        self.host.restart(self.store)
        await self._take_lease()

    async def overtake(self) -> None:
        """A second process takes the lease and works, while the first one is in the middle of something.

        From then on the first one pays nothing any more.
        """
        lease = await self._take_lease()
        await self._round(lease)
        await self.look()
        self.books.is_overtaken = True

    # What happens --------------------------------------------------------------------------------

    async def does(self, sentence: str, command: Command) -> None:
        """A person does something, now or in the middle of what the engine does next."""
        if self.later is not None and self.later[1] == self.nothing_yet:
            self.say(f"{sentence}, a moment later")
            self.later = (self.later[0], functools.partial(self._attempt, sentence, command))
            return
        await self._mortal(self._attempt(sentence, command))

    async def engine(self, sentence: str, command: Command) -> None:
        self.say(sentence)
        self.working = self.lease
        await self._mortal(self._work(command))
        if self.later is not None:
            (_calls, waiting), self.later = self.later, None
            await self._mortal(waiting())

    async def _work(self, command: Command) -> None:
        try:
            await command()
        except LeaseLost:
            self.say("  it has lost its lease and stops")

    async def _mortal(self, work: Awaitable[object]) -> None:
        if self.fuse is not None:
            failpoints.arm("any place")
            failpoints._reached = self.fuse
        try:
            await work
            if self.books.is_overtaken:
                failpoints.arm("")
                await self.look()
                self.books.is_overtaken = False
        except Crashed:
            failpoints.arm("")
            self.fuse = self.later = None
            self.books.is_overtaken = False
            self.say("  the process dies, and the next one starts")
            await self.next_life()
            await self._round(self.lease, is_start=True)
        finally:
            failpoints.arm("")
            failpoints._reached = Counter()

    async def nothing_yet(self) -> None:
        """Stands for what a person does next, while the engine works."""

    async def _attempt(self, sentence: str, command: Command) -> None:
        try:
            await command()
            self.say(sentence)
        except Refusal as refusal:
            self.say(f"{sentence}: refused ({refusal.code})")

    async def _round(self, lease: Lease, *, is_start: bool = False) -> None:
        try:
            await work_once(self.store, self.host, lease, lambda: False, is_start=is_start)
        except LeaseLost:
            self.say("  it has lost its lease and stops")

    async def works(self) -> None:
        await work_once(self.store, self.host, self.working, lambda: False)

    async def works_outside(self) -> None:
        """As the runner does: of a customer who waits for it, else of a leg."""
        for _ in range(6):
            if await work_claims(self.store, self.host, self.working, lambda: False) is not None:
                continue
            if await work_outside(self.store, self.host, self.working, lambda: False) is None:
                return

    async def reconciles(self) -> None:
        await reconcile_once(self.store, self.host, self.working, lambda: False)

    def _watch(self) -> None:
        for thing, names in ((self.host, _SIDE_CALLS), (self.host.lightning, _OUTSIDE_CALLS)):
            for name in names:
                setattr(thing, name, self._watched(getattr(thing, name), name))

    def _watched(self, call: Callable[..., Awaitable[Any]], name: str) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(call)
        async def watched(*args: Any, **named: Any) -> Any:
            await self._between(f"host.before_{name}")
            result = await call(*args, **named)
            await self._between(f"host.after_{name}")
            return result

        return watched

    async def _between(self, place: str) -> None:
        failpoints.reached(place)
        if self.later is None:
            return
        calls, waiting = self.later
        self.later = (calls - 1, waiting)
        if calls <= 1 and waiting != self.nothing_yet:
            self.later = None
            await waiting()

    # Sats ----------------------------------------------------------------------------------------

    def receive(self, wallet: str, sats: int, **facts: Any) -> HostPayment:
        row = self.host.receive(wallet, sats, **facts)
        if row.status == "success":
            self.books.received(wallet, sats * 1000)
        return row

    def change(self, row: HostPayment, **changes: Any) -> HostPayment:
        """A payment of the world's changes; the reference hears what that does to its wallet."""
        before = _worth(row)
        row = self.host.change(row, **changes)
        self.books.received(row.wallet_id, _worth(row) - before)
        return row

    def spend(self, wallet: str, sats: int) -> None:
        self.host.send(wallet, sats)
        self.books.received(wallet, -1000 * sats)

    def set_deleted(self, wallet: str, is_gone: bool) -> None:
        self.host.wallets[wallet] = replace(self.host.wallets[wallet], deleted=is_gone)

    def decide(self, status: str) -> None:
        """The node knows by now what became of the engine's payments that were pending."""
        for row in [row for row in self.host.rows if row.status == "pending" and row.is_lightning_outbound]:
            self.host.change(row, status=status, fee_msat=NETWORK_FEE_MSAT if status == "success" else 0)

    async def invoice(self, amount_msat: int, payee: str = "") -> Invoice:
        """A customer's, of a wallet here or, as most are, somewhere else."""
        name = f"customer@{payee or 'wallet.com'}"
        self.host.lightning.add_target(name, wallet_id=payee or None)
        terms = await self.host.lightning.terms(name)
        return await self.host.lightning.invoice(terms, amount_msat)

    async def claim(self, sale: str) -> None:
        """The customer hands in an invoice for the link to what was not dispensed, if there is one."""
        async with self.store.reading() as books:
            link = await books.withdrawals.under_way(sale)
        if link is not None:
            invoice = await self.invoice(link["amount_msat"])
            await hand_in(self.store, self.host, link["k1"], invoice.bolt11)

    def unpaid_sales(self) -> list[HostPayment]:
        """Invoices of customers that nobody has paid yet."""
        open_rows = [row for row in self.host.rows if row.status == "pending" and row.is_lightning_inbound]
        made = self.books.made
        return [
            row
            for row in open_rows
            if row.payment_hash in made and made[row.payment_hash]["wallet"] == row.wallet_id
        ]

    def trouble(self, what: str) -> None:
        """What is wrong with LNbits from now on; one thing at a time."""
        self.host.closed = "not today" if what in _SLOW else None
        self.host.stops_half_way = what == "stops half way"
        self.host.lies_after_paying = what == "lies after paying"
        self.host.no_invoice_for = {hex_id("paula"): "Not now."} if what == "no invoices" else {}
        self.host.limits = replace(
            LIMITS,
            only_incoming=what == "only incoming",
            max_wallet_balance_sats=400 if what == "full wallets" else None,
            seconds_between_payments=20 if what == "waits between payments" else None,
        )

    async def mend(self) -> None:
        """Everything that can go well goes well, until the engine has nothing more to do."""
        self.fuse = self.later = None
        self.working = self.lease
        self.trouble("none")
        self.host.lightning.endings.clear()
        for target in self.host.lightning.targets.values():
            target.refuses, target.max_msat = None, 10**12
        for wallet in self.host.wallets:
            self.set_deleted(wallet, False)
        for row in self.unpaid_sales():
            self.change(row, status="failed")
        for wallet in (PURSE, *(f"machine {number}" for number in range(len(self.machines)))):
            self.receive(wallet, 1_000_000, memo="Admin credit")
        for number in range(_MENDING):
            self.decide("success")
            await work_once(self.store, self.host, self.lease, lambda: False, is_start=number == 0)
            await self.works_outside()
            if number % 4 == 0:
                await self.reconciles()
            await self.look()
            is_quiet = all(sale.state not in ("pending", "processing") for sale in self.books.sales.values())
            is_quiet &= all(link.state != "claimed" for link in self.books.links.values())
            if is_quiet and all(leg.state not in IN_FLIGHT for leg in self.books.legs.values()):
                return
            self.clock.advance(seconds=700)

    def wallet_of(self, label: str) -> str:
        return hex_id(label) if label in PARTNERS else hex_id("greta") if label == GRETA else label

    # Looking -------------------------------------------------------------------------------------

    async def look(self) -> Snapshot:
        """Both books; the follower has read the trail as far."""
        _hash, seq = self.books.head
        async with self.store.reading() as books:
            events = await books.sql.all(
                """
                SELECT body, hash, subject_id FROM satmachineadmin.audit_events
                WHERE seq > :seq ORDER BY seq
                """,
                seq=seq,
            )
            self.books.read(events)
            for row in events:
                if "state" in json.loads(row["body"])["change"]["after"]:
                    self._newest[row["subject_id"]] = row
            parts = {
                name: await books.sql.all(statement)
                for name, statement in STATEMENTS.items()
                if name not in ("payments", "overdrawn", "events")
            }
        return Snapshot(**parts, events=tuple(self._newest.values()), **host_rows(self.host))


def _worth(row: HostPayment) -> int:
    """What a row does to the balance of its wallet."""
    counts = row.status == "success" or (row.status == "pending" and row.is_lightning_outbound)
    return row.amount_msat - row.fee_msat if counts else 0
