"""A stateful model: whatever people, the network and accidents do, the books are what they must be.

Hypothesis chooses what happens; a failing example is told as a story, one sentence a step. In the ordinary
run it always chooses the same, in `make test-long` other things each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from satmachineadmin.store.database import Database
from tests.fakes.books import FakeClock, migrate, store_on_sqlite
from tests.harness.farm import POSTGRES, SQLITE, ServerFarm

from .cash_ins import CashIns
from .deciding import Deciding
from .engine import Engine
from .people import people_of
from .revising import Revising
from .storage import PostgresCopies, SqliteFiles, Storage
from .trade import Trade

#: Runs of the ordinary test on each database, and steps of each.
RUNS, STEPS = {SQLITE: 200, POSTGRES: 20}, 50
LONG_RUNS, LONG_STEPS = {SQLITE: 10_000, POSTGRES: 100}, 100


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What runs need: a database to copy, and the loop that everything runs on."""

    database: str
    storage: Storage
    loop: asyncio.AbstractEventLoop

    def run(
        self,
        *,
        runs: int,
        steps: int,
        is_random: bool = False,
        phases: tuple[Phase, ...] = (),
        about: Collection[str] = (),
    ) -> None:
        """Try so many stories, most of what happens `about`; the first that ends badly is made as short as
        it goes."""

        class Model(Trade, Deciding, Engine, Revising, CashIns):
            storage, loop, often = self.storage, self.loop, about

        with pytest.MonkeyPatch.context() as patch:
            people_of(lambda: Model.current.host, patch)
            run_state_machine_as_test(
                Model,
                settings=settings(
                    max_examples=runs,
                    stateful_step_count=steps,
                    derandomize=not is_random,
                    deadline=None,
                    database=None,
                    print_blob=is_random,
                    report_multiple_bugs=False,
                    phases=phases or (Phase.generate, Phase.shrink),
                    suppress_health_check=list(HealthCheck),
                ),
            )


@pytest.fixture(scope="module")
def bench(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    loop = asyncio.new_event_loop()
    if database == SQLITE:
        folder = tmp_path_factory.mktemp("model")
        loop.run_until_complete(store_on_sqlite(folder, FakeClock()))
        (folder / "runs").mkdir()
        storage: Storage = SqliteFiles(folder / "books.sqlite3", folder / "runs")
    else:
        farm: ServerFarm = request.getfixturevalue("farm")
        url = farm.cluster.fresh_database()
        loop.run_until_complete(_migrated(url))
        storage = PostgresCopies(farm.cluster, url)
    yield Bench(database=database, storage=storage, loop=loop)
    loop.close()


async def _migrated(url: str) -> None:
    database = Database.on_postgres(url)
    await migrate(database)
    await database.dispose()


@pytest.mark.timeout(1200)  # a story that ends badly is made short first
def test_the_books_are_what_they_must_be_whatever_happens(bench: Bench) -> None:
    bench.run(runs=RUNS[bench.database], steps=STEPS)


@pytest.mark.long
@pytest.mark.timeout(6 * 3600)
def test_the_books_are_what_they_must_be_whatever_happens_for_hours(bench: Bench) -> None:
    bench.run(runs=LONG_RUNS[bench.database], steps=LONG_STEPS, is_random=True)
