"""Runs tests/inprocess, once per database, each time in a process of its own: see tests/README.md."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .tree import REPOSITORY


@pytest.mark.timeout(900)
def test_the_tests_inside_the_host_pass(database: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LNBITS_"))
    }
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/inprocess",
            f"--basetemp={tmp_path_factory.mktemp('p') / 't'}",
        ],
        cwd=REPOSITORY,
        env={**inherited, "SATMACHINE_TEST_DB": database},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=880,
    )
    assert run.returncode == 0, f"{run.stdout[-15_000:]}\n{run.stderr[-5_000:]}"
