"""One LNbits in this process, on the database that SATMACHINE_TEST_DB names."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from tests.harness.farm import POSTGRES, ServerFarm
from tests.harness.inprocess import InProcessHost, prepare_process, running_host


@pytest.fixture(scope="session")
async def host(
    anyio_backend: str, farm: ServerFarm, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[InProcessHost]:
    """LNbits with both extensions, started once for all tests of this process."""
    url = farm.cluster.fresh_database() if os.environ["SATMACHINE_TEST_DB"] == POSTGRES else None
    prepare_process(tmp_path_factory.mktemp("host"), database_url=url)
    async with running_host() as running:
        yield running
