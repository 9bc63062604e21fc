"""What the tables themselves refuse, on every database: "once", "never more than there is", "append only"."""

from __future__ import annotations

import pytest

from satmachineadmin import migrations
from satmachineadmin.core.lease import LeaseLost
from satmachineadmin.store.books import Store
from satmachineadmin.store.sql import Row, TableRefused
from tests.fakes.books import MigrationDb, migrate, steps

from .books import WALLET, add_lp, add_machine, land, payment, planned, rows
from .conftest import POSTGRES, SQLITE_FILE

pytestmark = pytest.mark.anyio


async def run(store: Store, statement: str, **values: object) -> None:
    async with store.transaction("test") as books:
        await books.sql.run(statement, **values)


async def copy(store: Store, table: str, **changes: object) -> None:
    """A row of a table once more, with a few columns changed."""
    row = {**(await rows(store, table))[0], **changes}
    columns = ", ".join(row)
    await run(
        store,
        f"INSERT INTO satmachineadmin.{table} ({columns}) VALUES ({', '.join(':' + c for c in row)})",
        **row,
    )


async def test_a_payment_becomes_a_settlement_once(store: Store) -> None:
    """Unique on wallet and payment hash, whatever else differs."""
    machine_id = await add_machine(store)
    async with store.transaction("land") as books:
        await land(books, machine_id)
    with pytest.raises(TableRefused):
        async with store.transaction("land") as books:
            await land(books, machine_id)
    assert len(await rows(store, "dca_settlements")) == 1


async def test_a_payment_is_seen_once(store: Store) -> None:
    async with store.transaction("land") as books:
        await books.scan.note(WALLET, payment().payment_hash, verdict="top_up", facts="a")
    with pytest.raises(TableRefused):
        async with store.transaction("land") as books:
            await books.scan.note(WALLET, payment().payment_hash, verdict="pending", facts="b")
    async with store.reading() as books:
        assert await books.scan.seen(WALLET, [payment().payment_hash]) == {payment().payment_hash: "a"}


LEGS_ONCE: dict[str, dict[str, object]] = {
    "the payment hash": {"external_id": "other", "attempt": 7},
    "the external id": {"payment_hash": "other", "attempt": 7},
    "the place in the plan": {"payment_hash": "other", "external_id": "other"},
}


@pytest.mark.parametrize("what", LEGS_ONCE)
async def test_no_two_legs_share(store: Store, what: str) -> None:
    machine_id = await add_machine(store)
    await planned(store, machine_id)
    before = await rows(store, "dca_payments")
    with pytest.raises(TableRefused):
        await copy(store, "dca_payments", id="another", **LEGS_ONCE[what])
    assert await rows(store, "dca_payments") == before


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("dca_machines", {"id": "x"}),
        ("machine_wallets", {"id": "x"}),
        ("dca_clients", {"id": "x"}),
        ("dca_lp", {"user_id": "somebody else"}),
    ],
)
async def test_what_there_is_once_cannot_be_twice(
    store: Store, table: str, changes: dict[str, object]
) -> None:
    """A wallet of two machines, a binding, an enrolment, an LP reference of two people."""
    await add_lp(store, await add_machine(store))
    with pytest.raises(TableRefused):
        await copy(store, table, **changes)
    assert len(await rows(store, table)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "reserved_minor = confirmed_minor + 1",
        "paid_minor = confirmed_minor + 1",
        "reserved_minor = 150_00, paid_minor = 100_00",
        "reserved_minor = -1",
        "paid_minor = -1",
        "confirmed_minor = -1",
    ],
)
async def test_nobody_gives_more_cash_than_there_is(store: Store, change: str) -> None:
    """A CHECK of the table, so it holds whoever writes."""
    enrolment_id = await add_lp(store, await add_machine(store), minor=200_00)
    with pytest.raises(TableRefused):
        await run(store, f"UPDATE satmachineadmin.dca_clients SET {change.replace('_00', '00')}")
    with pytest.raises(TableRefused):
        async with store.transaction("plan") as books:
            await books.lps.reserve({enrolment_id: 200_01})
    async with store.transaction("plan") as books:
        await books.lps.reserve({enrolment_id: 200_00})


async def test_a_completed_leg_accounts_for_every_millisatoshi(store: Store) -> None:
    """sats × 1000 = sent + fee + unused, or the row is refused."""
    await planned(store, await add_machine(store))
    outcome = "UPDATE satmachineadmin.dca_payments SET state = 'completed', sent_msat = sats * 1000 - :less,"
    with pytest.raises(TableRefused):
        await run(store, f"{outcome} fee_msat = 0, fee_unused_msat = 0", less=1)
    await run(store, f"{outcome} fee_msat = 1, fee_unused_msat = 0", less=1)


