"""One customer who gives banknotes to a paired machine: start, note by note, done, the link, paid.

What can go wrong: a note is in the box and nobody knows (it is written down before it is told, and told
with every later note again), more is taken than the wallet holds (the server says how much may be taken;
a note beyond that is given back), the customer leaves before the link was used (it is printed, and good
for a month).
"""

from __future__ import annotations

from dataclasses import replace

from .answers import Transaction
from .cash_out import wait_for_news
from .client import HostUnreachable
from .journal import Entry, Stage
from .machine_client import MachineRefused
from .money import format_minor, parse_minor
from .paired import PairedMachine


class NoteGivenBack(Exception):
    """The machine does not take this note; it comes out again. `most_minor` is what may still go in."""

    def __init__(self, minor: int, most_minor: int, currency: str) -> None:
        super().__init__(
            f"a note of {format_minor(minor, currency)} {currency} is given back:"
            f" {format_minor(most_minor, currency)} may still go in"
        )
        self.most_minor = most_minor


class CashIn:
    """A purchase of banknotes. `entry` is what the machine knows, `transaction` what the server has said."""

    def __init__(self, machine: PairedMachine) -> None:
        self._machine = machine
        self.transaction: Transaction | None = None
        self.entry = Entry(
            txid=machine.new_txid(),
            stage=Stage.COLLECTING,
            version=1,
            currency=machine.currency,
            exchange_rate=format(machine.rate(), "f"),
        )

    @classmethod
    def resumed(cls, machine: PairedMachine, entry: Entry) -> CashIn:
        """A purchase of the journal, whose customer still stands there after a start."""
        purchase = cls.__new__(cls)
        purchase._machine, purchase.transaction, purchase.entry = machine, None, entry
        machine.attended.add(entry.txid)
        return purchase

    @property
    def left_minor(self) -> int | None:
        """What may still be taken; None where there is no limit."""
        if self.transaction is None or self.transaction.most_fiat_amount is None:
            return None
        most = self.transaction.most_fiat_amount
        # nothing at all is an answer, and no amount
        most_minor = parse_minor(most, self.entry.currency) if most.strip("0.") else 0
        return max(0, most_minor - self.entry.taken_minor)

    async def start(self) -> Transaction:
        """Asks before the first note. Whatever is not a yes ends it: no note was taken."""
        machine = self._machine
        machine.attended.add(self.entry.txid)
        try:
            self.transaction = await machine.client.post_transaction(*self.entry.post())
        except (MachineRefused, HostUnreachable):
            self.leave()
            raise
        self.entry = machine.journal.write(self.entry)
        machine.heard_of(self.transaction.config_version)
        return self.transaction

    async def insert(self, minor: int) -> None:
        """Takes a note, writes it down and tells it; raises NoteGivenBack.

        Without an answer it goes on: the next post says it again.
        """
        machine = self._machine
        left = self.left_minor
        if (left is not None and minor > left) or not machine.till.box_room:
            raise NoteGivenBack(minor, left or 0, self.entry.currency)
        self.entry = machine.journal.write(
            replace(self.entry, taken=(*self.entry.taken, minor), version=self.entry.version + 1)
        )
        machine.till.take(minor)
        try:
            self.transaction = await machine.client.post_transaction(*self.entry.post())
        except HostUnreachable:
            return

    async def finish(self) -> Transaction:
        """The customer is done: asks for the link. Without an answer `catch_up` asks again."""
        machine = self._machine
        if self.entry.stage is Stage.COLLECTING:
            self.entry = machine.journal.write(
                self.entry.moved(Stage.OFFERING, version=self.entry.version + 1)
            )
        self.transaction = await machine.client.post_transaction(*self.entry.post())
        if self.transaction.paid or self.transaction.is_over:
            self._close()
        return self.transaction

    async def wait(self) -> Transaction:
        """Gives the transaction in its next state: offered, paid or over."""
        if self.transaction is None:
            raise RuntimeError("what was not begun cannot be waited for")
        known = self.transaction.state
        while self.transaction.state == known:
            self.transaction = await wait_for_news(self._machine, self.transaction)
        if self.transaction.paid or self.transaction.is_over:
            self._close()
        return self.transaction

    def leave(self) -> None:
        """The customer is gone, with its link on paper; what the server has not heard is `catch_up`'s."""
        self._machine.attended.discard(self.entry.txid)

    def _close(self) -> None:
        if self.entry.stage is not Stage.CLOSED:
            self.entry = self._machine.journal.write(self.entry.moved(Stage.CLOSED))
        self.leave()
