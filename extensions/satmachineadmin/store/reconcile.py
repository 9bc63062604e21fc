"""What reconciling reads of our books in slices, and what it remembers.

Every list is bounded: by the ids that are asked for, or by a limit and the place where the last slice
ended. Sums go over one machine wallet or a few enrolments, each by an index.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from ..core.model import HostPayment
from ..core.proof import Proof, ProofLine, Sums
from ..core.reconcile import BookedLeg, BookedSale, Totals
from ..core.states import LegState
from . import rows
from .sql import SCHEMA, Row, Sql, in_list

_TOTALS = ("confirmed", "pending", "paid", "reserved", "leaving")


class Reconcile:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    # Sales and their legs -------------------------------------------------------------------

    async def sale_ids(self, *, after: str, limit: int, machine_id: str | None = None) -> list[str]:
        """Settlements in the order in which they landed, those after one of them."""
        only = "AND machine_id = :machine_id" if machine_id else ""
        found = await self._sql.all(
            f"""
            SELECT id FROM {SCHEMA}.dca_settlements WHERE id > :after {only} ORDER BY id LIMIT :limit
            """,
            after=after,
            limit=limit,
            **({"machine_id": machine_id} if machine_id else {}),
        )
        return [str(row["id"]) for row in found]

    async def sales_changed_since(self, since: int, limit: int) -> list[str]:
        """Settlements that moved at or after an instant, the earliest first."""
        found = await self._sql.all(
            f"""
            SELECT id FROM {SCHEMA}.dca_settlements WHERE updated_at >= :since
            ORDER BY updated_at, id LIMIT :limit
            """,
            since=since,
            limit=limit,
        )
        return [str(row["id"]) for row in found]

    async def sales(self, settlement_ids: Collection[str]) -> list[BookedSale]:
        """Settlements with all of their legs, and what went with each leg's payment."""
        listed, values = in_list("id", settlement_ids)
        settlements = await self._sql.all(
            f"SELECT * FROM {SCHEMA}.dca_settlements WHERE id IN {listed} ORDER BY id", **values
        )
        legs = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments WHERE settlement_id IN {listed}
            ORDER BY plan_version, position, attempt
            """,
            **values,
        )
        booked: dict[str, list[BookedLeg]] = defaultdict(list)
        for one in await self._booked(legs):
            booked[one.leg.settlement_id].append(one)
        return [
            BookedSale(
                settlement=rows.settlement(row),
                dispensed_sats=row["dispensed_sats"],
                legs=tuple(booked[row["id"]]),
            )
            for row in settlements
        ]

    async def payoffs(self, *, after: str, limit: int, machine_id: str | None = None) -> list[BookedLeg]:
        """Legs that belong to no sale, those after one of them: balances paid off, and passed on."""
        only = "AND machine_id = :machine_id" if machine_id else ""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments WHERE settlement_id = '' AND id > :after {only}
            ORDER BY id LIMIT :limit
            """,
            after=after,
            limit=limit,
            **({"machine_id": machine_id} if machine_id else {}),
        )
        return await self._booked(found)

    async def _booked(self, legs: Sequence[Row]) -> list[BookedLeg]:
        """Legs with what was paid for them and for those that went with their payment."""
        carried = await self._carried([str(leg["id"]) for leg in legs])
        booked = []
        for leg in legs:
            sent_msat, fee_msat = carried.get(leg["id"], (0, 0))
            booked.append(
                BookedLeg(
                    leg=rows.leg(leg),
                    sent_msat=(leg["sent_msat"] or 0) + sent_msat,
                    fee_msat=(leg["fee_msat"] or 0) + fee_msat,
                )
            )
        return booked

    async def _carried(self, leg_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """What completed legs that went with another's payment add to it: leg → (sent, fee)."""
        listed, values = in_list("carrier", leg_ids)
        found = await self._sql.all(
            f"""
            SELECT carrier_id, SUM(sent_msat) AS sent, SUM(fee_msat) AS fee FROM {SCHEMA}.dca_payments
            WHERE carrier_id IN {listed} AND state = 'completed' GROUP BY carrier_id
            """,
            **values,
        )
        return {str(row["carrier_id"]): (int(row["sent"]), int(row["fee"])) for row in found}

    async def sales_of_payments(self, rows_of_host: Iterable[HostPayment]) -> frozenset[str]:
        """The settlements of the legs that these payments pay."""
        hashes = {row.payment_hash for row in rows_of_host}
        listed, values = in_list("hash", sorted(hashes))
        found = await self._sql.all(
            f"SELECT DISTINCT settlement_id FROM {SCHEMA}.dca_payments WHERE payment_hash IN {listed}",
            **values,
        )
        return frozenset(str(row["settlement_id"]) for row in found)

    async def unresolved_sales(self, limit: int) -> list[str]:
        """Settlements that stopped while some leg of theirs had no answer from the host."""
        found = await self._sql.all(
            f"""
            SELECT DISTINCT settlement.id FROM {SCHEMA}.dca_payments AS leg
            JOIN {SCHEMA}.dca_settlements AS settlement ON settlement.id = leg.settlement_id
            WHERE leg.state = 'unresolved' AND settlement.state = 'errored'
            ORDER BY settlement.id LIMIT :limit
            """,
            limit=limit,
        )
        return [str(row["id"]) for row in found]

    # LPs' cash ------------------------------------------------------------------------------

    async def enrolment_ids(self, *, after: str, limit: int, machine_id: str | None = None) -> list[str]:
        """Enrolments after one of them."""
        only = "AND machine_id = :machine_id" if machine_id else ""
        found = await self._sql.all(
            f"SELECT id FROM {SCHEMA}.dca_clients WHERE id > :after {only} ORDER BY id LIMIT :limit",
            after=after,
            limit=limit,
            **({"machine_id": machine_id} if machine_id else {}),
        )
        return [str(row["id"]) for row in found]

    async def totals(self, enrolment_ids: Collection[str]) -> list[Totals]:
        """What is kept of each LP's cash, and what its entries and legs come to: one statement."""
        listed, values = in_list("id", enrolment_ids)
        entries = f"FROM {SCHEMA}.dca_deposits WHERE client_id = client.id AND status"
        waiting = "IN ('pending', 'disputed')"
        leaving = f"SELECT COALESCE(-SUM(amount_minor), 0) {entries} {waiting} AND amount_minor < 0"
        legs = f"FROM {SCHEMA}.dca_payments WHERE client_id = client.id AND leg_type <> 'autoforward'"
        found = await self._sql.all(
            f"""
            SELECT client.*, machine.currency,
                (SELECT COALESCE(SUM(amount_minor), 0) {entries} = 'confirmed') AS confirmed_sum,
                (SELECT COALESCE(SUM(amount_minor), 0) {entries} {waiting} AND amount_minor > 0)
                    AS pending_sum,
                ({leaving}) AS leaving_sum,
                (SELECT COALESCE(SUM(fiat_minor), 0) {legs} AND state = 'completed') AS paid_sum,
                (SELECT COALESCE(SUM(fiat_minor), 0) {legs}
                    AND state IN ('pending', 'paying', 'failed', 'unresolved')) + ({leaving})
                    AS reserved_sum
            FROM {SCHEMA}.dca_clients AS client
            JOIN {SCHEMA}.dca_machines AS machine ON machine.id = client.machine_id
            WHERE client.id IN {listed}
            """,
            **values,
        )
        return [
            Totals(
                enrolment_id=row["id"],
                machine_id=row["machine_id"],
                label=row["username"],
                currency=row["currency"],
                kept={name: row[f"{name}_minor"] for name in _TOTALS},
                summed={name: int(row[f"{name}_sum"]) for name in _TOTALS},
            )
            for row in found
        ]

    # Wallets and their proofs ---------------------------------------------------------------

    async def sales_among(self, wallet_id: str, payment_hashes: Collection[str]) -> frozenset[str]:
        """Those of the hashes that are settlements with known facts."""
        listed, values = in_list("hash", payment_hashes)
        found = await self._sql.all(
            f"""
            SELECT payment_hash FROM {SCHEMA}.dca_settlements
            WHERE wallet_id = :wallet_id AND payment_hash IN {listed} AND tx_type IS NOT NULL
            """,
            wallet_id=wallet_id,
            **values,
        )
        return frozenset(str(row["payment_hash"]) for row in found)

    async def leg_states(self, payment_hashes: Collection[str]) -> dict[str, LegState]:
        """The states of the legs that these hashes pay."""
        listed, values = in_list("hash", payment_hashes)
        found = await self._sql.all(
            f"SELECT payment_hash, state FROM {SCHEMA}.dca_payments WHERE payment_hash IN {listed}", **values
        )
        return {str(row["payment_hash"]): LegState(row["state"]) for row in found}

    async def verdicts(self, wallet_id: str, payment_hashes: Collection[str]) -> dict[str, str]:
        """What became of payments that were looked at."""
        listed, values = in_list("hash", payment_hashes)
        found = await self._sql.all(
            f"""
            SELECT payment_hash, verdict FROM {SCHEMA}.seen_payments
            WHERE wallet_id = :wallet_id AND payment_hash IN {listed}
            """,
            wallet_id=wallet_id,
            **values,
        )
        return {str(row["payment_hash"]): str(row["verdict"]) for row in found}

    async def sums(self, wallet_id: str) -> Sums:
        """What our books say of the sales and payouts of one wallet."""
        sales = await self._sql.one(
            f"""
            SELECT COALESCE(SUM(CASE WHEN tx_type = 'cash_out' THEN wire_sats * 1000 - host_fee_msat
                                     ELSE 0 END), 0) AS came,
                   COALESCE(SUM(CASE WHEN tx_type = 'cash_in' THEN wire_sats * 1000 ELSE 0 END), 0) AS went
            FROM {SCHEMA}.dca_settlements WHERE wallet_id = :wallet_id AND tx_type IS NOT NULL
            """,
            wallet_id=wallet_id,
        )
        legs = await self._sql.one(
            f"""
            SELECT COALESCE(SUM(sent_msat), 0) AS sent, COALESCE(SUM(fee_msat), 0) AS fees
            FROM {SCHEMA}.dca_payments
            WHERE payer_wallet_id = :wallet_id AND state IN ('completed', 'refunded')
            """,
            wallet_id=wallet_id,
        )
        unpaid, kept = await self._held_for(wallet_id)
        return Sums(
            unpaid_msat=unpaid,
            kept_msat=kept,
            sales_in_msat=int(sales["came"]) if sales else 0,
            sales_out_msat=int(sales["went"]) if sales else 0,
            paid_out_msat=int(legs["sent"]) if legs else 0,
            fees_msat=int(legs["fees"]) if legs else 0,
        )

    async def _held_for(self, wallet_id: str) -> tuple[int, dict[str, int]]:
        """What a wallet still has to pay, and reason → what it keeps of sales, in msat."""
        found = await self._sql.all(
            f"""
            SELECT CASE WHEN state = 'skipped' THEN reason ELSE '' END AS kept_for,
                   SUM(sats * 1000) AS msat
            FROM {SCHEMA}.dca_payments
            WHERE payer_wallet_id = :wallet_id
              AND (state IN ('pending', 'paying', 'failed', 'unresolved')
                   OR (state = 'skipped' AND kept_at IS NULL))
            GROUP BY CASE WHEN state = 'skipped' THEN reason ELSE '' END
            """,
            wallet_id=wallet_id,
        )
        sums = {str(row["kept_for"]): int(row["msat"] or 0) for row in found}
        return sums.pop("", 0), {reason: msat for reason, msat in sums.items() if msat}

    async def proofs(self) -> dict[str, Row]:
        """The newest proof of every wallet."""
        found = await self._sql.all(f"SELECT * FROM {SCHEMA}.machine_proofs")
        return {str(row["wallet_id"]): row for row in found}

    async def proof(self, wallet_id: str) -> Row | None:
        return await self._sql.one(
            f"SELECT * FROM {SCHEMA}.machine_proofs WHERE wallet_id = :id", id=wallet_id
        )

    async def keep_proof(self, proof: Proof) -> None:
        """Write a wallet's newest proof over the one before; the opening stays the first one's."""
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.machine_proofs
                (wallet_id, machine_id, balance_msat, expected_msat, opening_msat, lines, holdings,
                 host_rows, proved_at)
            VALUES (:wallet_id, :machine_id, :balance, :expected, :opening, :lines, :holdings,
                    :host_rows, :now)
            ON CONFLICT (wallet_id) DO UPDATE SET machine_id = excluded.machine_id,
                opening_msat = CASE WHEN machine_proofs.machine_id = excluded.machine_id
                                    THEN machine_proofs.opening_msat ELSE excluded.opening_msat END,
                balance_msat = excluded.balance_msat, expected_msat = excluded.expected_msat,
                lines = excluded.lines, holdings = excluded.holdings, host_rows = excluded.host_rows,
                proved_at = excluded.proved_at
            """,
            wallet_id=proof.wallet_id,
            machine_id=proof.machine_id,
            balance=proof.balance_msat,
            expected=proof.expected_msat,
            opening=proof.lines_msat.get(ProofLine.OPENING, 0),
            lines=json.dumps(proof.lines_msat),
            holdings=json.dumps([[*what, msat] for what, msat in proof.holdings_msat.items()]),
            host_rows=proof.rows,
            now=self._now,
        )

    async def take_opening(self, wallet_id: str) -> None:
        """From now on the opening of the newest proof is the one to compare with."""
        row = await self.proof(wallet_id)
        if row is not None:
            opening = json.loads(row["lines"]).get(ProofLine.OPENING, 0)
            await self._sql.run(
                f"UPDATE {SCHEMA}.machine_proofs SET opening_msat = :opening WHERE wallet_id = :id",
                opening=opening,
                id=wallet_id,
            )

    # How far it came ------------------------------------------------------------------------

    async def cursors(self) -> dict[str, str]:
        found = await self._sql.all(f"SELECT name, position FROM {SCHEMA}.reconcile_cursors")
        return {str(row["name"]): str(row["position"]) for row in found}

    async def move_cursors(self, positions: Mapping[str, str]) -> None:
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.reconcile_cursors (name, position, moved_at)
            VALUES (:name, :position, :now)
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at
            """,
            [{"name": name, "position": place, "now": self._now} for name, place in positions.items()],
        )
