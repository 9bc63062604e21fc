"""The command: `python -m simulator fleet --help`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from decimal import Decimal
from pathlib import Path

from ..cash import Notes
from ..client import HostUnreachable, LnbitsClient
from ..config import parse_cassettes
from ..home import Home, HomeInUse, split_pairing
from ..machine_client import MachineRefused
from ..money import format_minor
from ..paired import PairedMachine
from ..rates import RandomWalk, sats_per_unit
from .pacer import Pacer
from .play import Outcome, Performer, describe
from .script import Act, Fault, write_script

CUSTOMER_KEY = "SIMULATOR_CUSTOMER_KEY"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator fleet",
        description="Many paired machines and a day in a minute, out of a seed. Ends with 1 if anything"
        " happened that must never happen.",
        epilog=f"The admin key of the customers' wallet is read from ${CUSTOMER_KEY}.",
    )
    parser.add_argument("--machines", type=int, default=3, help="how many (%(default)s)")
    parser.add_argument("--day-seconds", type=int, default=60, help="how long a day is (%(default)s)")
    parser.add_argument("--customers", type=int, default=3, help="at each machine (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all that happens (%(default)s)")
    parser.add_argument(
        "--faults", default="", help="separated by commas, of: " + ", ".join(fault.value for fault in Fault)
    )
    parser.add_argument(
        "--homes",
        type=Path,
        default=Path(".data/fleet"),
        help="a folder for each machine in it (%(default)s)",
    )
    parser.add_argument("--pairings", type=Path, help="a file of pairings' addresses, one a line")
    parser.add_argument("--cassettes", default="50:200,20:200,10:200", help="(%(default)s)")
    parser.add_argument("--currency", default="EUR", help="of the banknotes (%(default)s)")
    parser.add_argument("--price", type=Decimal, default="66650", help="of one bitcoin (%(default)s)")
    parser.add_argument(
        "--requests-per-minute", type=int, default=170, help="of all machines together (%(default)s)"
    )
    parser.add_argument("--script-only", action="store_true", help="print the script, and do nothing")
    return parser


def script_of(flags: argparse.Namespace) -> tuple[Act, ...]:
    """The day that the flags describe; raises ValueError."""
    return write_script(
        seed=flags.seed,
        machines=flags.machines,
        day_ms=flags.day_seconds * 1000,
        acts_each=flags.customers,
        faults=[Fault(name.strip()) for name in flags.faults.split(",") if name.strip()],
        denominations=[some.denomination_minor for some in parse_cassettes(flags.cassettes, flags.currency)],
        walk=RandomWalk(flags.seed, flags.price, Decimal("0.002")),
    )


async def run(flags: argparse.Namespace, customer_key: str) -> list[Outcome]:
    """Plays the day; gives what came of it."""
    script = script_of(flags)
    pairings = flags.pairings.read_text(encoding="utf-8").split() if flags.pairings else []
    cassettes = parse_cassettes(flags.cassettes, flags.currency)
    pacer = Pacer(flags.requests_per_minute)
    async with AsyncExitStack() as stack:
        machines = [
            await _machine(flags, stack, number, pairings, cassettes, pacer)
            for number in range(flags.machines)
        ]
        purse = await stack.enter_async_context(
            aclosing(LnbitsClient(machines[0].client.base_url, customer_key))
        )
        lives = [asyncio.create_task(machine.live(_say)) for machine in machines]
        started = time.monotonic()
        plays = [
            _play(machine, purse, [act for act in script if act.machine == number], started)
            for number, machine in enumerate(machines)
        ]
        outcomes = [outcome for played in await asyncio.gather(*plays) for outcome in played]
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        for machine in machines:
            await machine.catch_up()
        _summary(outcomes, machines, pacer, time.monotonic() - started)
    return outcomes


async def _machine(
    flags: argparse.Namespace,
    stack: AsyncExitStack,
    number: int,
    pairings: Sequence[str],
    cassettes: tuple[Notes, ...],
    pacer: Pacer,
) -> PairedMachine:
    """One machine of the fleet, paired by its line of the file unless it is paired already."""
    home = Home(flags.homes / f"{number + 1:02}")
    stack.callback(home.close)
    if home.server is None and number >= len(pairings):
        raise ValueError(f"machine {number + 1} is not paired: give --pairings a file with its address")
    server, code = split_pairing(pairings[number]) if number < len(pairings) else (home.server or "", "")
    rate = sats_per_unit(flags.price)
    machine = home.machine(cassettes, rate=lambda: rate, server=server, pace=pacer)
    await stack.enter_async_context(aclosing(machine.client))
    if code:
        await machine.pair(code)
        home.remember(server)
    else:
        await machine.refresh()
    machine.till.fill(cassettes)
    return machine


async def _play(
    machine: PairedMachine, purse: LnbitsClient, acts: Sequence[Act], started: float
) -> list[Outcome]:
    """One machine's day: each act at its time, or as soon as the one before is over."""
    performer = Performer(machine, purse)
    outcomes = []
    for act in acts:
        await asyncio.sleep(max(0.0, started + act.at_ms / 1000 - time.monotonic()))
        outcome = await performer.play(act)
        print(describe(outcome, machine.currency), flush=True)
        outcomes.append(outcome)
    return outcomes


def _say(text: str) -> None:
    print(text, flush=True)


def _summary(
    outcomes: Sequence[Outcome], machines: Sequence[PairedMachine], pacer: Pacer, seconds: float
) -> None:
    """A table: what each machine did, and what all of them met."""
    currency = machines[0].currency
    print(
        f"\n{'machine':<20}{'customers':>10}{'cash out':>13}{'cash in':>13}{'requests':>10}{'not told':>10}"
    )
    for number, machine in enumerate(machines):
        own = [outcome for outcome in outcomes if outcome.act.machine == number]
        gave = sum(outcome.minor for outcome in own if outcome.act.is_cash_out)
        took = sum(outcome.minor for outcome in own if not outcome.act.is_cash_out)
        print(
            f"{machine.config.name[:19]:<20}{len(own):>10}{format_minor(gave, currency):>13}"
            f"{format_minor(took, currency):>13}{machine.client.requests_sent:>10}"
            f"{len(machine.journal.open_entries):>10}"
        )
    ends = Counter(outcome.end for outcome in outcomes)
    faults = Counter(outcome.act.fault.value for outcome in outcomes if outcome.act.fault)
    print("\nends:   " + ", ".join(f"{count} {end}" for end, count in ends.most_common()))
    print("faults: " + (", ".join(f"{count} {name}" for name, count in faults.most_common()) or "none"))
    print(f"in {seconds:.0f} s: {pacer.total} signed requests, {pacer.peak} in the busiest minute")
    problems = [outcome for outcome in outcomes if outcome.problem]
    for outcome in problems:
        print(f"PROBLEM: {describe(outcome, currency)}")
    print("nothing happened that must not happen" if not problems else f"{len(problems)} problems")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = build_parser()
    flags = parser.parse_args(arguments)
    try:
        if flags.script_only:
            for act in script_of(flags):
                print(describe(Outcome(act=act, txid="", end=format(act.rate, "f")), flags.currency))
            return 0
        customer_key = os.environ.get(CUSTOMER_KEY)
        if not customer_key:
            parser.error(f"put the admin key of the customers' wallet into ${CUSTOMER_KEY}")
        outcomes = asyncio.run(run(flags, customer_key))
    except (ValueError, HomeInUse, OSError) as error:
        parser.error(str(error))
    except (MachineRefused, HostUnreachable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", flush=True)
        return 0
    return 1 if any(outcome.problem for outcome in outcomes) else 0
