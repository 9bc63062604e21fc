"""What the scan remembers: how far it read, what it saw, what was still open."""

from __future__ import annotations

from collections.abc import Iterable

from .sql import SCHEMA, Sql, in_list

#: An open invoice is asked about for this long; LNbits itself gives up after 15 days.
OPEN_FOR_SECONDS = 30 * 86_400


class Scan:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def changed_until(self, wallet_id: str) -> int | None:
        """Epoch seconds up to which changes were read; None for a wallet never scanned."""
        found: int | None = await self._sql.value(
            f"SELECT changed_until FROM {SCHEMA}.scan_cursors WHERE wallet_id = :id", id=wallet_id
        )
        return found

    async def full_scan_at(self, wallet_id: str) -> int:
        """When the whole history was last compared with what was seen; 0 for never."""
        found = await self._sql.value(
            f"SELECT full_scan_at FROM {SCHEMA}.scan_cursors WHERE wallet_id = :id", id=wallet_id
        )
        return int(found or 0)

    async def advance(self, wallet_id: str, *, changed_until: int, full: bool) -> None:
        """Note that a scan of this wallet is done."""
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.scan_cursors (wallet_id, changed_until, full_scan_at, scanned_at)
            VALUES (:id, :until, :full_at, :now)
            ON CONFLICT (wallet_id) DO UPDATE SET changed_until = excluded.changed_until,
                scanned_at = excluded.scanned_at,
                full_scan_at = CASE WHEN excluded.full_scan_at > 0 THEN excluded.full_scan_at
                                    ELSE scan_cursors.full_scan_at END
            """,
            id=wallet_id,
            until=changed_until,
            full_at=self._now if full else 0,
            now=self._now,
        )

    async def seen(self, wallet_id: str, payment_hashes: Iterable[str]) -> dict[str, str]:
        """Those of the hashes that were decided on before, with the digest of their facts."""
        listed, values = in_list("hash", payment_hashes)
        found = await self._sql.all(
            f"""
            SELECT payment_hash, facts FROM {SCHEMA}.seen_payments
            WHERE wallet_id = :wallet_id AND payment_hash IN {listed}
            """,
            wallet_id=wallet_id,
            **values,
        )
        return {str(row["payment_hash"]): str(row["facts"]) for row in found}

    async def note(self, wallet_id: str, payment_hash: str, *, verdict: str, facts: str) -> None:
        """Remember what became of a payment; the primary key refuses a second time."""
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.seen_payments (wallet_id, payment_hash, verdict, facts, seen_at)
            VALUES (:wallet_id, :payment_hash, :verdict, :facts, :now)
            """,
            wallet_id=wallet_id,
            payment_hash=payment_hash,
            verdict=verdict,
            facts=facts,
            now=self._now,
        )
        await self.close_open(wallet_id, [payment_hash])

    async def look_again(self, wallet_id: str, payment_hash: str) -> None:
        """Land a payment anew that was taken for nobody's: by now it is known whose it is."""
        await self._sql.run(
            f"""
            DELETE FROM {SCHEMA}.seen_payments
            WHERE wallet_id = :wallet_id AND payment_hash = :payment_hash AND verdict = 'not_ours'
            """,
            wallet_id=wallet_id,
            payment_hash=payment_hash,
        )
        await self.keep_open(wallet_id, [payment_hash])

    async def open_hashes(self, wallet_id: str) -> list[str]:
        """Payments that were pending when last looked at."""
        found = await self._sql.all(
            f"SELECT payment_hash FROM {SCHEMA}.open_payments WHERE wallet_id = :id AND since >= :since",
            id=wallet_id,
            since=self._now - OPEN_FOR_SECONDS,
        )
        return [str(row["payment_hash"]) for row in found]

    async def keep_open(self, wallet_id: str, payment_hashes: Iterable[str]) -> None:
        """Remember pending payments, so that none is missed however late it succeeds."""
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.open_payments (wallet_id, payment_hash, since)
            VALUES (:wallet_id, :payment_hash, :now) ON CONFLICT DO NOTHING
            """,
            [
                {"wallet_id": wallet_id, "payment_hash": payment_hash, "now": self._now}
                for payment_hash in payment_hashes
            ],
        )

    async def close_open(self, wallet_id: str, payment_hashes: Iterable[str]) -> None:
        """Forget payments that are decided or failed for good."""
        listed, values = in_list("hash", payment_hashes)
        await self._sql.run(
            f"""
            DELETE FROM {SCHEMA}.open_payments WHERE wallet_id = :wallet_id AND payment_hash IN {listed}
            """,
            wallet_id=wallet_id,
            **values,
        )
