"""An LP changes its mind while its sats are on their way."""

from __future__ import annotations

import pytest

from satmachineadmin.engine.forward import call_off
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .test_forward import WALLET, forwarding, receive, states

pytestmark = pytest.mark.anyio


async def test_what_fails_after_the_lp_switched_it_off_stays_with_the_lp(make_rig: MakeRig) -> None:
    """The payment was under way when the LP changed its mind: no further one is made."""
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await rig.work_outside()
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences("ana", {"autoforward_enabled": False})
        await call_off(books, "ana")

    rig.host.lightning.decide("failed")
    for _ in range(3):
        rig.clock.advance(minutes=11)
        await rig.work_outside()

    assert set(await states(rig)) == {"voided"}
    assert len(rig.host.lightning.handed_over) == 1
    assert rig.host.balance_sats(WALLET) == 1000
