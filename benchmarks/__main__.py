"""`python -m benchmarks`: measure, print the tables, and write benchmarks/RESULTS.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import latency, report
from .databases import POSTGRES, SQLITE, Databases, databases

RESULTS = Path(__file__).with_name("RESULTS.md")
REPOSITORY = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 3600


def main() -> None:
    chosen = _arguments()
    kinds = [SQLITE, POSTGRES] if chosen.db == "both" else [chosen.db]
    machine = report.machine()
    speeds: dict[str, Any] = {}
    latencies: dict[str, Any] = {}
    with databases() as made, tempfile.TemporaryDirectory(prefix="satmachine-benchmark-") as folder:
        for kind in kinds:
            if not chosen.only_latency:
                speeds[kind] = [
                    _speed(
                        Path(folder) / f"{kind}-{legs}-{history}", kind, made, legs, history, chosen.rounds
                    )
                    for legs in _numbers(chosen.legs)
                    for history in _numbers(chosen.history)
                ]
            if chosen.payouts:
                _say(f"{kind}: what others feel of {chosen.payouts} payouts ...")
                latencies[kind] = latency.measure(
                    Path(folder) / f"latency-{kind}",
                    made.fresh(kind),
                    legs=chosen.latency_legs,
                    history=chosen.latency_history,
                    payouts=chosen.payouts,
                )
    text = _text(machine, speeds, latencies)
    print(text)
    if not chosen.no_file:
        _old, title, trail = RESULTS.read_text().partition(report.TRAIL_TITLE)
        RESULTS.write_text(f"{text}\n{title}{trail}" if title else text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--db", choices=(SQLITE, POSTGRES, "both"), default="both")
    parser.add_argument("--legs", default="10,50", help="LPs of the machines, separated by commas")
    parser.add_argument("--history", default="0,10000", help="rows that the payer's wallet has before")
    parser.add_argument("--rounds", type=int, default=7, help="payouts of each kind, alternating")
    parser.add_argument("--payouts", type=int, default=20, help="of the latency part; 0 leaves it out")
    parser.add_argument("--latency-legs", type=int, default=50)
    parser.add_argument("--latency-history", type=int, default=0)
    parser.add_argument("--only-latency", action="store_true")
    parser.add_argument("--no-file", action="store_true", help="do not write benchmarks/RESULTS.md")
    return parser.parse_args()


def _numbers(listed: str) -> list[int]:
    return [int(one) for one in listed.split(",")]


def _speed(folder: Path, kind: str, made: Databases, legs: int, history: int, rounds: int) -> dict[str, Any]:
    """LNbits binds its database when it is imported: each configuration has a process."""
    _say(f"{kind}: {rounds} payouts of {legs} legs, {history} rows of history ...")
    folder.mkdir(parents=True)
    url = made.fresh(kind)
    command = [
        sys.executable, "-m", "benchmarks.speed", "--folder", str(folder), "--legs", str(legs),
        "--history", str(history), "--rounds", str(rounds), *(["--database-url", url] if url else []),
    ]  # fmt: skip
    log = folder / "log"
    with log.open("wb") as complaints:
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            stderr=complaints,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    if done.returncode:
        raise SystemExit("".join(log.read_text(errors="replace").splitlines(keepends=True)[-60:]))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _text(machine: str, speeds: dict[str, Any], latencies: dict[str, Any]) -> str:
    """RESULTS.md."""
    parts = [
        "# Figures",
        f"Written by `{report.command()}`; [what they mean](../docs/benchmarks.md). "
        "Medians, both ways alternating in the same run: on a busy machine only the ratios count.",
        machine + ".",
    ]
    if speeds:
        parts += [
            "## Speed",
            report.speed_table(speeds),
            "## Where the time goes",
            report.cost_table(speeds),
            "## What one more leg costs",
            report.leg_cost_table(speeds),
        ]
    if latencies:
        parts += ["## What others feel", report.latency_table(latencies)]
    return "\n\n".join(parts) + "\n"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
