"""One server per database for all tests of this folder, with two businesses on it that must not meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import LnbitsServer
from tests.harness.farm import POSTGRES, SQLITE, ServerFarm

from .world import World


@pytest.fixture(scope="session", params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def server(
    farm: ServerFarm, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LnbitsServer]:
    """Shared by all modules of this folder: none of them may leave it other than it was found."""
    with farm.running(tmp_path_factory.mktemp(f"api-{database}"), database) as server:
        yield server
    assert server.log_defects() == []


@pytest.fixture(scope="session")
def world(server: LnbitsServer) -> World:
    return World.build(server)
