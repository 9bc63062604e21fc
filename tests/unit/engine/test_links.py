"""Links of cash-ins that are over, extended, or taken back."""

from __future__ import annotations

import pytest

from satmachineadmin.core.errors import WithdrawalRefused
from satmachineadmin.core.transactions import CLAIM_SECONDS
from satmachineadmin.usecases.transactions import extend_link, give_cash_back

from .cash_ins import claim, landed, machine_that_buys, offered
from .conftest import MakeRig
from .rig import OPERATOR

pytestmark = pytest.mark.anyio


async def test_a_link_is_over_after_thirty_days_until_the_operator_extends_it(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    rig.clock.advance(seconds=CLAIM_SECONDS)
    with pytest.raises(WithdrawalRefused, match="expired"):
        await claim(rig, link)
    await extend_link(rig.store, OPERATOR, link["transaction_id"], 1)
    await claim(rig, link)
    assert (await landed(rig)).state == "paid"


async def test_a_link_that_was_taken_back_pays_nobody(make_rig: MakeRig) -> None:
    rig = await machine_that_buys(make_rig)
    link = await offered(rig)
    await give_cash_back(rig.store, rig.host, OPERATOR, link["transaction_id"], "the customer wants it")
    with pytest.raises(WithdrawalRefused, match="taken back"):
        await claim(rig, link)
