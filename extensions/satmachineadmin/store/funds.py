"""What of a machine's wallet is spoken for, and by which payments its network is known."""

from __future__ import annotations

from ..core.model import Machine
from ..core.wallet_ties import OWED_REASONS
from .sql import SCHEMA, Sql, in_list

#: Of a machine's newest sales so many are looked at for one that came in over Lightning.
_NEWEST = 50


class Funds:
    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def bound_sats(self, machine: Machine, wallet_id: str) -> int:
        """Sats of a machine's wallet that are somebody's: legs that are to be paid or kept for others, and
        sales that are not planned yet. What customers of cash-ins have not fetched the transactions count.

        By the few that are in these states: `|| ''` keeps SQLite from reading all that the wallet ever paid.
        """
        listed, values = in_list("reason", sorted(OWED_REASONS))
        legs = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(sats), 0) FROM {SCHEMA}.dca_payments
            WHERE operator_user_id = :operator AND payer_wallet_id || '' = :wallet_id
              AND state IN ('pending', 'paying', 'failed', 'unresolved')
            """,
            operator=machine.operator_user_id,
            wallet_id=wallet_id,
        )
        kept = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(sats), 0) FROM {SCHEMA}.dca_payments
            WHERE machine_id = :machine_id AND state = 'skipped' AND reason IN {listed}
              AND kept_at IS NULL AND payer_wallet_id || '' = :wallet_id
            """,
            machine_id=machine.id,
            wallet_id=wallet_id,
            **values,
        )
        sales = await self._sql.value(
            f"""
            SELECT COALESCE(SUM(wire_sats), 0) FROM {SCHEMA}.dca_settlements
            WHERE operator_user_id = :operator AND state IN ('pending', 'held') AND tx_type = 'cash_out'
              AND wallet_id || '' = :wallet_id
            """,
            operator=machine.operator_user_id,
            wallet_id=wallet_id,
        )
        return int(legs or 0) + int(kept or 0) + int(sales or 0)

    async def some_payment(self, machine_id: str, settlement_id: str) -> tuple[str, str]:
        """Wallet and hash of a sale's payment; without a sale, of the machine's newest cash-out. Both are
        empty where there is none."""
        row = await self._sql.one(
            f"""
            SELECT wallet_id, payment_hash FROM (
                SELECT id, wallet_id, payment_hash, tx_type, paid_at FROM {SCHEMA}.dca_settlements
                WHERE machine_id = :machine_id AND (id = :settlement_id OR :settlement_id = '')
                ORDER BY paid_at DESC LIMIT :newest
            ) AS sale
            WHERE tx_type = 'cash_out' ORDER BY paid_at DESC LIMIT 1
            """,
            machine_id=machine_id,
            settlement_id=settlement_id,
            newest=_NEWEST,
        )
        return (str(row["wallet_id"]), str(row["payment_hash"])) if row else ("", "")
