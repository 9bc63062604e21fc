"""LNbits in memory: payments as a plain list, the same promises as the real one, and levers to pull.

It obeys the contract tests of tests/contract/ as `LnbitsHost` does, so what the engine's tests show
with it holds for the real host. The payout transaction is the real store's; the host's rows are
staged and join the list only once that has committed.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timezone

from coincurve import PrivateKey

from satmachineadmin.core.host_facts import HostLimits, WalletFacts
from satmachineadmin.core.model import HostPayment, Minted
from satmachineadmin.core.states import PayWay
from satmachineadmin.failpoints import external_call
from satmachineadmin.host import mint
from satmachineadmin.ports import OWN_EXTENSION, FastWayClosed, Found, HostRefused, PayoutFacts, Transfer
from satmachineadmin.store.books import Books, Clock, Store

from .history import FakeHistory
from .lightning import FakeLightning

_KEY = PrivateKey(b"\x01" * 32)
_OUR_MARK = "sm1:"


class FakeTransaction:
    """PayoutTransaction: the books of a real transaction, the host's rows staged beside it."""

    def __init__(self, host: FakeHost, books: Books, wallet_id: str) -> None:
        self._host = host
        self._wallet_id = wallet_id
        self.books = books
        self.staged: list[HostPayment] = []

    async def facts(self, receiver_wallet_ids: Collection[str]) -> PayoutFacts:
        return self._host.facts_of(self._wallet_id, receiver_wallet_ids, self.staged)

    async def paid_before(self, external_id_prefix: str) -> int:
        return self._host.count_paid(self._wallet_id, external_id_prefix)

    async def transfer(self, transfers: Sequence[Transfer]) -> None:
        for transfer in transfers:
            credit, debit = self._host.rows_of(transfer)
            self.staged += [credit, debit]
            fee_wallet = self._host.limits.service_fee_wallet_id
            if transfer.fee_msat and fee_wallet:
                self.staged.append(
                    replace(
                        credit,
                        checking_id=f"service_fee_{credit.payment_hash}",
                        wallet_id=fee_wallet,
                        amount_msat=transfer.fee_msat,
                        external_id=None,
                        tag=None,
                        extra={},
                    )
                )


