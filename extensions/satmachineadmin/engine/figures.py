"""Keep what was sold each day at each machine (store/figures.py), so that an overview adds up a few rows.

Beside the money: sales are written without it, it reads them afterwards, and what it did not get to the
next look finds. It looks at every sale that changed since it last looked, a little further back for what
was being written meanwhile, and works the day of that sale at that machine out again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ..core import days
from ..core.figures import KEPT_DAYS, DayFigures
from ..ports import Books, Store
from ..uncancelled import to_the_end

#: A transaction takes seconds at the most from its instant to its commit.
_STEP_BACK_SECONDS = 30
#: Changed sales of one look.
SLICE = 1000


@dataclass(frozen=True, kw_only=True, order=True)
class _Day:
    """A day of a machine, on its operator's clock."""

    user_id: str
    machine_id: str
    day: date
    time_zone: str


class FigureKeeper:
    """Remembers how far it has looked; another process begins where figures were last written, and the
    very first one at the first sale."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked_until: int | None = None

    async def keep(self, is_stopping: Callable[[], bool]) -> bool:
        """Bring the days up to date whose sales have changed, and one operator's days that are all to be
        counted anew. True when there may be more to do at once."""
        async with self._store.reading() as books:
            due = await books.figures.due()
        if due is not None:
            await to_the_end(self._count_anew(due, is_stopping))
        has_more = await to_the_end(self._follow())
        return has_more or due is not None

    async def _follow(self) -> bool:
        """Work the days of changed sales out again; what comes to the same is not written."""
        changed: list[tuple[_Day, list[DayFigures]]] = []
        async with self._store.reading() as books:
            touched, until, has_more = await self._touched(books)
            for one in touched:
                figures = await books.figures.of_machine(one.machine_id, one.day, one.time_zone)
                if figures != await books.figures.kept_of(one.machine_id, one.day):
                    changed.append((one, figures))
        if changed or has_more:
            async with self._store.transaction("figures") as books:
                for one, figures in changed:
                    if await books.operators.time_zone(one.user_id) == one.time_zone:
                        await books.figures.keep(one.user_id, one.machine_id, one.day, figures)
                await books.figures.note_look(until)
        self._looked_until = until
        return has_more

    async def _touched(self, books: Books) -> tuple[list[_Day], int, bool]:
        """Days of sales that changed since the last look; how far that goes; whether there is more."""
        if self._looked_until is None:
            self._looked_until = await books.figures.looked_until()
        since = (self._looked_until or 0) - _STEP_BACK_SECONDS
        found = await books.figures.changed(since, SLICE)
        zones = {user: await books.operators.time_zone(user) for user in {one.user_id for one in found}}
        touched = {
            _Day(
                user_id=one.user_id,
                machine_id=one.machine_id,
                day=days.date_of(one.paid_at, zones[one.user_id]),
                time_zone=zones[one.user_id],
            )
            for one in found
        }
        if len(found) < SLICE:
            return sorted(touched), books.now, False
        # As far on as the next look steps back, or it would find the same ones again.
        return sorted(touched), max(found[-1].updated_at, since + 1) + _STEP_BACK_SECONDS, True

    async def _count_anew(self, user_id: str, is_stopping: Callable[[], bool]) -> None:
        """Every day that may be asked for, of every machine of one operator."""
        async with self._store.reading() as books:
            time_zone = await books.operators.time_zone(user_id)
            today = days.date_of(books.now, time_zone)
            counted: list[DayFigures] = []
            for machine_id in await books.machines.ids(user_id):
                for back in range(KEPT_DAYS):
                    if is_stopping():
                        return
                    day = today - timedelta(days=back)
                    counted += await books.figures.of_machine(machine_id, day, time_zone)
        async with self._store.transaction("figures_anew") as books:
            # Whoever moved to another zone meanwhile is due again.
            if await books.operators.time_zone(user_id) == time_zone:
                await books.figures.replace(user_id, counted)
