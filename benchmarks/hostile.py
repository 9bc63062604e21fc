"""`python -m benchmarks.hostile`: what an honest machine and its operator feel of a hostile one.

A process of its own sends so many hostile requests a second to the machine interface, of every kind that
tests/harness/hostile.py knows, while this one asks for an honest machine's configuration and the
operator's status, by turns. Spells with and without the hostile machine alternate in the same run. Only its
own section of RESULTS.md is replaced.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.harness import OURS, LnbitsServer
from tests.harness.hostile import Attack, attacks
from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop

from . import report
from .databases import POSTGRES, SQLITE, databases
from .stats import percentile

RESULTS = Path(__file__).with_name("RESULTS.md")
#: How much longer 95 of 100 honest requests may take beside a hostile machine.
EXPECTED_TIMES = 2.0
#: An honest machine asks at most twice a second.
_PAUSE_SECONDS = 0.5
_SPELLS = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--db", choices=(SQLITE, POSTGRES, "both"), default="both")
    parser.add_argument("--rate", type=int, default=50, help="hostile requests a second")
    parser.add_argument("--seconds", type=float, default=30, help="of each spell")
    parser.add_argument("--no-file", action="store_true", help="do not write benchmarks/RESULTS.md")
    chosen = parser.parse_args()
    kinds = [SQLITE, POSTGRES] if chosen.db == "both" else [chosen.db]
    rows: list[tuple[str, ...]] = []
    with databases() as made, tempfile.TemporaryDirectory(prefix="satmachine-benchmark-") as folder:
        for kind in kinds:
            home = Path(folder) / kind
            home.mkdir()
            server = LnbitsServer(home, extensions=OURS, database_url=made.fresh(kind))
            with server:
                quiet, loud, sent = _measure(server, chosen.rate, chosen.seconds)
            rows += _rows(kind, quiet, loud, sent, chosen.seconds * _SPELLS)
    command = " ".join(["python -m benchmarks.hostile", *sys.argv[1:]])
    head = (
        "database", "who asks", "p95 ms alone", "p95 ms beside it", "times", "hostile requests/s",
        f"expected: {EXPECTED_TIMES:.0f}x",
    )  # fmt: skip
    section = (
        f"{report.HOSTILE_TITLE}\n\nWritten by `{command}`; {report.machine()}.\n\n"
        f"{report.table(head, rows)}\n"
    )
    print(section)
    if not chosen.no_file:
        RESULTS.write_text(report.replaced(RESULTS.read_text(), report.HOSTILE_TITLE, section))


Times = dict[str, list[float]]


def _measure(server: LnbitsServer, rate: int, seconds: float) -> tuple[Times, Times, int]:
    """Milliseconds of every honest request without and with a hostile machine; how many that one sent."""
    shop = Shop.open(server)
    honest = Machine.paired(server.url, shop.api, shop.machine["id"])
    other = Shop.open(server)
    hostile = Machine.paired(server.url, other.api, other.machine["id"])
    known = attacks(hostile, honest.key_hex)
    quiet: Times = {"machine": [], "operator": []}
    loud: Times = {"machine": [], "operator": []}
    sent = 0
    for spell in range(2 * _SPELLS):
        if spell % 2 == 0:
            _ask(honest, shop, seconds, quiet)
            continue
        with _attacking(server.url, known, rate) as counted:
            _ask(honest, shop, seconds, loud)
        sent += counted[0]
    return quiet, loud, sent


def _ask(honest: Machine, shop: Shop, seconds: float, into: Times) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for who, ask in (
            ("machine", lambda: honest.get("/config")),
            ("operator", lambda: shop.api.get(f"{DCA}/status")),
        ):
            began = time.perf_counter()
            ask()
            into[who].append(1000 * (time.perf_counter() - began))
        time.sleep(_PAUSE_SECONDS)


@contextlib.contextmanager
def _attacking(url: str, known: list[Attack], rate: int) -> Iterator[list[int]]:
    """A hostile machine in a process of its own; how many requests it sent is there when it has ended."""
    context = multiprocessing.get_context("spawn")
    stop, queue, counted = context.Event(), context.Queue(), [0]
    process = context.Process(target=_attack, args=(url, known, rate, stop, queue))
    process.start()
    queue.get(timeout=60)
    try:
        yield counted
    finally:
        stop.set()
        counted[0] = int(queue.get(timeout=60))
        process.join(60)


def _attack(url: str, known: list[Attack], rate: int, stop: Event, queue: multiprocessing.Queue[int]) -> None:
    """Send what was signed before, so that signing costs this machine nothing meanwhile."""
    import httpx

    sent = 0
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        queue.put(0)
        due = time.monotonic()
        while not stop.is_set():
            attack = known[sent % len(known)]
            answer = client.request(
                attack.method, attack.path, content=attack.content, headers=dict(attack.headers)
            )
            if answer.status_code >= 500:
                raise SystemExit(f"{attack.name}: {answer.status_code} {answer.text}")
            sent += 1
            due = max(due + 1 / rate, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))
    queue.put(sent)


def _rows(kind: str, quiet: Times, loud: Times, sent: int, seconds: float) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for who in quiet:
        alone, beside = percentile(quiet[who], 95), percentile(loud[who], 95)
        times = beside / alone
        verdict = "met" if times <= EXPECTED_TIMES else "MISSED"
        rows.append(
            (kind, who, f"{alone:.0f}", f"{beside:.0f}", f"{times:.1f}", f"{sent / seconds:.0f}", verdict)
        )
    return rows


if __name__ == "__main__":
    main()
