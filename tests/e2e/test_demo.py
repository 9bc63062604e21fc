"""`make demo` as a newcomer meets it: set up, trading, explained, stopped, started again."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.harness import free_port
from tests.harness.env import clean_environment
from tests.harness.log import defects

CHECKOUT = Path(__file__).parents[2]
SALES = 12


def start(data: Path, database: str, *options: str) -> subprocess.Popen[str]:
    """The demo with its data in a folder of the test."""
    return subprocess.Popen(
        [sys.executable, "-m", "tools.demo", "--db", database, "--pace", "0", *options],
        cwd=CHECKOUT,
        env=clean_environment({"DEMO_DATA": str(data / "demo"), "PORT": str(free_port())}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(demo: subprocess.Popen[str], timeout_s: float = 180) -> str:
    output, _nothing = demo.communicate(timeout=timeout_s)
    assert demo.returncode == 0, output[-4000:]
    return output


def test_the_demo_sets_up_trades_keeps_its_data_and_stops_cleanly(tmp_path: Path, database: str) -> None:
    """Every sum is proved by the demo itself from LNbits' own balances; it stops loudly otherwise."""
    first = finished(start(tmp_path, database, "--sales", str(SALES)))

    for login in ("platform", "olga", "ana", "ben", "carol"):
        assert login in first
    assert re.search(r"http://127\.0\.0\.1:\d+", first)
    assert first.count("processed") >= SALES
    assert "uncovered" in first

    again = start(tmp_path, database)
    assert again.stdout is not None
    assert any("processed" in line for line in again.stdout), "it ended without a sale"
    again.send_signal(signal.SIGINT)
    finished(again)

    log = (tmp_path / "demo" / "lnbits.log").read_text(errors="replace")
    assert defects(log.splitlines(), []) == []
