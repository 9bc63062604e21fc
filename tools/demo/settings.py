"""What the demo is: where it lives, who takes part, how it trades."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from simulator.rates import sats_per_unit

#: The checkout; LNbits loads <checkout>/extensions/<id>.
CHECKOUT = Path(__file__).resolve().parents[2]
#: Below the checkout and ignored by git; DEMO_DATA puts it elsewhere, as the tests do.
DATA = Path(os.environ.get("DEMO_DATA") or CHECKOUT / ".data" / "demo")

FIRST_PORT = 5000
#: of the machine's screen
FIRST_SCREEN_PORT = 5100
PASSWORD = "satoshi-demo"
CURRENCY = "EUR"
MACHINE = "Plaza"
COMMISSION_PCT = "6"
CASH_IN_COMMISSION_PCT = "4"
PLATFORM_FEE_PCT = "30"
START_PRICE = Decimal("66650.00")
#: the same, in sats per euro: what the operator tells about a machine that has not sold yet
START_RATE = format(sats_per_unit(START_PRICE), "f")
VOLATILITY = Decimal("0.003")

OPERATOR_EXTENSION = "satmachineadmin"
LP_EXTENSION = "satmachineclient"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone with a login."""

    username: str
    role: str
    #: the wallets this person has, the first one is the one that matters
    wallets: tuple[str, ...]
    extension: str | None = None


PLATFORM = Person(
    username="platform", role="platform", wallets=("Platform fees",), extension=OPERATOR_EXTENSION
)
OPERATOR = Person(
    username="olga",
    role="operator",
    wallets=(MACHINE, "Alice (partner)", "Bob (partner)", "Savings"),
    extension=OPERATOR_EXTENSION,
)
LPS = (
    Person(username="ana", role="LP", wallets=("Ana's sats",), extension=LP_EXTENSION),
    Person(username="ben", role="LP", wallets=("Ben's sats",), extension=LP_EXTENSION),
    Person(username="carol", role="LP", wallets=("Carol's sats",), extension=LP_EXTENSION),
)
CUSTOMER = Person(username="chris", role="customer", wallets=("Pocket money",))
PEOPLE = (PLATFORM, OPERATOR, *LPS, CUSTOMER)

#: How the operator shares its part of the commission: wallet, label, percent.
SPLITS = (
    ("Alice (partner)", "Alice", "50"),
    ("Bob (partner)", "Bob", "30"),
    ("Savings", "Savings", "20"),
)

#: The cash each LP brings, at the start and again when it runs low, in euros.
CASH_OF_LP = {"ana": 500, "ben": 300, "carol": 200}
#: Below this much cash of all LPs together, in cents, they bring more.
LOW_CASH_MINOR = 25_000
#: The sale of a run that asks for more cash than the LPs have.
UNCOVERED_SALE = 7

#: The customer's wallet is topped up below the one to the other, in sats.
LOW_PURSE_SATS = 4_000_000
PURSE_TOP_UP_SATS = 8_000_000
#: So is the machine's, which buys notes with it.
LOW_TILL_SATS = 500_000
TILL_TOP_UP_SATS = 2_000_000
#: The machine's own folder: its key, its journal, its notes.
MACHINE_HOME = DATA / "machine"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What one start of the demo was asked for."""

    reset: bool
    #: a port that was asked for; the next free one is taken all the same
    port: int
    database: str
    #: stop after so many sales; None trades until it is stopped
    sales: int | None
    pace_seconds: float
    #: so many machines trade by a script, in place of the one; 0 for none
    fleet: int
    #: what goes wrong in the fleet, separated by commas
    faults: str


def parse_options(arguments: Sequence[str] | None, environ: Mapping[str, str] = os.environ) -> Options:
    """The command line, with PORT and DB of the environment as its defaults."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo",
        description="Starts an LNbits with both extensions and lets a simulated machine trade on it.",
    )
    parser.add_argument("--reset", action="store_true", help="forget the data of earlier runs first")
    parser.add_argument(
        "--port",
        type=_port,
        default=environ.get("PORT") or str(FIRST_PORT),
        help="of LNbits, or the next one that is free (%(default)s; or PORT)",
    )
    parser.add_argument(
        "--db",
        choices=("sqlite", "postgres"),
        default=environ.get("DB") or "sqlite",
        help="the database (%(default)s; or DB)",
    )
    parser.add_argument("--sales", type=_positive, help="stop after so many; else trade until stopped")
    parser.add_argument("--pace", type=float, default=7.0, help="seconds from sale to sale (%(default)s)")
    parser.add_argument(
        "--fleet",
        type=_positive,
        default=0,
        help="so many machines trade by a script, in place of the one; --sales counts days then",
    )
    parser.add_argument("--faults", default="", help="of the fleet (python -m simulator fleet --help)")
    flags = parser.parse_args(arguments)
    # argparse does not check a default against the choices
    if flags.db not in ("sqlite", "postgres"):
        parser.error(f"DB is {flags.db!r}; it can be sqlite or postgres")
    return Options(
        reset=flags.reset,
        port=flags.port,
        database=flags.db,
        sales=flags.sales,
        pace_seconds=max(0.0, flags.pace),
        fleet=flags.fleet,
        faults=flags.faults,
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
