"""An LNbits in this process, on the database that SATMACHINE_TEST_DB names; see tests/inprocess.

The environment has to be ready before the contract is imported, since that imports our extension and
with it LNbits: so it is made here and not in a fixture.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.harness import PostgresCluster
from tests.harness.farm import POSTGRES
from tests.harness.inprocess import InProcessHost, prepare_process, running_host

_folder = tempfile.TemporaryDirectory(prefix="satmachine-contract-")
_cluster = PostgresCluster.of_this_run() if os.environ["SATMACHINE_TEST_DB"] == POSTGRES else None
_start = Path.cwd()
prepare_process(Path(_folder.name), database_url=_cluster.fresh_database() if _cluster else None)


@pytest.fixture(scope="session")
def prepared() -> Iterator[None]:
    yield
    os.chdir(_start)
    _folder.cleanup()
    if _cluster:
        _cluster.stop()


@pytest.fixture(scope="session")
async def lnbits(anyio_backend: str, prepared: None) -> AsyncIterator[InProcessHost]:
    async with running_host() as running:
        yield running
