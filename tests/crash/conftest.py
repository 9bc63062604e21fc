"""A seeded pair of databases per kind, made once, and a copy of it for each scenario."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import OURS, free_port, lnbits_env, write_rates
from tests.harness.database import snapshot
from tests.harness.env import clean_environment, link_extensions, link_host
from tests.harness.farm import POSTGRES, ServerFarm
from tests.harness.quick_start import start_process
from tests.judge import STATEMENTS, Snapshot, complaints

from .arena import play as play_in_arena

pytest.register_assert_rewrite("tests.crash.chain")

#: A scenario of the slow way, on a slow machine.
_LONGEST_SECONDS = 900
Report = dict[str, Any]
Play = Callable[..., Report]


@pytest.fixture(scope="module")
def play(farm: ServerFarm, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """`play("kills.random_instants", way="slow", seed=1)`: a scenario on databases of its own."""
    template = tmp_path_factory.mktemp(f"arena-{database}")
    template_url = farm.cluster.fresh_database() if database == POSTGRES else None
    _run("prepare", template, template_url)
    made: list[Path] = []

    def played(scenario: str, *, way: str = "fast", seed: int = 1) -> Report:
        made.append(Path(tempfile.mkdtemp(prefix="arena-", dir=tmp_path_factory.getbasetemp())))
        folder = made[-1] / "arena"
        shutil.copytree(template, folder, symlinks=True)
        url = farm.cluster.copy_database(template_url) if template_url else None
        report = _run(scenario, folder, url, way, seed)
        assert complaints(_snapshot(folder, url)) == []
        sys.stdout.write(f"{scenario} on {database}, {way} way, seed {seed}: {report}\n")
        return report

    yield played
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


def _snapshot(folder: Path, database_url: str | None) -> Snapshot:
    """Both books as the scenario has left them."""
    return Snapshot(**snapshot(STATEMENTS, data_dir=folder / "data", database_url=database_url))


def _run(scenario: str, folder: Path, database_url: str | None, way: str = "fast", seed: int = 1) -> Report:
    """The arena as a process: what it reports, or its failure."""
    data, log, said = folder / "data", folder / "log", folder / "report.json"
    data.mkdir(parents=True, exist_ok=True)
    said.unlink(missing_ok=True)
    write_rates(data)
    link_host(folder)
    link_extensions(folder, OURS)
    environment = clean_environment(
        {
            **lnbits_env(data, folder, free_port(), database_url),
            "SATMACHINE_TEST_RUN": os.environ["SATMACHINE_TEST_RUN"],
        }
    )
    run = start_process(
        play_in_arena, folder, log, environment, scenario, str(folder), database_url, way, seed
    )
    run.join(_LONGEST_SECONDS)
    run.kill()
    assert said.exists(), f"{scenario}, {way} way, seed {seed}\n{log.read_text()[-6000:]}"
    report: Report = json.loads(said.read_text())
    return report
