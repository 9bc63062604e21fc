"""What the terminal says. Colour only where there is a terminal; every line is out at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .settings import PASSWORD, PEOPLE

_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def coloured(text: str, colour: str) -> str:
    """The text in this colour, if somebody is looking."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{_COLOURS[colour]}m{text}\033[0m"


def say(text: str = "", colour: str | None = None) -> None:
    """One line, or several, at once."""
    print(coloured(text, colour) if colour else text, flush=True)


def box(lines: Sequence[str], colour: str = "cyan") -> None:
    """The lines in a frame."""
    width = max(len(line) for line in lines)
    say("┌" + "─" * (width + 2) + "┐", colour)
    for line in lines:
        say(coloured("│ ", colour) + line.ljust(width) + coloured(" │", colour))
    say("└" + "─" * (width + 2) + "┘", colour)


def logins(base_url: str, screen: str, log: Path) -> None:
    """Where the pages are, and who can log in."""
    people = [f"  {p.username:<10}{PASSWORD:<14}{p.role}" for p in PEOPLE]
    box(
        [
            "Satoshi Machine demo",
            "",
            f"LNbits          {base_url}",
            f"operator, fees  {base_url}/satmachineadmin/     as olga, or platform",
            f"LPs             {base_url}/satmachineclient/    as ana, ben or carol",
            f"the machine     {screen}     touch it: chris pays by a button",
            "",
            "  login     password      who",
            *people,
            "",
            f"log             {os.path.relpath(log)}",
            "Ctrl-C stops; the next start goes on with the same data. `make demo-reset` forgets it.",
        ]
    )


def sats(amount: int) -> str:
    """A number that can be read: 318 450."""
    return f"{amount:,}".replace(",", " ")


def sale_table(number: int, settlement: dict[str, Any]) -> None:
    """One settlement with its legs: who, type, sats, fiat, status."""
    say()
    say(
        coloured(f"#{number}  {settlement['machine_name']}", "bold")
        + f"  {settlement['fiat_amount']} {settlement['currency']}"
        + f" at {settlement['exchange_rate']} sat/{settlement['currency']}"
        + f"   wire {sats(settlement['wire_sats'])}"
        + f" = principal {sats(settlement['principal_sats'])}"
        + f" + commission {sats(settlement['commission_sats'])}"
        + f"   {settlement['state']}"
    )
    say(f"    {'who':<18}{'type':<16}{'sats':>11}{'fiat':>11}   status", "dim")
    for leg in settlement["legs"]:
        status = leg["state"] if leg["reason"] is None else f"{leg['state']}: {leg['reason']}"
        who = leg["recipient"] or "stays at machine"
        fiat = leg["fiat_amount"] or "–"
        line = f"    {who[:17]:<18}{leg['leg_type']:<16}{sats(leg['sats']):>11}{fiat:>11}   "
        say(line + coloured(status, "green" if leg["state"] == "completed" else "yellow"))
