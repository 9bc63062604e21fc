"""Looks after machines that say nothing, or that said too much: once a minute, beside the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.hearing import QUIET_SECONDS, silence_sentence
from ..core.states import MatterKind
from ..ports import Books, Store

#: How often events are forgotten that are refused for their age.
FORGET_SECONDS = 600

#: A row of dca_machines, with `heard_at`.
Row = Mapping[str, Any]


class MachineWatch:
    """One for each time that this process begins to work: nobody was silent to it before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._since: int | None = None
        self._forget_at = 0

    async def look(self) -> None:
        """Put silent machines before their operators, and let go of what is over."""
        async with self._store.reading() as books:
            since = self._since = books.now if self._since is None else self._since
            is_quiet = not (await _silent(books, since) or await books.machine_reports.calmed(QUIET_SECONDS))
            if is_quiet and books.now < self._forget_at:
                return
        async with self._store.transaction("machine_watch") as books:
            for kind, machine_id in await books.machine_reports.calmed(QUIET_SECONDS):
                await books.worklist.close(kind, machine_id)
            for row in await _silent(books, since):
                await _put_before_its_operator(books, row)
            await books.pairings.forget_events()
            self._forget_at = books.now + FORGET_SECONDS


async def _silent(books: Books, since: int) -> Sequence[Row]:
    """Silent machines, but for those whose operator has taken this very silence as it is."""
    found = await books.machine_reports.silent(since)
    accepted = await books.worklist.accepted([_mark(row) for row in found])
    return [row for row in found if _mark(row) not in accepted]


def _mark(row: Row) -> str:
    """One silence of one machine: another one begins when it was heard again."""
    return f"silent:{row['id']}:{max(row['heard_at'], row['paired_at'])}"


async def _put_before_its_operator(books: Books, row: Row) -> None:
    await books.worklist.open(
        MatterKind.MACHINE_SILENT,
        row["id"],
        operator_user_id=row["operator_user_id"],
        machine_id=row["id"],
        detail=silence_sentence(row["silent_minutes"], was_heard=row["heard_at"] > row["paired_at"]),
        fingerprint=_mark(row),
    )
