"""A balance that was paid off is passed on, and uses up a daily limit, as what came of a sale."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import MakeRig
from .test_forward import HOME, forwards
from .test_settle import make_funded, settle

pytestmark = pytest.mark.anyio
__all__ = ["make_funded"]


async def test_a_balance_paid_off_is_passed_on_beside_the_latest_sale(make_funded: MakeRig) -> None:
    """Before the machine's first sale there is none to stand beside: it waits, and is not forgotten."""
    rig = await make_funded(cash={"ana": 100_00}, shares_ppm=())
    rig.host.lightning.add_target(HOME)
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences(
            "ana",
            {
                "autoforward_ln_address": HOME,
                "autoforward_enabled": True,
                "autoforward_since": books.now,
                "forwarded_until": books.now,
            },
        )
    rig.clock.advance(seconds=1)
    await settle(rig)
    await rig.work(2)
    assert rig.host.balance_sats("ana's wallet") == 500
    assert await forwards(rig) == []

    rig.clock.advance(hours=5)
    rig.sell()
    await rig.work(3)
    await rig.work_outside()

    (leg,) = await forwards(rig)
    (sale,) = await rig.settlements()
    assert (leg["state"], leg["sats"], leg["settlement_id"]) == ("completed", 500, sale["id"])
    assert sale["state"] == "processed"


async def test_a_balance_paid_off_uses_up_the_daily_limit(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 500_00}, shares_ppm=())
    async with rig.store.transaction("lp", actor="ana") as books:
        fixed: dict[str, Any] = {"fixed_mode_daily_limit": 50_00, "fixed_mode_currency": "EUR"}
        await books.lps.choose_preferences("ana", {"default_dca_mode": "fixed", **fixed})
    await settle(rig, fiat_minor=30_00)
    await rig.work()

    rig.sell(principal_sats=400, commission_sats=0, fiat="80.00")
    await rig.work()

    assert (await rig.cash_of("ana"))["paid"] == 50_00
