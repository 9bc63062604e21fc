"""What LPs are told of: their payouts since they were told last, and what failed.

Who is told is noted in the transaction that finds it out, before anything is sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..core.choices import Notifications
from ..core.lp_notices import DailyReader, FailedPart, Got
from .fills import PAID
from .sql import SCHEMA, Row, Sql

#: Of something that keeps failing an LP is told this seldom.
_PROBLEM_SECONDS = 24 * 3600
# SQLite keeps the order of a CROSS JOIN. It would begin with all that was ever paid; here it begins with
# LPs who want to hear of it, below with what failed, which is little.
_GOT = f"""
    SELECT lp.user_id, machine.name AS machine_name, leg.currency, COUNT(*) AS payouts,
           SUM(leg.sent_msat / 1000) AS sats, SUM(leg.fiat_minor) AS fiat_minor
    FROM {SCHEMA}.dca_lp AS lp CROSS JOIN {SCHEMA}.dca_clients AS client
    CROSS JOIN {SCHEMA}.dca_payments AS leg CROSS JOIN {SCHEMA}.dca_machines AS machine
    WHERE client.user_id = lp.user_id AND leg.client_id = client.id AND machine.id = leg.machine_id
      AND {PAID} AND leg.leg_type <> 'autoforward'
      AND leg.completed_at >= lp.told_until AND leg.completed_at < :until AND {{whose}}
    GROUP BY lp.user_id, machine.name, leg.currency ORDER BY lp.user_id, machine.name, leg.currency"""
_FAILED = f"""
    SELECT lp.user_id, machine.name AS machine_name, leg.leg_type
    FROM {SCHEMA}.dca_payments AS leg
    CROSS JOIN {SCHEMA}.dca_clients AS client
    CROSS JOIN {SCHEMA}.dca_lp AS lp
    CROSS JOIN {SCHEMA}.dca_machines AS machine
    WHERE leg.state = 'failed' AND leg.client_id IS NOT NULL AND lp.notifications <> 'none'
      AND client.id = leg.client_id AND lp.user_id = client.user_id AND machine.id = leg.machine_id
      AND leg.updated_at >= COALESCE(lp.problem_told_at, lp.created_at)
      AND COALESCE(lp.problem_told_at, 0) <= :now - {_PROBLEM_SECONDS}
    GROUP BY lp.user_id, machine.name, leg.leg_type ORDER BY lp.user_id, machine.name, leg.leg_type"""


class LpNotices:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def newly_got(self) -> list[Got]:
        """What came for LPs who are told of each payout. What is paid in this very second comes later."""
        whose = f"lp.notifications = '{Notifications.EACH}'"
        rows = await self._sql.all(_GOT.format(whose=whose), until=self._now)
        return [_got(row) for row in rows]

    async def daily_readers(self) -> list[DailyReader]:
        """LPs who are told once a day, and up to when they were."""
        rows = await self._sql.all(
            f"""
            SELECT user_id, time_zone, told_until FROM {SCHEMA}.dca_lp
            WHERE notifications = '{Notifications.DAILY}' AND told_until IS NOT NULL ORDER BY user_id
            """
        )
        return [
            DailyReader(user_id=row["user_id"], time_zone=row["time_zone"], told_until=row["told_until"])
            for row in rows
        ]

    async def got_until(self, user_id: str, until: int) -> list[Got]:
        """What came for one LP since it was told last, before an instant."""
        rows = await self._sql.all(_GOT.format(whose="lp.user_id = :user_id"), until=until, user_id=user_id)
        return [_got(row) for row in rows]

    async def newly_failed(self) -> list[FailedPart]:
        """What failed of LPs who were not told of anything that failed for a day."""
        rows = await self._sql.all(_FAILED, now=self._now)
        return [
            FailedPart(user_id=row["user_id"], machine_name=row["machine_name"], leg_type=row["leg_type"])
            for row in rows
        ]

    async def note_told(self, user_ids: Sequence[str], until: int) -> None:
        """Everything that came before an instant counts as told."""
        await self._sql.run_many(
            f"UPDATE {SCHEMA}.dca_lp SET told_until = :until WHERE user_id = :user_id",
            [{"user_id": user_id, "until": until} for user_id in user_ids],
        )

    async def note_problem_told(self, user_ids: Sequence[str]) -> None:
        await self._sql.run_many(
            f"UPDATE {SCHEMA}.dca_lp SET problem_told_at = :now WHERE user_id = :user_id",
            [{"user_id": user_id, "now": self._now} for user_id in user_ids],
        )


def _got(row: Row) -> Got:
    return Got(
        user_id=row["user_id"],
        machine_name=row["machine_name"],
        currency=row["currency"],
        payouts=int(row["payouts"]),
        sats=int(row["sats"]),
        fiat_minor=int(row["fiat_minor"] or 0),
    )
