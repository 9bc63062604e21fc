"""The platform's configuration: its fee, its wallet, and which way of paying is allowed."""

from __future__ import annotations

from ..core.model import PlatformFee
from ..core.states import FeeBasis, TxType
from ..core.units import parse_percent
from .audit import Audit
from .sql import SCHEMA, Row, Sql

#: What stands until the platform's owner chooses: no fee, and nowhere to pay it to.
_NOT_YET_CONFIGURED: Row = {
    "super_fee_pct": "0",
    "super_fee_cash_in_pct": "0",
    "super_fee_basis": FeeBasis.COMMISSION.value,
    "super_fee_wallet_id": None,
    "fast_way_allowed": True,
    "operators": "open",
    "version": 0,
    "updated_at": None,
}


class Platform:
    """One row, `platform`."""

    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def config(self) -> Row:
        """The configuration in force."""
        row = await self._sql.one(f"SELECT * FROM {SCHEMA}.super_config WHERE id = 'platform'")
        return row or _NOT_YET_CONFIGURED

    async def fee(self, tx_type: TxType) -> PlatformFee:
        """The fee that a settlement landing now is charged."""
        config = await self.config()
        column = "super_fee_pct" if tx_type is TxType.CASH_OUT else "super_fee_cash_in_pct"
        return PlatformFee(
            ppm=parse_percent(config[column]),
            basis=FeeBasis(config["super_fee_basis"]),
            version=config["version"],
        )

    async def wallet_id(self) -> str | None:
        wallet_id: str | None = (await self.config())["super_fee_wallet_id"]
        return wallet_id

    async def change(self, **fields: object) -> Row:
        """Set fields and count the version up; the change, and nothing beside it, is an event."""
        before = await self.config()
        fields = {name: value for name, value in fields.items() if value != before[name]}
        if not fields:
            return before
        after = {**before, **fields, "version": before["version"] + 1, "updated_at": self._now}
        after["id"] = "platform"
        columns = sorted(after)
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "id")
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.super_config ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            ON CONFLICT (id) DO UPDATE SET {updates}
            """,
            **after,
        )
        self._audit.record(
            "platform.changed",
            "platform",
            "platform",
            operator_user_id="",
            before={key: before[key] for key in fields},
            after=dict(fields),
        )
        return after
