"""The fast way of paying: LNbits' payment rows and our legs in one database transaction.

What can go wrong, and what stands against it:
- a crash at any instruction: one commit covers both books; SQLite makes it atomic over both files
  only with a rollback journal, so the journal mode is looked at in every transaction;
- an LNbits whose table is another one: version, columns and a rolled-back trial decide at start;
- deadlock: locks are taken in one order, core database, wallet, our writer lock, and nothing of core
  is awaited while our transaction is open;
- a wallet that pays elsewhere at the same time: LNbits' own wallet lock is held, and its payments
  hold the core database's lock, as we do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from lnbits.core.db import db as core_db
from lnbits.core.services.payments import payment_lock, wallets_payments_lock
from lnbits.settings import settings

from ..ports import FastWayClosed, PayoutFacts, Transfer
from ..store import host_tables
from ..store.books import Books, Store
from ..store.sql import Sql
from ..uncancelled import to_the_end
from . import facts

SWITCHED_OFF = "the platform switched it off"
SAFE_JOURNAL_MODES = frozenset({"delete", "truncate", "persist"})


class FastTransaction:
    """PayoutTransaction on one connection that sees both books."""

    def __init__(self, sql: Sql, books: Books, wallet_id: str) -> None:
        self._sql = sql
        self._wallet_id = wallet_id
        self.books = books

    async def facts(self, receiver_wallet_ids: Collection[str]) -> PayoutFacts:
        return await facts.gather(self._sql, self._wallet_id, receiver_wallet_ids)

    async def paid_before(self, external_id_prefix: str) -> int:
        return await facts.paid_before(self._sql, self._wallet_id, external_id_prefix)

    async def transfer(self, transfers: Sequence[Transfer]) -> None:
        now = datetime.now(timezone.utc)
        rows = [row for transfer in transfers for row in payment_rows(transfer, now, self._sql.is_sqlite)]
        await self._sql.run_many(host_tables.INSERT_PAYMENT, rows)


@asynccontextmanager
async def open_payout(store: Store, wallet_id: str) -> AsyncIterator[FastTransaction]:
    """One transaction over both books; commits at the end. Raises FastWayClosed before anything is done."""
    database = store.database
    async with core_db.connect() as connection:
        raw = connection.conn
        if database.is_sqlite:
            await database.attach(raw)
        async with await _wallet_lock(wallet_id), database.writer_lock:
            sql = await database.begin(raw, "payout")
            books = store.books(sql)
            try:
                await _require_rollback_journal(sql)
                if not (await books.platform.config())["fast_way_allowed"]:
                    raise FastWayClosed(SWITCHED_OFF)
                yield FastTransaction(sql, books, wallet_id)
                await books.audit.flush()
            except BaseException:
                await to_the_end(raw.rollback())
                raise
            await database.commit(raw, "payout")
    store.committed(books)


async def _wallet_lock(wallet_id: str) -> asyncio.Lock:
    """LNbits' own lock of a wallet, made the way LNbits makes it."""
    async with payment_lock:
        if wallet_id not in wallets_payments_lock:
            wallets_payments_lock[wallet_id] = asyncio.Lock()
    return wallets_payments_lock[wallet_id]


async def _require_rollback_journal(sql: Sql) -> None:
    """In WAL mode a commit over two files is not crash-atomic: seen (DESIGN §2).

    Looked at inside the transaction, because until then another process may still switch the mode.
    """
    if not sql.is_sqlite:
        return
    for pragma in host_tables.SQLITE_JOURNAL_MODES:
        mode = str(await sql.value(pragma)).lower()
        if mode not in SAFE_JOURNAL_MODES:
            raise FastWayClosed(f"a database file is in {mode} mode, where two files cannot commit as one")


def payment_rows(transfer: Transfer, now: datetime, is_sqlite: bool) -> list[dict[str, object]]:
    """The rows of one internal payment as LNbits writes them: credit, debit, and its service fee."""
    payment_hash = transfer.minted.payment_hash
    moment = now.timestamp() if is_sqlite else now.replace(tzinfo=None)
    common: dict[str, object] = {
        "payment_hash": payment_hash,
        "bolt11": transfer.minted.bolt11,
        "preimage": transfer.minted.preimage,
        "status": "success",
        "memo": transfer.memo,
        "tag": transfer.extra.get("tag"),
        "extra": json.dumps(dict(transfer.extra)),
        "external_id": transfer.external_id,
        "labels": "[]",
        "fee": 0,
        "time": moment,
        "created_at": moment,
        "updated_at": moment,
        **dict.fromkeys(("expiry", "extension", "fiat_provider", "webhook", "webhook_status")),
    }
    credit = {
        **common,
        "checking_id": payment_hash,
        "wallet_id": transfer.payee_wallet_id,
        "amount": transfer.amount_msat,
    }
    debit = {
        **common,
        "checking_id": f"internal_{payment_hash}",
        "wallet_id": transfer.payer_wallet_id,
        "amount": -transfer.amount_msat,
        "fee": -transfer.fee_msat,
    }
    if not transfer.fee_msat:
        return [credit, debit]
    return [credit, debit, _service_fee_row(common, transfer)]


def _service_fee_row(common: Mapping[str, object], transfer: Transfer) -> dict[str, object]:
    """LNbits books its fee as income of the fee wallet, under the payment's own hash."""
    return {
        **common,
        "checking_id": f"service_fee_{transfer.minted.payment_hash}",
        "wallet_id": settings.lnbits_service_fee_wallet,
        "amount": transfer.fee_msat,
        "memo": f"Service fee for payment of {transfer.amount_msat // 1000} sats.",
        "preimage": None,
        "tag": None,
        "extra": "{}",
        "external_id": None,
    }
