"""Every kind of database that the store runs on, each made the way it is made in real life."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from satmachineadmin import migrations
from satmachineadmin.store.books import Store
from satmachineadmin.store.database import Database
from tests.fakes.books import FakeClock, migrate, steps
from tests.harness.farm import ServerFarm

SQLITE_FILE, SQLITE_OF_LNBITS, POSTGRES = "sqlite file", "sqlite of LNbits", "postgres"


@pytest.fixture(scope="session")
def migrated() -> dict[str, str]:
    """Databases that were migrated once and are copied by each test: kind → file or URL."""
    return {}


@pytest.fixture(params=[SQLITE_FILE, SQLITE_OF_LNBITS, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
async def store(
    request: pytest.FixtureRequest,
    farm: ServerFarm,
    migrated: dict[str, str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Store]:
    """An empty, migrated store; `store.database` tells the kinds apart."""
    kind: str = request.param
    if kind not in migrated:
        migrated[kind] = await _migrate(kind, farm, tmp_path_factory.mktemp("migrated"))
    if kind == POSTGRES:
        database = Database.on_postgres(farm.cluster.copy_database(migrated[kind]))
    else:
        database = Database.on_sqlite(str(shutil.copyfile(migrated[kind], tmp_path / "books.sqlite3")))
    yield Store(database, FakeClock())
    await database.dispose()


async def _migrate(kind: str, farm: ServerFarm, folder: Path) -> str:
    """One of a kind with everything that the migrations make."""
    if kind == SQLITE_OF_LNBITS:
        return await _sqlite_of_lnbits(folder)
    place = farm.cluster.fresh_database() if kind == POSTGRES else str(folder / "books.sqlite3")
    database = Database.on_postgres(place) if kind == POSTGRES else Database.on_sqlite(place)
    await migrate(database)
    await database.dispose()
    return place


async def _sqlite_of_lnbits(folder: Path) -> str:
    """The file as LNbits' own Database makes, opens and migrates it."""
    from lnbits.db import Database as LnbitsDatabase
    from lnbits.settings import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "lnbits_data_folder", str(folder))
        patch.setattr(settings, "lnbits_database_url", "")
        database: Any = LnbitsDatabase("ext_satmachineadmin")
    for step in steps():
        async with database.connect() as connection:
            await getattr(migrations, step)(connection)
    await database.engine.dispose()
    return str(database.path)


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
