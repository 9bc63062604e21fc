"""Runs tests/contract/lnbits, the contract with the real host, once per database in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.harness import REPOSITORY


@pytest.mark.timeout(600)
def test_lnbits_keeps_the_contract_of_the_host(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LNBITS_"))
    }
    folder = tmp_path_factory.mktemp("c") / "t"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/contract/lnbits", f"--basetemp={folder}"],
        cwd=REPOSITORY,
        env={**inherited, "SATMACHINE_TEST_DB": database},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=580,
    )
    assert run.returncode == 0, f"{run.stdout[-15_000:]}\n{run.stderr[-5_000:]}"
