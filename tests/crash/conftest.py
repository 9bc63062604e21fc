"""A seeded pair of databases per kind, made once, and a copy of it for each scenario."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import REPOSITORY
from tests.harness.database import snapshot
from tests.harness.env import clean_environment
from tests.harness.farm import POSTGRES, ServerFarm
from tests.judge import STATEMENTS, Snapshot, complaints

pytest.register_assert_rewrite("tests.crash.chain")

Report = dict[str, Any]
Play = Callable[..., Report]


@pytest.fixture(scope="module")
def play(farm: ServerFarm, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """`play("kills.random_instants", way="slow", seed=1)`: a scenario on databases of its own."""
    template = tmp_path_factory.mktemp(f"arena-{database}")
    template_url = farm.cluster.fresh_database() if database == POSTGRES else None
    _run("prepare", template, template_url)
    made: list[Path] = []

    def play(scenario: str, *, way: str = "fast", seed: int = 1) -> Report:
        made.append(Path(tempfile.mkdtemp(prefix="arena-", dir=tmp_path_factory.getbasetemp())))
        folder = made[-1] / "arena"
        shutil.copytree(template, folder, symlinks=True)
        url = farm.cluster.copy_database(template_url) if template_url else None
        report = _run(scenario, folder, url, "--way", way, "--seed", str(seed))
        assert complaints(_snapshot(folder, url)) == []
        sys.stdout.write(f"{scenario} on {database}, {way} way, seed {seed}: {report}\n")
        return report

    yield play
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


def _snapshot(folder: Path, database_url: str | None) -> Snapshot:
    """Both books as the scenario has left them."""
    return Snapshot(**snapshot(STATEMENTS, data_dir=folder / "data", database_url=database_url))


def _run(scenario: str, folder: Path, database_url: str | None, *options: str) -> Report:
    """The arena as a process: what it reports, or its failure."""
    more = ["--database-url", database_url] if database_url else []
    run = subprocess.run(
        [sys.executable, "-m", "tests.crash.arena", scenario, "--folder", str(folder), *more, *options],
        cwd=REPOSITORY,
        env=clean_environment({"SATMACHINE_TEST_RUN": os.environ["SATMACHINE_TEST_RUN"]}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert run.returncode == 0, f"{scenario} {options}\n{run.stderr[-6000:]}"
    report: Report = json.loads(run.stdout.splitlines()[-1])
    return report
