"""The world outside LNbits in memory: targets that answer as told, payments that end as told.

`FakeHost.lightning` is one. A target is made by `add_target`; its attributes are levers. What the host
does with a payment that leaves it is one of `Ending`, the next of `endings` or else COMPLETED.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from satmachineadmin.core.model import HostPayment
from satmachineadmin.core.outside import Invoice, OutsideCode, TargetTerms, carried_by, reserve_msat
from satmachineadmin.failpoints import external_call
from satmachineadmin.ports import Found, HostRefused
from satmachineadmin.ports.lightning import Charge, Outcome, OutsidePayment, TargetRefused, Verdict

if TYPE_CHECKING:
    from .host import FakeHost


class Ending(Enum):
    """What becomes of a payment that leaves the host."""

    COMPLETED = "completed"
    FAILED = "failed"
    #: LNbits' wait was over first: its row stays pending until `decide`
    PENDING = "pending"
    #: LNbits refuses before it writes a row
    REFUSED = "refused"
    #: it is paid, and LNbits raises all the same: seen
    LIES = "lies"


@dataclass
class FakeTarget:
    """A Lightning address or LNURL outside, or one of this LNbits (`wallet_id`)."""

    min_msat: int = 1000
    max_msat: int = 100_000_000_000
    metadata: str = '[["text/plain", "a target"]]'
    #: a wallet here whose LNURL it is: the payment never leaves
    wallet_id: str | None = None
    #: whether its callback shows that it is here
    looks_like_here: bool = False
    #: raised instead of an answer
    refuses: TargetRefused | None = None
    #: never answers at all
    is_silent: bool = False
    #: what it does to the honest invoice before it hands it out
    twist: Callable[[Invoice], Invoice] = field(default=lambda invoice: invoice)
    #: amounts that invoices were asked for
    asked_msat: list[int] = field(default_factory=list)


class FakeLightning:
    """Lightning without a network."""

    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self._numbers = itertools.count(1)
        self.targets: dict[str, FakeTarget] = {}
        self.invoices: dict[str, Invoice] = {}
        self.endings: deque[Ending] = deque()
        #: what the network costs
        self.fee_msat = 0
        self.network_name = "bc"
        #: how often `pay` was called with each hash
        self.handed_over: list[str] = []
        #: the node gives no answer
        self.is_dumb = False

    # What tests do ----------------------------------------------------------------------------

    def add_target(self, name: str, **levers: object) -> FakeTarget:
        self.targets[name] = replace(FakeTarget(), **levers)  # type: ignore[arg-type]
        return self.targets[name]

    def decide(self, status: str) -> None:
        """The node knows by now what became of every payment that was pending."""
        for row in [row for row in self._host.rows if row.status == "pending" and row.is_lightning_outbound]:
            self._host.change(row, status=status, fee_msat=self.fee_msat if status == "success" else 0)

    # Lightning --------------------------------------------------------------------------------

    @external_call("external.charge")
    async def charge(self, wanted: Charge) -> Invoice:
        number = next(self._numbers)
        invoice = Invoice(
            bolt11=f"lnbc{wanted.amount_sats * 1000}charge{number}",
            payment_hash=f"{0xC << 200 | number:064x}",
            amount_msat=wanted.amount_sats * 1000,
            network=self.network_name,
            expires_at=int(self._host.now().timestamp()) + wanted.expiry_seconds,
            description_hash=None,
        )
        self.invoices[invoice.bolt11] = invoice
        credit = replace(
            self._credit(invoice, wanted.wallet_id), extra=dict(wanted.extra), external_id=wanted.external_id
        )
        self._host.rows.append(credit)
        return invoice

    @external_call("external.terms")
    async def terms(self, target: str) -> TargetTerms:
        known = await self._answering(target)
        return TargetTerms(
            callback=target,
            min_msat=known.min_msat,
            max_msat=known.max_msat,
            metadata=known.metadata,
            is_here=known.looks_like_here,
        )

    @external_call("external.invoice")
    async def invoice(self, terms: TargetTerms, amount_msat: int) -> Invoice:
        known = await self._answering(terms.callback)
        known.asked_msat.append(amount_msat)
        number = next(self._numbers)
        honest = Invoice(
            bolt11=f"lnbc{amount_msat}outside{number}",
            payment_hash=f"{0xE << 200 | number:064x}",
            amount_msat=amount_msat,
            network=self.network_name,
            expires_at=int(self._host.now().timestamp()) + 3600,
            description_hash=hashlib.sha256(known.metadata.encode()).hexdigest(),
        )
        invoice = known.twist(honest)
        self.invoices[invoice.bolt11] = invoice
        if known.wallet_id is not None:
            self._host.rows.append(self._credit(invoice, known.wallet_id))
        return invoice

    def read(self, bolt11: str) -> Invoice:
        return self.invoices[bolt11]

    async def network(self, wallet_id: str, payment_hash: str) -> str:
        return self.network_name

    @external_call("external.pay")
    async def pay(self, payment: OutsidePayment) -> None:
        self.handed_over.append(payment.payment_hash)
        invoice = self.invoices[payment.bolt11]
        ending = self.endings.popleft() if self.endings else Ending.COMPLETED
        credits = [row for row in self._sides(payment.payment_hash) if row.is_lightning_inbound]
        if ending is Ending.REFUSED:
            raise HostRefused("Payments are not possible at the moment.")
        if any(row.is_lightning_outbound for row in self._sides(payment.payment_hash)):
            raise HostRefused("Payment already paid.")
        reserved_msat = 0 if credits else reserve_msat(invoice.amount_msat or 0, self._host.limits)
        if self._host.balance_msat(payment.payer_wallet_id) < (invoice.amount_msat or 0) + reserved_msat:
            raise HostRefused("Insufficient balance.")
        debit = self._debit(payment, invoice, reserved_msat)
        if credits:
            self._host.change(credits[0], status="success")
            self._host.rows.append(
                replace(debit, checking_id=f"internal_{payment.payment_hash}", status="success", fee_msat=0)
            )
        else:
            self._leave(debit, ending)
        if ending in (Ending.FAILED, Ending.LIES):
            raise HostRefused("Payment failed: no route.")

    async def carried(self, payer_wallet_id: str, since: int) -> frozenset[str]:
        return frozenset(
            external_id
            for row in self._host.rows
            if row.wallet_id == payer_wallet_id
            and row.created_at.timestamp() >= since
            and row.is_lightning_outbound
            and row.status != "failed"
            for external_id in carried_by(row)
        )

    @external_call("external.look_up")
    async def look_up(self, payment: OutsidePayment) -> Outcome:
        await asyncio.sleep(0)
        ours = [
            row
            for row in self._sides(payment.payment_hash)
            if row.is_lightning_outbound
            and row.wallet_id == payment.payer_wallet_id
            and row.external_id == payment.external_id
        ]
        if not ours:
            return Outcome(verdict=Verdict.NOT_THERE)
        if ours[0].checking_id == f"internal_{payment.payment_hash}":
            await self._host.complete_half(payment.payment_hash)
            found = await self._host.look_up(payment.payment_hash)
            verdict = Verdict.COMPLETED if found is Found.PAID else Verdict.UNKNOWN
            return Outcome(verdict=verdict, fee_msat=ours[0].fee_msat)
        if self.is_dumb and ours[0].status == "pending":
            return Outcome(verdict=Verdict.UNKNOWN)
        verdict = {"success": Verdict.COMPLETED, "failed": Verdict.FAILED}.get(
            ours[0].status, Verdict.PENDING
        )
        return Outcome(verdict=verdict, fee_msat=ours[0].fee_msat)

    # Inside -----------------------------------------------------------------------------------

    async def _answering(self, target: str) -> FakeTarget:
        known = self.targets.get(target)
        if known is None:
            raise TargetRefused(OutsideCode.TARGET_SILENT, "The target could not be reached.")
        if known.is_silent:
            await asyncio.Event().wait()
        if known.refuses is not None:
            raise known.refuses
        return known

    def _sides(self, payment_hash: str) -> list[HostPayment]:
        return [row for row in self._host.rows if row.payment_hash == payment_hash]

    def _leave(self, debit: HostPayment, ending: Ending) -> None:
        if ending is Ending.PENDING:
            self._host.rows.append(debit)
        elif ending is Ending.FAILED:
            self._host.rows.append(replace(debit, status="failed", fee_msat=0))
        else:
            self._host.rows.append(replace(debit, status="success", fee_msat=self.fee_msat))

    def _credit(self, invoice: Invoice, wallet_id: str) -> HostPayment:
        now = self._host.now()
        return HostPayment(
            wallet_id=wallet_id,
            checking_id=invoice.payment_hash,
            payment_hash=invoice.payment_hash,
            amount_msat=invoice.amount_msat or 0,
            fee_msat=0,
            status="pending",
            memo="",
            tag=None,
            external_id=None,
            fiat_provider=None,
            extra={},
            created_at=now,
            updated_at=now,
        )

    def _debit(self, payment: OutsidePayment, invoice: Invoice, reserved_msat: int) -> HostPayment:
        return replace(
            self._credit(invoice, payment.payer_wallet_id),
            amount_msat=-(invoice.amount_msat or 0),
            fee_msat=reserved_msat,
            memo=payment.memo,
            tag=str(payment.extra.get("tag")),
            extra=dict(payment.extra),
            external_id=payment.external_id,
        )
