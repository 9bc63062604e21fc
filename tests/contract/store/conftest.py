"""Every kind of database that the store runs on, each made the way it is made in real life."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from satmachineadmin import migrations
from satmachineadmin.store.books import Store
from satmachineadmin.store.database import Database
from tests.fakes.books import FakeClock, migrate, steps, store_on_sqlite
from tests.harness.farm import ServerFarm

SQLITE_FILE, SQLITE_OF_LNBITS, POSTGRES = "sqlite file", "sqlite of LNbits", "postgres"


async def _sqlite_of_lnbits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The file as LNbits' own Database makes, opens and migrates it."""
    from lnbits.db import Database as LnbitsDatabase
    from lnbits.settings import settings

    monkeypatch.setattr(settings, "lnbits_data_folder", str(folder))
    monkeypatch.setattr(settings, "lnbits_database_url", "")
    database: Any = LnbitsDatabase("ext_satmachineadmin")
    for step in steps():
        async with database.connect() as connection:
            await getattr(migrations, step)(connection)
    await database.engine.dispose()
    return Database.on_sqlite(database.path)


@pytest.fixture(params=[SQLITE_FILE, SQLITE_OF_LNBITS, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
async def store(
    request: pytest.FixtureRequest, farm: ServerFarm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """An empty, migrated store; `store.database` tells the kinds apart."""
    clock = FakeClock()
    if request.param == SQLITE_FILE:
        made = await store_on_sqlite(tmp_path, clock)
    elif request.param == SQLITE_OF_LNBITS:
        made = Store(await _sqlite_of_lnbits(tmp_path, monkeypatch), clock)
    else:
        made = Store(Database.on_postgres(farm.cluster.fresh_database()), clock)
        await migrate(made.database)
    yield made
    await made.database.dispose()


OpenAgain = Callable[[Store], Store]


@pytest.fixture
def open_again() -> OpenAgain:
    """The same database as a second process sees it: another engine, another writer lock."""

    def opened(store: Store) -> Store:
        if store.database.sqlite_path is not None:
            return Store(Database.on_sqlite(store.database.sqlite_path), FakeClock())
        url = store.database._engine.url.render_as_string(hide_password=False)
        return Store(Database.on_postgres(url), FakeClock())

    return opened
