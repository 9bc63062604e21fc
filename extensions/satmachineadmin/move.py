"""Move over from the predecessor on the command line, while LNbits is stopped.

    PYTHONPATH=/path/to/extensions python -m satmachineadmin.move [NAME] [--from FILE] [--yes]

It shows what it found and what becomes of it, asks, and writes all of it or nothing. The same as the page
"Platform" does; docs/how-to/move-over.md tells what is taken over and what is not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .core.errors import Refusal
from .host import accounts, predecessor
from .host.process import is_gone
from .services import Services, current
from .usecases.moving import move_over, preview_move


async def run(services: Services, asked: argparse.Namespace) -> str:
    """What is said at the end. Raises Refusal, and SystemExit where there is nothing to do."""
    async with services.store.reading() as books:
        lease = await books.lease_holder()
        now = books.now
    if lease is not None and lease.holder and lease.expires_at > now and not is_gone(lease.holder):
        raise SystemExit("LNbits is running: stop it first, or move over on its page Platform.")
    name = asked.name or await _only_one(asked.file)
    user_id = await accounts.load_platform()
    move = await preview_move(services.store, services.host, user_id, name, asked.file)
    _say(*lines(move.report()))
    if move.plan.is_empty:
        raise SystemExit("Everything of it is here already.")
    if not asked.yes and not await asyncio.to_thread(_agrees):
        raise SystemExit("Nothing was taken over.")
    confirmation = move.confirmation
    move_id = await move_over(services.store, services.host, user_id, name, confirmation, asked.file)
    return f"Taken over: move {move_id}. Start LNbits, and look at the worklist."


def _say(*texts: str) -> None:
    sys.stdout.write("".join(text + "\n" for text in texts))
    sys.stdout.flush()


def _agrees() -> bool:
    return input("Take this over? Write yes: ").strip().lower() == "yes"


async def _only_one(file: Path | None) -> str:
    if file is not None:
        return predecessor.NAMES[0]
    found = await predecessor.find()
    if len(found) == 1:
        return str(found[0]["name"])
    names = ", ".join(one["name"] for one in found) or "none"
    raise SystemExit(f"Say which one: there is {names}. A file elsewhere is named with --from.")


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report as text; what has a problem says so."""
    yield f"Found in {report['where']}:"
    for table, rows in report["tables"].items():
        yield f"  {table}: {rows} rows"
    yield "Written: " + ", ".join(f"{count} {what}" for what, count in report["counts"].items())
    for one in report["machines"]:
        yield f"Machine {one['name']} ({one['currency']}): {_outcome(one)}"
        if one["unrecorded_payments"]:
            told = f"{one['unrecorded_payments']} payments, {one['unrecorded_sats']} sat"
            yield f"  since about its last sale there came {told}, in no book: they go to the worklist"
    for one in report["lps"]:
        yield f"LP {one['name']} at {one['machine_name']}: {_outcome(one)}"
        if one["balance"] is not None:
            was, is_now = one["exact_balance"], one["balance"]
            yield f"  balance before {was}, after {is_now} {one['currency']}; overdrawn {one['overdrawn']}"
        if one["cash_problem"]:
            yield f"  its cash is not taken over: {one['cash_problem']}"
    for one in report["preferences"]:
        yield f"What {one['name']} has chosen: {_outcome(one)}"
    for one in report["splits"]:
        shares = ", ".join(
            f"{share['label'] or 'somebody'} {share['share_pct']} %" for share in one["shares"]
        )
        where = one["machine_name"] or "every machine"
        yield f"Split of {one['operator']} at {where}, {shares}: {_outcome(one)}"
    for one in report["unfinished"]:
        yield f"Unfinished at {one['machine_name']}: {one['sentence']}"
    hidden = report["unfinished_total"] - len(report["unfinished"])
    if hidden:
        yield f"And {hidden} more unfinished sales: all of them go to the worklist."
    for one in report["roundings"]:
        yield f"Rounded: {one['what']} of {one['table']} {one['row_id']}: {one['exact']} → {one['rounded']}"
    for one in report["unread"]:
        yield f"Nothing is made of {one['table']} {one['row_id']}: {one['problem']}"


def _outcome(one: dict[str, Any]) -> str:
    words = {"add": "is taken over", "there": "is here already", "left": "is left out"}
    said = words[one["outcome"]]
    return f"{said}: {one['problem']}" if one["problem"] else said


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m satmachineadmin.move", description=__doc__)
    parser.add_argument("name", nargs="?", choices=predecessor.NAMES, help="the predecessor's database")
    parser.add_argument("--from", dest="file", type=Path, help="its SQLite file, where it lies elsewhere")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    asked = parser.parse_args()
    if asked.file is not None and not asked.file.is_file():
        parser.error(f"there is no file {asked.file}")
    try:
        _say(asyncio.run(run(current(), asked)))
    except Refusal as refusal:
        sys.exit(refusal.sentence())


if __name__ == "__main__":
    main()
