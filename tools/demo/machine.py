"""The simulated machine of the demo: paired by the operator, with sats in its wallet to buy notes with.

Each step looks first and does what is missing, as in `seed`. The machine's key, its notes and its journal
are in a folder of the demo's data, so a second start goes on with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from simulator.cash import Notes
from simulator.config import parse_cassettes
from simulator.home import Home, split_pairing
from simulator.machine_client import MachineRefused
from simulator.paired import PairedMachine
from simulator.stamp import denomination_text

from . import settings
from .seed import OPERATOR_API, World

FULL_CASSETTES = parse_cassettes("50:150,20:100,10:100", settings.CURRENCY)


async def pair_machine(world: World, home: Home, rate: Callable[[], Decimal]) -> PairedMachine:
    """The machine, known to LNbits by its own key; the operator makes a code where it is not."""
    machine = home.machine(FULL_CASSETTES, rate=rate, server=world.base_url)
    # LNbits may answer at another port than at the last start
    home.remember(world.base_url)
    try:
        await machine.refresh()
    except MachineRefused as refusal:
        if refusal.code != "unknown_key":
            raise
        made = await world.operator.post(f"{OPERATOR_API}/machines/{world.machine['id']}/pairing", {})
        server, code = split_pairing(made["url"])
        machine.client.base_url = server
        await machine.pair(code)
        home.remember(server)
    return machine


async def book_notes(world: World, added: Sequence[Notes], taken: Sequence[Notes]) -> None:
    """The operator writes down what was put into the machine's cassettes and taken out of its box."""
    position = f"{OPERATOR_API}/machines/{world.machine['id']}/cash-position"
    for some in added:
        denomination = denomination_text(some.denomination_minor, settings.CURRENCY)
        await world.operator.post(f"{position}/refilled", {"denomination": denomination, "count": some.count})
    for some in taken:
        denomination = denomination_text(some.denomination_minor, settings.CURRENCY)
        counted = {"unit": "box", "denomination": denomination, "counted": some.count}
        await world.operator.post(f"{position}/emptied", counted)


async def bring_sats(world: World) -> bool:
    """Sats for the machine's wallet, so that it can buy notes; LNbits' own credit is known for a top-up."""
    till = world.wallet(settings.OPERATOR, settings.MACHINE)
    held = await world.operator.host.call("GET", "/api/v1/wallet", headers={"X-Api-Key": till["inkey"]})
    if int(held["balance"]) >= settings.LOW_TILL_SATS * 1000:
        return False
    credit = {"id": till["id"], "amount": settings.TILL_TOP_UP_SATS}
    await world.platform.put("/users/api/v1/balance", credit)
    return True
