"""What an operator's day also brings: a second machine, cash that moves there, a guest who is invited, an
entry that an LP disputes, and a sale that cannot be paid out. Told once; a second start finds it told.

The sale fails because the partner's wallet is gone by then, so it stays in the worklist until somebody
names another receiver.
"""

from __future__ import annotations

from contextlib import aclosing
from decimal import Decimal
from typing import Any

from simulator.client import LnbitsClient
from simulator.config import MachineConfig
from simulator.customer import Customer
from simulator.machine import Machine, SaleState

from . import settings, show
from .errors import DemoStopped
from .machine import FULL_CASSETTES
from .seed import LP_API, OPERATOR_API, World

SECOND_MACHINE = "Market"
LOST_WALLET = "Old savings"
GUEST = "Dora"
MOVED_EUR, DISPUTED_EUR, SOLD_MINOR = 80, 40, 6_000
DISPUTE = "It was 30, two notes of 10 came back to me."


async def tell(world: World) -> None:
    """Everything of it, unless the second machine is there already."""
    machines = await world.operator.rows(f"{OPERATOR_API}/machines")
    if any(machine["name"] == SECOND_MACHINE for machine in machines):
        return
    machine = await _second_machine(world)
    await _moved_cash(world, machine)
    await world.operator.post(f"{OPERATOR_API}/clients", {"machine_id": machine["id"], "display_name": GUEST})
    await _disputed_entry(world)
    await _unpaid_sale(world, machine)
    show.say(f"told what else a day brings: {SECOND_MACHINE}, {GUEST}'s invitation, a dispute, a lost wallet")


async def _second_machine(world: World) -> dict[str, Any]:
    """Its commission goes to a wallet that will not be there any more."""
    wallet = await world.operator.post("/api/v1/wallet", {"name": SECOND_MACHINE})
    machine = await world.operator.post(
        f"{OPERATOR_API}/machines",
        {
            "name": SECOND_MACHINE,
            "location": "Market hall",
            "wallet_id": wallet["id"],
            "currency": settings.CURRENCY,
            "cash_out_fee_pct": settings.COMMISSION_PCT,
            "reference_rate": settings.START_RATE,
        },
    )
    return {**machine, "invoice_key": wallet["inkey"]}


async def _moved_cash(world: World, machine: dict[str, Any]) -> None:
    """The first LP takes part there too, and some of its cash is carried over."""
    lp = settings.LPS[0]
    enrolment = {"machine_id": machine["id"], "username": lp.username}
    client = await world.operator.post(f"{OPERATOR_API}/clients", enrolment)
    await world.sessions[lp.username].post(f"{LP_API}/enrolments/{client['id']}/accept", {})
    moved = {
        "client_id": world.clients[lp.username],
        "to_client_id": client["id"],
        "amount": f"{MOVED_EUR}.00",
        "notes": "carried to the market hall",
    }
    entry = await world.operator.post(f"{OPERATOR_API}/deposits/move", moved)
    await world.operator.post(f"{OPERATOR_API}/deposits/{entry['id']}/confirm")


async def _disputed_entry(world: World) -> None:
    lp = settings.LPS[1]
    entry = await world.operator.post(
        f"{OPERATOR_API}/deposits",
        {"client_id": world.clients[lp.username], "amount": f"{DISPUTED_EUR}.00", "notes": "in the evening"},
    )
    await world.sessions[lp.username].post(f"{LP_API}/cash/{entry['id']}/dispute", {"reason": DISPUTE})


async def _unpaid_sale(world: World, machine: dict[str, Any]) -> None:
    """Planned for a wallet that is deleted before the machine sells."""
    lost = await world.operator.post("/api/v1/wallet", {"name": LOST_WALLET})
    split = [{"target": lost["id"], "label": LOST_WALLET, "share_pct": "100"}]
    await world.operator.put(
        f"{OPERATOR_API}/commission-splits", {"machine_id": machine["id"], "splits": split}
    )
    await world.operator.delete(f"/api/v1/wallet/{lost['id']}")
    await _fill_purse(world)
    till = LnbitsClient(world.base_url, machine["invoice_key"])
    purse = LnbitsClient(world.base_url, world.wallet(settings.CUSTOMER)["adminkey"])
    async with aclosing(till), aclosing(purse):
        config = MachineConfig(
            name=SECOND_MACHINE,
            currency=settings.CURRENCY,
            cash_out_fee_pct=Decimal(settings.COMMISSION_PCT),
            cassettes=FULL_CASSETTES,
            receipts_dir=settings.DATA / "receipts",
            npub=None,
        )
        seller = Machine(config, till, rate=lambda: Decimal(settings.START_RATE))
        sale = await seller.sell(SOLD_MINOR, Customer(wallet=purse, complain=show.say).meet)
    if sale.state is not SaleState.DISPENSED:
        raise DemoStopped(f"{SECOND_MACHINE} could not sell.")


async def _fill_purse(world: World) -> None:
    wallet_id = world.wallet(settings.CUSTOMER)["id"]
    credit = {"id": wallet_id, "amount": settings.PURSE_TOP_UP_SATS}
    await world.platform.put("/users/api/v1/balance", credit)
