"""The command: `python -m simulator screen --help`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from decimal import Decimal
from pathlib import Path

from ..client import HostUnreachable, LnbitsClient
from ..config import parse_cassettes
from ..home import Home, HomeInUse, split_pairing
from ..machine_client import MachineRefused
from ..rates import RandomWalk
from .server import FIRST_PORT, Screen

CUSTOMER_KEY = "SIMULATOR_CUSTOMER_KEY"
#: How often the price moves.
PRICE_SECONDS = 15.0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator screen",
        description="A paired machine's screen as a web page on this computer.",
        epilog=f"With the admin key of a wallet in ${CUSTOMER_KEY} a customer can pay by a button.",
    )
    parser.add_argument(
        "--home", type=Path, default=Path(".data/machine"), help="the machine's folder (%(default)s)"
    )
    parser.add_argument("--pair", metavar="ADDRESS", help="the address of a pairing, with its code")
    parser.add_argument("--host", default="127.0.0.1", help="who may see it (%(default)s: this computer)")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="or the next free one (%(default)s)")
    parser.add_argument("--cassettes", default="50:100,20:100,10:100", help="(%(default)s)")
    parser.add_argument("--currency", default="EUR", help="of its banknotes (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the price (%(default)s)")
    parser.add_argument("--price", type=Decimal, default="66650", help="of one bitcoin (%(default)s)")
    return parser


async def run(flags: argparse.Namespace, customer_key: str | None) -> None:
    """Shows the screen until it is stopped."""
    home = Home(flags.home)
    walk = RandomWalk(flags.seed, flags.price, Decimal("0.003"))
    full = parse_cassettes(flags.cassettes, flags.currency)
    async with AsyncExitStack() as stack:
        stack.callback(home.close)
        machine = home.machine(full, rate=lambda: walk.rate)
        await stack.enter_async_context(aclosing(machine.client))
        if flags.pair:
            server, code = split_pairing(flags.pair)
            machine.client.base_url = server
            await machine.pair(code)
            home.remember(server)
        purse = None
        if customer_key:
            purse = LnbitsClient(machine.client.base_url, customer_key)
            await stack.enter_async_context(aclosing(purse))
        screen = Screen(
            machine,
            price=lambda: walk.price,
            full=full,
            host=flags.host,
            port=flags.port,
            purse=purse,
            paired=home.remember,
        )
        await screen.start()
        stack.push_async_callback(screen.stop)
        print(f"the screen is at {screen.address}", flush=True)
        price = asyncio.create_task(_move(walk))
        stack.callback(price.cancel)
        await screen.run()


async def _move(walk: RandomWalk) -> None:
    """The price moves, customers or not."""
    while True:
        await asyncio.sleep(PRICE_SECONDS)
        walk.step()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = build_parser()
    flags = parser.parse_args(arguments)
    try:
        asyncio.run(run(flags, os.environ.get(CUSTOMER_KEY)))
    except (ValueError, HomeInUse, OSError) as error:
        parser.error(str(error))
    except (MachineRefused, HostUnreachable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", flush=True)
    return 0
