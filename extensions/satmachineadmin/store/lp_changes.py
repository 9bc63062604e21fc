"""Every change of an LP's choices, addresses included: for the LP alone.

The audit trail has the same events without addresses, since whoever verifies it reads them all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..core.choices import HowChanged
from .ids import new_id
from .sql import SCHEMA, Row, Sql

#: What an LP chooses; the rest of its row is the engine's.
CHOICES = (
    "dca_wallet_id",
    "default_dca_mode",
    "fixed_mode_daily_limit",
    "fixed_mode_currency",
    "autoforward_ln_address",
    "autoforward_next_address",
    "autoforward_enabled",
    "autoforward_min_sats",
    "time_zone",
    "notifications",
)
#: An amount is none without its currency.
_TOGETHER = ("fixed_mode_daily_limit", "fixed_mode_currency")


class LpChanges:
    def __init__(self, sql: Sql, now: int) -> None:
        self._sql = sql
        self._now = now

    async def note(
        self, user_id: str, before: Mapping[str, object], after: Mapping[str, object], how: HowChanged
    ) -> None:
        """What is different now; nothing where nothing is."""
        changed = [name for name in CHOICES if _plain(before.get(name)) != _plain(after.get(name))]
        if any(name in changed for name in _TOGETHER):
            changed = [name for name in CHOICES if name in changed or name in _TOGETHER]
        if not changed:
            return
        lines = [
            {"field": name, "before": _plain(before.get(name)), "after": _plain(after.get(name))}
            for name in changed
        ]
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.lp_changes (id, user_id, at, how, changes)
            VALUES (:id, :user_id, :now, :how, :changes)
            """,
            id=new_id(),
            user_id=user_id,
            now=self._now,
            how=how,
            changes=json.dumps(lines),
        )

    async def page(self, user_id: str, *, limit: int, offset: int) -> tuple[list[Row], int]:
        """The newest first, and how many there are."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.lp_changes WHERE user_id = :user_id
            ORDER BY at DESC, id DESC LIMIT :limit OFFSET :offset
            """,
            user_id=user_id,
            limit=limit,
            offset=offset,
        )
        total = await self._sql.value(
            f"SELECT COUNT(*) FROM {SCHEMA}.lp_changes WHERE user_id = :user_id", user_id=user_id
        )
        return found, int(total)


def _plain(value: object) -> object:
    """As JSON has it: SQLite gives truth as a number, and a word of ours is a text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)
