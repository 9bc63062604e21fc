"""Files for the accountant: whole, in slices, readable, and without anything that is none of theirs."""

from __future__ import annotations

import csv
import io
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest

from satmachineadmin.api import downloads
from satmachineadmin.core.errors import InvalidInput, NotFound
from satmachineadmin.present.exports import TABLES, Table
from satmachineadmin.store.books import Store

from .cash_ins import TXID, machine_that_buys, offered
from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio
BY_NAME = {table.name: table for table in TABLES}


async def name_of(user_id: str) -> str:
    return f"name of {user_id}"


async def text_of(rig: Rig, table: Table, **wanted: Any) -> str:
    given = {"since": None, "until": None, "machine_id": None, **wanted}
    export = await downloads.open_export(rig.store, OPERATOR, table, **given)
    return "".join([lines async for lines in downloads.csv_lines(rig.store, export, name_of)])


def records(text: str) -> list[dict[str, str]]:
    """The rows of a file, whose last line says that it is whole."""
    assert text.startswith("\ufeff")
    *rows, end = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert end == ["END", str(len(rows) - 1)]
    assert {len(row) for row in rows} == {len(rows[0])}
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


async def busy(make_rig: MakeRig, sales: int = 5) -> Rig:
    rig: Rig = await make_rig(cash={"ana": 100_00, "=ben": 60_00})
    for _ in range(sales):
        rig.sell(principal_sats=100, commission_sats=10, fiat="20.00")
        rig.clock.advance(minutes=1)
        await rig.work()
    return rig


async def test_every_list_leaves_whole_and_each_row_once(make_rig: MakeRig) -> None:
    rig = await busy(make_rig)

    found = {name: records(await text_of(rig, table)) for name, table in BY_NAME.items()}

    counts = {name: len(rows) for name, rows in found.items()}
    events = await rig.rows(
        "SELECT COUNT(*) AS n FROM satmachineadmin.audit_events WHERE operator_user_id = :id", id=OPERATOR
    )
    legs = await rig.legs()
    assert counts == {
        "sales": 5, "legs": len(legs), "cash": 2, "lps": 2, "machines": 1, "worklist": 0,
        "transactions": 0, "audit": events[0]["n"], "earlier-sales": 0, "earlier-legs": 0,
    }  # fmt: skip
    for name in ("sales", "legs", "cash"):
        assert len({row["id"] for row in found[name]}) == counts[name]
    assert {row["username"] for row in found["lps"]} == {"ana", "'=ben"}
    assert sum(int(row["sats"]) for row in found["legs"]) == 5 * 110
    assert {row["fiat_amount"] for row in found["sales"]} == {"20.00"}
    assert {row["actor"] for row in found["audit"]} >= {"engine", "name of root"}


async def test_what_machines_posted_leaves_with_its_cash_and_without_its_link(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    text = await text_of(rig, BY_NAME["transactions"])
    (row,) = records(text)
    assert (row["txid"], row["state"], row["fiat_amount"], row["wire_sats"]) == (
        TXID,
        "offered",
        "70.00",
        "315",
    )
    assert link["k1"] not in text


async def test_slices_give_the_file_that_one_piece_would(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await busy(make_rig)
    whole = {name: await text_of(rig, table) for name, table in BY_NAME.items()}

    for size in (1, 2, 5):
        monkeypatch.setattr(downloads, "SLICE", size)
        assert {name: await text_of(rig, table) for name, table in BY_NAME.items()} == whole


async def test_days_are_the_operators_and_both_ends_are_in(make_rig: MakeRig) -> None:
    """The rig's day begins at its clock; in Kiritimati the same sales are of the next day."""
    rig = await busy(make_rig, sales=1)
    (sale,) = records(await text_of(rig, BY_NAME["sales"]))
    day = date.fromisoformat(sale["paid_local"][:10])
    assert sale["paid_utc"] == sale["paid_local"].replace(" ", "T") + "Z"

    assert len(records(await text_of(rig, BY_NAME["sales"], since=day, until=day))) == 1
    async with rig.store.transaction("settings", actor=OPERATOR) as books:
        await books.operators.set_time_zone(OPERATOR, "Pacific/Kiritimati")
    (moved,) = records(await text_of(rig, BY_NAME["sales"]))
    there = date.fromisoformat(moved["paid_local"][:10])
    assert there != day and moved["paid_utc"] == sale["paid_utc"]
    assert records(await text_of(rig, BY_NAME["sales"], since=day, until=day)) == []
    assert len(records(await text_of(rig, BY_NAME["sales"], since=there))) == 1


async def test_what_cannot_be_asked_is_refused_before_the_first_line(make_rig: MakeRig) -> None:
    rig = await make_rig()
    with pytest.raises(NotFound):
        await text_of(rig, BY_NAME["sales"], machine_id="0" * 32)
    with pytest.raises(InvalidInput):
        await text_of(rig, BY_NAME["lps"], since=date(2026, 1, 1))
    with pytest.raises(InvalidInput):
        await text_of(rig, BY_NAME["audit"], machine_id=rig.machine_id)


async def test_a_file_that_ends_early_says_so_in_its_last_line(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await busy(make_rig)
    monkeypatch.setattr(downloads, "SLICE", 2)
    read, calls = downloads.exports.read, []

    async def break_down(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            raise OSError("the disk is gone")
        return await read(*given)

    monkeypatch.setattr(downloads.exports, "read", break_down)
    *_rows, last = csv.reader(io.StringIO(await text_of(rig, BY_NAME["sales"]), newline=""))

    assert last[:2] == ["INCOMPLETE", "4"]


async def test_no_connection_is_held_while_lines_are_on_their_way(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await busy(make_rig)
    monkeypatch.setattr(downloads, "SLICE", 1)
    held: list[int] = [0]
    reading = Store.reading

    @asynccontextmanager
    async def counted(store: Store, **options: Any) -> Any:
        held[0] += 1
        async with reading(store, **options) as books:
            yield books
        held[0] -= 1

    monkeypatch.setattr(Store, "reading", counted)
    export = await downloads.open_export(
        rig.store, OPERATOR, BY_NAME["legs"], since=None, until=None, machine_id=None
    )
    async for _lines in downloads.csv_lines(rig.store, export, name_of):
        assert held == [0]


async def test_nothing_leaves_that_is_nobodys_business(make_rig: MakeRig) -> None:
    """Wallets, user ids, preimages and invoices are planted; no file holds one."""
    rig = await busy(make_rig)
    legs = await rig.legs()
    secrets = {str(leg[name]) for leg in legs for name in ("preimage", "bolt11") if leg[name]}
    secrets |= {*rig.host.wallets} - {"platform", "partner0", "partner1", "partner2", "plaza"}
    assert len(secrets) > 3
    for name, table in BY_NAME.items():
        text = await text_of(rig, table)
        assert not {secret for secret in secrets if secret in text}, name
