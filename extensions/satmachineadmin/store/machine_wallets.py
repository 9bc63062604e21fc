"""The wallets of a machine: the one it has, and the former ones until somebody has closed them."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.model import Machine
from ..core.reconcile import DifferenceKind
from ..core.wallet_ties import OWED_REASONS, Tie
from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list

_TIE_OF_STATE = {
    "pending": Tie.UNDER_WAY,
    "processing": Tie.UNDER_WAY,
    "held": Tie.HELD,
    "errored": Tie.ERRORED,
    "rejected": Tie.REJECTED,
}


async def bind(sql: Sql, machine_id: str, wallet_id: str, *, scan_from: int, now: int) -> None:
    """From `scan_from` on (epoch seconds) the wallet's payments are the machine's."""
    await sql.run(
        f"""
        INSERT INTO {SCHEMA}.machine_wallets (id, machine_id, wallet_id, scan_from, bound_at)
        VALUES (:id, :machine_id, :wallet_id, :scan_from, :now)
        """,
        id=new_id(),
        machine_id=machine_id,
        wallet_id=wallet_id,
        scan_from=scan_from,
        now=now,
    )


class MachineWallets:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def of(self, machine_id: str) -> list[Row]:
        """Every wallet that the machine has or had, with its newest proof; the present one first."""
        return await self._sql.all(
            f"""
            SELECT wallet.*, proof.proved_at, proof.lines, proof.holdings, proof.expected_msat,
                   proof.balance_msat
            FROM {SCHEMA}.machine_wallets AS wallet
            LEFT JOIN {SCHEMA}.machine_proofs AS proof
              ON proof.wallet_id = wallet.wallet_id AND proof.machine_id = wallet.machine_id
             AND wallet.closed_at IS NULL
            WHERE wallet.machine_id = :id
            ORDER BY COALESCE(wallet.unbound_at, :now) DESC, wallet.bound_at DESC, wallet.id
            """,
            id=machine_id,
            now=self._now + 1,
        )

    async def open_former(self, machine_id: str, wallet_id: str) -> Row | None:
        """A former wallet of the machine that nobody has closed yet."""
        return await self._sql.one(
            f"""
            SELECT * FROM {SCHEMA}.machine_wallets
            WHERE machine_id = :machine_id AND wallet_id = :wallet_id
              AND unbound_at IS NOT NULL AND closed_at IS NULL
            """,
            machine_id=machine_id,
            wallet_id=wallet_id,
        )

    async def change(self, machine: Machine, wallet_id: str, *, scan_from: int) -> None:
        """Bind another wallet from `scan_from` on; the present one becomes a former one and is scanned on.

        One that the machine had before and has not closed is bound again as it was.
        """
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.machine_wallets SET unbound_at = :now
            WHERE machine_id = :machine_id AND wallet_id = :wallet_id AND closed_at IS NULL
            """,
            now=self._now,
            machine_id=machine.id,
            wallet_id=machine.wallet_id,
        )
        if await self.open_former(machine.id, wallet_id) is None:
            await bind(self._sql, machine.id, wallet_id, scan_from=scan_from, now=self._now)
        else:
            await self._sql.run(
                f"""
                UPDATE {SCHEMA}.machine_wallets SET unbound_at = NULL
                WHERE machine_id = :machine_id AND wallet_id = :wallet_id AND closed_at IS NULL
                """,
                machine_id=machine.id,
                wallet_id=wallet_id,
            )
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_machines
            SET wallet_id = :wallet_id, config_version = config_version + 1, updated_at = :now
            WHERE id = :id
            """,
            wallet_id=wallet_id,
            now=self._now,
            id=machine.id,
        )
        self._audit.record(
            "machine.wallet_changed",
            "machine",
            machine.id,
            operator_user_id=machine.operator_user_id,
            before={"wallet_id": machine.wallet_id},
            after={"wallet_id": wallet_id},
        )

    async def close(self, machine: Machine, wallet_id: str, balance_msat: int) -> None:
        """Let a former wallet go: it is scanned no more, and free to become a machine's again."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.machine_wallets SET closed_at = :now
            WHERE machine_id = :machine_id AND wallet_id = :wallet_id AND closed_at IS NULL
            """,
            now=self._now,
            machine_id=machine.id,
            wallet_id=wallet_id,
        )
        # Whoever binds it again begins anew: with its first scan, its first look and its own opening.
        for table in ("machine_proofs", "scan_cursors", "open_payments"):
            await self._sql.run(f"DELETE FROM {SCHEMA}.{table} WHERE wallet_id = :id", id=wallet_id)
        await self._sql.run(
            f"DELETE FROM {SCHEMA}.reconcile_cursors WHERE name = :name", name=f"wallet:{wallet_id}"
        )
        self._audit.record(
            "machine.wallet_closed",
            "machine",
            machine.id,
            operator_user_id=machine.operator_user_id,
            after={"wallet_id": wallet_id, "balance_msat": balance_msat},
        )

    async def ties(self, machine: Machine, wallet_id: str) -> set[Tie]:
        """What the books say that the machine still has in one of its wallets."""
        ties = set(await self._ties_of_sales(machine, wallet_id))
        listed, values = in_list("reason", sorted(OWED_REASONS))
        bound: dict[Tie, dict[str, object]] = {
            Tie.OWED: {"machine_id": machine.id, **values},
            Tie.CASH_IN: {"operator": machine.operator_user_id},
        }
        # Few are open at a time: `|| ''` keeps SQLite from reading all that the wallet has ever paid.
        questions = {
            Tie.PAYMENT: f"""
                SELECT 1 FROM {SCHEMA}.dca_payments
                WHERE state IN ('pending', 'paying', 'unresolved') AND payer_wallet_id || '' = :wallet_id
            """,
            Tie.REFUND: f"""
                SELECT 1 FROM {SCHEMA}.withdrawals
                WHERE state IN ('open', 'claimed') AND wallet_id = :wallet_id AND kind <> 'cash_in'
            """,
            Tie.CASH_IN: f"""
                SELECT 1 FROM {SCHEMA}.machine_transactions
                WHERE state IN ('collecting', 'held', 'offered') AND wallet_id = :wallet_id
                  AND operator_user_id = :operator
            """,
            Tie.OWED: f"""
                SELECT 1 FROM {SCHEMA}.dca_payments
                WHERE state = 'skipped' AND machine_id = :machine_id AND reason IN {listed}
                  AND payer_wallet_id || '' = :wallet_id AND kept_at IS NULL
            """,
        }
        for tie, question in questions.items():
            if await self._sql.one(f"{question} LIMIT 1", wallet_id=wallet_id, **bound.get(tie, {})):
                ties.add(tie)
        return ties | await self._unexplained(machine, wallet_id)

    async def _ties_of_sales(self, machine: Machine, wallet_id: str) -> Iterable[Tie]:
        """By the few states that a sale does not stay in."""
        listed, values = in_list("state", _TIE_OF_STATE)
        found = await self._sql.all(
            f"""
            SELECT DISTINCT state FROM {SCHEMA}.dca_settlements
            WHERE operator_user_id = :operator AND state IN {listed} AND wallet_id || '' = :wallet_id
            """,
            operator=machine.operator_user_id,
            wallet_id=wallet_id,
            **values,
        )
        return [_TIE_OF_STATE[row["state"]] for row in found]

    async def _unexplained(self, machine: Machine, wallet_id: str) -> set[Tie]:
        listed, values = in_list("kind", [kind.value for kind in DifferenceKind])
        differs = await self._sql.one(
            f"""
            SELECT 1 FROM {SCHEMA}.worklist
            WHERE machine_id = :machine_id AND closed_at IS NULL AND kind IN {listed} LIMIT 1
            """,
            machine_id=machine.id,
            **values,
        )
        disagrees = await self._sql.one(
            f"""
            SELECT 1 FROM {SCHEMA}.machine_proofs
            WHERE wallet_id = :wallet_id AND balance_msat <> expected_msat
            """,
            wallet_id=wallet_id,
        )
        return {Tie.UNEXPLAINED} if differs or disagrees else set()
