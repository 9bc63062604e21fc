"""One machine and the life of a sale: quoting, invoiced, paid, dispensed or expired.

What can go wrong: notes sold twice (they are set aside before the invoice exists and put back only
when it is known that nobody paid), notes given for an invoice that nobody paid (they leave only in the
state `paid`), and a payment in the last second (one more look is taken after the invoice has expired).
A host that cannot be reached leaves the sale as it is, its notes set aside: nothing is assumed.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum

from .backoff import Backoff
from .cash import CashBox, Notes
from .client import LnbitsClient, Paid, Sleep
from .config import MachineConfig
from .quote import Quote, quote_cash_out
from .receipt import receipt_text, write_receipt
from .stamp import cash_out_stamp

#: How long after the expiry a payment under way may still show up.
GRACE_SECONDS = 2.0


class SaleState(str, Enum):
    QUOTING = "quoting"
    INVOICED = "invoiced"
    PAID = "paid"
    DISPENSED = "dispensed"
    EXPIRED = "expired"


SALE_ARROWS = frozenset(
    {
        (SaleState.QUOTING, SaleState.INVOICED),
        (SaleState.INVOICED, SaleState.PAID),
        (SaleState.INVOICED, SaleState.EXPIRED),
        (SaleState.PAID, SaleState.DISPENSED),
    }
)


@dataclass(frozen=True, kw_only=True)
class Sale:
    """One sale as it stands. A step gives a new one; there is no way back."""

    txid: str
    state: SaleState
    quote: Quote
    #: set aside for this customer
    bills: tuple[Notes, ...]
    payment_hash: str | None = None
    bolt11: str | None = None
    #: on the machine's own clock
    expires_at: float | None = None
    receipt: str | None = None

    def moved(self, state: SaleState, **facts: object) -> Sale:
        """The sale in its next state; an arrow that does not exist is a bug."""
        if (self.state, state) not in SALE_ARROWS:
            raise RuntimeError(f"a sale does not go from {self.state.value} to {state.value}")
        return replace(self, state=state, **facts)  # type: ignore[arg-type]


class Machine:
    """A machine in front of its wallet. `wallet` holds the wallet's invoice key and nothing more."""

    def __init__(
        self,
        config: MachineConfig,
        wallet: LnbitsClient,
        *,
        rate: Callable[[], Decimal],
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        new_txid: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self.config = config
        self.cash = CashBox(config.cassettes)
        self._wallet = wallet
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._new_txid = new_txid

    def quote(self, fiat_minor: int) -> Sale:
        """An offer at the rate of this moment, its notes set aside; raises CannotDispense."""
        quote = quote_cash_out(
            fiat_minor=fiat_minor,
            currency=self.config.currency,
            exchange_rate=self._rate(),
            fee_pct=self.config.cash_out_fee_pct,
        )
        bills = self.cash.set_aside(fiat_minor)
        return Sale(txid=self._new_txid(), state=SaleState.QUOTING, quote=quote, bills=bills)

    async def invoice(self, sale: Sale) -> Sale:
        """Asks LNbits for the invoice, stamped. If that fails the notes are on offer again."""
        expires_at = self._clock() + self.config.invoice_expiry_seconds
        try:
            invoice = await self._wallet.create_invoice(
                amount_sats=sale.quote.wire_sats,
                memo=f"{self.config.name}: {sale.quote.fiat_amount} {sale.quote.currency} in cash",
                expiry_seconds=self.config.invoice_expiry_seconds,
                extra=cash_out_stamp(
                    quote=sale.quote,
                    txid=sale.txid,
                    bills=sale.bills,
                    cassettes=self.cash.cassettes,
                    npub=self.config.npub,
                ),
            )
        except BaseException:
            self.cash.put_back(sale.bills)
            raise
        return sale.moved(
            SaleState.INVOICED,
            payment_hash=invoice.payment_hash,
            bolt11=invoice.bolt11,
            expires_at=expires_at,
        )

    async def wait_for_payment(self, sale: Sale) -> Sale:
        """Looks until the invoice is paid or expired; an expired one puts its notes back."""
        if sale.payment_hash is None or sale.expires_at is None:
            raise RuntimeError("a sale without an invoice cannot be waited for")
        deadline = sale.expires_at + GRACE_SECONDS
        for wait in Backoff().waits():
            last_look = self._clock() >= deadline
            paid = await self._wallet.paid(sale.payment_hash)
            if paid is Paid.YES:
                return sale.moved(SaleState.PAID)
            if paid is Paid.NEVER or last_look:
                break
            await self._sleep(min(wait, max(0.1, deadline - self._clock())))
        self.cash.put_back(sale.bills)
        return sale.moved(SaleState.EXPIRED)

    def dispense(self, sale: Sale) -> Sale:
        """Gives the notes that were set aside, and a receipt."""
        receipt = receipt_text(
            machine_name=self.config.name,
            quote=sale.quote,
            bills=sale.bills,
            txid=sale.txid,
            when=datetime.now(timezone.utc),
        )
        dispensed = sale.moved(SaleState.DISPENSED, receipt=receipt)
        if self.config.receipts_dir is not None:
            write_receipt(self.config.receipts_dir, sale.txid, receipt)
        return dispensed

    async def sell(self, fiat_minor: int, customer: Callable[[Sale], Awaitable[None]]) -> Sale:
        """A whole sale. `customer` is shown the invoice and does with it what it likes."""
        sale = await self.invoice(self.quote(fiat_minor))
        await customer(sale)
        sale = await self.wait_for_payment(sale)
        return self.dispense(sale) if sale.state is SaleState.PAID else sale
