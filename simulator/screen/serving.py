"""The two ways through the screen, each a coroutine from the first touch to the receipt."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any

from ..answers import Transaction
from ..cash import CannotDispense, Notes
from ..cash_in import CashIn
from ..cash_out import CashOut
from ..client import HostUnreachable
from ..journal import Entry, Stage
from ..money import format_minor
from ..receipt import slip
from .qr import lightning_qr
from .session import NotNow, Session, View

#: How long the machine waits for the next note, and for the link to be used.
INSERT_SECONDS = 180.0
CLAIM_SECONDS = 300.0
#: Between two tries where the server cannot be reached and notes are in the machine.
RETRY_SECONDS = 3.0


class Counter:
    """Serves the customer before this screen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._machine = session.machine
        self._purchase: CashIn | None = None
        self._done = asyncio.Event()
        self._left = asyncio.Event()
        self._feeding = asyncio.Lock()

    def sell(self, bills: Sequence[Notes]) -> None:
        """Get cash: these notes."""
        self._session.need(View.IDLE)
        self._session.start(lambda: self._sell(bills))

    def buy(self) -> None:
        """Get bitcoin."""
        self._session.need(View.IDLE)
        self._session.start(lambda: self._buy(None))

    def go_on(self) -> None:
        """After a start: whoever has put notes in still stands there. A sale's customer may be gone."""
        for entry in self._machine.journal.open_entries:
            if entry.stage in (Stage.COLLECTING, Stage.OFFERING) and entry.taken:
                self._session.start(partial(self._buy, entry))
                return

    async def insert(self, minor: int) -> None:
        """One note goes in; raises NoteGivenBack."""
        self._session.need(View.INSERT)
        async with self._feeding:
            purchase = self._purchase
            if purchase is None or self._done.is_set():
                raise NotNow("the customer is done")
            try:
                await purchase.insert(minor)
            finally:
                self._show_inserted(purchase)

    async def done(self) -> None:
        """The customer has put in all of it."""
        self._session.need(View.INSERT)
        self._done.set()

    async def leave(self) -> None:
        """Back to the first screen; with a link that nobody has used, by way of a receipt that has it."""
        session = self._session
        if session.view in (View.CLAIM, View.HELD):
            self._left.set()
            return
        if session.view is View.PAY:
            now = await self._machine.client.transaction(session.facts["txid"])
            if now.paid:
                raise NotNow("it is paid already")
        await session.leave()

    async def _sell(self, bills: Sequence[Notes]) -> None:
        session, machine = self._session, self._machine
        try:
            sale = CashOut(machine, bills)
        except CannotDispense:
            session.show(View.SORRY, code="out_of_notes", detail="", fields={})
            return
        try:
            transaction = await sale.ask()
            if not transaction.paid and not transaction.is_over:
                self._show_invoice(sale.entry, transaction)
                session.errand(session.look_into_purse())
            if not await sale.wait():
                session.show(View.EXPIRED)
                return
            # notes leave whatever becomes of the one who looks
            await asyncio.shield(asyncio.create_task(self._give(sale)))
        finally:
            sale.leave()

    async def _give(self, sale: CashOut) -> None:
        session = self._session
        notes = [some.denomination_minor for some in sale.entry.bills for _ in range(some.count)]
        session.show(View.DISPENSING, notes=notes, given=0, minor=sale.entry.asked_minor)

        async def came_out(_minor: int) -> None:
            session.add(given=len(sale.entry.given))
            await asyncio.sleep(session.note_seconds)

        entry = await sale.dispense(came_out)
        is_told = True
        try:
            await sale.report()
        except HostUnreachable:
            is_told = False
        session.say(f"screen: {entry.txid} gave {entry.outcome}")
        if sale.transaction is not None:
            self._show_receipt(entry, sale.transaction, outcome=entry.outcome, is_told=is_told)

    async def _buy(self, entry: Entry | None) -> None:
        purchase = CashIn(self._machine) if entry is None else CashIn.resumed(self._machine, entry)
        self._purchase, self._done, self._left = purchase, asyncio.Event(), asyncio.Event()
        try:
            if entry is None:
                await purchase.start()
                self._show_inserted(purchase)
                await self._until_done(purchase)
            transaction = await self._finish(purchase)
            await self._pay_out(purchase, transaction)
        finally:
            self._purchase = None
            purchase.leave()

    async def _until_done(self, purchase: CashIn) -> None:
        """Until the button, or until nothing has gone in for a while."""
        counted = -1
        while not self._done.is_set() and counted != len(purchase.entry.taken):
            counted = len(purchase.entry.taken)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._done.wait(), INSERT_SECONDS)
        self._done.set()

    async def _finish(self, purchase: CashIn) -> Transaction:
        """Asks for the link until there is an answer: notes of the customer's are in the machine."""
        async with self._feeding:
            while True:
                self._session.show(View.WORKING, about="making_link", minor=purchase.entry.taken_minor)
                try:
                    return await purchase.finish()
                except HostUnreachable:
                    self._session.show(View.WORKING, about="no_answer", minor=purchase.entry.taken_minor)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _pay_out(self, purchase: CashIn, transaction: Transaction) -> None:
        """Shows the link until it is used, or until the customer has gone with it."""
        leaving = asyncio.ensure_future(asyncio.wait_for(self._left.wait(), CLAIM_SECONDS))
        try:
            while not transaction.paid and not transaction.is_over:
                self._show_claim(purchase.entry, transaction)
                news = asyncio.ensure_future(purchase.wait())
                await asyncio.wait((news, leaving), return_when=asyncio.FIRST_COMPLETED)
                if not news.done():
                    news.cancel()
                    break
                transaction = news.result()
        finally:
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
        if not purchase.entry.taken:
            self._session.show(View.IDLE)
            return
        outcome = "paid" if transaction.paid else "over" if transaction.is_over else transaction.state
        self._session.say(f"screen: {purchase.entry.txid} is {outcome}")
        self._show_receipt(purchase.entry, transaction, outcome=outcome, is_told=True)

    def _show_invoice(self, entry: Entry, transaction: Transaction) -> None:
        if transaction.invoice is None:
            raise HostUnreachable("the server made no invoice")
        left = None
        if transaction.expires_at is not None:
            now = self._machine.clock() + self._machine.client.clock_offset
            left = max(0, round(transaction.expires_at.timestamp() - now))
        self._session.show(
            View.PAY,
            **_figures(entry, transaction),
            minor=entry.asked_minor,
            text=transaction.invoice,
            qr=lightning_qr(transaction.invoice),
            seconds_left=left,
        )

    def _show_inserted(self, purchase: CashIn) -> None:
        if purchase.transaction is None or self._done.is_set():
            return
        self._session.show(
            View.INSERT,
            **_figures(purchase.entry, purchase.transaction),
            minor=purchase.entry.taken_minor,
            taken=list(purchase.entry.taken),
            left_minor=purchase.left_minor,
        )

    def _show_claim(self, entry: Entry, transaction: Transaction) -> None:
        facts: dict[str, Any] = {**_figures(entry, transaction), "minor": entry.taken_minor}
        if transaction.lnurl is None:
            self._session.show(View.HELD, **facts, waits_for=transaction.waits_for or transaction.state)
            return
        self._session.show(View.CLAIM, **facts, text=transaction.lnurl, qr=lightning_qr(transaction.lnurl))
        self._session.errand(self._session.look_into_purse())

    def _show_receipt(self, entry: Entry, transaction: Transaction, *, outcome: str, is_told: bool) -> None:
        config = self._machine.config
        lines = slip(config.name, entry, transaction, datetime.now(timezone.utc))
        link = transaction.lnurl if outcome == "offered" else None
        self._session.show(
            View.RECEIPT,
            **_figures(entry, transaction),
            outcome=outcome,
            is_told=is_told,
            lines=lines,
            given=list(entry.given),
            given_minor=entry.given_minor,
            minor=entry.asked_minor or entry.taken_minor,
            text=link,
            qr=lightning_qr(link) if link else None,
        )


def _figures(entry: Entry, transaction: Transaction) -> dict[str, Any]:
    return {
        "txid": entry.txid,
        "tx_type": transaction.tx_type,
        "rate": entry.exchange_rate,
        "fiat_amount": format_minor(entry.asked_minor or entry.taken_minor, entry.currency)
        if entry.asked_minor or entry.taken_minor
        else "0",
        "principal_sats": transaction.principal_sats,
        "fee_sats": transaction.fee_sats,
        "wire_sats": transaction.wire_sats,
    }
