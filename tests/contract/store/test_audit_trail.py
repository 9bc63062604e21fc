"""The audit trail in real tables: verified in slices, marked, and broken past its guards."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.states import TrailFault
from satmachineadmin.core.trail import TrailVerdict
from satmachineadmin.engine.verify import verify_trail
from satmachineadmin.store import audit
from satmachineadmin.store.books import Store

from .books import add_machine, rows

pytestmark = pytest.mark.anyio
EVENTS, MARKS = "satmachineadmin.audit_events", "satmachineadmin.audit_marks"
PLATFORM = "root"


async def run(store: Store, statement: str, **values: object) -> None:
    async with store.transaction("test") as books:
        await books.sql.run(statement, **values)


async def write_events(store: Store, number: int) -> None:
    async with store.transaction("test", actor="olga") as books:
        for one in range(number):
            books.audit.record("thing.did", "thing", f"{one}", operator_user_id="olga", after={"n": one})


async def drop_guards(store: Store) -> None:
    """What somebody does who may write to the database and does not want to be seen."""
    if store.database.is_sqlite:
        for table in ("audit", "audit_mark"):
            for kind in ("update", "delete", "replace"):
                await run(store, f"DROP TRIGGER satmachineadmin.{table}_no_{kind}")
        return
    for table in (EVENTS, MARKS):
        await run(store, f"ALTER TABLE {table} DISABLE TRIGGER USER")


async def verify(store: Store) -> TrailVerdict:
    return await verify_trail(store, PLATFORM)


async def matters(store: Store) -> list[dict[str, Any]]:
    return [row for row in await rows(store, "worklist") if row["closed_at"] is None]


async def test_a_whole_trail_is_read_to_its_end_and_marked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In slices that do not divide it evenly, and in those that do."""
    await write_events(store, 12)
    for size in (1, 5, 6, 12, 100):
        monkeypatch.setattr(audit, "_SLICE", size)
        found = await verify(store)
        assert (found.broken, found.head.seq) == (None, 12)
    await write_events(store, 1)
    await verify(store)
    assert [row["seq"] for row in await rows(store, "audit_marks")] == [12, 13]
    assert await matters(store) == []


CORRUPTIONS = {
    "content altered": (
        f"UPDATE {EVENTS} SET body = REPLACE(body, 'olga', 'otto') WHERE seq = 4", TrailFault.ALTERED, 4
    ),
    "column altered": (f"UPDATE {EVENTS} SET actor = 'otto' WHERE seq = 4", TrailFault.COLUMN_ALTERED, 4),
    "time altered": (f"UPDATE {EVENTS} SET at = at - 1 WHERE seq = 4", TrailFault.COLUMN_ALTERED, 4),
    "removed": (f"DELETE FROM {EVENTS} WHERE seq = 4", TrailFault.MISSING, 4),
    "first removed": (f"DELETE FROM {EVENTS} WHERE seq = 1", TrailFault.MISSING, 1),
    "renumbered": (f"UPDATE {EVENTS} SET seq = seq + 100 WHERE seq >= 4", TrailFault.MISSING, 4),
    "cut off": (f"DELETE FROM {EVENTS} WHERE seq > 6", TrailFault.CUT_OFF, 7),
    "emptied": (f"DELETE FROM {EVENTS}", TrailFault.CUT_OFF, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRUPTIONS)
async def test_what_was_done_to_the_table_is_named_and_put_before_the_platform(
    store: Store, name: str
) -> None:
    statement, fault, seq = CORRUPTIONS[name]
    await write_events(store, 9)
    assert (await verify(store)).broken is None
    marks = await rows(store, "audit_marks")
    await drop_guards(store)
    await run(store, statement)

    found = await verify(store)

    assert found.broken is not None
    assert (found.broken.fault, found.broken.seq) == (fault, seq)
    (matter,) = await matters(store)
    assert (matter["kind"], matter["operator_user_id"]) == ("trail_broken", PLATFORM)
    assert matter["detail"] == found.broken.sentence
    assert await rows(store, "audit_marks") == marks, "a broken trail is no mark"


async def test_a_tail_written_anew_over_one_that_was_cut_off_is_noticed(store: Store) -> None:
    await write_events(store, 9)
    await verify(store)
    await drop_guards(store)
    await run(store, f"DELETE FROM {EVENTS} WHERE seq > 5")
    await write_events(store, 20)

    found = await verify(store)

    assert found.broken is not None
    assert (found.broken.fault, found.broken.seq) == (TrailFault.REWRITTEN, 9)


async def test_a_trail_that_was_mended_closes_its_matter(store: Store) -> None:
    """A copy of the database is put back: nothing is left to show."""
    await write_events(store, 5)
    await drop_guards(store)
    await run(store, f"UPDATE {EVENTS} SET actor = 'otto' WHERE seq = 2")
    assert (await verify(store)).broken is not None
    await run(store, f"UPDATE {EVENTS} SET actor = 'olga' WHERE seq = 2")
    assert (await verify(store)).broken is None
    assert await matters(store) == []


async def test_events_that_are_written_while_it_is_read_belong_to_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verification holds no lock: between two slices somebody else gets on."""
    monkeypatch.setattr(audit, "_SLICE", 4)
    await write_events(store, 8)
    writes = iter([3, 0])
    all_rows = audit.Sql.all

    async def write_meanwhile(self: Any, statement: str, **values: object) -> Any:
        found = await all_rows(self, statement, **values)
        if f"SELECT * FROM {EVENTS}" in statement and (more := next(writes, 0)):
            await write_events(store, more)
        return found

    monkeypatch.setattr(audit.Sql, "all", write_meanwhile)
    found = await verify(store)
    assert (found.broken, found.head.seq) == (None, 11)


async def test_marks_can_only_grow(store: Store) -> None:
    """UPDATE, DELETE, TRUNCATE and replacing inserts are refused, as on the trail itself."""
    await add_machine(store)
    await verify(store)
    before = await rows(store, "audit_marks")
    insert = f"INTO {MARKS} (seq, hash, verified_at) SELECT seq, 'x', 0 FROM {MARKS}"
    attempts = [f"UPDATE {MARKS} SET seq = 0", f"DELETE FROM {MARKS}", f"INSERT {insert}"]
    if store.database.is_sqlite:
        attempts += [f"INSERT OR REPLACE {insert}", f"UPDATE OR REPLACE {MARKS} SET seq = seq + 1"]
    else:
        attempts += [f"TRUNCATE {MARKS}", f"INSERT {insert} ON CONFLICT (seq) DO UPDATE SET hash = 'x'"]

    for attempt in attempts:
        with pytest.raises(Exception, match=r"append-only|unique"):
            await run(store, attempt)

    assert await rows(store, "audit_marks") == before
