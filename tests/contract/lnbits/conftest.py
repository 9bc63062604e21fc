"""An LNbits in this process, on the database that SATMACHINE_TEST_DB names; see tests/inprocess.

The environment has to be ready before the contract is imported, since that imports our extension and
with it LNbits: so it is made here and not in a fixture.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.harness import PostgresCluster
from tests.harness.farm import POSTGRES
from tests.harness.inprocess import InProcessHost, prepare_process, running_host
from tests.harness.memory import temporary_root

if TYPE_CHECKING:
    from satmachineadmin.core.states import PayWay

    from .engine import Engine
    from .plaza import People, Plaza

_folder = tempfile.TemporaryDirectory(prefix="contract-", dir=temporary_root())
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


@pytest.fixture(scope="session")
async def resting_engine(lnbits: InProcessHost) -> AsyncIterator[Engine]:
    """The engine in the hands of the tests, while the extension's own runner rests."""
    from satmachineadmin.services import current

    from .engine import Engine

    await current().runner.stop()
    yield Engine(current().store.database)


@pytest.fixture
def engine(resting_engine: Engine) -> Engine:
    """The engine as a test drives it, by a clock that goes right until the test turns it."""
    resting_engine.clock.ahead = timedelta()
    return resting_engine


@pytest.fixture(params=["fast", "slow"])
async def way(request: pytest.FixtureRequest, engine: Engine) -> AsyncIterator[PayWay]:
    """Both ways of paying internal legs."""
    from satmachineadmin.core.states import PayWay

    chosen = PayWay(request.param)
    await engine.use(chosen)
    assert (await engine.host.way_in_use())[0] is chosen
    yield chosen
    await engine.use(PayWay.FAST)


@pytest.fixture(scope="session")
async def people(lnbits: InProcessHost, resting_engine: Engine) -> People:
    from .plaza import People

    return await People.arrive(lnbits)


@pytest.fixture
async def plaza(lnbits: InProcessHost, engine: Engine, people: People) -> AsyncIterator[Plaza]:
    """A machine of the test's own; both books are audited afterwards."""
    from .plaza import open_plaza

    async with open_plaza(lnbits, engine, people) as made:
        yield made
