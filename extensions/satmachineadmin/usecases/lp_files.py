"""An LP's records as rows, slice by slice, each of its own statement over an index: nothing holds a
connection while a file is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from ..core.days import zone_in_use
from ..store import exports, fills
from ..store.books import Store
from ..store.exports import Extract
from ..store.sql import Row
from .lp_views import Fill, Filter, narrowed, time_zone, with_parts

#: Rows of a slice.
SLICE = 500


@dataclass(frozen=True, kw_only=True)
class LpFile:
    """What a file of an LP is about: everything that may be refused has been looked at."""

    store: Store
    user_id: str
    time_zone: str
    enrolments: list[str]
    #: the only one, where one was asked for
    enrolment_id: str | None
    wanted: fills.Wanted

    async def fills(self) -> AsyncIterator[list[Fill]]:
        """What the LP got and passed on, the oldest first."""
        place: tuple[int, str] | None = None
        while True:
            async with self.store.reading() as books:
                rows = await fills.after(books.sql, self.enrolments, self.wanted, place, SLICE)
                found = await with_parts(books, rows, {}, {})
            yield found
            if len(rows) < SLICE:
                return
            place = (rows[-1]["created_at"], rows[-1]["id"])

    def cash(self) -> AsyncIterator[list[Row]]:
        """The LP's cash entries, the oldest first."""
        return self._of(exports.CASH_OF_LP)

    def earlier(self) -> AsyncIterator[list[Row]]:
        """What the predecessor paid the LP, the oldest first."""
        return self._of(exports.EARLIER_OF_LP)

    async def _of(self, extract: Extract) -> AsyncIterator[list[Row]]:
        wanted = exports.Wanted(
            owner_id=self.user_id,
            machine_id=self.enrolment_id,
            since=self.wanted.since,
            until=self.wanted.until,
        )
        while True:
            async with self.store.reading() as books:
                rows = await exports.read(books.sql, extract, wanted, SLICE)
            yield rows
            if len(rows) < SLICE:
                return
            wanted = exports.behind(wanted, extract, rows[-1])


async def open_file(store: Store, user_id: str, wanted: Filter) -> LpFile:
    """Raises NotFound for an enrolment that is not the LP's, and InvalidInput."""
    async with store.reading() as books:
        zone = zone_in_use(await time_zone(books, user_id))
        which, enrolments = await narrowed(books, user_id, wanted, zone)
    return LpFile(
        store=store,
        user_id=user_id,
        time_zone=zone,
        enrolments=enrolments,
        enrolment_id=wanted.enrolment_id,
        wanted=which,
    )
