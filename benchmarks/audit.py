"""`python -m benchmarks.audit`: how long the verification of a long audit trail takes.

The events are written as the engine writes them, through the store, and verified as the platform's
owner has them verified; LNbits has no part in it. Only its own section of RESULTS.md is replaced.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from . import report
from .databases import POSTGRES, SQLITE, databases

RESULTS = Path(__file__).with_name("RESULTS.md")
_EXTENSIONS = Path(__file__).resolve().parents[1] / "extensions"
_EVENTS_OF_A_TRANSACTION = 5_000
#: What is expected of a million events.
EXPECTED_SECONDS = 30
_ROUNDS = 3


class _Clock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("--db", choices=(SQLITE, POSTGRES, "both"), default="both")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--no-file", action="store_true", help="do not write benchmarks/RESULTS.md")
    chosen = parser.parse_args()
    sys.path.insert(0, str(_EXTENSIONS))
    kinds = [SQLITE, POSTGRES] if chosen.db == "both" else [chosen.db]
    rows = []
    with databases() as made, tempfile.TemporaryDirectory(prefix="satmachine-benchmark-") as folder:
        for kind in kinds:
            url = made.fresh(kind)
            seconds = asyncio.run(_measure(url, f"{folder}/books.sqlite3", chosen.events))
            rows.append(_row(kind, chosen.events, seconds))
    command = " ".join(["python -m benchmarks.audit", *sys.argv[1:]])
    head = ("database", "events", "seconds", "events/s", f"expected of 1000000: {EXPECTED_SECONDS} s")
    section = (
        f"{report.TRAIL_TITLE}\n\nWritten by `{command}`; {report.machine()}.\n\n{report.table(head, rows)}\n"
    )
    print(section)
    if not chosen.no_file:
        RESULTS.write_text(report.replaced(RESULTS.read_text(), report.TRAIL_TITLE, section))


async def _measure(url: str | None, file: str, events: int) -> float:
    """The shortest of a few verifications, seconds."""
    from satmachineadmin.engine.verify import verify_trail
    from satmachineadmin.store.books import Store
    from satmachineadmin.store.database import Database
    from tests.fakes.books import migrate

    database = Database.on_postgres(url) if url else Database.on_sqlite(file)
    await migrate(database)
    store = Store(database, _Clock())
    written = 0
    while written < events:
        number = min(_EVENTS_OF_A_TRANSACTION, events - written)
        async with store.transaction("benchmark") as books:
            for one in range(number):
                books.audit.record(
                    "leg.completed_at_once",
                    "leg",
                    f"{written + one:032x}",
                    operator_user_id="0" * 32,
                    before={"state": "pending"},
                    after={"settlement_id": f"{one:032x}", "state": "completed", "sent_msat": 1_000_000},
                )
        written += number
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        verdict = await verify_trail(store, "")
        took.append(time.perf_counter() - began)
        if verdict.broken is not None or verdict.head.seq != events:
            raise SystemExit(f"the trail should be whole: {verdict}")
    await database.dispose()
    return min(took)


def _row(kind: str, events: int, seconds: float) -> tuple[str, ...]:
    is_comparable = events >= 1_000_000
    expected = ("met" if seconds <= EXPECTED_SECONDS else "MISSED") if is_comparable else "-"
    return (kind, f"{events}", f"{seconds:.1f}", f"{events / seconds:.0f}", expected)


if __name__ == "__main__":
    main()
