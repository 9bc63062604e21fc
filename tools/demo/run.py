"""One run of the demo, from the first process to the last."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from decimal import Decimal
from functools import partial

import httpx

from simulator.client import HostRefused, HostUnreachable, LnbitsClient
from simulator.home import Home
from simulator.machine_client import MachineRefused
from simulator.rates import RandomWalk, price_of
from simulator.screen.server import Screen

from . import settings, show
from .errors import DemoStopped
from .fleet import live
from .ground import OneDemo, check_environment, forget_data, free_port, start_postgres
from .machine import FULL_CASSETTES, book_notes, bring_sats, pair_machine
from .processes import Lnbits, stop_left_behind
from .rate_server import RateServer
from .seed import OPERATOR_API, World, seed
from .settings import DATA, Options, parse_options
from .stories import tell
from .trade import Trader


async def run(options: Options) -> None:
    """Starts everything, trades, and stops everything again, whatever happens."""
    walk = RandomWalk(secrets.randbits(32), settings.START_PRICE, settings.VOLATILITY)
    lnbits = Lnbits()
    async with AsyncExitStack() as stack:
        rates = RateServer(lambda: walk.price, DATA / "rates.port")
        rates_url = await rates.start()
        stack.push_async_callback(rates.stop)
        database_url = None
        if options.database == "postgres":
            show.say("starting PostgreSQL ...")
            database_url, stop_postgres = start_postgres()
            stack.callback(stop_postgres)
        port = free_port(options.port)
        if port != options.port:
            show.say(f"port {options.port} is taken; using {port}", "yellow")
        show.say(f"starting LNbits on port {port} ...")
        stack.callback(lnbits.stop)
        host = await lnbits.start(port=port, rates_url=rates_url, database_url=database_url)
        stack.push_async_callback(host.aclose)
        show.say("setting up people, wallets, the machine and the LPs' cash ...")
        world = await seed(host, rates_url)
        await tell(world)
        await _go_on_from_last_rate(world, walk)
        home = Home(settings.MACHINE_HOME)
        stack.callback(home.close)
        machine = await pair_machine(world, home, lambda: walk.rate)
        await stack.enter_async_context(aclosing(machine.client))
        await bring_sats(world)
        purse = LnbitsClient(world.base_url, world.wallet(settings.CUSTOMER)["adminkey"])
        await stack.enter_async_context(aclosing(purse))
        screen = Screen(
            machine,
            price=lambda: walk.price,
            full=FULL_CASSETTES,
            port=settings.FIRST_SCREEN_PORT,
            purse=purse,
            paired=home.remember,
            filled=partial(book_notes, world),
            say=lambda text: show.say(f"    {text}", "cyan"),
        )
        stack.push_async_callback(screen.stop)
        await screen.start()
        show.logins(host.base_url, screen.address, lnbits.log)
        if options.fleet:
            await live(world, options)
            return
        trader = Trader(
            world, walk, purse, screen.session, started_at=lnbits.started_at, check_alive=lnbits.check_alive
        )
        await trader.trade(sales=options.sales, pace_seconds=options.pace_seconds)


async def _go_on_from_last_rate(world: World, walk: RandomWalk) -> None:
    """The price goes on where the last run left it: a jump would have the next sale held."""
    query = f"{OPERATOR_API}/settlements?machine_id={world.machine['id']}&state=processed&limit=1"
    newest = (await world.operator.get(query))["data"]
    if newest and newest[0]["exchange_rate"]:
        walk.move_to(price_of(Decimal(newest[0]["exchange_rate"])))


async def run_until_stopped(options: Options) -> None:
    """Runs until it is done or somebody presses Ctrl-C; a second Ctrl-C does not disturb the end."""
    work = asyncio.ensure_future(run(options))
    loop = asyncio.get_running_loop()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            show.say("\nstopping ...")
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await work


def main(arguments: Sequence[str] | None = None) -> int:
    """The whole command; gives its exit status."""
    options = parse_options(arguments)
    try:
        check_environment(options.database)
        lock = OneDemo()
        stop_left_behind()
        if options.reset:
            forget_data()
        DATA.mkdir(parents=True, exist_ok=True)
        asyncio.run(run_until_stopped(options))
        lock.release()
    except (DemoStopped, HostRefused, HostUnreachable, MachineRefused) as error:
        show.say()
        show.box(["THE DEMO STOPPED", *str(error).splitlines()], "red")
        return 1
    except httpx.HTTPError as error:
        show.say()
        show.box(
            ["THE DEMO STOPPED", f"LNbits gave no answer: {error!r}", f"Its log: {DATA}/lnbits.log"], "red"
        )
        return 1
    show.say("stopped")
    return 0
