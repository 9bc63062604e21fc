"""LNbits keeps the contract of the host: tests/contract/lnbits, in a process of its own for each database."""

from __future__ import annotations

import pytest

from tests.contract.host.inside import HOST_FILES, PATIENCE_SECONDS, run


@pytest.mark.timeout(PATIENCE_SECONDS)
def test_lnbits_keeps_the_contract_of_the_host(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(database, HOST_FILES, tmp_path_factory.mktemp("c") / "t")