async def test_the_audit_trail_can_only_grow(store: Store) -> None:
    """UPDATE, DELETE, TRUNCATE, replacing inserts and forks are refused on both databases."""
    await add_machine(store)
    before = await rows(store, "audit_events")
    table = "satmachineadmin.audit_events"
    insert = f"INTO {table} SELECT seq, at, 'me', event, subject_kind, subject_id, operator_user_id, body,"
    attempts = [
        f"UPDATE {table} SET actor = 'me'",
        f"DELETE FROM {table}",
        f"INSERT {insert} prev, 'x' FROM {table}",
    ]
    fork = insert.replace("SELECT seq", "SELECT seq + 100")
    attempts.append(f"INSERT {fork} prev, 'x' FROM {table}")
    if store.database.is_sqlite:
        attempts += [f"INSERT OR REPLACE {insert} prev, 'x' FROM {table}"]
        attempts += [f"REPLACE {fork} prev, 'x' FROM {table}", f"UPDATE OR REPLACE {table} SET seq = seq + 1"]
    else:
        attempts += [f"TRUNCATE {table}"]
        attempts += [f"INSERT {insert} prev, 'x' FROM {table} ON CONFLICT (seq) DO UPDATE SET actor = 'me'"]

    for attempt in attempts:
        with pytest.raises(Exception, match=r"append-only|UNIQUE|unique"):
            await run(store, attempt)

    assert await rows(store, "audit_events") == before
    await add_machine(store, "another wallet")
    assert len(await rows(store, "audit_events")) == len(before) + 1


async def test_migrations_can_be_run_twice(store: Store) -> None:
    """Nothing is lost and nothing doubled; the guards still stand."""
    await add_lp(store, await add_machine(store))
    before = {table: await rows(store, table) for table in ("dca_machines", "dca_clients", "audit_events")}

    await migrate(store.database)

    assert {table: await rows(store, table) for table in before} == before
    with pytest.raises(Exception, match="append-only"):
        await run(store, "DELETE FROM satmachineadmin.audit_events")


class Interrupted(Exception):
    pass


class HalfWayDb(MigrationDb):
    """Dies at a certain statement, as a process does."""

    def __init__(self, database: object, last: int) -> None:
        super().__init__(database)  # type: ignore[arg-type]
        self.left = last

    async def execute(self, statement: str, values: Row | None = None) -> None:
        if self.left == 0:
            raise Interrupted
        self.left -= 1
        await super().execute(statement, values)


#: A file of LNbits' is migrated like any other.
@pytest.mark.parametrize(
    "store", [SQLITE_FILE, pytest.param(POSTGRES, marks=pytest.mark.postgres)], indirect=True
)
@pytest.mark.parametrize("step", steps())
async def test_a_migration_that_died_half_way_is_run_again(store: Store, step: str) -> None:
    """Every statement commits by itself, so each step has to cope with what is there already."""
    for table in ("worklist", "open_payments", "audit_events", "dca_payments", "dca_machines"):
        await run(store, f"DROP TABLE satmachineadmin.{table}")
    for name in steps()[: steps().index(step)]:
        await getattr(migrations, name)(MigrationDb(store.database))

    for last in (0, 1, 3, 7, 12, 30, 40):
        try:
            await getattr(migrations, step)(HalfWayDb(store.database, last))
        except Interrupted:
            continue
        break
    await migrate(store.database)

    await add_lp(store, await add_machine(store))
    with pytest.raises(Exception, match="append-only"):
        await run(store, "DELETE FROM satmachineadmin.audit_events")


async def test_one_holder_at_a_time_has_the_lease(store: Store) -> None:
    """By the database's clock; a lapsed lease is anybody's, a lost one pays nothing."""
    async with store.transaction("lease") as books:
        first = await books.take_lease("one", previous_is_gone=False)
        assert first is not None
        assert await books.take_lease("two", previous_is_gone=False) is None
        await books.require_lease(first)
        await books.renew_lease(first)
    await run(store, "UPDATE satmachineadmin.runner_lease SET expires_at = 1")
    with pytest.raises(LeaseLost):
        async with store.transaction("lease") as books:
            await books.require_lease(first)
    async with store.transaction("lease") as books:
        second = await books.take_lease("two", previous_is_gone=False)
        assert second is not None and second.epoch == first.epoch + 1
    with pytest.raises(LeaseLost):
        async with store.transaction("lease") as books:
            await books.renew_lease(first)
    async with store.transaction("lease") as books:
        await books.release_lease(first)
        await books.require_lease(second)
        await books.release_lease(second)
        assert await books.take_lease("three", previous_is_gone=False) is not None
