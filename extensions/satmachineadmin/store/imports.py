"""Imports: what a file's rows are held against, and which imports were made.

Of the files themselves nothing is kept but their digest: a row may name an invoice key.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from .audit import Audit
from .ids import new_id
from .sql import SCHEMA, Row, Sql, in_list


class Imports:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def get(self, import_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.imports WHERE id = :id", id=import_id)

    async def machines_called(self, operator_user_id: str, names: Collection[str]) -> list[Row]:
        """The operator's machines of these names."""
        listed, values = in_list("name", sorted(names))
        return await self._sql.all(
            f"""
            SELECT id, operator_user_id, name, currency FROM {SCHEMA}.dca_machines
            WHERE operator_user_id = :operator AND name IN {listed} ORDER BY created_at, id
            """,
            operator=operator_user_id,
            **values,
        )

    async def enrolments_at(self, machine_ids: Collection[str]) -> list[Row]:
        """The LPs of these machines, and whether each has an opening balance that stands."""
        listed, values = in_list("machine", sorted(machine_ids))
        return await self._sql.all(
            f"""
            SELECT client.id, client.machine_id, client.user_id, client.username, client.status,
                   CASE WHEN EXISTS (
                       SELECT 1 FROM {SCHEMA}.dca_deposits AS entry
                       WHERE entry.client_id = client.id AND entry.kind = 'opening'
                         AND entry.status <> 'cancelled') THEN 1 ELSE 0 END AS has_opening
            FROM {SCHEMA}.dca_clients AS client WHERE client.machine_id IN {listed}
            ORDER BY client.created_at, client.id
            """,
            **values,
        )

    async def unfree_wallets(self, wallet_ids: Collection[str]) -> tuple[set[str], set[str]]:
        """Of these wallets: those that some machine holds, and those that receive payouts."""
        listed, values = in_list("wallet", sorted(wallet_ids))
        held = await self._sql.all(
            f"""
            SELECT wallet_id FROM {SCHEMA}.machine_wallets
            WHERE closed_at IS NULL AND wallet_id IN {listed}
            """,
            **values,
        )
        paid = await self._sql.all(
            f"""
            SELECT super_fee_wallet_id AS wallet_id FROM {SCHEMA}.super_config
            WHERE super_fee_wallet_id IN {listed}
            UNION SELECT dca_wallet_id FROM {SCHEMA}.dca_lp WHERE dca_wallet_id IN {listed}
            UNION SELECT line.wallet_id FROM {SCHEMA}.split_sets AS splits
                  JOIN {SCHEMA}.dca_commission_splits AS line ON line.set_id = splits.id
                  WHERE splits.retired_at IS NULL AND line.wallet_id IN {listed}
            """,
            **values,
        )
        return {str(row["wallet_id"]) for row in held}, {str(row["wallet_id"]) for row in paid}

    async def npubs_among(self, npubs: Collection[str]) -> set[str]:
        """Those of the keys that some machine has."""
        listed, values = in_list("npub", sorted(npubs))
        found = await self._sql.all(
            f"SELECT npub FROM {SCHEMA}.dca_machines WHERE npub IN {listed}", **values
        )
        return {str(row["npub"]) for row in found}

    async def record(
        self,
        operator_user_id: str,
        *,
        digest: str,
        files: Sequence[str],
        counts: Mapping[str, int],
        client_ids: Sequence[str],
    ) -> str:
        """Note an import beside what it wrote; its id."""
        import_id = new_id()
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.imports
                (id, operator_user_id, digest, files, counts, client_ids, created_at)
            VALUES (:id, :operator, :digest, :files, :counts, :client_ids, :now)
            """,
            id=import_id,
            operator=operator_user_id,
            digest=digest,
            files=json.dumps(list(files)),
            counts=json.dumps(dict(counts)),
            client_ids=json.dumps(list(client_ids)),
            now=self._now,
        )
        self._audit.record(
            "import.done",
            "import",
            import_id,
            operator_user_id=operator_user_id,
            after={"files": list(files), "counts": dict(counts), "digest": digest},
        )
        return import_id
