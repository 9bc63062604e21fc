"""A server with both extensions and the probe, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import OURS, LnbitsServer
from tests.harness.farm import ServerFarm

PROBE = Path(__file__).parents[1] / "harness" / "probe"


@pytest.fixture(scope="module")
def probed(
    farm: ServerFarm, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LnbitsServer]:
    """A running LNbits with ours and the probe; its log must stay clean."""
    folder = tmp_path_factory.mktemp(f"probed-{database}")
    with farm.running(folder, database, extensions={**OURS, "probe": PROBE}) as server:
        yield server
    assert server.log_defects() == []


@pytest.fixture
def fresh_probed(farm: ServerFarm, database: str, tmp_path: Path) -> Iterator[LnbitsServer]:
    """The same of one's own, to be killed and restarted."""
    folder = tmp_path / "server"
    folder.mkdir()
    with farm.running(folder, database, extensions={**OURS, "probe": PROBE}) as server:
        yield server
    assert server.log_defects() == []
