"""Runs tests of tests/contract/lnbits, each database in a process of its own: LNbits is one app a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.harness import REPOSITORY

FOLDER = REPOSITORY / "tests" / "contract" / "lnbits"
#: What the host itself promises; every other file is about our engine on it.
HOST_FILES = ("test_lnbits_host.py", "test_targets.py")
#: Only ends a run that hangs: each test inside has its own limit, and a slow machine may take its time.
PATIENCE_SECONDS = 1500


def engine_files() -> list[str]:
    """Every file that is not about the host alone, so that none is forgotten."""
    return sorted(path.name for path in FOLDER.glob("test_*.py") if path.name not in HOST_FILES)


def run(database: str, files: Collection[str], base: Path) -> None:
    """Fails with the output of the run, if it does."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LNBITS_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *(str(FOLDER / file) for file in files), f"--basetemp={base}"],
        cwd=REPOSITORY,
        env={**inherited, "SATMACHINE_TEST_DB": database},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS - 20,
    )
    assert done.returncode == 0, f"{done.stdout[-15_000:]}\n{done.stderr[-5_000:]}"
