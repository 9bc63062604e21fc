"""The payment table of the host in memory, read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from satmachineadmin.core.model import HostPayment

if TYPE_CHECKING:
    from .host import FakeHost

_OUR_MARK = "sm1:"
_MARKS = (_OUR_MARK, "smw1:")


class FakeHistory:
    """PaymentHistory over the list."""

    def __init__(self, host: FakeHost) -> None:
        self._host = host

    async def changed_since(self, wallet_ids: Collection[str], since: int) -> list[HostPayment]:
        return [row for row in self._foreign(wallet_ids) if row.updated_at.timestamp() >= since]

    async def pending(self, wallet_ids: Collection[str]) -> list[HostPayment]:
        return [row for row in self._foreign(wallet_ids) if row.status == "pending"]

    async def with_hashes(self, wallet_id: str, payment_hashes: Collection[str]) -> list[HostPayment]:
        return [row for row in await self.all_sides(payment_hashes) if row.wallet_id == wallet_id]

    async def successful(
        self, wallet_id: str, *, created_from: int, offset: int, limit: int
    ) -> list[HostPayment]:
        rows = [
            row
            for row in self._foreign([wallet_id])
            if row.status == "success" and row.created_at.timestamp() >= created_from
        ]
        rows.sort(key=lambda row: (row.created_at, row.checking_id))
        return rows[offset : offset + limit]

    async def all_sides(self, payment_hashes: Collection[str]) -> list[HostPayment]:
        return [row for row in self._host.rows if row.payment_hash in payment_hashes]

    async def marked_since(self, since: int) -> list[HostPayment]:
        return [
            row
            for row in self._host.rows
            if row.is_lightning_outbound
            and row.updated_at.timestamp() >= since
            and ((row.external_id or "").startswith(_MARKS) or (row.tag or "").startswith("satmachine:"))
        ]

    async def paid_under(self, wallet_id: str, external_id_prefix: str) -> list[HostPayment]:
        return [
            row
            for row in self._host.rows
            if row.wallet_id == wallet_id
            and row.is_lightning_outbound
            and row.status != "failed"
            and (row.external_id or "").startswith(external_id_prefix)
        ]

    async def walk(self, wallet_id: str, *, created_from: float, limit: int) -> list[HostPayment]:
        rows = [
            row
            for row in self._host.rows
            if row.wallet_id == wallet_id and row.created_at.timestamp() >= created_from
        ]
        return sorted(rows, key=lambda row: (row.created_at, row.checking_id))[:limit]

    async def balance_msat(self, wallet_id: str) -> int:
        return self._host.balance_msat(wallet_id)

    async def users_of(self, wallet_ids: Collection[str]) -> dict[str, str]:
        wallets = self._host.wallets
        return {wallet_id: wallets[wallet_id].user_id for wallet_id in wallet_ids if wallet_id in wallets}

    def _foreign(self, wallet_ids: Collection[str]) -> list[HostPayment]:
        """Rows of these wallets that are not payouts of ours; only outgoing ones can be."""
        return [
            row
            for row in self._host.rows
            if row.wallet_id in wallet_ids
            and not (row.is_lightning_outbound and (row.external_id or "").startswith(_OUR_MARK))
        ]
