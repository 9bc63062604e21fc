"""A fleet in the demo, in place of the one machine that trades: `make demo ARGS="--fleet 12"`.

The operator makes a machine with a wallet for each and pairs it, the platform puts sats into the wallets;
then day follows day, each out of its own seed. What must never happen stops the demo. So many things happen
at once then that the proof of a single sale would say nothing; LNbits' reconciling page has the sums.
"""

from __future__ import annotations

from typing import Any

from simulator.fleet.command import build_parser
from simulator.fleet.command import run as live_a_day

from . import settings, show
from .errors import DemoStopped
from .seed import OPERATOR_API, World
from .settings import Options

HOMES = settings.DATA / "fleet"
PAIRINGS = HOMES / "pairings"


async def live(world: World, options: Options) -> None:
    """Day after day, until so many are over or somebody stops it."""
    await _prepare(world, options.fleet)
    fleet = ["--machines", str(options.fleet), "--faults", options.faults]
    where = ["--homes", str(HOMES), "--pairings", str(PAIRINGS)]
    flags = build_parser().parse_args([*fleet, *where, "--price", str(settings.START_PRICE)])
    day = 0
    while options.sales is None or day < options.sales:
        day += 1
        flags.seed = day
        show.say(f"\nday {day} of the fleet, written by seed {day}", "bold")
        await _fill_purse(world)
        outcomes = await live_a_day(flags, world.wallet(settings.CUSTOMER)["adminkey"])
        problems = [outcome.problem for outcome in outcomes if outcome.problem]
        if problems:
            raise DemoStopped("What must never happen has happened:\n  " + "\n  ".join(problems))


async def _prepare(world: World, count: int) -> None:
    """Makes the machines that are missing, and codes for all of them."""
    machines = {one["name"]: one for one in await world.operator.rows(f"{OPERATOR_API}/machines")}
    addresses = []
    for number in range(1, count + 1):
        name = f"Fleet {number:02}"
        machine = machines.get(name) or await _machine(world, name)
        made = await world.operator.post(f"{OPERATOR_API}/machines/{machine['id']}/pairing", {})
        addresses.append(made["url"])
    HOMES.mkdir(parents=True, exist_ok=True)
    PAIRINGS.touch(mode=0o600)
    PAIRINGS.write_text("\n".join(addresses) + "\n", encoding="utf-8")


async def _machine(world: World, name: str) -> dict[str, Any]:
    wallet = await world.operator.post("/api/v1/wallet", {"name": name})
    machine = {
        "name": name,
        "location": "somewhere in town",
        "wallet_id": wallet["id"],
        "currency": settings.CURRENCY,
        "cash_out_fee_pct": settings.COMMISSION_PCT,
        "cash_in_fee_pct": settings.CASH_IN_COMMISSION_PCT,
        "reference_rate": settings.START_RATE,
    }
    made = await world.operator.post(f"{OPERATOR_API}/machines", machine)
    credit = {"id": wallet["id"], "amount": settings.TILL_TOP_UP_SATS}
    await world.platform.put("/users/api/v1/balance", credit)
    return dict(made)


async def _fill_purse(world: World) -> None:
    credit = {"id": world.wallet(settings.CUSTOMER)["id"], "amount": settings.PURSE_TOP_UP_SATS}
    await world.platform.put("/users/api/v1/balance", credit)
