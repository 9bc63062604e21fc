"""Fixtures of all tests. The harness itself is tests/harness; tests/README.md tells how tests are run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import LnbitsServer, lnbits_env
from tests.harness.certificates import read_once
from tests.harness.farm import POSTGRES, SQLITE, ServerFarm
from tests.harness.memory import temporary_root

TESTS = Path(__file__).parent
read_once()

# All processes of one test run know each other by this name; a pytest inside a test inherits it.
os.environ.setdefault("SATMACHINE_TEST_RUN", os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid{os.getpid()}")

# Here pytest keeps the folders of its last runs.
if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(temporary_root())

# Importing lnbits makes a data folder where the process happens to be and reads a .env file. Unit tests
# that import a module of ours which imports lnbits get a throwaway one instead.
_SCRATCH: Path | None = None
if "lnbits" not in sys.modules and "SATMACHINE_TEST_DB" not in os.environ:
    _SCRATCH = Path(tempfile.mkdtemp(prefix="satmachine-unit-"))
    os.environ.update(lnbits_env(_SCRATCH / "data", _SCRATCH, 5990))
    os.environ.pop("LNBITS_DATABASE_URL", None)


#: Files whose tests take a minute or more each, the longest first. They begin the run, and their tests go
#: to any worker: at the end none is left alone with one of them.
LONG_FILES = (
    "tests/contract/host/test_real_engine.py",
    "tests/crash/test_chain_postgres.py",
    "tests/crash/test_chain_sqlite.py",
    "tests/model/test_model.py",
    "tests/crash/test_kills.py",
    "tests/crash/test_restore.py",
    "tests/e2e/test_demo.py",
    "tests/house/test_inprocess.py",
    "tests/contract/host/test_real_host.py",
    "tests/integration/test_install.py",
)


#: All files in here share a server per database, which is dear: a worker that changes databases from file to
#: file would set it up for each of them.
SHARED_SERVERS = "tests/integration/api/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, then those of the shared servers by database, then all else as it was."""
    places = {name: place for place, name in enumerate(LONG_FILES)}

    def place(item: pytest.Item) -> tuple[int, int]:
        if item.nodeid.startswith(SHARED_SERVERS):
            return len(places), [SQLITE, POSTGRES].index(_database_of(item.nodeid))
        return places.get(_file_of(item.nodeid), len(places) + 1), 0

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays with one worker, since its tests share servers; the tests of a long file go to any.

    So do the two halves of a file whose servers are shared, each on a database of its own.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            name = _file_of(nodeid)
            if name.startswith(SHARED_SERVERS):
                return f"{name}@{_database_of(nodeid)}"
            return nodeid if name in LONG_FILES else name

    return Scheduling(config, log)


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _database_of(nodeid: str) -> str:
    """By the parameter's name in brackets; SQLite for a test without one."""
    return POSTGRES if POSTGRES in nodeid.partition("[")[2] else SQLITE


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """tests/inprocess needs a process per database; tests/house/test_inprocess.py starts them."""
    if collection_path == TESTS / "inprocess" and "SATMACHINE_TEST_DB" not in os.environ:
        return True
    return None


def pytest_unconfigure() -> None:
    if _SCRATCH is not None:
        shutil.rmtree(_SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests (`@pytest.mark.anyio`) run on asyncio, all of a session on one loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerFarm]:
    """Makes servers and databases; see tests/harness/farm.py."""
    base = tmp_path_factory.getbasetemp()
    farm = ServerFarm(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    yield farm
    farm.close()


@pytest.fixture(autouse=True)
def books_balance(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test the books of every server that is there are audited: tests/judge.py."""
    farm: ServerFarm | None = request.getfixturevalue("farm") if "farm" in request.fixturenames else None
    yield
    if farm is None or request.node.get_closest_marker("breaks_the_books"):
        return
    from tests.judge import STATEMENTS, Snapshot, complaints

    for server in farm.open_servers:
        if "satmachineadmin" in server.extensions:
            assert complaints(Snapshot(**server.snapshot(STATEMENTS))) == []


@pytest.fixture(scope="module", params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`: whoever asks for it, directly or through a server, runs on both."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def server(
    farm: ServerFarm, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LnbitsServer]:
    """A running LNbits with both extensions, shared by the tests of a module; its log must stay clean.

    A test that provokes a traceback appends a pattern to `server.expected_defects`.
    """
    with farm.running(tmp_path_factory.mktemp(f"server-{database}"), database) as server:
        yield server
    assert server.log_defects() == []


@pytest.fixture
def fresh_server(farm: ServerFarm, database: str, tmp_path: Path) -> Iterator[LnbitsServer]:
    """A running LNbits of one's own, to be killed, restarted and tampered with; 3 s each."""
    folder = tmp_path / "server"
    folder.mkdir()
    with farm.running(folder, database) as server:
        yield server
    assert server.log_defects() == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium under playwright's synchronous API, for tests marked `browser`.

    Of a module, not of the session: while it lives, no coroutine test can run in the same thread.
    """
    from playwright.sync_api import expect, sync_playwright

    # A busy machine may take its time: what has to come soon says so itself, in seconds of its own.
    expect.set_options(timeout=20_000)
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
