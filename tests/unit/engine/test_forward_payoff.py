"""A balance that was paid off is passed on, and uses up a daily limit, as what came of a sale."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.reconcile import full_audit

from .conftest import MakeRig
from .rig import Rig
from .test_forward import HOME, forwards
from .test_settle import WAYS, make_funded, settle

pytestmark = pytest.mark.anyio
__all__ = ["make_funded"]


async def forward_home(rig: Rig, **wishes: Any) -> None:
    """Ana wants what she gets passed on from now on."""
    async with rig.store.transaction("lp", actor="ana") as books:
        since = {"autoforward_since": books.now, "forwarded_until": books.now}
        await books.lps.choose_preferences(
            "ana", {"autoforward_ln_address": HOME, "autoforward_enabled": True, **since, **wishes}
        )
    rig.clock.advance(seconds=1)


@WAYS
async def test_a_balance_paid_off_at_a_machine_without_a_sale_is_passed_on(
    make_funded: MakeRig, way: PayWay
) -> None:
    """It stands beside no sale: neither beside one that never was, nor beside one that it is not of."""
    rig = await make_funded(cash={"ana": 100_00}, shares_ppm=(), way=way)
    rig.host.lightning.add_target(HOME)
    await forward_home(rig)
    await settle(rig)
    await rig.work(2)
    await rig.work_outside()

    (leg,) = await forwards(rig)
    assert (leg["state"], leg["sats"], leg["settlement_id"]) == ("completed", 500, "")
    assert rig.host.balance_sats("ana's wallet") == 0
    assert await full_audit(rig.store, rig.host) == []


async def test_what_was_paid_off_gathers_with_what_came_of_sales(
    make_funded: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below Ana's least amount it waits; a target that fails is tried again; then all of it goes as one."""
    monkeypatch.setattr("satmachineadmin.engine.write_down.CONVERSATION_SECONDS", 0.05)
    rig = await make_funded(cash={"ana": 300_00}, shares_ppm=())
    rig.host.lightning.add_target(HOME)
    await forward_home(rig, autoforward_min_sats=1200)
    await settle(rig, fiat_minor=100_00)
    await rig.work(2)
    assert [(leg["state"], leg["reason"]) for leg in await forwards(rig)] == [("skipped", "below_minimum")]

    rig.sell()
    await rig.work(2)
    rig.host.lightning.targets[HOME].is_silent = True
    await rig.work_outside()
    rig.host.lightning.targets[HOME].is_silent = False
    rig.clock.advance(minutes=10)
    await rig.work_outside()

    sent = [leg for leg in await forwards(rig) if leg["state"] == "completed"]
    assert sorted(leg["sats"] for leg in sent) == [500, 1000]
    assert len({leg["payment_hash"] for leg in sent} - {None}) == 1
    assert rig.host.balance_sats("ana's wallet") == 0
    assert await full_audit(rig.store, rig.host) == []


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
