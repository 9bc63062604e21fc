"""A wallet becomes a machine's: an invoice that is made at that very moment, and paid later, is a sale."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from satmachineadmin.core.states import SettlementState
from satmachineadmin.host.accounts import KnownWallet
from satmachineadmin.usecases import machines
from satmachineadmin.usecases.machines import add_machine, change_machine

from .conftest import MakeRig
from .rig import OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio
FRESH = "fresh"


async def add(rig: Rig) -> None:
    await add_machine(rig.store, OPERATOR, {**machine_fields(FRESH), "name": "Market"})


async def change(rig: Rig) -> None:
    await change_machine(rig.store, OPERATOR, rig.machine_id, {"wallet_id": FRESH})


@pytest.mark.parametrize("bind", [add, change])
async def test_an_invoice_made_while_the_books_are_waited_for_is_a_sale(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, bind: Callable[[Rig], Awaitable[None]]
) -> None:
    """LNbits has said what is pending by then, and whoever else writes holds the books for seconds."""
    rig = await make_rig(cash={"ana": 1000_00})
    rig.host.add_wallet(FRESH, OPERATOR)
    made = []

    async def pending_hashes(_wallet_id: str) -> list[str]:
        made.append(rig.host.receive(FRESH, 1100, extra=rig.stamp(), status="pending"))
        rig.clock.advance(seconds=5)
        return []

    async def own_wallet(_user_id: str, wallet_id: str) -> KnownWallet:
        return KnownWallet(id=wallet_id, user_id=OPERATOR, name="Fresh", is_shared=False)

    async def user_name(_user_id: str) -> str:
        return "olga"

    monkeypatch.setattr(machines, "own_wallet", own_wallet)
    monkeypatch.setattr(machines.accounts, "pending_hashes", pending_hashes)
    monkeypatch.setattr(machines.accounts, "user_name", user_name)
    await bind(rig)
    (invoice,) = made
    rig.host.change(invoice, status="success")
    await rig.work(3)

    assert (await rig.settlement_of(invoice))["state"] == SettlementState.PROCESSED