class FakeHost:
    """Host without LNbits. Attributes are levers: tests set them as an admin or an accident would."""

    def __init__(self, store: Store, clock: Clock, way: PayWay = PayWay.FAST) -> None:
        self._store = store
        self._clock = clock
        self._numbers = itertools.count(1)
        self.history = FakeHistory(self)
        self.lightning = FakeLightning(self)
        self.rows: list[HostPayment] = []
        self.wallets: dict[str, WalletFacts] = {}
        self.announced: list[Transfer] = []
        self.platform_user_id = "root"
        #: who was sent which message
        self.messages: list[tuple[str, str]] = []
        self.way = way
        self.limits = HostLimits()
        self.rates: dict[str, str] = {}
        #: why the fast way is closed at the next payout; None while it is open
        self.closed: str | None = None
        self.extension_refusal: str | None = None
        #: wallets for which no invoice is made, with what the host says
        self.no_invoice_for: dict[str, str] = {}
        #: the slow way stops between debit and credit, as if the process had died there
        self.stops_half_way = False
        #: the slow way pays and says that it did not: seen on LNbits
        self.lies_after_paying = False

    def now(self) -> datetime:
        return self._clock.now()

    def restart(self, store: Store) -> None:
        """LNbits starts anew over the same databases: it gives up internal invoices nobody has paid."""
        self._store = store
        for row in [row for row in self.rows if row.status == "pending" and row.is_lightning_inbound]:
            if (row.external_id or "").startswith(_OUR_MARK):
                self.change(row, status="failed")

    # What tests do ----------------------------------------------------------------------------

    def add_wallet(self, wallet_id: str, user_id: str, *, sats: int = 0, is_shared: bool = False) -> str:
        self.wallets[wallet_id] = WalletFacts(
            id=wallet_id, user_id=user_id, deleted=False, is_shared=is_shared
        )
        if sats:
            self.receive(wallet_id, sats, memo="Admin credit")
        return wallet_id

    def delete_wallet(self, wallet_id: str) -> None:
        self.wallets[wallet_id] = replace(self.wallets[wallet_id], deleted=True)

    def receive(
        self,
        wallet_id: str,
        sats: int,
        *,
        payer_wallet_id: str | None = None,
        status: str = "success",
        extra: Mapping[str, object] | None = None,
        external_id: str | None = None,
        memo: str = "",
        at: datetime | None = None,
    ) -> HostPayment:
        """An incoming payment: from Lightning, or from a wallet here, which is then debited."""
        payment_hash = f"{next(self._numbers):064x}"
        moment = at or self._clock.now()
        row = HostPayment(
            wallet_id=wallet_id,
            checking_id=payment_hash,
            payment_hash=payment_hash,
            amount_msat=sats * 1000,
            fee_msat=0,
            status=status,
            memo=memo,
            tag=None,
            external_id=external_id,
            fiat_provider=None,
            extra=dict(extra or {}),
            created_at=moment,
            updated_at=moment,
        )
        self.rows.append(row)
        if payer_wallet_id is not None:
            self.rows.append(
                replace(
                    row,
                    checking_id=f"internal_{payment_hash}",
                    wallet_id=payer_wallet_id,
                    amount_msat=-sats * 1000,
                    external_id=None,
                )
            )
        return row

    def send(self, wallet_id: str, sats: int, *, external_id: str | None = None) -> HostPayment:
        """An outgoing payment over Lightning."""
        row = self.receive(wallet_id, sats, external_id=external_id)
        return self.change(row, amount_msat=-row.amount_msat)

    def change(self, row: HostPayment, **changes: object) -> HostPayment:
        """Change a row as the host does: its `updated_at` is now."""
        changed = replace(row, **{"updated_at": self._clock.now(), **changes})  # type: ignore[arg-type]
        self.rows[self.rows.index(row)] = changed
        return changed

    def balance_msat(self, wallet_id: str, beside: Sequence[HostPayment] = ()) -> int:
        """LNbits' view: successful rows in, successful and pending rows out, fees off."""
        return sum(
            row.amount_msat - row.fee_msat
            for row in [*self.rows, *beside]
            if row.wallet_id == wallet_id
            and (row.status == "success" or (row.status == "pending" and row.is_lightning_outbound))
        )

    def balance_sats(self, wallet_id: str) -> int:
        return self.balance_msat(wallet_id) // 1000

    # Host ------------------------------------------------------------------------------------

    async def pay_way(self) -> PayWay:
        return self.way

    async def mint(self, amounts_sats: Mapping[str, int], memo: str) -> dict[str, Minted]:
        created_at = int(self._clock.now().timestamp())
        return {key: mint.mint(sats, memo, created_at, _KEY) for key, sats in amounts_sats.items()}

    async def rate_at_hand(self, currency: str) -> str | None:
        return self.rates.get(currency)

    @asynccontextmanager
    async def payout(self, wallet_id: str) -> AsyncIterator[FakeTransaction]:
        if self.closed is not None:
            raise FastWayClosed(self.closed)
        opened: list[FakeTransaction] = []
        try:
            async with self._store.transaction("payout") as books:
                opened.append(FakeTransaction(self, books, wallet_id))
                yield opened[0]
        except BaseException:
            # Both books commit as one: also when the process dies right after it.
            if opened and await self._has_committed(opened[0]):
                self.rows += opened[0].staged
            raise
        self.rows += opened[0].staged

    async def _has_committed(self, transaction: FakeTransaction) -> bool:
        """Whether the legs of the staged payments are completed in the stored books."""
        hashes = {row.payment_hash for row in transaction.staged}
        statement = "SELECT payment_hash FROM satmachineadmin.dca_payments WHERE state = 'completed'"
        async with self._store.reading() as books:
            found = await books.sql.all(statement)
        return bool(hashes) and hashes <= {row["payment_hash"] for row in found}

    def announce(self, transfers: Sequence[Transfer]) -> None:
        self.announced += transfers

    async def facts(
        self, wallet_id: str, receiver_wallet_ids: Collection[str], extension: str = OWN_EXTENSION
    ) -> PayoutFacts:
        return self.facts_of(wallet_id, receiver_wallet_ids)

    async def paid_before(self, wallet_id: str, external_id_prefix: str) -> int:
        return self.count_paid(wallet_id, external_id_prefix)

    @external_call("slow.invoice")
    async def make_invoice(self, transfer: Transfer) -> Minted:
        wallet = self.wallets.get(transfer.payee_wallet_id)
        if wallet is None or wallet.deleted:
            raise HostRefused("Wallet not found.")
        if transfer.payee_wallet_id in self.no_invoice_for:
            raise HostRefused(self.no_invoice_for[transfer.payee_wallet_id])
        sats = {transfer.leg_id: transfer.amount_msat // 1000}
        minted = (await self.mint(sats, transfer.memo))[transfer.leg_id]
        credit, _debit = self.rows_of(replace(transfer, minted=minted))
        self.rows.append(replace(credit, status="pending"))
        return minted

    @external_call("slow.pay")
    async def pay_invoice(self, transfer: Transfer) -> None:
        credits = [row for row in self.rows if row.checking_id == transfer.minted.payment_hash]
        if not credits or credits[0].status != "pending":
            raise HostRefused("Internal invoice already paid.")
        needed_msat = transfer.amount_msat + transfer.fee_msat
        if self.balance_msat(transfer.payer_wallet_id) < needed_msat:
            raise HostRefused("Insufficient balance.")
        self.rows.append(self.rows_of(transfer)[1])
        if self.stops_half_way:
            raise HostRefused("The connection was lost.")
        self.change(credits[0], status="success")
        if self.lies_after_paying:
            raise HostRefused("Something went wrong after the payment.")

    async def look_up(self, payment_hash: str) -> Found:
        statuses = {row.checking_id: row.status for row in await self.history.all_sides([payment_hash])}
        credit = statuses.get(payment_hash)
        if statuses.get(f"internal_{payment_hash}") == "success":
            return Found.PAID if credit == "success" else Found.HALF
        return Found.PAYABLE if credit == "pending" else Found.DEAD

    @external_call("people.notify")
    async def notify(self, user_id: str, text: str) -> None:
        self.messages.append((user_id, text))

    @external_call("half.credit")
    async def complete_half(self, payment_hash: str) -> None:
        if await self.look_up(payment_hash) is Found.HALF:
            credit = next(row for row in self.rows if row.checking_id == payment_hash)
            self.change(credit, status="success")

    # Inside ----------------------------------------------------------------------------------

    def rows_of(self, transfer: Transfer) -> tuple[HostPayment, HostPayment]:
        """Credit and debit of one internal payment."""
        now = self._clock.now().astimezone(timezone.utc)
        tag = transfer.extra.get("tag")
        credit = HostPayment(
            wallet_id=transfer.payee_wallet_id,
            checking_id=transfer.minted.payment_hash,
            payment_hash=transfer.minted.payment_hash,
            amount_msat=transfer.amount_msat,
            fee_msat=0,
            status="success",
            memo=transfer.memo,
            tag=None if tag is None else str(tag),
            external_id=transfer.external_id,
            fiat_provider=None,
            extra=dict(transfer.extra),
            created_at=now,
            updated_at=now,
        )
        debit = replace(
            credit,
            wallet_id=transfer.payer_wallet_id,
            checking_id=f"internal_{credit.payment_hash}",
            amount_msat=-transfer.amount_msat,
            fee_msat=transfer.fee_msat,
        )
        return credit, debit

    def count_paid(self, wallet_id: str, external_id_prefix: str) -> int:
        return sum(
            (row.external_id or "").startswith(external_id_prefix)
            and (row.wallet_id, row.is_lightning_outbound) == (wallet_id, True)
            and row.status != "failed"
            for row in self.rows
        )

    def facts_of(
        self, wallet_id: str, receiver_wallet_ids: Collection[str], beside: Sequence[HostPayment] = ()
    ) -> PayoutFacts:
        now = self._clock.now()
        own = [row for row in [*self.rows, *beside] if row.wallet_id == wallet_id]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        ages = [int((now - row.created_at).total_seconds()) for row in own]
        has_pause = bool(self.limits.seconds_between_payments and ages)
        return PayoutFacts(
            payer=self.wallets.get(wallet_id),
            receivers={
                known: replace(self.wallets[known], balance_msat=self.balance_msat(known, beside))
                for known in {wallet_id, *receiver_wallet_ids}
                if known in self.wallets
            },
            limits=self.limits,
            payer_balance_msat=self.balance_msat(wallet_id, beside),
            sent_today_msat=-sum(
                row.amount_msat for row in own if row.amount_msat < 0 and row.created_at > midnight
            ),
            seconds_since_last_payment=max(0, min(ages)) if has_pause else None,
            extension_refusal=self.extension_refusal,
        )
