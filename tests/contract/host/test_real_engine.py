"""Our engine keeps its promises on the real LNbits: tests/contract/lnbits, in a process of its own.

A file beside test_real_host.py, so that two workers of the test run can share the work.
"""

from __future__ import annotations

import pytest

from tests.contract.host.inside import PATIENCE_SECONDS, engine_files, run


@pytest.mark.timeout(PATIENCE_SECONDS)
def test_the_engine_keeps_its_promises_on_lnbits(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(database, engine_files(), tmp_path_factory.mktemp("c") / "t")
