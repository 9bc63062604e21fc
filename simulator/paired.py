"""A paired machine: what its transactions share, and what it does when nobody stands before it.

What can go wrong: the power or the network fails at any moment. What was begun is in the journal, and
`catch_up` brings it to an end: a sale that was paid after its customer left is reported as `failed`, notes
that were taken become a link, reports are posted until they are answered.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from .answers import Config
from .cash import Notes
from .client import HostUnreachable, Sleep
from .journal import Entry, Journal, Stage
from .machine_client import MachineClient, MachineRefused
from .till import Till

SOFTWARE = "satoshi-machine simulator 1"


def new_txid() -> str:
    """A name that no other transaction has; its beginning tells when it was."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"


class PairedMachine:
    """One machine with its key, its notes and its journal. `rate` gives sats per one unit of fiat."""

    def __init__(
        self,
        client: MachineClient,
        till: Till,
        journal: Journal,
        *,
        rate: Callable[[], Decimal],
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        txids: Callable[[], str] = new_txid,
    ) -> None:
        self.client = client
        self.till = till
        self.journal = journal
        self.rate = rate
        self.sleep = sleep
        self.clock = clock
        self.new_txid = txids
        #: what the screen shows, for the heartbeat
        self.screen = "idle"
        #: transactions whose customer is here; `catch_up` leaves them alone
        self.attended: set[str] = set()
        self._config: Config | None = None
        self._newest_config = 0

    @property
    def config(self) -> Config:
        """What the operator configured; `refresh` has to have been called once."""
        if self._config is None:
            raise RuntimeError("this machine has not asked for its configuration yet")
        return self._config

    @property
    def currency(self) -> str:
        return self.config.currency

    @property
    def is_ready(self) -> bool:
        return self._config is not None

    async def refresh(self) -> Config:
        """Asks for the configuration."""
        self._config = await self.client.config()
        self._newest_config = self._config.version
        return self._config

    async def pair(self, code: str) -> Config:
        """Redeems a pairing code, and knows its configuration from then on."""
        self._config = await self.client.pair(code)
        self._newest_config = self._config.version
        return self._config

    def heard_of(self, config_version: int) -> None:
        """An answer named this version of the configuration; `keep_up` asks for it if it is newer."""
        self._newest_config = max(self._newest_config, config_version)

    async def keep_up(self) -> None:
        """Asks for the configuration if there is a newer one."""
        if self._config is None or self._newest_config > self._config.version:
            await self.refresh()

    def notes_on_offer(self) -> tuple[Notes, ...]:
        """What can be sold now."""
        return self.till.on_offer(self.journal.open_entries)

    async def heartbeat(self) -> None:
        """Tells that the machine lives, what it shows and what is in it."""
        report = {
            "software": SOFTWARE,
            "screen": self.screen,
            "cash_units": self.till.cash_units(self.currency),
        }
        self.heard_of(await self.client.heartbeat(report))

    async def live(self, complain: Callable[[str], None]) -> None:
        """What a machine does beside its customers, until it is cancelled."""
        while True:
            try:
                await self.keep_up()
                await self.heartbeat()
                await self.catch_up()
            except (HostUnreachable, MachineRefused) as error:
                complain(str(error))
            await self.sleep(self.config.heartbeat_seconds if self.is_ready else 15)

    async def catch_up(self) -> list[Entry]:
        """Brings what nobody stands before to an end; gives what is still open. Raises HostUnreachable."""
        for entry in self.journal.open_entries:
            if entry.txid not in self.attended:
                await self._catch_up_one(entry)
        return [entry for entry in self.journal.open_entries if entry.txid not in self.attended]

    async def _catch_up_one(self, entry: Entry) -> None:
        if entry.stage is Stage.SELLING:
            await self._end_sale(entry)
            return
        if entry.stage is Stage.DISPENSING:
            entry = self.journal.write(entry.moved(Stage.REPORTING, version=entry.version + 1))
        if entry.stage is Stage.COLLECTING:
            entry = self.journal.write(entry.moved(Stage.OFFERING, version=entry.version + 1))
        await self.post_until_closed(entry)

    async def _end_sale(self, entry: Entry) -> None:
        """The customer has left. Asked, not posted: an invoice that nobody has seen needs not be made."""
        try:
            transaction = await self.client.transaction(entry.txid)
        except MachineRefused as refusal:
            if refusal.status == 404:
                self.journal.write(entry.moved(Stage.CLOSED))
                return
            raise
        if transaction.paid:
            entry = self.journal.write(entry.moved(Stage.REPORTING, version=entry.version + 1))
            await self.post_until_closed(entry)
        elif transaction.is_over:
            self.journal.write(entry.moved(Stage.CLOSED))

    async def _carry_over(self, entry: Entry) -> None:
        """Notes that the server hears of too late for their transaction become one of their own.

        Its name follows from the first one's, so that a crash in between makes no second one.
        """
        known = (await self.client.transaction(entry.txid)).note_ids
        late = tuple(minor for number, minor in enumerate(entry.taken, 1) if str(number) not in known)
        if late:
            txid = f"{entry.txid}-late"
            self.journal.write(replace(entry, txid=txid, stage=Stage.OFFERING, version=1, taken=late))
        self.journal.write(entry.moved(Stage.CLOSED))

    async def post_until_closed(self, entry: Entry) -> None:
        """Posts the last news of a transaction. What the server refuses for good is closed, too."""
        try:
            transaction = await self.client.post_transaction(*entry.post())
        except MachineRefused as refusal:
            if refusal.code == "unknown_key":
                raise
            if refusal.code == "transaction_closed":
                await self._carry_over(entry)
                return
        else:
            self.heard_of(transaction.config_version)
        self.journal.write(entry.moved(Stage.CLOSED))
