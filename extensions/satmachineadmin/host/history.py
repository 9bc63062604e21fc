"""LNbits' payment table, read. Each call holds LNbits' database lock for about a millisecond."""

from __future__ import annotations

from collections.abc import Callable, Collection

from lnbits.core.db import db as core_db

from ..core.model import HostPayment
from ..store import host_tables
from ..store.sql import Row, in_list
from .rows import host_payment

#: SQLite binds at most 32 766 values in one statement, PostgreSQL 65 535; far below both.
CHUNK = 500


class LnbitsHistory:
    """PaymentHistory over LNbits' own database."""

    @property
    def _is_sqlite(self) -> bool:
        return core_db.type == "SQLITE"

    async def _all(self, statement: str, values: dict[str, object]) -> list[Row]:
        rows: list[Row] = await core_db.fetchall(statement, values)
        return rows

    async def changed_since(self, wallet_ids: Collection[str], since: int) -> list[HostPayment]:
        listed, values = in_list("wallet", wallet_ids)
        statement = host_tables.changed_since(listed, is_sqlite=self._is_sqlite)
        return [host_payment(row) for row in await self._all(statement, {**values, "since": since})]

    async def pending(self, wallet_ids: Collection[str]) -> list[HostPayment]:
        listed, values = in_list("wallet", wallet_ids)
        statement = host_tables.pending(listed, is_sqlite=self._is_sqlite)
        return [host_payment(row) for row in await self._all(statement, values)]

    async def with_hashes(self, wallet_id: str, payment_hashes: Collection[str]) -> list[HostPayment]:
        return await self._by_hash(host_tables.with_hashes, payment_hashes, wallet_id=wallet_id)

    async def successful(
        self, wallet_id: str, *, created_from: int, offset: int, limit: int
    ) -> list[HostPayment]:
        rows = await self._all(
            host_tables.successful(is_sqlite=self._is_sqlite),
            {"wallet_id": wallet_id, "created_from": created_from, "offset": offset, "limit": limit},
        )
        return [host_payment(row) for row in rows]

    async def all_sides(self, payment_hashes: Collection[str]) -> list[HostPayment]:
        return await self._by_hash(host_tables.all_sides, payment_hashes)

    async def marked_since(self, since: int) -> list[HostPayment]:
        statement = host_tables.marked_since(is_sqlite=self._is_sqlite)
        return [host_payment(row) for row in await self._all(statement, {"since": since})]

    async def carriers_since(self, wallet_id: str, since: int) -> list[HostPayment]:
        """Payments of ours from a wallet that took other legs along."""
        statement = host_tables.carriers_since(is_sqlite=self._is_sqlite)
        rows = await self._all(statement, {"wallet_id": wallet_id, "since": since})
        return [host_payment(row) for row in rows]

    async def paid_under(self, wallet_id: str, external_id_prefix: str) -> list[HostPayment]:
        values = host_tables.under(wallet_id, external_id_prefix)
        return [host_payment(row) for row in await self._all(host_tables.PAID_UNDER, values)]

    async def walk(self, wallet_id: str, *, created_from: float, limit: int) -> list[HostPayment]:
        rows = await self._all(
            host_tables.walk(is_sqlite=self._is_sqlite),
            {"wallet_id": wallet_id, "created_from": created_from, "limit": limit},
        )
        return [host_payment(row) for row in rows]

    async def balance_msat(self, wallet_id: str) -> int:
        (row,) = await self._all(host_tables.BALANCE, {"wallet_id": wallet_id})
        return int(next(iter(dict(row).values())))

    async def users_of(self, wallet_ids: Collection[str]) -> dict[str, str]:
        listed, values = in_list("wallet", wallet_ids)
        rows = await self._all(host_tables.users_of(listed), values)
        return {str(row["id"]): str(row["user_id"]) for row in rows}

    async def _by_hash(
        self, statement: Callable[[str], str], payment_hashes: Collection[str], **fixed: object
    ) -> list[HostPayment]:
        found: list[HostPayment] = []
        hashes = sorted(payment_hashes)
        for start in range(0, len(hashes), CHUNK):
            listed, values = in_list("hash", hashes[start : start + CHUNK])
            rows = await self._all(statement(listed), {**values, **fixed})
            found += [host_payment(row) for row in rows]
        return found
