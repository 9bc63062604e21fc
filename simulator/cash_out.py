"""One customer who takes banknotes from a paired machine: ask, wait, dispense, report.

What can go wrong: notes are given for an invoice that nobody has paid (only `paid` opens the dispenser), the
dispenser stops in the middle (what came out is counted note by note, and that is reported), the customer
walks away and pays later (nothing comes out any more; it is reported as `failed`, by `catch_up`).
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from .answers import Transaction
from .cash import Notes
from .client import HostUnreachable
from .faults import Dispenser
from .journal import Entry, Stage
from .machine_client import LONGEST_WAIT_SECONDS, MachineRefused
from .paired import PairedMachine

#: How long after the expiry the server is given to say that it is over.
GRACE_SECONDS = 3.0
#: A server that answers a long question at once is not asked again sooner than this.
LEAST_SECONDS = 1.0

OnNote = Callable[[int], Awaitable[None]]


async def _nobody_looks(_minor: int) -> None:
    return None


async def wait_for_news(machine: PairedMachine, known: Transaction) -> Transaction:
    """The transaction once it is in another state, or after a while as it was; the network may be away."""
    started = machine.clock()
    seconds = LONGEST_WAIT_SECONDS
    if known.expires_at is not None:
        left = known.expires_at.timestamp() + GRACE_SECONDS - started - machine.client.clock_offset
        seconds = max(1, min(seconds, math.ceil(left)))
    try:
        news = await machine.client.transaction(known.txid, known=known.state, wait_seconds=seconds)
    except HostUnreachable:
        news = known
    else:
        machine.heard_of(news.config_version)
    if news.state == known.state and machine.clock() - started < LEAST_SECONDS:
        await machine.sleep(LEAST_SECONDS)
    return news


class CashOut:
    """A sale of banknotes. `entry` is what the machine knows, `transaction` what the server has said."""

    def __init__(self, machine: PairedMachine, bills: Sequence[Notes]) -> None:
        """Sets these notes aside at the rate of this moment; raises CannotDispense."""
        machine.till.check_offer(bills, machine.journal.open_entries)
        self._machine = machine
        self.transaction: Transaction | None = None
        self.entry = Entry(
            txid=machine.new_txid(),
            stage=Stage.SELLING,
            version=1,
            currency=machine.currency,
            exchange_rate=format(machine.rate(), "f"),
            bills=tuple(some for some in bills if some.count),
        )

    async def ask(self) -> Transaction:
        """Gets the invoice. A refusal closes the sale; without an answer `catch_up` looks after it."""
        machine = self._machine
        self.entry = machine.journal.write(self.entry)
        machine.attended.add(self.entry.txid)
        try:
            self.transaction = await machine.client.post_transaction(*self.entry.post())
        except MachineRefused:
            self._move(Stage.CLOSED)
            self.leave()
            raise
        except HostUnreachable:
            self.leave()
            raise
        machine.heard_of(self.transaction.config_version)
        return self.transaction

    async def wait(self) -> bool:
        """True once it is paid, False once nobody can pay any more."""
        if self.transaction is None:
            raise RuntimeError("a sale without an invoice cannot be waited for")
        while not self.transaction.paid and not self.transaction.is_over:
            self.transaction = await wait_for_news(self._machine, self.transaction)
        if self.transaction.paid:
            return True
        self._move(Stage.CLOSED)
        self.leave()
        return False

    async def dispense(self, on_note: OnNote = _nobody_looks, dispenser: Dispenser | None = None) -> Entry:
        """Gives the notes one by one, each written down before the next; gives what came out.

        How the dispenser does is the machine's switch, unless it is said here.
        """
        if self.transaction is None or not self.transaction.paid:
            raise RuntimeError("notes leave the machine only for a sale that is paid")
        machine = self._machine
        self._move(Stage.DISPENSING)
        notes = [some.denomination_minor for some in self.entry.bills for _ in range(some.count)]
        if dispenser is None:
            dispenser = machine.client.faults.next_dispenser()
        for minor in notes[: notes_that_come(dispenser, len(notes))]:
            self.entry = machine.journal.write(_with_note(self.entry, minor))
            machine.till.give(minor)
            await on_note(minor)
        self._move(Stage.REPORTING, version=self.entry.version + 1)
        return self.entry

    async def report(self) -> None:
        """Tells what came out. Without an answer `catch_up` tells it again; raises HostUnreachable."""
        try:
            await self._machine.post_until_closed(self.entry)
        finally:
            self.leave()

    def leave(self) -> None:
        """The customer is gone; what is open is `catch_up`'s."""
        self._machine.attended.discard(self.entry.txid)

    def _move(self, stage: Stage, **facts: int) -> None:
        self.entry = self._machine.journal.write(self.entry.moved(stage, **facts))


def notes_that_come(dispenser: Dispenser, count: int) -> int:
    """How many of so many notes this dispenser gives. One that stops halfway gives none of a single one."""
    if dispenser is Dispenser.COMPLETE:
        return count
    return count // 2 if dispenser is Dispenser.PARTIAL else 0


def _with_note(entry: Entry, minor: int) -> Entry:
    return replace(entry, given=(*entry.given, minor))
