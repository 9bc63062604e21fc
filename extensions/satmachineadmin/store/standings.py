"""How the platform stands to each operator: one row a user, from its first machine or first word on."""

from __future__ import annotations

from collections.abc import Collection

from ..core.approval import OperatorPolicy, Standing, check_standing_arrow, require_may_begin
from .audit import Audit
from .ids import new_id
from .platform import Platform
from .sql import SCHEMA, Row, Sql, in_list


class Standings:
    def __init__(self, sql: Sql, audit: Audit, now: int, platform: Platform) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now
        self._platform = platform

    async def policy(self) -> OperatorPolicy:
        """Who may begin something at present."""
        return OperatorPolicy((await self._platform.config())["operators"])

    async def of(self, user_id: str) -> Standing:
        row = await self._sql.one(f"SELECT standing FROM {SCHEMA}.standings WHERE user_id = :id", id=user_id)
        return Standing.NEW if row is None else Standing(row["standing"])

    async def id_of(self, user_id: str) -> str:
        """What stands for a user outside; it has a standing."""
        found = await self._sql.value(f"SELECT id FROM {SCHEMA}.standings WHERE user_id = :id", id=user_id)
        return str(found)

    async def row(self, standing_id: str) -> Row | None:
        """By the opaque id: user ids are passwords in some LNbits."""
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.standings WHERE id = :id", id=standing_id)

    async def require(self, user_id: str) -> None:
        """Raise OperatorNotApproved unless this user may begin something new."""
        require_may_begin(await self.policy(), await self.of(user_id))

    async def welcome(self, user_id: str, name: str) -> None:
        """Whoever begins while it may is approved: a stricter policy later is no reason to stop it."""
        standing = await self.of(user_id)
        if standing in (Standing.NEW, Standing.ASKED):
            await self.move(user_id, name, standing, Standing.APPROVED)

    async def move(
        self, user_id: str, name: str, before: Standing, after: Standing, *, reason: str = ""
    ) -> None:
        """Along one arrow, with its event. `name` is what the platform knows the user by."""
        arrow = check_standing_arrow(before, after)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.standings (id, user_id, name, standing, reason, created_at, moved_at)
            VALUES (:id, :user_id, :name, :standing, :reason, :now, :now)
            ON CONFLICT (user_id) DO UPDATE SET standing = excluded.standing, reason = excluded.reason,
                name = excluded.name, moved_at = excluded.moved_at
            """,
            id=new_id(),
            user_id=user_id,
            name=name,
            standing=after,
            reason=reason,
            now=self._now,
        )
        self._audit.record(
            f"operator.{arrow}",
            "operator",
            user_id,
            operator_user_id=user_id,
            before={"standing": before},
            after={"standing": after, "reason": reason},
        )


async def machines_of(sql: Sql, user_ids: Collection[str]) -> dict[str, Row]:
    """How many machines each operator has, how many of them work, and what they ever sold."""
    listed, values = in_list("user", user_ids)
    found = await sql.all(
        f"""
        SELECT operator_user_id, COUNT(*) AS machines, SUM(CASE WHEN active THEN 1 ELSE 0 END) AS active,
               SUM(settlements_total) AS settlements, MAX(last_sale_at) AS last_sale_at
        FROM {SCHEMA}.dca_machines WHERE operator_user_id IN {listed} GROUP BY operator_user_id
        """,
        **values,
    )
    return {str(row["operator_user_id"]): row for row in found}


async def sold_since(sql: Sql, user_ids: Collection[str], since: int) -> dict[str, Row]:
    """What each operator sold since an instant, in sats: as much work as that time holds sales."""
    listed, values = in_list("user", user_ids)
    found = await sql.all(
        f"""
        SELECT operator_user_id, COUNT(*) AS sales, SUM(wire_sats) AS wire_sats,
               SUM(commission_sats) AS commission_sats, SUM(platform_fee_sats) AS platform_fee_sats
        FROM {SCHEMA}.dca_settlements
        WHERE operator_user_id IN {listed} AND paid_at >= :since AND NOT is_test
          AND state NOT IN ('rejected', 'dismissed')
        GROUP BY operator_user_id
        """,
        since=since,
        **values,
    )
    return {str(row["operator_user_id"]): row for row in found}
