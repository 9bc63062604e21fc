"""An operator's own settings."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.days import parse_time_zone
from ..core.notices import Notice
from ..store.books import Store
from ..store.sql import Row


async def operator_settings(store: Store, user_id: str) -> tuple[Row, str]:
    """The settings, and the day that it is by them."""
    async with store.reading() as books:
        return await books.operators.settings(user_id), await books.operators.day(user_id)


async def change_settings(
    store: Store, user_id: str, *, time_zone: str | None = None, notices: Mapping[Notice, bool] | None = None
) -> None:
    """Begin the operator's days at another zone's midnight, or tell it of other things; what is not given
    stays. Raises UnknownTimeZone."""
    known = None if time_zone is None else parse_time_zone(time_zone)
    async with store.transaction("settings", actor=user_id) as books:
        if known is not None:
            if known != await books.operators.time_zone(user_id):
                await books.figures.forget(user_id)
            await books.operators.set_time_zone(user_id, known)
        if notices:
            await books.operators.choose_notices(user_id, notices)
