"""Closing months in a real store: in their order, once, for good."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.errors import InvalidInput
from satmachineadmin.core.months import (
    EarlierMonthOpen,
    Line,
    Month,
    MonthClosed,
    MonthNotOver,
    Subject,
    month_hash,
)
from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.store.sql import TableRefused
from satmachineadmin.usecases.months import Statement, close_month, list_months, month_statement

from .conftest import MakeRig
from .rig import OPERATOR, Rig
from .test_journal import move_cash

pytestmark = pytest.mark.anyio
NOVEMBER, DECEMBER, JANUARY = (Month(name=name) for name in ("2026-11", "2026-12", "2027-01"))


async def traded(make_rig: MakeRig) -> Rig:
    """A sale in November, one in December, and it is January."""
    rig: Rig = await make_rig(cash={"ana": 900_00})
    rig.sell()
    await rig.work(2)
    rig.clock.advance(days=20)
    rig.sell()
    await rig.work(2)
    rig.clock.advance(days=30)
    return rig


def line_of(statement: Statement, subject: Subject, unit: str) -> Line:
    (line,) = [line for line in statement.lines if (line.subject, line.unit) == (subject, unit)]
    return line


async def look(rig: Rig, month: Month) -> Statement:
    return await month_statement(rig.store, rig.host, OPERATOR, month)


async def close(rig: Rig, month: Month) -> Statement:
    await close_month(rig.store, rig.host, OPERATOR, month)
    return await look(rig, month)


async def test_months_are_closed_one_after_the_other_once_they_are_over(make_rig: MakeRig) -> None:
    rig = await traded(make_rig)
    with pytest.raises(MonthNotOver):
        await close(rig, JANUARY)
    with pytest.raises(EarlierMonthOpen):
        await close(rig, DECEMBER)
    with pytest.raises(InvalidInput):
        await close(rig, Month(name="2026-10"))
    open_figures = (await look(rig, DECEMBER)).lines

    first, second = await close(rig, NOVEMBER), await close(rig, DECEMBER)

    with pytest.raises(MonthClosed):
        await close(rig, NOVEMBER)
    assert second.lines == open_figures
    assert second.previous == first.hash != second.hash
    known = await list_months(rig.store, OPERATOR)
    assert [month.name for month in known.months] == ["2027-01", "2026-12", "2026-11"]
    assert (set(known.closed), known.to_close) == ({"2026-11", "2026-12"}, None)
    events = await rig.rows("SELECT actor FROM satmachineadmin.audit_events WHERE event = 'month.closed'")
    assert [event["actor"] for event in events] == [OPERATOR] * 2


async def test_closings_are_openings_and_what_the_books_hold(make_rig: MakeRig) -> None:
    rig = await traded(make_rig)
    first, second = await close(rig, NOVEMBER), await close(rig, DECEMBER)

    for subject, unit in ((Subject.LP, "EUR"), (Subject.LP, "SAT"), (Subject.MACHINE, "EUR")):
        assert line_of(first, subject, unit).closing == line_of(second, subject, unit).opening
    cash = await rig.cash_of("ana")
    assert line_of(second, Subject.LP, "EUR").closing == cash["confirmed"] - cash["paid"] == 500_00
    assert line_of(second, Subject.LP, "SAT").closing == rig.host.balance_msat("ana's wallet") == 2_000_000
    assert line_of(second, Subject.MACHINE, "SAT").came == 1_100_000
    partners = [line for line in second.lines if line.subject is Subject.PARTNER]
    assert sorted(line.closing for line in partners) == [28_000, 42_000, 70_000]
    assert {line.name for line in partners} == {"Partner0", "Partner1", "Partner2"}


async def test_a_closed_month_stays_as_it_is_and_later_changes_fall_into_the_open_one(
    make_rig: MakeRig,
) -> None:
    rig = await traded(make_rig)
    frozen = await close(rig, NOVEMBER)
    async with rig.store.transaction("setup", actor=OPERATOR) as books:
        await books.operators.set_time_zone(OPERATOR, "Pacific/Kiritimati")
    await move_cash(rig, "ana", CashEntryKind.CASH_RETURNED, -100_00)
    async with rig.store.transaction("setup") as books:
        # An entry that turns out to be of a closed month.
        await books.sql.run(
            """
            UPDATE satmachineadmin.dca_deposits SET confirmed_at = confirmed_at - 60 * 86400
            WHERE kind = 'cash_returned'
            """
        )

    assert await look(rig, NOVEMBER) == frozen
    december = line_of(await close(rig, DECEMBER), Subject.LP, "EUR")
    assert december.opening == line_of(frozen, Subject.LP, "EUR").closing == 700_00
    assert (december.corrected, december.went, december.closing) == (-100_00, 200_00, 400_00)


async def test_a_closed_month_cannot_be_written_over(make_rig: MakeRig) -> None:
    rig = await traded(make_rig)
    closed = await close(rig, NOVEMBER)
    for statement in (
        "UPDATE satmachineadmin.closed_months SET statement = ''",
        "DELETE FROM satmachineadmin.closed_months",
        "INSERT OR REPLACE INTO satmachineadmin.closed_months SELECT * FROM satmachineadmin.closed_months",
    ):
        with pytest.raises(TableRefused, match="append-only"):
            async with rig.store.transaction("tamper") as books:
                await books.sql.run(statement)
    (row,) = await rig.rows("SELECT statement, hash FROM satmachineadmin.closed_months")
    assert month_hash(row["statement"]) == row["hash"] == closed.hash


async def test_before_the_first_machine_there_is_no_month(make_rig: MakeRig) -> None:
    rig = await make_rig()
    known: Any = await list_months(rig.store, "somebody else")
    assert (known.months, known.to_close) == ((), None)
