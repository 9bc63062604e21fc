"""A rig per test, on a copy of a migrated file: 50 ms instead of 500."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.fakes.books import FakeClock, store_on_sqlite

from .rig import Rig

MakeRig = Callable[..., Awaitable[Rig]]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    anyio.run(store_on_sqlite, folder, FakeClock())
    return folder / "books.sqlite3"


@pytest.fixture
def make_rig(migrated_file: Path, tmp_path: Path) -> MakeRig:
    async def make(**wishes: Any) -> Rig:
        return await Rig.open(tmp_path, template=migrated_file, **wishes)

    return make
