"""An operator's own settings."""

from __future__ import annotations

from ..core.days import parse_time_zone
from ..store.books import Store
from ..store.sql import Row


async def operator_settings(store: Store, user_id: str) -> tuple[Row, str]:
    """The settings, and the day that it is by them."""
    async with store.reading() as books:
        return await books.operators.settings(user_id), await books.operators.day(user_id)


async def set_time_zone(store: Store, user_id: str, time_zone: str) -> None:
    """Begin the operator's days at that zone's midnight. Raises UnknownTimeZone."""
    known = parse_time_zone(time_zone)
    async with store.transaction("settings", actor=user_id) as books:
        if known != await books.operators.time_zone(user_id):
            await books.figures.forget(user_id)
        await books.operators.set_time_zone(user_id, known)
