"""What an LP's enrolment shows beside its balance: its share of the machine, and how long its cash lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from satmachineadmin.core.states import EnrolmentStatus
from satmachineadmin.store import lists, lp_figures
from satmachineadmin.store.lp_figures import LpFigures, figures
from satmachineadmin.usecases.enrolments import change_enrolment
from tests.contract.store.test_list_plans import Explaining

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio


async def shown(rig: Rig) -> Mapping[str, LpFigures]:
    async with rig.store.reading() as books:
        rows, _total = await lists.page(books.sql, lists.CLIENTS, lists.Page())
        found = await figures(books.sql, rows, books.now)
    names = {enrolment: name for name, enrolment in rig.enrolments.items()}
    return {names[enrolment]: one for enrolment, one in found.items()}


async def test_who_takes_part_has_a_share_of_the_machines_cash(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 75_00, "ben": 25_00, "cleo": 100_00})
    await change_enrolment(
        rig.store, OPERATOR, rig.enrolments["cleo"], username=None, status=EnrolmentStatus.PAUSED
    )
    found = await shown(rig)
    assert {name: one.share_ppm for name, one in found.items()} == {
        "ana": 750_000,
        "ben": 250_000,
        "cleo": None,
    }


async def test_cash_lasts_for_as_long_as_the_sales_of_the_last_14_days_say(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    rig.clock.advance(days=30)
    for _ in range(2):
        rig.sell(fiat="7.00", principal_sats=35)
        await rig.work()
    assert (await shown(rig))["ana"].days_left is None
    rig.sell(fiat="14.00", principal_sats=70)
    await rig.work()

    # 28.00 in 14 days are 2.00 a day; 72.00 are left.
    assert (await shown(rig))["ana"].days_left == 36
    rig.clock.advance(days=15)
    assert (await shown(rig))["ana"].days_left is None


async def test_what_lps_drew_lately_is_read_from_the_index_alone(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    async with rig.store.reading() as books:
        sql: Any = Explaining(books.sql)
        await lp_figures.outlook(sql, [{"id": "a", "accepted_at": 1}, {"id": "b", "accepted_at": 1}], 10**9)
    (plan,) = sql.plans
    assert "COVERING INDEX paid_of_lps" in plan, plan
