"""An operator's own settings, and the day that it is at the operator's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..core import days
from ..core.notices import Notice
from .audit import Audit
from .rows import instant
from .sql import SCHEMA, Row, Sql, in_list


class Operators:
    """One row a user, from the first choice on."""

    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def settings(self, user_id: str) -> Row:
        """What the operator chose, or what stands until it does."""
        row = await self._sql.one(f"SELECT * FROM {SCHEMA}.operators WHERE user_id = :id", id=user_id)
        return row or {
            "user_id": user_id,
            "time_zone": days.UTC,
            **{_column(notice): True for notice in Notice},
            "updated_at": None,
        }

    async def notices(self, user_id: str) -> frozenset[Notice]:
        """What the operator wants to be told of: everything, until it says otherwise."""
        row = await self.settings(user_id)
        return frozenset(notice for notice in Notice if row[_column(notice)])

    async def choose_notices(self, user_id: str, wishes: Mapping[Notice, bool]) -> None:
        """Be told of these kinds of things, or not; the others stay as they are."""
        before = await self.settings(user_id)
        after = {_column(notice): wish for notice, wish in wishes.items()}
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.operators (user_id, time_zone, {", ".join(after)}, updated_at)
            VALUES (:user_id, :time_zone, {", ".join(f":{column}" for column in after)}, :now)
            ON CONFLICT (user_id) DO UPDATE
            SET {", ".join(f"{column} = excluded.{column}" for column in after)},
                updated_at = excluded.updated_at
            """,
            user_id=user_id,
            time_zone=before["time_zone"],
            now=self._now,
            **after,
        )
        self._audit.record(
            "operator.settings_changed",
            "operator",
            user_id,
            operator_user_id=user_id,
            before={column: bool(before[column]) for column in after},
            after=after,
        )

    async def time_zone(self, user_id: str) -> str:
        """The zone that the operator's days are cut by."""
        return str((await self.settings(user_id))["time_zone"])

    async def days(self, user_ids: Collection[str]) -> dict[str, str]:
        """The date on the clock of each of these operators."""
        listed, values = in_list("user", user_ids)
        found = await self._sql.all(
            f"SELECT user_id, time_zone FROM {SCHEMA}.operators WHERE user_id IN {listed}", **values
        )
        zones = {str(row["user_id"]): str(row["time_zone"]) for row in found}
        return {user: days.day_of(instant(self._now), zones.get(user, days.UTC)) for user in user_ids}

    async def day(self, user_id: str) -> str:
        """The date on the operator's clock."""
        return (await self.days([user_id]))[user_id]

    async def set_time_zone(self, user_id: str, time_zone: str) -> None:
        """Days begin at this zone's midnight from now on; what was drawn stays on its day."""
        before = await self.settings(user_id)
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.operators (user_id, time_zone, updated_at)
            VALUES (:user_id, :time_zone, :now)
            ON CONFLICT (user_id) DO UPDATE
            SET time_zone = excluded.time_zone, updated_at = excluded.updated_at
            """,
            user_id=user_id,
            time_zone=time_zone,
            now=self._now,
        )
        self._audit.record(
            "operator.settings_changed",
            "operator",
            user_id,
            operator_user_id=user_id,
            before={"time_zone": before["time_zone"]},
            after={"time_zone": time_zone},
        )


def _column(notice: Notice) -> str:
    return f"notify_{notice}"
