"""The command: `python -m simulator --help`."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .cash import CannotDispense
from .client import HostRefused, HostUnreachable, LnbitsClient
from .config import MachineConfig, parse_cassettes
from .customer import Customer
from .machine import Machine, Sale
from .money import format_minor, parse_minor
from .rates import RandomWalk

INVOICE_KEY = "SIMULATOR_INVOICE_KEY"
CUSTOMER_KEY = "SIMULATOR_CUSTOMER_KEY"


def exact(text: str) -> Decimal:
    """A decimal number of the command line; never goes through a float."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not a decimal number") from None
    if not number.is_finite():
        raise argparse.ArgumentTypeError(f"{text!r} is not a decimal number")
    return number


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A bitSpire machine in software. It sells banknotes for sats on any LNbits.",
        epilog=f"The invoice key of the machine's wallet is read from ${INVOICE_KEY}. With the admin "
        f"key of another wallet in ${CUSTOMER_KEY} a customer pays each invoice; without, the invoice "
        "is printed and whoever likes may pay it. Flags can be kept in a file, one a line: @plaza.txt",
        fromfile_prefix_chars="@",
    )
    parser.add_argument("--url", default="http://127.0.0.1:5000", help="LNbits (%(default)s)")
    parser.add_argument("--name", default="Plaza", help="the machine's name (%(default)s)")
    parser.add_argument("--currency", default="EUR", help="of its banknotes (%(default)s)")
    parser.add_argument("--cassettes", default="50:200,20:200,10:200", help="(%(default)s)")
    parser.add_argument("--fee-pct", type=exact, default="6", help="commission (%(default)s)")
    parser.add_argument("--npub", help="the machine's Nostr key, for the stamp")
    parser.add_argument("--expiry", type=int, default=120, help="invoice, seconds (%(default)s)")
    parser.add_argument("--receipts", type=Path, help="a folder for receipts")
    parser.add_argument("--sales", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--amounts", default="20,50,100", help="drawn from (%(default)s)")
    parser.add_argument("--pace", type=float, default=5.0, help="seconds between (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of rates and amounts (%(default)s)")
    parser.add_argument(
        "--price", type=exact, default="66650", help="of one bitcoin at the start (%(default)s)"
    )
    parser.add_argument(
        "--volatility", type=exact, default="0.003", help="largest step, a share (%(default)s)"
    )
    return parser


def config_from(flags: argparse.Namespace) -> MachineConfig:
    """The machine that the flags describe."""
    return MachineConfig(
        name=flags.name,
        currency=flags.currency.upper(),
        cash_out_fee_pct=flags.fee_pct,
        cassettes=parse_cassettes(flags.cassettes, flags.currency),
        invoice_expiry_seconds=flags.expiry,
        npub=flags.npub,
        receipts_dir=flags.receipts,
    )


async def print_invoice(sale: Sale) -> None:
    """The screen of a machine that has no customer of its own."""
    print(f"pay {sale.quote.wire_sats} sat:\n{sale.bolt11}", flush=True)


async def run(flags: argparse.Namespace, invoice_key: str, customer_key: str | None) -> None:
    """Sells as often as asked."""
    config = config_from(flags)
    amounts = [parse_minor(text, config.currency) for text in flags.amounts.split(",")]
    drawing = random.Random(flags.seed)
    walk = RandomWalk(flags.seed, flags.price, flags.volatility)
    async with AsyncExitStack() as open_clients:
        wallet = await open_clients.enter_async_context(aclosing(LnbitsClient(flags.url, invoice_key)))
        meet: Callable[[Sale], Awaitable[None]] = print_invoice
        if customer_key:
            purse = await open_clients.enter_async_context(aclosing(LnbitsClient(flags.url, customer_key)))
            meet = Customer(wallet=purse).meet
        machine = Machine(config, wallet, rate=walk.step)
        for number in range(flags.sales):
            if number:
                await asyncio.sleep(flags.pace)
            await sell_one(machine, drawing.choice(amounts), meet)


async def sell_one(machine: Machine, fiat_minor: int, meet: Callable[[Sale], Awaitable[None]]) -> None:
    """One sale, and how it ended; an amount that cannot be paid out is no reason to stop."""
    try:
        sale = await machine.sell(fiat_minor, meet)
    except CannotDispense:
        amount = format_minor(fiat_minor, machine.config.currency)
        print(f"refused: no notes for {amount} {machine.config.currency}", flush=True)
        return
    print(sale.receipt or f"{sale.state.value}: {sale.txid}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """A paired machine's commands by their names; without one, the machine that knows LNbits' own API."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["screen"]:
        from .screen.command import main as screen

        return screen(given[1:])
    if given[:1] == ["fleet"]:
        from .fleet.command import main as fleet

        return fleet(given[1:])
    return sell_by_invoice_key(given)


def sell_by_invoice_key(arguments: Sequence[str]) -> int:
    parser = build_parser()
    flags = parser.parse_args(arguments)
    invoice_key = os.environ.get(INVOICE_KEY)
    if not invoice_key:
        parser.error(f"put the invoice key of the machine's wallet into ${INVOICE_KEY}")
    try:
        asyncio.run(run(flags, invoice_key, os.environ.get(CUSTOMER_KEY)))
    except ValueError as error:
        parser.error(str(error))
    except (HostRefused, HostUnreachable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
