"""The slow way: an invoice that LNbits neither pays nor gives up is a person's matter, and ends by itself."""

from __future__ import annotations

import pytest

from satmachineadmin.core.states import PayWay
from satmachineadmin.ports import HostRefused, Transfer

from .conftest import MakeRig
from .rig import Rig

pytestmark = pytest.mark.anyio


async def refused(make_rig: MakeRig) -> Rig:
    """A sale whose first leg was written down and is refused from then on; the operator was told in time."""
    rig = await make_rig(cash={"ana": 200_00}, way=PayWay.SLOW)

    async def refuses(transfer: Transfer) -> None:
        raise HostRefused("Payments are not possible at the moment.")

    rig.host.pay_invoice = refuses  # type: ignore[method-assign]
    rig.sell()
    for _ in range(4):
        await rig.work()
        assert await rig.worklist() == []
        rig.clock.advance(seconds=15)
    await rig.work()
    return rig


async def test_it_is_told_within_a_minute_and_closed_when_lnbits_pays(make_rig: MakeRig) -> None:
    """One invoice all the while: nothing else is paid in its place."""
    rig = await refused(make_rig)
    matters = await rig.rows("SELECT * FROM satmachineadmin.worklist")
    assert {matter["kind"] for matter in matters} == {"undecided"}
    assert all("Payments are not possible" in matter["detail"] for matter in matters)
    hashes = {leg["payment_hash"] for leg in await rig.legs()}

    del rig.host.pay_invoice
    rig.clock.advance(seconds=15)
    await rig.work()

    assert (await rig.settlements())[0]["state"] == "processed"
    assert await rig.worklist() == []
    assert {leg["payment_hash"] for leg in await rig.legs()} == hashes


async def test_it_is_closed_when_lnbits_gives_the_invoice_up(make_rig: MakeRig) -> None:
    """Then a fresh attempt takes its place, as ever."""
    rig = await refused(make_rig)
    for row in [row for row in rig.host.rows if row.status == "pending"]:
        rig.host.change(row, status="failed")
    del rig.host.pay_invoice
    for _ in range(3):
        rig.clock.advance(seconds=15)
        await rig.work()

    assert (await rig.settlements())[0]["state"] == "processed"
    assert await rig.worklist() == []
    assert {leg["attempt"] for leg in await rig.legs() if leg["state"] == "completed"} == {2}
